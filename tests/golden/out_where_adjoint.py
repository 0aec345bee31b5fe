"""Adjoint of `out_where` (out_where.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `out_where` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked, unbroadcast


def out_where_fwd(x, y):
    """`out_where`, also returning what `out_where_bwd` needs."""
    ratio = np.ones(x.shape[0])
    t = np.abs(y) > 0.1
    ratio[t] = x[t] / y[t]
    t2 = np.sin(ratio)
    ratio2 = ratio.copy()
    ratio2[...] = t2
    return ratio2 * x, (x, y, t, ratio, t2)


def out_where_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, ratio, t2 = saved

    # 8: np.divide(x, y, out=ratio, where=np.abs(y) > 0.1)
    t3 = x[t]
    t4 = y[t]
    t5 = t3 / t4

    # 9: np.sin(ratio, out=ratio)
    ratio2 = ratio.copy()
    ratio2[...] = t2

    # 10: return ratio * x
    ratio_bar = out_bar * x
    x_bar = out_bar * ratio2

    # 9: np.sin(ratio, out=ratio)
    ratio_bar *= np.cos(ratio)

    # 8: np.divide(x, y, out=ratio, where=np.abs(y) > 0.1)
    t2 = unbroadcast(ratio_bar[t], t5.shape)
    q = t2 / t4
    t3 = unbroadcast(masked(t2, q), t3.shape)
    y_bar = np.zeros(y.shape)
    y_bar[t] = unbroadcast(masked(t2, -(q * t5)), t4.shape)
    x_bar[t] += t3

    return x_bar, y_bar
