"""Stencils: each point of a grid from its neighbours, again and again."""

import numpy as np


def jacobi_2d(u, v, steps):
    """Smooth a field by the five-point stencil, back and forth between two buffers."""
    for _ in range(steps):
        v[1:-1, 1:-1] = 0.2 * (
            u[1:-1, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + u[2:, 1:-1] + u[:-2, 1:-1]
        )
        u[1:-1, 1:-1] = 0.2 * (
            v[1:-1, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] + v[2:, 1:-1] + v[:-2, 1:-1]
        )
    return np.sum(u**2)


def gauss_seidel(u, f, sweeps):
    """Relax the Poisson equation in place, point by point."""
    rows, columns = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
    return np.sum(u**2)
