"""Gradient descent with a step that grows and shrinks, as ``particle`` and ``saddle`` ask for it.

It is a program like any other: ``saddle`` has it differentiated.
"""

import numpy as np

ENOUGH = 1e-5


def descend(objective, gradient, start):
    """Look for the vector at which an objective is lowest, and give the last one tried.

    The step doubles after ten successes and halves after a failure; a gradient or a step shorter
    than ``ENOUGH`` is the end.
    """
    x = start.copy()
    value = objective(x)
    slope = gradient(x)
    rate = 1e-5
    successes = 0
    while np.sqrt(np.sum(slope**2)) > ENOUGH:
        if successes == 10:
            rate *= 2.0
            successes = 0
            continue
        ahead = x - rate * slope
        if np.sqrt(np.sum((ahead - x) ** 2)) <= ENOUGH:
            break
        lower = objective(ahead)
        if lower < value:
            x = ahead
            value = lower
            slope = gradient(x)
            successes += 1
        else:
            rate /= 2.0
            successes = 0
    return x
