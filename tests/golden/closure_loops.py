"""Adjoint of `closure` (closure.py:9) with respect to x.

Written by srcad 0.1.0.  Do not edit: change `closure` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import cos, plus, sin


def closure_fwd(x, rate, weights):
    """`closure`, also returning what `closure_bwd` needs."""
    total = 0.0
    for i in range(x.shape[0]):
        total = plus(total, sin(rate * x[i] * weights[i]) + rate * x[i] ** 2 * weights[i])
    return total, (x, rate, weights)


def closure_bwd(saved, out_bar):
    """Pull `out_bar` back to x."""
    x, rate, weights = saved

    # 11: return np.sum(np.sin(scaled(x)) + scaled(x**2))
    x_bar = np.empty(weights.shape[0])
    for i in independent(weights.shape[0]):
        x_bar[i] = out_bar * weights[i] * rate * (2.0 * x[i]) + out_bar * cos(rate * x[i] * weights[i]) * weights[i] * rate

    # 10: scaled = lambda v: rate * v * weights
    return x_bar


def closure_value_and_grad(x, rate, weights):
    """`closure` and its gradient."""
    clear_float_errors()
    total = 0.0
    x_bar = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        t_i = rate * x[i] * weights[i]
        x_bar[i] = weights[i] * rate * (2.0 * x[i]) + cos(t_i) * weights[i] * rate
        total = plus(total, sin(t_i) + rate * x[i] ** 2 * weights[i])
    check_float_errors()
    return total, x_bar
