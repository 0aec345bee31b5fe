"""`match`: how a grid goes on beyond its edges is said by a word, or by a pair."""

import numpy as np


def laplacian(u, edges):
    padded = np.empty(len(u) + 2)
    padded[1:-1] = u
    match edges:
        case "periodic":
            padded[0], padded[-1] = u[-1], u[0]
        case ("fixed", value):
            padded[0] = padded[-1] = value
        case _:
            raise ValueError(f"unknown edges: {edges}")
    return padded[2:] - 2.0 * padded[1:-1] + padded[:-2]


def boundary(u, wall):
    return laplacian(u, ("fixed", wall)) * laplacian(u, "periodic")


ARGS = (np.array([0.4, -0.9, 1.3, 0.2]), 0.7)
