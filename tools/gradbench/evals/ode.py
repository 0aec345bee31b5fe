"""Runge and Kutta's steps for an equation in which each unknown drives the next one."""

import numpy as np

import srcad
from gradbench.task import Task, lists, numbers

END = 2.0


def slope(x, y):
    return np.concatenate([x[:1], x[1:] * y[:-1]])


def solve(x, s):
    """Follow y' = slope(x, y) from zero in s steps."""
    h = END / s
    y = np.zeros(len(x))
    for _ in range(s):
        k1 = slope(x, y)
        k2 = slope(x, y + h / 2 * k1)
        k3 = slope(x, y + h / 2 * k2)
        k4 = slope(x, y + h * k3)
        y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def last(x, s):
    return solve(x, s)[-1]


def arguments(given):
    return numbers(given["x"]), given["s"]


def functions(differentiable):
    gradient = srcad.grad(differentiable(last))
    return {"primal": Task(arguments, solve, lists), "gradient": Task(arguments, gradient, lists)}
