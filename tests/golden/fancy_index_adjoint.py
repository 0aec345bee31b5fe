"""Adjoint of `fancy_index` (fancy_index.py:6) with respect to x and table.

Written by srcad 0.1.0.  Do not edit: change `fancy_index` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import unbroadcast


def fancy_index_fwd(x, table, where):
    """`fancy_index`, also returning what `fancy_index_bwd` needs."""
    y = table[where] * x
    z = np.zeros(3)
    np.add.at(z, where, y)
    t = z > 0.5
    t2 = z[t]
    z[t] = t2 * 2.0
    return z, (x, table, where, t, t2.shape)


def fancy_index_bwd(saved, out_bar):
    """Pull `out_bar` back to x and table."""
    x, table, where, t, shape = saved

    # 7: y = table[where] * x
    t2 = table[where]

    # 10: z[z > 0.5] *= 2.0
    t3 = unbroadcast(out_bar[t], shape)
    out_bar = out_bar.copy()
    out_bar[t] = 0.0
    out_bar[t] += t3 * 2.0

    # 9: np.add.at(z, where, y)
    y_bar = out_bar[where]

    # 7: y = table[where] * x
    x_bar = y_bar * t2
    table_bar = np.zeros(table.shape)
    np.add.at(table_bar, where, y_bar * x)

    return x_bar, table_bar
