"""Adjoint of `newton` (newton.py:3) with respect to a.

Written by srcad 0.1.0.  Do not edit: change `newton` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, nonzero, push_number


def newton_fwd(a, tolerance):
    """`newton`, also returning what `newton_bwd` needs."""
    x_tape = np.empty(0)
    x_tape_count = 0
    x = a
    k = 0
    while abs(x * x - a) > tolerance:
        x_tape = push_number(x_tape, x_tape_count, x)
        x_tape_count += 1
        x = 0.5 * (x + a / nonzero(x))
        k += 1
    trips = k
    return x ** 3, (a, x, trips, x_tape[:x_tape_count])


def newton_bwd(saved, out_bar):
    """Pull `out_bar` back to a."""
    a, x, trips, x_tape = saved

    # 7: return x**3
    x_bar = out_bar * (3.0 * (x * x))

    # 5: while abs(x * x - a) > tolerance:
    a_bar = 0.0
    for k in range(trips - 1, -1, -1):
        x = x_tape[k]

        # 6: x = 0.5 * (x + a / x)
        x_bar = x_bar * 0.5
        q = x_bar / x
        a_bar = a_bar + q
        x_bar = x_bar - q * (a / x)

    # 5: while abs(x * x - a) > tolerance:
    a_bar = a_bar + x_bar
    return a_bar


def newton_value_and_grad(x0, x1):
    """`newton` and its gradient."""
    clear_float_errors()
    out, saved = newton_fwd(x0, x1)
    check_float_errors()
    return out, newton_bwd(saved, 1.0)
