"""Recursion whose depth is a number known before: Simpson's rule on halves of halves."""

import math


def simpson(rate, a, b, depth):
    m = 0.5 * (a + b)
    if depth == 0:
        return (b - a) / 6.0 * (density(rate, a) + 4.0 * density(rate, m) + density(rate, b))
    return simpson(rate, a, m, depth - 1) + simpson(rate, m, b, depth - 1)


def density(rate, x):
    return math.exp(-rate * x * x)


def quadrature(rate, end):
    return simpson(rate, 0.0, end, 1)


ARGS = (0.8, 1.3)
