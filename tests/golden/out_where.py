"""`out=` and `where=`: results that go into arrays which are there."""

import numpy as np


def out_where(x, y):
    ratio = np.ones(len(x))
    np.divide(x, y, out=ratio, where=np.abs(y) > 0.1)
    np.sin(ratio, out=ratio)
    return ratio * x


ARGS = (np.array([0.5, -1.2, 0.8]), np.array([0.7, 0.05, -0.6]))
