"""A solver takes the equations as an argument, and `functools.partial` their rates."""

from functools import partial

import numpy as np


def species(y, growth, death):
    prey, hunters = y
    return np.array([growth * prey - prey * hunters, prey * hunters - death * hunters])


def midpoint(slope, y, h, steps):
    for _ in range(steps):
        y = y + h * slope(y + 0.5 * h * slope(y))
    return y


def lotka(y, growth, death):
    return midpoint(partial(species, growth=growth, death=death), y, 0.1, 4)


ARGS = (np.array([0.9, 0.4]), 1.1, 0.6)
