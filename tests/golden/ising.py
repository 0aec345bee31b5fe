"""`np.ndindex`: the energy of a lattice of spins with periodic neighbours."""

import numpy as np


def ising(spin, coupling, field):
    n, m = spin.shape
    energy = 0.0
    for i, j in np.ndindex(n, m):
        around = spin[(i + 1) % n, j] + spin[i, (j + 1) % m]
        energy -= spin[i, j] * (coupling * around + field)
    return energy


ARGS = (np.array([[0.2, -0.4, 0.7], [1.1, 0.3, -0.6]]), 0.8, 0.3)
