"""Calls of methods of ufuncs."""

import numpy as np

from srcad.rules.ufuncs import PAIRED
from srcad.runtime.arrays import log_sum_exp

draw = np.random.default_rng(12).uniform
x3, y4 = draw(0.4, 1.6, 3), draw(0.4, 1.6, 4)
m23, c234 = draw(-1, 1, (2, 3)), draw(-1, 1, (2, 3, 4))

ALONG = [(x3,), (m23,), (m23, 1), (m23, {"axis": 1, "keepdims": True}), (c234, -1)]
RUNNING = [(x3,), (m23,), (m23, 1), (c234, {"axis": -1})]

SAMPLES = {
    **{function.outer: [(x3, y4)] for function in PAIRED},
    np.add.outer: [(x3, y4), (m23, y4), (x3, m23), (np.float64(0.5), y4)],
    np.add.reduce: ALONG,
    np.multiply.reduce: ALONG,
    np.maximum.reduce: ALONG,
    np.minimum.reduce: ALONG,
    np.logaddexp.reduce: ALONG,
    log_sum_exp: [(x3,), (m23,), (m23, {"axis": 1}), (c234, {"axis": 1, "keepdims": True})],
    np.add.accumulate: RUNNING,
    np.multiply.accumulate: RUNNING,
    np.maximum.accumulate: RUNNING,
    np.minimum.accumulate: RUNNING,
}
EDGES = {
    log_sum_exp: [
        ((np.array([-np.inf, 1.0]),), ([0.0, 1.0],)),
        ((np.array([np.inf, 1.0]),), ([1.0, 0.0],)),
    ],
}
