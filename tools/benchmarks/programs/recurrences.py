"""Each step waits for the one before."""

import numpy as np


def recurrence(x, steps):
    """Iterate a scalar map whose coefficient runs through x, and sum the squares of its orbit."""
    s = 1.0
    total = 0.0
    for i in range(steps):
        s = np.sin(s) * x[i % 8] + 0.5
        total += s * s
    return total
