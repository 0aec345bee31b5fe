"""Adjoint of `out_where` (out_where.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `out_where` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, independent
from srcad.runtime.vector_math import cos, sin


def out_where_fwd(x, y):
    """`out_where`, also returning what `out_where_bwd` needs."""
    ratio = np.ones(x.shape[0])
    t = np.empty(y.shape[0], np.bool_)
    for i in independent(y.shape[0]):
        t[i] = abs(y[i]) > 0.1
    if x.shape[0] != t.shape[0]:
        raise Bail
    array2 = x[t]
    if y.shape[0] != t.shape[0]:
        raise Bail
    array3 = y[t]
    if array3.shape[0] != array2.shape[0]:
        raise Bail
    array = np.empty(array2.shape[0])
    for i in independent(array2.shape[0]):
        array[i] = array2[i] / array3[i]
    if t.shape[0] != ratio.shape[0] or np.sum(t) != array.shape[0]:
        raise Bail
    place = 0
    for i in range(t.shape[0]):
        if t[i]:
            ratio[i] = array[place]
            place += 1
    ratio2 = ratio.copy()
    t2 = np.empty(ratio.shape[0])
    array4 = np.empty(ratio.shape[0])
    for i in independent(ratio.shape[0]):
        t2[i] = sin(ratio[i])
        ratio2[i] = t2[i]
        array4[i] = ratio2[i] * x[i]
    return array4, (x, y, t, ratio, t2)


def out_where_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, ratio, t2 = saved

    # 8: np.divide(x, y, out=ratio, where=np.abs(y) > 0.1)
    t3 = x[t]
    t4 = y[t]

    # 9: np.sin(ratio, out=ratio)
    ratio2 = ratio.copy()
    y_bar = np.zeros(y.shape)
    ratio_bar = np.empty(ratio.shape[0])
    x_bar = np.empty(ratio.shape[0])
    for i in independent(ratio.shape[0]):
        ratio2[i] = t2[i]
        ratio_bar[i] = out_bar[i] * x[i]
        x_bar[i] = out_bar[i] * ratio2[i]
        ratio_bar[i] *= cos(ratio[i])

    # 8: np.divide(x, y, out=ratio, where=np.abs(y) > 0.1)
    array = ratio_bar[t]
    if t4.shape[0] != t3.shape[0]:
        raise Bail
    t5 = np.empty(t3.shape[0])
    t6 = np.empty(t3.shape[0])
    for i in independent(t3.shape[0]):
        t5[i] = t3[i] / t4[i]
        t6[i] = array[i]
    if t4.shape[0] != t6.shape[0]:
        raise Bail
    q = np.empty(t6.shape[0])
    for i in independent(t6.shape[0]):
        q[i] = t6[i] / t4[i]
    if q.shape[0] != t6.shape[0]:
        raise Bail
    t7 = np.empty(t6.shape[0])
    for i in independent(t6.shape[0]):
        t7[i] = q[i] if t6[i] != 0.0 else 0.0
    if q.shape[0] != t6.shape[0]:
        raise Bail
    if t5.shape[0] != q.shape[0]:
        raise Bail
    array2 = np.empty(t6.shape[0])
    for i in independent(t6.shape[0]):
        array2[i] = -(q[i] * t5[i]) if t6[i] != 0.0 else 0.0
    if t.shape[0] != y_bar.shape[0] or np.sum(t) != array2.shape[0]:
        raise Bail
    place = 0
    for i in range(t.shape[0]):
        if t[i]:
            y_bar[i] = array2[place]
            place += 1
    place2 = 0
    for i in range(t.shape[0]):
        if t[i]:
            x_bar[i] += t7[place2]
            place2 += 1
    return x_bar, y_bar
