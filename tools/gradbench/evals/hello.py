"""A number's square and its slope: whether tool and eval understand each other."""

import srcad
from gradbench.task import Task


def square(x):
    return x * x


def arguments(given):
    return (float(given),)


def functions(differentiable):
    slope = srcad.grad(differentiable(square))
    return {"square": Task(arguments, square), "double": Task(arguments, slope)}
