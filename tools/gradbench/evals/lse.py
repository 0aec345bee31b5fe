"""The logarithm of a sum of exponentials."""

import numpy as np

import srcad
from gradbench.task import Task, lists, numbers


def logsumexp(x):
    largest = np.max(x)
    return largest + np.log(np.sum(np.exp(x - largest)))


def arguments(given):
    return (numbers(given["x"]),)


def functions(differentiable):
    gradient = srcad.grad(differentiable(logsumexp))
    return {"primal": Task(arguments, logsumexp), "gradient": Task(arguments, gradient, lists)}
