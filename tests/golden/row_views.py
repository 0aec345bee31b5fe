"""A row is a view: what is written into it is written into the matrix."""

import numpy as np


def row_views(A, x):
    A = A.copy()
    for i in range(1, len(A)):
        row = A[i]
        above = A[i - 1]
        row[0] = x[i] * above[1]
        row[1:] += np.sin(above[:-1]) * row[0]
    return A * A


ARGS = (
    np.array([[0.2, -0.4, 0.7], [1.1, 0.3, -0.6], [0.5, 0.9, 0.1]]),
    np.array([0.9, 0.1, -0.3]),
)
