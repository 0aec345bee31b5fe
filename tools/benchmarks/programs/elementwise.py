"""The same for every element, and reductions."""

import numpy as np


def haversine(latitude_1, longitude_1, latitude_2, longitude_2):
    """Sum the great-circle distances (km) between pairs of points (radians)."""
    a = (
        np.sin((latitude_2 - latitude_1) / 2) ** 2
        + np.cos(latitude_1) * np.cos(latitude_2) * np.sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return np.sum(2 * 6371.0 * np.arcsin(np.sqrt(a)))


def rosenbrock(x):
    """Rosenbrock's banana-shaped valley, in as many dimensions as x has elements."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)
