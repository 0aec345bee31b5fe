"""A loop that skips trips, and one that ends early."""

import numpy as np


def break_continue(x, limit):
    total = 0.0
    for v in x:
        if v < 0.0:
            continue
        total += v * np.tanh(total + v)
        if total > limit:
            break
    return total * limit


ARGS = (np.array([0.8, -0.4, 0.9, 0.7, 1.5, 2.0]), 1.1)
