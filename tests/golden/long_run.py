"""A long time loop, of which the adjoint remembers one state in four."""

import numpy as np
from srcad import checkpointed

ARGS = (np.array([0.1, 0.5, 0.9, 0.4, 0.2]), 0.2, 10)


def long_run(u, rate, steps):
    u = u.copy()
    for t in checkpointed(range(steps), every=4):
        u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        if u[2] > 0.5:
            u[2] *= 0.9
    return np.sum(u**2)
