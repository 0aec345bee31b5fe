"""`np.errstate` around what is replaced afterwards."""

import numpy as np


def entropy(weights):
    p = weights / np.sum(weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = -p * np.log(p)
    terms[p < 0.1] = 0.0
    return np.sum(terms)


ARGS = (np.array([1.2, 0.4, 2.3, 0.05]),)
