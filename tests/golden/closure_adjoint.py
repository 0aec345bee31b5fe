"""Adjoint of `closure` (closure.py:9) with respect to x.

Written by srcad 0.1.0.  Do not edit: change `closure` and run it again.
"""

import numpy as np


def closure_fwd(x, rate, weights):
    """`closure`, also returning what `closure_bwd` needs."""
    return np.sum(np.sin(rate * x * weights) + rate * x ** 2 * weights), (x, rate, weights)


def closure_bwd(saved, out_bar):
    """Pull `out_bar` back to x."""
    x, rate, weights = saved

    # 11: return np.sum(np.sin(scaled(x)) + scaled(x**2))
    x_bar = out_bar * weights * rate * (2.0 * x)

    # 10: scaled = lambda v: rate * v * weights
    x_bar += out_bar * np.cos(rate * x * weights) * weights * rate

    return x_bar
