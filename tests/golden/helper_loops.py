"""Adjoint of `helper` (helper.py:16) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `helper` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, nonzero


def helper_fwd(x, y, width):
    """`helper`, also returning what `helper_bwd` needs."""
    r = finite(math.sqrt(x * x + y * y + 0.1))
    t = r > width
    if t:
        out = r
    else:
        out = 0.5 * (r * r / nonzero(width) + width)
    t2 = 2.0 * y
    t3 = x > t2
    if t3:
        out2 = x
    else:
        out2 = 0.5 * (x * x / nonzero(t2) + t2)
    return out + 3.0 * out2, (x, y, width, r, t, t3)


def helper_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, width, r, t, t2 = saved

    # 18: return smooth(r) + 3.0 * smooth(x, width=2.0 * y)
    t3 = 2.0 * y
    out_bar2 = out_bar * 3.0

    # 11: if x > width:
    if t2:
        t4 = 0.0
        x_bar = out_bar2
    else:
        # 13: return 0.5 * (x * x / width + width)
        t4 = out_bar2 * 0.5
        q = t4 / t3
        x_bar = q * (2.0 * x)
        t4 = t4 - q * (x * x / t3)

    # 18: return smooth(r) + 3.0 * smooth(x, width=2.0 * y)
    y_bar = t4 * 2.0

    # 11: if x > width:
    if t:
        r_bar = out_bar
    else:
        # 13: return 0.5 * (x * x / width + width)
        q = out_bar * 0.5 / width
        r_bar = q * (2.0 * r)

    # 7: return math.sqrt(x * x + y * y + floor)
    t4 = 0.5 * r_bar / r if r_bar != 0.0 else 0.0
    y_bar = y_bar + t4 * t3
    x_bar = x_bar + t4 * (2.0 * x)
    return x_bar, y_bar


def helper_value_and_grad(x0, x1, x2):
    """`helper` and its gradient."""
    clear_float_errors()
    out, saved = helper_fwd(x0, x1, x2)
    check_float_errors()
    return out, helper_bwd(saved, 1.0)
