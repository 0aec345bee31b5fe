"""Views of views: what is written through them lands in the array."""

import numpy as np


def views(u, v):
    grid = np.zeros((3, len(u)))
    grid.T[0] = v
    middle = grid[1]
    ends = middle[::2]
    ends += np.sin(u[::2])
    flat = grid.reshape(-1)
    flat[-1] = u[0] * middle[0]
    return grid * u


ARGS = (np.array([0.4, -0.9, 0.7, 1.2]), np.array([0.8, -0.3, 0.5]))
