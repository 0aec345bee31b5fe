"""Adjoint of `where_maximum` (where_maximum.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `where_maximum` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def where_maximum_fwd(x, y):
    """`where_maximum`, also returning what `where_maximum_bwd` needs."""
    t = np.sqrt(np.abs(x))
    a = np.where(x > y, t, y ** 2)
    b = np.maximum(a, 0.5) - np.minimum(x, y)
    return np.clip(b, 0.2, 1.2) * np.abs(x), (x, y, t, a, b)


def where_maximum_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, a, b = saved

    # 7: a = np.where(x > y, np.sqrt(np.abs(x)), y**2)
    t2 = x > y

    # 9: return np.clip(b, 0.2, 1.2) * np.abs(x)
    t3 = out_bar * np.abs(x)
    t4 = out_bar * np.clip(b, 0.2, 1.2)
    t5 = x >= 0.0
    x_bar = np.where(t5, t4, -t4)
    raised = np.maximum(b, 0.2)
    kept = np.where(1.2 > raised, t3, np.where(1.2 == raised, 0.5 * t3, 0.0))
    b_bar = np.where(b > 0.2, kept, np.where(b == 0.2, 0.5 * kept, 0.0))

    # 8: b = np.maximum(a, 0.5) - np.minimum(x, y)
    t3 = -b_bar
    t4 = 0.5 * t3
    y_bar = np.where(t2, t3, np.where(x == y, t4, 0.0))
    x_bar += np.where(y > x, t3, np.where(y == x, t4, 0.0))
    a_bar = np.where(a > 0.5, b_bar, np.where(a == 0.5, 0.5 * b_bar, 0.0))

    # 7: a = np.where(x > y, np.sqrt(np.abs(x)), y**2)
    t3 = np.where(t2, a_bar, 0.0)
    y_bar += np.where(t2, 0.0, a_bar) * (2.0 * y)
    t = masked(t3, 0.5 * t3 / t)
    x_bar += np.where(t5, t, -t)

    return x_bar, y_bar
