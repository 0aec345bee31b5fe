"""Two buffers that change places after every sweep."""

import numpy as np


def jacobi(u, f, sweeps):
    u = u.copy()
    v = u.copy()
    for k in range(sweeps):
        v[1:-1] = 0.5 * (u[2:] + u[:-2] - f[1:-1])
        u, v = v, u
    return u


ARGS = (np.array([0.4, -0.9, 1.3, 0.2, 0.8]), np.array([1.2, -0.5, 0.7, 0.1, 0.3]), 3)
