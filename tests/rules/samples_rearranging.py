"""Calls of functions that repeat, pad, split and rearrange arrays."""

import numpy as np

draw = np.random.default_rng(8).uniform
number = np.float64(0.7)
x3, x5 = draw(0.4, 1.6, 3), draw(0.4, 1.6, 5)
m23, m34, c234 = draw(0.4, 1.6, (2, 3)), draw(-1, 1, (3, 4)), draw(-1, 1, (2, 3, 4))
places = np.array([2, 0, 2, -1])
ORDER = np.argsort(c234, axis=1)

SAMPLES = {
    np.flipud: [(x3,), (m23,)],
    np.fliplr: [(m23,), (c234,)],
    np.rot90: [(m23,), (m23, 2), (m23, -1), (c234, 1, (1, 2)), (m23, 4)],
    np.tile: [(x3, 2), (x3, (2, 3)), (m23, 2), (m23, (2, 1)), (m23, (2, 1, 3)), (x3, 1)],
    np.repeat: [
        (x3, 2),
        (m23, 2),
        (m23, 3, 0),
        (m23, 3, 1),
        (c234, 2, {"axis": -2}),
        (x3, np.array([2, 0, 1])),
        (m23, np.array([2, 0, 1]), 1),
    ],
    np.take: [
        (x5, places),
        (m23, places),
        (m34, places, 0),
        (m34, places, 1),
        (c234, np.array([[0, 1], [2, 2]]), 1),
        (m34, 1, {"axis": 0}),
        (x3, np.array([4, -5]), {"mode": "wrap"}),
        (x3, np.array([4, 1]), {"mode": "clip"}),
    ],
    np.take_along_axis: [
        (c234, ORDER, 1),
        (c234, ORDER, {"axis": 1}),
        (x5, np.array([4, 0, 1]), 0),
        (m23, np.array([[0], [2]]), -1),
    ],
    np.pad: [
        (x3, 1),
        (x3, (1, 2)),
        (m23, 1),
        (m23, ((1, 0), (2, 1))),
        (m23, ((1, 2),)),
        (x3, 2, {"constant_values": 1.5}),
        (x3, (1, 2), "edge"),
        (x3, (7, 2), "wrap"),
        (x3, (2, 5), "reflect"),
        (x3, (2, 5), "symmetric"),
        (m23, 1, {"mode": "wrap"}),
        (m23, ((0, 0), (1, 1)), {"mode": "edge"}),
        (c234, ((1, 1), (0, 0), (1, 2)), {"mode": "reflect"}),
        (c234, ((0, 0), (0, 0), (0, 0)), {"mode": "edge"}),
    ],
    np.array_split: [(x5, 3), (m34, 2, 1), (x5, (1, 3)), (c234, 2, {"axis": -2})],
    np.split: [(m34, 2, 1), (x5, (1, 3)), (m34, 3)],
    np.vsplit: [(m34, 3)],
    np.hsplit: [(m34, 2), (x5, (2,))],
    np.meshgrid: [
        (x3, x5),
        (x3, x5, {"indexing": "ij"}),
        (x3, x5, {"sparse": True}),
        (x3, x5, x3[:2]),
        (x3,),
    ],
    np.atleast_3d: [(x3,), (m23,), (c234,), (number,)],
    np.dstack: [((x3, x3),), ((m23, c234[:, :, 0]),), ((c234, c234[:, :, :1]),)],
    np.append: [(x3, x5), (m23, m34[:, :3], 0), (m23, m34[:2], 1), (x3, 1.5)],
    np.rollaxis: [(c234, 2), (c234, 0, 3), (c234, 1, -1)],
}
