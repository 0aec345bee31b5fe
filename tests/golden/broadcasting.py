"""Arrays of different ranks and lengths meet."""

import numpy as np


def broadcasting(a, x, y):
    grid = x[:, None] - y[None, :]
    d = grid**2 + a
    return np.sum(1.0 / np.sqrt(d)) + np.sum(x * d.T)


ARGS = (0.3, np.array([0.2, 1.4, -0.7]), np.array([0.9, -0.3]))
