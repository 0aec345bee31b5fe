"""Calls of counts, histograms and covariances, and of functions of polynomials."""

import numpy as np

draw = np.random.default_rng(11).uniform
x3, x5, y5 = draw(0.4, 1.6, 3), draw(0.4, 1.6, 5), draw(-1, 1, 5)
m34, n34 = draw(-1, 1, (3, 4)), draw(-1, 1, (3, 4))
places = np.array([2, 0, 2, 1, 0])

SAMPLES = {
    np.bincount: [(places, y5), (places, y5, {"minlength": 6})],
    np.histogram: [
        (places, 3, (-1, 4), {"weights": y5}),
        (places, np.array([-0.5, 0.5, 1.7]), {"weights": y5}),
        (places, 4, (-1, 1), {"weights": x5, "density": True}),
    ],
    np.cov: [
        (m34,),
        (m34, {"rowvar": False}),
        (x5, y5),
        (m34, n34),
        (x5, {"bias": True}),
        (x5, {"ddof": 0}),
        (m34, {"ddof": 2}),
    ],
    np.corrcoef: [(m34,), (x5, y5), (m34, {"rowvar": False})],
    np.vander: [(x3,), (x5, 3), (x5, 3, {"increasing": True}), (x3, 1)],
    np.polyfit: [(y5, x5, 2), (np.arange(5.0), x5, 1, {"w": x5}), (m34[0], n34.T, 1)],
    np.polyder: [(x5,), (x5, 2), (x3, 0)],
    np.polymul: [(x3, x5)],
}
