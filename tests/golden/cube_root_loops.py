"""Adjoint of `cube_root` (cube_root.py:4) with respect to a and x.

Written by srcad 0.1.0.  Do not edit: change `cube_root` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, nonzero, push_number


def cube_root_fwd(a, x):
    """`cube_root`, also returning what `cube_root_bwd` needs."""
    x_tape = np.empty(0)
    x_tape_count = 0
    t_tape = np.empty(0, np.bool_)
    t_tape_count = 0
    k = 0
    while True:
        x_tape = push_number(x_tape, x_tape_count, x)
        x_tape_count += 1
        rest = x ** 3 - a
        t = abs(rest) > 1e-07
        t_tape = push_number(t_tape, t_tape_count, t)
        t_tape_count += 1
        broke = not t
        if t:
            x = x - rest / nonzero(3.0 * x ** 2)
        k += 1
        if broke:
            break
    trips = k
    return x * a, (a, x, trips, x_tape[:x_tape_count], t_tape[:t_tape_count])


def cube_root_bwd(saved, out_bar):
    """Pull `out_bar` back to a and x."""
    a, x, trips, x_tape, t_tape = saved

    # 7: return x * a
    x_bar = out_bar * a
    a_bar = out_bar * x

    # 5: while abs(rest := x**3 - a) > 1e-7:
    for k in range(trips - 1, -1, -1):
        x = x_tape[k]
        t = t_tape[k]
        rest = x ** 3 - a
        if t:
            # 6: x -= rest / (3.0 * x**2)
            t2 = 3.0 * x ** 2
            q = -x_bar / t2
            x_bar = x_bar - q * (rest / t2) * 3.0 * (2.0 * x)
            rest_bar = q
        else:
            rest_bar = 0.0

        # 5: while abs(rest := x**3 - a) > 1e-7:
        a_bar = a_bar - rest_bar
        x_bar = x_bar + rest_bar * (3.0 * (x * x))
    return a_bar, x_bar


def cube_root_value_and_grad(x0, x1):
    """`cube_root` and its gradient."""
    clear_float_errors()
    out, saved = cube_root_fwd(x0, x1)
    check_float_errors()
    return out, cube_root_bwd(saved, 1.0)
