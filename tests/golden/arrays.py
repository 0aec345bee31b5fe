"""A chain of assignments, of arrays; a name is bound again."""

import numpy as np


def arrays(x, y):
    r = np.sqrt(x * x + y * y)
    phase = np.arctan2(y, x)
    r = np.log1p(r) * np.cos(phase)
    return r / (1.0 + r**2)


ARGS = (np.array([0.3, -1.2, 2.0]), np.array([0.8, 0.4, -1.1]))
