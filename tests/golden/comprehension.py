"""A generator in a sum, a maximum with a condition, a decision, and an array of a list."""

import numpy as np


def comprehension(x, y):
    total = sum(a * b for a, b in zip(x, y))
    largest = max(v**2 for v in x)
    if any(v > 1.0 for v in y):
        total = total * largest
    return total + np.sum(np.array([np.sin(v) * k for k, v in enumerate(x)]))


ARGS = np.array([0.5, -0.8, 0.3]), np.array([0.7, 1.2, -0.4])
