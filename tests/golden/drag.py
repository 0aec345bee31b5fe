"""A name that one branch alone defines, and that is read where the same condition holds."""

import numpy as np


def drag(velocity, width, limit):
    speed = np.sqrt(np.sum(velocity**2))
    turbulent = speed * width > limit
    if turbulent:
        excess = speed * width - limit
    force = width * speed
    if turbulent:
        force = force + np.log1p(excess) * speed**2
    return force * velocity


ARGS = (np.array([0.9, -1.3]), 1.2, 0.8)
