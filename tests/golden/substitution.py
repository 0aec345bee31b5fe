"""Nested loops of which the inner one is triangular."""

import numpy as np


def substitution(L, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n):
        s = b[i]
        for j in range(i):
            s -= L[i, j] * x[j]
        x[i] = s / L[i, i]
    return x


ARGS = (
    np.array([[1.4, 0.0, 0.0, 0.0], [0.3, 1.2, 0.0, 0.0], [-0.5, 0.8, 1.9, 0.0], [0.2, 0.6, -0.4, 1.1]]),
    np.array([0.7, -0.2, 1.1, 0.4]),
)
