"""Sums over pairs of bodies."""

import numpy as np


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
