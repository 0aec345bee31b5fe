"""The stencil of the design: an in-place update, a branch by value, one tape each."""

import numpy as np


def relax(u, f, h, sweeps):
    u = u.copy()
    for k in range(sweeps):
        r = f[1:-1] - (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h**2
        if np.max(np.abs(r)) > 1.0:
            r = np.tanh(r)
        u[1:-1] -= 0.4 * h**2 * r
    return np.sum(u**2)


ARGNUMS = (0, 1)
ARGS = (np.array([0.4, -0.9, 1.3, 0.2, 0.8, -0.1]), np.array([1.2, -0.5, 0.7, 0.1, 0.3, 0.4]), 0.8, 4)
