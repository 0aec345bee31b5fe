"""Adjoint of `early_return` (early_return.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `early_return` and run it again.
"""

import math


def early_return_fwd(x, y):
    """`early_return`, also returning what `early_return_bwd` needs."""
    if x > 2.0:
        out = x * y
        t = 0.0
        t2 = False
        t3 = 0.0
    else:
        t = math.sin(x)
        z = t + y
        t2 = z < 0.0
        if t2:
            out = z ** 2
            t3 = 0.0
        else:
            t3 = math.exp(z)
            out = t3 * x
    return out, (x, y, t, t2, t3)


def early_return_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, t2, t3 = saved

    # 7: if x > 2.0:
    if x > 2.0:
        # 8: return x * y
        x_bar = out_bar * y
        y_bar = out_bar * x
    else:
        # 9: z = math.sin(x) + y
        z = t + y

        # 10: if z < 0.0:
        if t2:
            # 11: return z**2
            z_bar = out_bar * (2.0 * z)
            x_bar = 0.0
        else:
            # 12: return math.exp(z) * x
            z_bar = out_bar * x * t3
            x_bar = out_bar * t3

        # 9: z = math.sin(x) + y
        x_bar = x_bar + z_bar * math.cos(x)
        y_bar = z_bar

    return x_bar, y_bar
