"""Adjoint of `deposit` (deposit.py:6) with respect to charge and position.

Written by srcad 0.1.0.  Do not edit: change `deposit` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import last_written


def deposit_fwd(charge, position, cells):
    """`deposit`, also returning what `deposit_bwd` needs."""
    t = np.floor(position)
    left = t.astype(np.int64)
    share = position - left
    density = np.zeros(cells)
    np.add.at(density, left, charge * (1.0 - share))
    np.add.at(density, left + 1, charge * share)
    marked = np.ones(cells)
    marked[left] += charge
    return density * marked, (charge, position, t, density, marked)


def deposit_bwd(saved, out_bar):
    """Pull `out_bar` back to charge and position."""
    charge, position, t, density, marked = saved

    # 7: left = np.floor(position).astype(int)
    left = t.astype(np.int64)

    # 8: share = position - left
    share = position - left

    # 14: return density * marked
    density_bar = out_bar * marked
    marked_bar = out_bar * density

    # 13: marked[left] += charge
    charge_bar = last_written(marked_bar, left)

    # 11: np.add.at(density, left + 1, charge * share)
    t = density_bar[left + 1]
    charge_bar += t * share
    share_bar = t * charge

    # 10: np.add.at(density, left, charge * (1.0 - share))
    t = density_bar[left]
    charge_bar += t * (1.0 - share)
    share_bar -= t * charge

    return charge_bar, share_bar
