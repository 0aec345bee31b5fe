"""The classical Runge-Kutta method with the equations in a helper."""

import numpy as np


def pendulum(y, damping):
    return np.array([y[1], -np.sin(y[0]) - damping * y[1]])


def runge_kutta(y, damping, h, steps):
    for n in range(steps):
        k1 = pendulum(y, damping)
        k2 = pendulum(y + 0.5 * h * k1, damping)
        k3 = pendulum(y + 0.5 * h * k2, damping)
        k4 = pendulum(y + h * k3, damping)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


ARGNUMS = (0, 1)
ARGS = (np.array([0.9, -0.2]), 0.3, 0.1, 5)
