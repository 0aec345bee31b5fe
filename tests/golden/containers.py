"""A dict of arrays in, a tuple and a dict out."""

import numpy as np


def containers(params, x):
    u = params["w"] * x + params["b"]
    for gain, shift in params["layers"]:
        u = np.tanh(gain * u + shift)
    return {"mean": np.mean(u), "ends": (u[0], u[-1])}


ARGS = (
    {"w": np.array([0.4, -0.7, 1.2]), "b": 0.3, "layers": [(1.1, -0.2), (0.6, 0.5)]},
    np.array([0.9, 0.1, -0.3]),
)
