"""Adjoint of `well` (well.py:6) with respect to x and width.

Written by srcad 0.1.0.  Do not edit: change `well` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite


def well_fwd(x, width):
    """`well`, also returning what `well_bwd` needs."""
    t = width - abs(x)
    caught = t <= 0.0
    if caught:
        out = 1000.0 * x
    else:
        barrier = finite(math.log(t))
        out = x * x - 0.1 * barrier
    return out, (x, width, caught)


def well_bwd(saved, out_bar):
    """Pull `out_bar` back to x and width."""
    x, width, caught = saved

    # 8: barrier = math.log(width - abs(x))
    t = width - abs(x)
    if caught:
        # 10: return 1e3 * x
        x_bar = out_bar * 1000.0
        width_bar = 0.0
    else:
        # 11: return x * x - 0.1 * barrier
        barrier_bar = -(out_bar * 0.1)
        x_bar = out_bar * (2.0 * x)
        width_bar = barrier_bar / t if barrier_bar != 0.0 else 0.0

    # 8: barrier = math.log(width - abs(x))
    x_bar = x_bar + (np.float64(-width_bar) if x >= 0.0 else np.float64(width_bar))
    return x_bar, width_bar


def well_value_and_grad(x0, x1):
    """`well` and its gradient."""
    clear_float_errors()
    out, saved = well_fwd(x0, x1)
    check_float_errors()
    return out, well_bwd(saved, 1.0)
