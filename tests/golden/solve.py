"""Linear algebra: a system, an inverse's trace, a norm."""

import numpy as np


def solve(A, b):
    x = np.linalg.solve(A, b)
    r = np.outer(x, b) + np.linalg.inv(A).T
    return np.trace(r) * np.linalg.norm(x) + b @ x


ARGS = (np.array([[1.4, 0.3, -0.2], [0.3, 1.2, 0.5], [-0.5, 0.8, 1.9]]), np.array([0.7, -0.2, 1.1]))
