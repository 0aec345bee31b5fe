"""Loops over ranges with a step, forwards and backwards."""

import numpy as np


def range_step(x, c):
    s = 0.0
    for i in range(1, len(x), 2):
        s = s * c + x[i] ** 2
    for i in range(len(x) - 1, -1, -3):
        s += np.sin(s) * x[i]
    return s


ARGS = (np.array([0.2, -0.7, 1.1, 0.5, -0.3, 0.9, 0.4]), 0.6)
