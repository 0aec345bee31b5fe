"""Adjoint of `ranks` (ranks.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `ranks` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, in_range, independent
from srcad.runtime.vector_math import plus


def ranks_fwd(x, y):
    """`ranks`, also returning what `ranks_bwd` needs."""
    t = np.argsort(x, kind="mergesort")
    ordered = x[in_range(t, x.shape[0])]
    peak = np.argmax(x)
    total = 0.0
    for i in range(ordered.shape[0] - 2):
        total = plus(total, ordered[i + 1])
    t2 = total / (ordered.shape[0] - 2)
    if not -y.shape[0] <= peak < y.shape[0]:
        raise Bail
    if not -x.shape[0] <= peak < x.shape[0]:
        raise Bail
    return t2 * y[peak] + x[peak] ** 2, (x, y, t, peak, t2, (ordered.shape[0] - 2,))


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
    for i in independent(ordered_bar.shape[0] - 2):
        ordered_bar[i + 1] = out_bar * t3 / shape[0]

    # 7: ordered = np.sort(x)
    if ordered_bar.shape[0] != t.shape[0]:
        raise Bail
    for i in range(t.shape[0]):
        x_bar[t[i]] += ordered_bar[i]
    return x_bar, y_bar


def ranks_value_and_grad(x0, x1):
    """`ranks` and its gradient."""
    clear_float_errors()
    out, saved = ranks_fwd(x0, x1)
    check_float_errors()
    return out, ranks_bwd(saved, 1.0)
