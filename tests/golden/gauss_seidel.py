"""Scalar loops in place: each point uses its new neighbour."""

import numpy as np


def gauss_seidel(u, f, sweeps):
    u = u.copy()
    n, m = u.shape
    for k in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
    return np.sum(u**2)


ARGS = (np.arange(20.0).reshape(4, 5) % 7.0 / 5.0, np.arange(20.0).reshape(4, 5) % 3.0, 2)
