"""Helpers with defaults and keywords: their bodies become part of the adjoint."""

import math


def norm(x, y, *, floor=0.0):
    return math.sqrt(x * x + y * y + floor)


def smooth(x, width=1.0):
    if x > width:
        return x
    return 0.5 * (x * x / width + width)


def helper(x, y):
    r = norm(x, y, floor=0.1)
    return smooth(r) + 3.0 * smooth(x, width=2.0 * y)


ARGS = (0.8, 1.5)
