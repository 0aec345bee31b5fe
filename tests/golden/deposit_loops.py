"""Adjoint of `deposit` (deposit.py:6) with respect to charge and position.

Written by srcad 0.1.0.  Do not edit: change `deposit` and run it again.
"""

import numpy as np
from numba import objmode

from srcad.runtime.arrays import last_written

from srcad.runtime.compiled import Bail, in_range, independent


def deposit_fwd(charge, position, cells):
    """`deposit`, also returning what `deposit_bwd` needs."""
    density = np.zeros(cells)
    t = np.empty(position.shape[0])
    left = np.empty(position.shape[0], np.int64)
    share = np.empty(position.shape[0])
    array = np.empty(position.shape[0])
    for i in independent(position.shape[0]):
        t[i] = np.floor(position[i])
        left[i] = np.int64(t[i])
        share[i] = position[i] - left[i]
        array[i] = charge[i] * (1.0 - share[i])
    if array.shape[0] != left.shape[0]:
        raise Bail
    for i in range(left.shape[0]):
        if not -density.shape[0] <= left[i] < density.shape[0]:
            raise Bail
        density[left[i]] += array[i]
    array2 = np.empty(left.shape[0], np.int64)
    array3 = np.empty(left.shape[0])
    for i in independent(left.shape[0]):
        array2[i] = left[i] + 1
        array3[i] = charge[i] * share[i]
    if array3.shape[0] != array2.shape[0]:
        raise Bail
    for i in range(array2.shape[0]):
        if not -density.shape[0] <= array2[i] < density.shape[0]:
            raise Bail
        density[array2[i]] += array3[i]
    marked = np.ones(cells)
    array5 = marked[in_range(left, marked.shape[0])]
    array4 = np.empty(marked.shape[0])
    for i in independent(marked.shape[0]):
        array4[i] = array5[i] + charge[i]
    if array4.shape[0] != left.shape[0]:
        raise Bail
    for i in range(left.shape[0]):
        if not -marked.shape[0] <= left[i] < marked.shape[0]:
            raise Bail
        marked[left[i]] = array4[i]
    array6 = np.empty(density.shape[0])
    for i in independent(density.shape[0]):
        array6[i] = density[i] * marked[i]
    return array6, (charge, position, t, density, marked)


def deposit_bwd(saved, out_bar):
    """Pull `out_bar` back to charge and position."""
    charge, position, t, density, marked = saved

    # 7: left = np.floor(position).astype(int)
    left = np.empty(t.shape[0], np.int64)
    share = np.empty(t.shape[0])
    density_bar = np.empty(t.shape[0])
    marked_bar = np.empty(t.shape[0])
    for i in independent(t.shape[0]):
        left[i] = np.int64(t[i])
        share[i] = position[i] - left[i]
        density_bar[i] = out_bar[i] * marked[i]
        marked_bar[i] = out_bar[i] * density[i]

    # 13: marked[left] += charge
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(last_written(marked_bar, left), np.float64)
    charge_bar = made

    # 10: np.add.at(density, left, charge * (1.0 - share))
    t3 = density_bar[left]

    # 11: np.add.at(density, left + 1, charge * share)
    array = np.empty(left.shape[0], np.int64)
    for i in independent(left.shape[0]):
        array[i] = left[i] + 1
    t2 = density_bar[array]
    share_bar = np.empty(charge_bar.shape[0])
    for i in independent(charge_bar.shape[0]):
        charge_bar[i] += t2[i] * share[i] + t3[i] * (1.0 - share[i])
        share_bar[i] = t2[i] * charge[i] - t3[i] * charge[i]
    return charge_bar, share_bar
