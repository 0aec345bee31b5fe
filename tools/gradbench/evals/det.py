"""A determinant by expansion by minors: all the work of it, which grows with the factorial."""

import numpy as np

import srcad
from gradbench.task import Task, lists, numbers


def determinant(a):
    """Go through the minors depth first: each row tries the columns that the rows above left it."""
    n = len(a)
    columns = np.arange(n)  # those of the rows above come first
    tried = np.arange(n + 1)  # from each row on: which of ``columns`` it is trying
    product = np.ones(n + 1)
    total = 0.0
    row = 0
    while row >= 0:
        j = tried[row]
        if j < n:
            columns[row], columns[j] = columns[j], columns[row]
            sign = 1.0 if j == row else -1.0
            product[row + 1] = sign * product[row] * a[row, columns[row]]
            row += 1
            tried[row] = row
        else:
            if row == n:
                total += product[n]
            row -= 1
            if row >= 0:
                j = tried[row]
                columns[row], columns[j] = columns[j], columns[row]
                tried[row] += 1
    return total


def arguments(given):
    return (numbers(given["A"]).reshape(given["ell"], given["ell"]),)


def flat(bar):
    return lists(bar.ravel())


def functions(differentiable):
    gradient = srcad.grad(differentiable(determinant))
    return {"primal": Task(arguments, determinant), "gradient": Task(arguments, gradient, flat)}
