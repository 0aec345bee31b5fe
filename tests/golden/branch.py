"""Branches that are taken by values, one inside a loop."""

import numpy as np


def branch(x, k):
    total = 0.0
    for i in range(len(x)):
        if x[i] < 0.0:
            term = np.exp(x[i])
        elif x[i] > 1.0:
            term = k * np.log(x[i])
        else:
            term = x[i] ** 3
        total += term
    return total if k > 0.0 else -total


ARGS = (np.array([-0.5, 0.3, 1.7, -1.1]), 0.8)
