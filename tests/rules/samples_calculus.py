"""Calls of functions of samples: differences, integrals, slopes, polynomials."""

import numpy as np

draw = np.random.default_rng(7).uniform
number = np.float64(0.7)
x5 = np.sort(draw(0.4, 1.6, 5))
m34, m45, c345 = draw(-1, 1, (3, 4)), draw(-1, 1, (4, 5)), draw(0.4, 1.6, (3, 4, 5))
x3, x4 = np.array([0.1, 0.4, 0.9]), np.array([0.2, 0.5, 0.7, 1.4])

SAMPLES = {
    np.diff: [
        (x5,),
        (x5, 2),
        (m45, 1, 0),
        (m45, {"axis": 0, "n": 3}),
        (c345, 1, 1),
        (c345,),
        (x5, {"prepend": 0.0}),
        (m45, {"axis": 0, "append": m45[:1]}),
    ],
    np.ediff1d: [(x5,), (m34,)],
    np.trapezoid: [
        (x5,),
        (x5, x5**2),
        (x5, None, 0.25),
        (m45, x5),
        (m45, x4, {"axis": 0}),
        (m45, m45, {"axis": 0}),
        (c345, x4, {"axis": 1}),
        (c345, {"dx": 0.5, "axis": 0}),
    ],
    np.polyval: [(x5, number), (x3, x5), (x3, m34), ((number, 0.5), x3)],
    np.gradient: [
        (x5,),
        (x5, 0.25),
        (x5, x5**2),
        (x5, 0.25, {"edge_order": 2}),
        (x5, x5**2, {"edge_order": 2}),
        (m34,),
        (m34, 0.5, 0.25),
        (m34, 0.5),
        (m34, x3, x4),
        (m34, x4, {"axis": 1, "edge_order": 2}),
        (c345, {"axis": 1}),
    ],
}
