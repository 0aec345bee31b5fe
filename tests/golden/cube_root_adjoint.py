"""Adjoint of `cube_root` (cube_root.py:4) with respect to a and x.

Written by srcad 0.1.0.  Do not edit: change `cube_root` and run it again.
"""


def cube_root_fwd(a, x):
    """`cube_root`, also returning what `cube_root_bwd` needs."""
    x_tape = []
    t_tape = []
    k = 0
    while True:
        x_tape.append(x)
        rest = x ** 3 - a
        t = abs(rest) > 1e-07
        t_tape.append(t)
        broke = not t
        if t:
            x = x - rest / (3.0 * x ** 2)
        k += 1
        if broke:
            break
    trips = k
    return x * a, (a, x, trips, x_tape, t_tape)


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
            t = 3.0 * x ** 2
            q = -x_bar / t
            x_bar = x_bar - q * (rest / t) * 3.0 * (2.0 * x)
            rest_bar = q
        else:
            rest_bar = 0.0

        # 5: while abs(rest := x**3 - a) > 1e-7:
        a_bar = a_bar - rest_bar
        x_bar = x_bar + rest_bar * (3.0 * (x * x))

    return a_bar, x_bar
