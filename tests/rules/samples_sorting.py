"""Calls of functions that sort, and of those that look up what is sorted."""

import numpy as np

draw = np.random.default_rng(9).uniform
x5, x6 = np.array([0.9, 0.2, 1.4, -0.5, 0.6]), np.array([0.9, 0.2, 1.4, -0.5, 0.6, 2.5])
m34 = np.random.default_rng(9).permutation(12).reshape(3, 4) / 7.0
c234 = np.random.default_rng(9).permutation(24).reshape(2, 3, 4) / 7.0
PLACES = np.array([0.0, 0.5, 0.8, 1.5, 2.0])
VALUES = np.array([0.3, -0.7, 1.1, 0.4, 0.9])
POINTS = np.array([[0.2, 0.6, 1.9], [-0.5, 1.1, 3.0]])

SAMPLES = {
    np.sort: [(x5,), (m34,), (m34, 0), (m34, None), (c234, 1), (c234, {"axis": -1})],
    np.median: [
        (x5,),
        (x6,),
        (m34,),
        (m34, 0),
        (m34, 1),
        (m34, {"axis": 1, "keepdims": True}),
        (c234, {"axis": 1}),
    ],
    np.quantile: [
        (x5, 0.3),
        (x6, 0.71),
        (m34, 0.2),
        (m34, 0.7, 1),
        (m34, 0.45, {"axis": 0, "keepdims": True}),
    ],
    np.percentile: [(x5, 30), (x5, 33.0), (m34, 65.0, 0), (c234, 41.0, {"axis": 1})],
    np.interp: [
        (POINTS, PLACES, VALUES),
        (0.3, PLACES, VALUES),
        (PLACES[:-1] + 0.1, PLACES, VALUES),
        (POINTS, PLACES, VALUES, -1.0, 0.5),
        (POINTS, PLACES, VALUES, {"right": 0.0}),
        (POINTS, PLACES[:1], VALUES[:1]),
    ],
}

EDGES = {
    np.median: [((np.array([1.0, 1.0, 2.0]),), ([0.0, 1.0, 0.0],))],
}
