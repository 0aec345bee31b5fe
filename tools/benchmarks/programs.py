"""The programs to differentiate, as their author would type them: plain NumPy.

srcad is given these functions as they stand. Nothing here may be changed to please a tool.
"""

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


def nbody(positions, velocities, masses, steps, dt, softening):
    """Move softened point masses under their gravity, all pairs, symplectic Euler."""
    for _ in range(steps):
        x = positions[:, 0:1]
        y = positions[:, 1:2]
        z = positions[:, 2:3]
        dx = x.T - x
        dy = y.T - y
        dz = z.T - z
        inverse_cube = (dx**2 + dy**2 + dz**2 + softening**2) ** -1.5
        velocities[:, 0] += dt * ((dx * inverse_cube) @ masses)
        velocities[:, 1] += dt * ((dy * inverse_cube) @ masses)
        velocities[:, 2] += dt * ((dz * inverse_cube) @ masses)
        positions += dt * velocities
    return np.sum(positions**2) + np.sum(velocities**2)


def haversine(latitude_1, longitude_1, latitude_2, longitude_2):
    """Sum the great-circle distances (km) between pairs of points (radians)."""
    a = (
        np.sin((latitude_2 - latitude_1) / 2) ** 2
        + np.cos(latitude_1) * np.cos(latitude_2) * np.sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return np.sum(2 * 6371.0 * np.arcsin(np.sqrt(a)))


def mlp(weights_1, bias_1, weights_2, bias_2, inputs, targets):
    """Softmax cross-entropy of a network with one hidden layer; targets are one-hot rows."""
    hidden = np.tanh(inputs @ weights_1 + bias_1)
    logits = hidden @ weights_2 + bias_2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_normaliser = np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.sum(targets * (shifted - log_normaliser)) / inputs.shape[0]


def recurrence(x, steps):
    """Iterate a scalar map whose coefficient runs through x, and sum the squares of its orbit."""
    s = 1.0
    total = 0.0
    for i in range(steps):
        s = np.sin(s) * x[i % 8] + 0.5
        total += s * s
    return total


def rosenbrock(x):
    """Rosenbrock's banana-shaped valley, in as many dimensions as x has elements."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)
