"""Lengths that are sums of the lengths of several arguments, on tapes."""

import numpy as np


def lengths(x, y, z, steps):
    total = 0.0
    for k in range(steps):
        v = np.concatenate([x * total, y, z])
        total = total + np.sum(np.sin(v) * v)
    return total


ARGS = (np.array([0.3, -0.8]), np.array([0.5, 1.1, -0.2]), np.array([0.9]), 3)
