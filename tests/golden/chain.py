"""A chain of assignments, of numbers."""

import math


def chain(x, y):
    a = math.sin(x) * y
    b = a**2 + x / y
    a = math.exp(-b) * a
    return math.sqrt(a * a + 1.0)


ARGS = (0.7, 1.3)
