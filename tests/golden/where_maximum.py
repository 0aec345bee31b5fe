"""Choices elementwise: `where`, `maximum`, `clip`, `abs`."""

import numpy as np


def where_maximum(x, y):
    a = np.where(x > y, np.sqrt(np.abs(x)), y**2)
    b = np.maximum(a, 0.5) - np.minimum(x, y)
    return np.clip(b, 0.2, 1.2) * np.abs(x)


ARGS = (np.array([0.5, -1.2, 0.8, 0.3]), np.array([0.1, 0.6, -0.7, 1.9]))
