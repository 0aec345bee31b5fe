"""Sums, means, products and extrema along axes."""

import numpy as np


def reductions(x):
    centred = x - np.mean(x, axis=0)
    spread = np.sqrt(np.sum(centred**2, axis=0, keepdims=True))
    top = np.max(x, axis=1)
    return np.sum(centred / spread) + np.prod(top) * x.min()


ARGS = (np.array([[0.2, -0.4, 0.7], [1.1, 0.3, -0.6], [0.5, 0.9, 0.1], [-0.8, 1.6, 0.4]]),)
