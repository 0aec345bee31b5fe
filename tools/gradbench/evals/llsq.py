"""How far a polynomial is from the sign function, in the mean square."""

import numpy as np

import srcad
from gradbench.task import Task, lists, numbers


def half_squares(x, n):
    """Half the sum of squared distances of the polynomial with coefficients x at n places."""
    t = -1.0 + 2.0 * np.arange(n) / (n - 1)
    distance = np.sign(t)
    power = np.ones(n)
    for coefficient in x:
        distance -= coefficient * power
        power *= t
    return 0.5 * np.sum(distance**2)


def arguments(given):
    return numbers(given["x"]), given["n"]


def functions(differentiable):
    gradient = srcad.grad(differentiable(half_squares))
    return {"primal": Task(arguments, half_squares), "gradient": Task(arguments, gradient, lists)}
