"""Adjoint of `where_maximum` (where_maximum.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `where_maximum` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import where


def where_maximum_fwd(x, y):
    """`where_maximum`, also returning what `where_maximum_bwd` needs."""
    t = np.empty(x.shape[0])
    a = np.empty(x.shape[0])
    b = np.empty(x.shape[0])
    array = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        t[i] = np.sqrt(abs(x[i]))
        a[i] = where(x[i] > y[i], np.float64(t[i]), np.float64(y[i] ** 2))
        b[i] = np.maximum(a[i], 0.5) - np.minimum(x[i], y[i])
        array[i] = np.minimum(np.maximum(b[i], 0.2), 1.2) * abs(x[i])
    return array, (x, y, t, a, b)


def where_maximum_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, a, b = saved

    # 7: a = np.where(x > y, np.sqrt(np.abs(x)), y**2)
    y_bar = np.empty(x.shape[0])
    x_bar = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        t2_i = x[i] > y[i]
        t3_i = out_bar[i] * abs(x[i])
        t4_i = out_bar[i] * np.minimum(np.maximum(b[i], 0.2), 1.2)
        t5_i = x[i] >= 0.0
        raised_i = np.maximum(b[i], 0.2)
        kept_i = where(1.2 > raised_i, np.float64(t3_i), np.float64(where(1.2 == raised_i, np.float64(0.5 * t3_i), 0.0)))
        b_bar_i = where(b[i] > 0.2, np.float64(kept_i), np.float64(where(b[i] == 0.2, np.float64(0.5 * kept_i), 0.0)))
        t6_i = -b_bar_i
        t7_i = 0.5 * t6_i
        a_bar_i = where(a[i] > 0.5, np.float64(b_bar_i), np.float64(where(a[i] == 0.5, np.float64(0.5 * b_bar_i), 0.0)))
        t8_i = where(t2_i, np.float64(a_bar_i), 0.0)
        y_bar[i] = where(t2_i, np.float64(t6_i), np.float64(where(x[i] == y[i], np.float64(t7_i), 0.0))) + where(t2_i, 0.0, np.float64(a_bar_i)) * (2.0 * y[i])
        t9_i = 0.5 * t8_i / where(t8_i != 0.0, t[i], 1.0)
        x_bar[i] = where(t5_i, np.float64(t4_i), np.float64(-t4_i)) + where(y[i] > x[i], np.float64(t6_i), np.float64(where(y[i] == x[i], np.float64(t7_i), 0.0))) + where(t5_i, np.float64(t9_i), np.float64(-t9_i))

    # 7: a = np.where(x > y, np.sqrt(np.abs(x)), y**2)
    return x_bar, y_bar
