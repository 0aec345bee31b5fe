"""A function in a function; what it captures is an input too."""

import numpy as np


def outer(rate):
    weights = np.array([0.5, -1.0, 2.0])

    def closure(x):
        scaled = lambda v: rate * v * weights
        return np.sum(np.sin(scaled(x)) + scaled(x**2))

    return closure


closure = outer(0.7)

ARGS = (np.array([0.3, 1.1, -0.6]),)
