"""Adjoint of `ranks` (ranks.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `ranks` and run it again.
"""

import numpy as np


def ranks_fwd(x, y):
    """`ranks`, also returning what `ranks_bwd` needs."""
    t = np.argsort(x, kind='stable')
    ordered = x[t]
    peak = np.argmax(x)
    t2 = ordered[1:-1]
    t3 = np.mean(t2)
    return t3 * y[peak] + x[peak] ** 2, (x, y, t, peak, t3, t2.shape)


def ranks_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, peak, t2, shape = saved

    # 9: return np.mean(ordered[1:-1]) * y[peak] + x[peak] ** 2
    t3 = y[peak]
    x_bar = np.zeros(x.shape)
    x_bar[peak] = out_bar * (2.0 * x[peak])
    y_bar = np.zeros(y.shape)
    y_bar[peak] = out_bar * t2
    ordered_bar = np.zeros(x.shape)
    ordered_bar[1:-1] = np.broadcast_to(out_bar * t3 / shape[0], shape)

    # 7: ordered = np.sort(x)
    np.add.at(x_bar, t, ordered_bar)

    return x_bar, y_bar
