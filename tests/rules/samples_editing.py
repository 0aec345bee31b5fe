"""Calls of functions that put elements in or take them out, and of geometric sequences."""

import numpy as np

draw = np.random.default_rng(12).uniform
number = np.float64(0.7)
x3, x5 = draw(0.4, 1.6, 3), draw(0.4, 1.6, 5)
m23 = draw(0.4, 1.6, (2, 3))
angles = np.array([0.1, 2.9, 6.0, 9.5, 3.0])

SAMPLES = {
    np.delete: [
        (x5, 2),
        (x5, -1),
        (x5, (0, 3)),
        (m23, 1, {"axis": 1}),
        (m23, 2),
        (x3, np.array([True, False, True])),
    ],
    np.insert: [
        (x5, 2, number),
        (x5, -1, x3),
        (x5, (1, 3), x3[:2]),
        (x5, (3, 1, 1), x3),
        (x5, 0, 0.0),
        (m23, 1, x3[:2], {"axis": 1}),
        (m23, 0, x3, {"axis": 0}),
        (m23, 2, number),
    ],
    np.diagflat: [(x3,), (m23,), (x3, 1), (x3, -2)],
    np.unwrap: [(angles,), (np.stack([angles, x5 * 7.0]),)],
    np.logspace: [(0.3, 1.2, 4), (number, 1.7, 5, {"endpoint": False}), (-1.0, 1.0, 3, True, 2.0)],
    np.geomspace: [(0.3, 1.2, 4), (-number, -1.7, 5, {"endpoint": False})],
}
