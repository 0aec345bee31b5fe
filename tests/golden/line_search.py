"""`while` with `else`: a step is halved until it goes downhill, or given up."""

import math


def line_search(x, stiffness, step):
    before = stiffness * math.cosh(x)
    slope = stiffness * math.sinh(x)
    while step > 1e-2:
        trial = x - step * slope
        if stiffness * math.cosh(trial) < before:
            break
        step = 0.5 * step
    else:
        trial = x
    return trial * before


ARGS = (1.4, 0.9, 3.0)
