"""A scalar recurrence: one number recorded a step."""

import math


def recurrence(x, a, b, steps):
    total = 0.0
    for k in range(steps):
        x = a * math.sin(x) + b
        total += x * x
    return total / steps


ARGS = (0.4, 1.3, 0.2, 6)
