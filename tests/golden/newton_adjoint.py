"""Adjoint of `newton` (newton.py:3) with respect to a.

Written by srcad 0.1.0.  Do not edit: change `newton` and run it again.
"""


def newton_fwd(a, tolerance):
    """`newton`, also returning what `newton_bwd` needs."""
    x_tape = []
    x = a
    k = 0
    while abs(x * x - a) > tolerance:
        x_tape.append(x)
        x = 0.5 * (x + a / x)
        k += 1
    trips = k
    return x ** 3, (a, x, trips, x_tape)


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
