"""Loops that do not run: of no trips, and over an array without elements."""

import numpy as np


def empty_trips(x, u, steps):
    last = 1.0
    for k in range(steps):
        last = np.sin(last * u[0])
    for v in x:
        last = last * v
    return u * last


ARGS = (np.zeros(0), np.array([0.7, -0.3]), 0)
