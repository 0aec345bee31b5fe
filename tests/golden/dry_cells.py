"""Writes under a mask: of a number, and of an expression of what is there."""

import numpy as np


def dry_cells(depth, flow, floor):
    depth = depth.copy()
    dry = depth < floor
    depth[dry] = floor
    speed = flow / depth
    speed[dry] = 0.0
    fast = np.abs(speed) > np.sqrt(depth)
    speed[fast] /= depth[fast]
    return speed**2 + depth


ARGS = (np.array([0.5, 0.02, 0.8, 0.3]), np.array([0.7, 0.4, 0.2, -0.6]), 0.1)
