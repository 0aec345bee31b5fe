"""Reading and writing slices in place, with steps, newaxis and ellipsis."""

import numpy as np


def slices(u, v):
    w = np.zeros((3, len(u)))
    w[0] = u
    w[1, ::2] = v
    w[2, 1:] = u[:-1] * u[1:]
    w[..., -1] *= 2.0
    w[1:, 1:-1] += w[:-1, :-2]
    return w[:, ::-1] * u[np.newaxis, :]


ARGS = (np.array([0.4, -0.9, 1.3, 0.2, 0.8]), np.array([1.2, -0.5, 0.7]))
