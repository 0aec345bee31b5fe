"""A function with several ways out."""

import math


def early_return(x, y):
    if x > 2.0:
        return x * y
    z = math.sin(x) + y
    if z < 0.0:
        return z**2
    return math.exp(z) * x


ARGS = (0.9, -0.2)
