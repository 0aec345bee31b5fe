"""`reversed`: a polynomial by Horner's scheme, and a sum over the rows of an array."""

import numpy as np


def horner(rows, x):
    total = 0.0
    for row in rows:
        value = 0.0
        for coefficient in reversed(row):
            value = value * x + coefficient
        total += value**2
    return total


ARGS = (np.array([[0.2, -0.4, 0.7], [1.1, 0.3, -0.6]]), 0.8)
