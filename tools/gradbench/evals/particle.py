"""Where to put a charge so that a particle, repelled by it and another one, comes to the origin."""

import numpy as np

import srcad
from gradbench.adjoints import adjoint
from gradbench.descent import descend
from gradbench.task import Task

STEP = 0.1


def potential(x, w):
    """Electric potential of two charges of one, the place of the first of which w shifts."""
    first = np.array([10.0, 10.0 - w])
    second = np.array([10.0, 0.0])
    return 1.0 / np.sqrt(np.sum((x - first) ** 2)) + 1.0 / np.sqrt(np.sum((x - second) ** 2))


of_potential = adjoint(potential, np.zeros(2), 0.0)


def force(x, w):
    _, saved = of_potential.potential_fwd(x, w)
    return -of_potential.potential_bwd(saved, 1.0)[0]


def miss(w):
    """Follow the particle to the x-axis: the square of its distance from the origin there."""
    x = np.array([0.0, 8.0])
    velocity = np.array([0.75, 0.0])
    while x[1] + STEP * velocity[1] > 0.0:
        pushed = force(x, w[0])
        x = x + STEP * velocity
        velocity = velocity + STEP * pushed
    left = -x[1] / velocity[1]
    return (x[0] + left * velocity[0]) ** 2


def arguments(given):
    return (np.array([float(given["w"])]),)


def functions(differentiable):
    slope = srcad.grad(differentiable(miss))

    def best(w):
        return descend(miss, slope, w)[0]

    # The other three ask for forward mode, inside or outside, which srcad does not have.
    return {"rr": Task(arguments, best)}
