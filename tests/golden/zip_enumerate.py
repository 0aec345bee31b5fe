"""Loops over `zip` and `enumerate`, and over the rows of a matrix."""

import numpy as np


def zip_enumerate(A, w, x):
    total = 0.0
    for row, weight in zip(A, w):
        total += weight * np.sum(row * x)
    for i, v in enumerate(x):
        total += (i + 1) * v**2 * total
    return total


ARGS = (
    np.array([[0.2, -0.4, 0.7], [1.1, 0.3, -0.6]]),
    np.array([0.5, -0.8]),
    np.array([0.9, 0.1, -0.3]),
)
