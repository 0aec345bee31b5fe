"""`itertools.product` and `continue`: the accelerations of bodies that attract each other."""

import itertools

import numpy as np


def gravity(mass, position, softening):
    force = np.zeros_like(position)
    for i, j in itertools.product(range(len(mass)), repeat=2):
        if i == j:
            continue
        d = position[j] - position[i]
        force[i] += mass[j] * d / (d @ d + softening) ** 1.5
    return force


ARGS = (
    np.array([1.0, 0.4, 0.7]),
    np.array([[0.2, -0.4], [1.1, 0.3], [-0.6, 0.8]]),
    0.1,
)
