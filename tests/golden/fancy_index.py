"""Indices and masks that are arrays; an index may come twice."""

import numpy as np


def fancy_index(x, table, where):
    y = table[where] * x
    z = np.zeros(3)
    np.add.at(z, where, y)
    z[z > 0.5] *= 2.0
    return z


ARGS = (np.array([0.5, -1.2, 0.8, 0.3]), np.array([1.5, 0.2, -0.7]), np.array([2, 0, 2, 1]))
