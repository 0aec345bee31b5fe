"""The state of an optimiser is a dict that each step updates in place."""

import numpy as np


def momentum(x, scale, rate, steps):
    state = {"x": x, "velocity": np.zeros(len(x))}
    for _ in range(steps):
        slope = scale * np.tanh(state["x"])
        state["velocity"] = 0.9 * state["velocity"] - rate * slope
        state["x"] = state["x"] + state["velocity"]
    return np.sum(state["x"] ** 2)


ARGS = (np.array([1.4, -0.6, 0.9]), np.array([0.8, 1.9, 1.1]), 0.2, 4)
