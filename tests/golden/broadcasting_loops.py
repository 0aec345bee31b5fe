"""Adjoint of `broadcasting` (broadcasting.py:6) with respect to a, x and y.

Written by srcad 0.1.0.  Do not edit: change `broadcasting` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus, where


def broadcasting_fwd(a, x, y):
    """`broadcasting`, also returning what `broadcasting_bwd` needs."""
    total = 0.0
    d = np.empty((x.shape[0], y.shape[0]))
    t = np.empty((x.shape[0], y.shape[0]))
    for i in range(x.shape[0]):
        for j in independent(y.shape[0]):
            grid_ij = x[i] - y[j]
            d[i, j] = grid_ij ** 2 + a
            t[i, j] = np.sqrt(d[i, j])
            total = plus(total, 1.0 / t[i, j])
    total2 = 0.0
    for i in range(d.shape[1]):
        for j in range(x.shape[0]):
            total2 = plus(total2, x[j] * d[j, i])
    return total + total2, (a, x, y, t, (d.shape[1], d.shape[0]))


def broadcasting_bwd(saved, out_bar):
    """Pull `out_bar` back to a, x and y."""
    a, x, y, t, shape = saved

    # 7: grid = x[:, None] - y[None, :]
    y_bar = np.zeros(y.shape)

    # 7: grid = x[:, None] - y[None, :]
    total = 0.0
    d = np.empty((x.shape[0], y.shape[0]))
    t3 = np.zeros((x.shape[0], 1))
    array = np.zeros((1, y.shape[0]))
    for i in range(x.shape[0]):
        t3_sum = 0.0
        for j in independent(y.shape[0]):
            grid_ij = x[i] - y[j]
            d[i, j] = grid_ij ** 2 + a
            q_ij = out_bar / t[i, j]
            t2_ij = -(q_ij * (1.0 / t[i, j])) if out_bar != 0.0 else 0.0
            d_bar_ij = out_bar * x[i] + 0.5 * t2_ij / where(t2_ij != 0.0, t[i, j], 1.0)
            total = plus(total, d_bar_ij)
            grid_bar_ij = d_bar_ij * (2.0 * grid_ij)
            t3_sum = plus(t3_sum, grid_bar_ij)
            array[0, j] -= grid_bar_ij
        t3[i, 0] += t3_sum

    # 8: d = grid**2 + a
    a_bar = total

    # 9: return np.sum(1.0 / np.sqrt(d)) + np.sum(x * d.T)
    x_bar = np.zeros(d.shape[0])
    for i in range(d.shape[1]):
        for j in independent(d.shape[0]):
            x_bar[j] += out_bar * d[j, i]
    for i in independent(y_bar.shape[0]):
        y_bar[i] = array[0, i]
    for i in independent(x_bar.shape[0]):
        x_bar[i] += t3[i, 0]
    return a_bar, x_bar, y_bar


def broadcasting_value_and_grad(a, x, y):
    """`broadcasting` and its gradient."""
    clear_float_errors()
    y_bar = np.zeros(y.shape)
    total = 0.0
    total3 = 0.0
    d = np.empty((x.shape[0], y.shape[0]))
    t5 = np.zeros((x.shape[0], 1))
    array = np.zeros((1, y.shape[0]))
    for i in range(x.shape[0]):
        t5_sum = 0.0
        for j in independent(y.shape[0]):
            grid_ij = x[i] - y[j]
            d[i, j] = grid_ij ** 2 + a
            t_ij = np.sqrt(d[i, j])
            t2_ij = 1.0 / t_ij
            total = plus(total, t2_ij)
            t4_ij = -(t2_ij * t2_ij)
            d_bar_ij = x[i] + 0.5 * t4_ij / where(t4_ij != 0.0, t_ij, 1.0)
            total3 = plus(total3, d_bar_ij)
            grid_bar_ij = d_bar_ij * (2.0 * grid_ij)
            t5_sum = plus(t5_sum, grid_bar_ij)
            array[0, j] -= grid_bar_ij
        t5[i, 0] += t5_sum
    a_bar = total3
    total2 = 0.0
    x_bar = np.zeros(x.shape[0])
    for i in range(d.shape[1]):
        for j in independent(x.shape[0]):
            total2 = plus(total2, x[j] * d[j, i])
            x_bar[j] += d[j, i]
    t3 = total + total2
    for i in independent(y_bar.shape[0]):
        y_bar[i] = array[0, i]
    for i in independent(x_bar.shape[0]):
        x_bar[i] += t5[i, 0]
    check_float_errors()
    return t3, (a_bar, x_bar, y_bar)
