"""Adjoint of `ising` (ising.py:6) with respect to spin, coupling and field.

Written by srcad 0.1.0.  Do not edit: change `ising` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, nonzero


def ising_fwd(spin, coupling, field):
    """`ising`, also returning what `ising_bwd` needs."""
    n = spin.shape[0]
    m = spin.shape[1]
    energy = 0.0
    for k in range(n * m):
        j = k % nonzero(m)
        i = k // nonzero(m)
        if not -spin.shape[0] <= (i + 1) % nonzero(n) < spin.shape[0]:
            raise Bail
        if not -spin.shape[1] <= j < spin.shape[1]:
            raise Bail
        if not -spin.shape[0] <= i < spin.shape[0]:
            raise Bail
        if not -spin.shape[1] <= (j + 1) % nonzero(m) < spin.shape[1]:
            raise Bail
        around = spin[(i + 1) % nonzero(n), j] + spin[i, (j + 1) % nonzero(m)]
        energy = energy - spin[i, j] * (coupling * around + field)
    return energy, (spin, coupling, field)


def ising_bwd(saved, out_bar):
    """Pull `out_bar` back to spin, coupling and field."""
    spin, coupling, field = saved

    # 7: n, m = spin.shape
    n = spin.shape[0]
    m = spin.shape[1]

    # 9: for i, j in np.ndindex(n, m):
    spin_bar = np.zeros(spin.shape)
    coupling_bar = 0.0
    field_bar = 0.0
    for k in range(n * m - 1, -1, -1):
        j = k % m
        i = k // m

        # 10: around = spin[(i + 1) % n, j] + spin[i, (j + 1) % m]
        t = (i + 1) % n
        t2 = (j + 1) % m
        around = spin[t, j] + spin[i, t2]

        # 11: energy -= spin[i, j] * (coupling * around + field)
        t3 = -out_bar
        t4 = t3 * spin[i, j]
        field_bar = field_bar + t4
        coupling_bar = coupling_bar + t4 * around
        around_bar = t4 * coupling
        spin_bar[i, j] += t3 * (coupling * around + field)

        # 10: around = spin[(i + 1) % n, j] + spin[i, (j + 1) % m]
        spin_bar[i, t2] += around_bar
        spin_bar[t, j] += around_bar
    return spin_bar, coupling_bar, field_bar


def ising_value_and_grad(x0, x1, x2):
    """`ising` and its gradient."""
    clear_float_errors()
    out, saved = ising_fwd(x0, x1, x2)
    check_float_errors()
    return out, ising_bwd(saved, 1.0)
