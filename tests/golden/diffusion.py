"""A linear stencil: nothing is recorded."""

import numpy as np


def diffusion(u, kappa, steps):
    u = u.copy()
    for k in range(steps):
        u[1:-1] += kappa * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.mean(u)


ARGNUMS = (0,)
ARGS = (np.array([0.4, -0.9, 1.3, 0.2, 0.8, -0.1]), 0.2, 4)
