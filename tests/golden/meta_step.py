"""A step down the gradient of a loop, of which the step size is learned."""

import numpy as np

import srcad


def cooled(u, rate, steps):
    for _ in range(steps):
        u = u - rate * np.sin(u)
    return np.sum(u**2)


def meta_step(u, rate, size):
    for _ in range(2):
        value, slope = srcad.value_and_grad(cooled)(u, rate, 3)
        u = u - size * slope
    return value + cooled(u, rate, 3)


ARGS = np.array([0.4, -1.1, 0.8]), 0.3, 0.2
