"""Adjoint of `crossing` (crossing.py:6) with respect to t, y and level.

Written by srcad 0.1.0.  Do not edit: change `crossing` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def crossing_fwd(t, y, level):
    """`crossing`, also returning what `crossing_bwd` needs."""
    k = 0
    broke = False
    for k2 in range(1, y.shape[0]):
        broke = y[k2] >= level
        k = k2
        if broke:
            break
    if broke:
        weight = (level - y[k - 1]) / (y[k] - y[k - 1])
        out = t[k - 1] + weight * (t[k] - t[k - 1])
    else:
        out = t[-1]
    return out, (t, y, level, k, broke)


def crossing_bwd(saved, out_bar):
    """Pull `out_bar` back to t, y and level."""
    t, y, level, k, broke = saved

    # 7: for k in range(1, len(y)):
    y_bar = np.zeros(y.shape)
    if broke:
        # 12: weight = (level - y[k - 1]) / (y[k] - y[k - 1])
        t2 = k - 1
        t3 = y[t2]
        t4 = y[k] - t3
        weight = (level - t3) / t4

        # 13: return t[k - 1] + weight * (t[k] - t[k - 1])
        weight_bar = out_bar * (t[k] - t[t2])
        t3 = out_bar * weight
        t_bar = np.zeros(t.shape)
        t_bar[t2] = -t3
        t_bar[k] += t3
        t_bar[t2] += out_bar

        # 12: weight = (level - y[k - 1]) / (y[k] - y[k - 1])
        q = weight_bar / t4
        level_bar = masked(weight_bar, q)
        t3 = masked(weight_bar, -(q * weight))
        y_bar[t2] = -t3
        y_bar[k] += t3
        y_bar[t2] -= level_bar
    else:
        # 11: return t[-1]
        t_bar = np.zeros(t.shape)
        t_bar[-1] = out_bar
        level_bar = 0.0

    return t_bar, y_bar, level_bar
