"""`try` and `except`: beyond the wall the logarithm has no value."""

import math


def well(x, width):
    try:
        barrier = math.log(width - abs(x))
    except ValueError:
        return 1e3 * x
    return x * x - 0.1 * barrier


ARGS = (0.4, 0.9)
