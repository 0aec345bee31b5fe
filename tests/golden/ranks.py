"""`np.sort` and `np.argmax`: a trimmed mean beside the largest value's neighbour."""

import numpy as np


def ranks(x, y):
    ordered = np.sort(x)
    peak = np.argmax(x)
    return np.mean(ordered[1:-1]) * y[peak] + x[peak] ** 2


ARGS = (np.array([0.5, -1.2, 0.8, 0.3, 0.1]), np.array([0.7, 0.1, -0.6, 0.9, 0.4]))
