"""Adjoint of `fancy_index` (fancy_index.py:6) with respect to x and table.

Written by srcad 0.1.0.  Do not edit: change `fancy_index` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, in_range, independent


def fancy_index_fwd(x, table, where):
    """`fancy_index`, also returning what `fancy_index_bwd` needs."""
    array = table[in_range(where, table.shape[0])]
    z = np.zeros(3)
    y = np.empty(where.shape[0])
    for i in independent(where.shape[0]):
        y[i] = array[i] * x[i]
    if y.shape[0] != where.shape[0]:
        raise Bail
    for i in range(where.shape[0]):
        if not -z.shape[0] <= where[i] < z.shape[0]:
            raise Bail
        z[where[i]] += y[i]
    t = np.empty(3, np.bool_)
    for i in independent(3):
        t[i] = z[i] > 0.5
    if z.shape[0] != t.shape[0]:
        raise Bail
    t2 = z[t]
    array2 = np.empty(t2.shape[0])
    for i in independent(t2.shape[0]):
        array2[i] = t2[i] * 2.0
    if t.shape[0] != z.shape[0] or np.sum(t) != array2.shape[0]:
        raise Bail
    place = 0
    for i in range(t.shape[0]):
        if t[i]:
            z[i] = array2[place]
            place += 1
    return z, (x, table, where, t, t2.shape)


def fancy_index_bwd(saved, out_bar):
    """Pull `out_bar` back to x and table."""
    x, table, where, t, shape = saved

    # 7: y = table[where] * x
    t2 = table[where]

    # 10: z[z > 0.5] *= 2.0
    array = out_bar[t]
    out_bar = out_bar.copy()
    t3 = np.empty(array.shape[0])
    for i in independent(array.shape[0]):
        t3[i] = array[i]
    for i in range(t.shape[0]):
        if t[i]:
            out_bar[i] = 0.0
    array2 = np.empty(t3.shape[0])
    for i in independent(t3.shape[0]):
        array2[i] = t3[i] * 2.0
    place = 0
    for i in range(t.shape[0]):
        if t[i]:
            out_bar[i] += array2[place]
            place += 1

    # 9: np.add.at(z, where, y)
    y_bar = out_bar[where]
    table_bar = np.zeros(table.shape)

    # 7: y = table[where] * x
    x_bar = np.empty(y_bar.shape[0])
    array3 = np.empty(y_bar.shape[0])
    for i in independent(y_bar.shape[0]):
        x_bar[i] = y_bar[i] * t2[i]
        array3[i] = y_bar[i] * x[i]
    if array3.shape[0] != where.shape[0]:
        raise Bail
    for i in range(where.shape[0]):
        table_bar[where[i]] += array3[i]
    return x_bar, table_bar
