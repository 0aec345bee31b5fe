"""The lowest of highest places: a descent whose objective is the end of another descent."""

import numpy as np

import srcad
from gradbench.adjoints import adjoint
from gradbench.descent import descend
from gradbench.task import Task, lists, numbers


def height(x, y):
    return np.sum(x**2) - np.sum(y**2)


of_height = adjoint(height, np.zeros(2), np.zeros(2))


def highest(x, start):
    """Climb from a start to the y at which the height over x is greatest."""

    def depth(y):
        return -height(x, y)

    def slope(y):
        _, saved = of_height.height_fwd(x, y)
        return -of_height.height_bwd(saved, 1.0)[1]

    return descend(depth, slope, start)


def height_of_highest(x, start):
    return height(x, highest(x, start))


def arguments(given):
    return (numbers(given["start"]),)


def functions(differentiable):
    slope = srcad.grad(differentiable(height_of_highest))

    def saddle(start):
        """Give x and y, one after the other."""
        x = descend(lambda x: height_of_highest(x, start), lambda x: slope(x, start), start)
        return np.concatenate([x, highest(x, start)])

    # The other three ask for forward mode, inside or outside, which srcad does not have.
    return {"rr": Task(arguments, saddle, lists)}
