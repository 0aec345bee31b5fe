"""Adjoint of `zip_enumerate` (zip_enumerate.py:6) with respect to A, w and x.

Written by srcad 0.1.0.  Do not edit: change `zip_enumerate` and run it again.
"""

import numpy as np


def zip_enumerate_fwd(A, w, x):
    """`zip_enumerate`, also returning what `zip_enumerate_bwd` needs."""
    t = A.shape[0]
    t_tape = np.empty(t)
    total = 0.0
    for k in range(t):
        row = A[k]
        weight = w[k]
        t2 = np.sum(row * x)
        t_tape[k] = t2
        total = total + weight * t2
    t = x.shape[0]
    total_tape = np.empty(t)
    for k in range(t):
        total_tape[k] = total
        v = x[k]
        total = total + (k + 1) * v ** 2 * total
    return total, (A, w, x, total_tape, t_tape)


def zip_enumerate_bwd(saved, out_bar):
    """Pull `out_bar` back to A, w and x."""
    A, w, x, total_tape, t_tape = saved

    # 8: for row, weight in zip(A, w):
    t = A.shape[0]

    # 10: for i, v in enumerate(x):
    x_bar = np.zeros(x.shape)
    total_bar = out_bar
    for k in range(x.shape[0] - 1, -1, -1):
        v = x[k]

        # 11: total += (i + 1) * v**2 * total
        t2 = k + 1
        total_bar2 = total_bar + total_bar * (t2 * v ** 2)
        v_bar = total_bar * total_tape[k] * t2 * (2.0 * v)

        # 10: for i, v in enumerate(x):
        x_bar[k] += v_bar
        total_bar = total_bar2

    # 8: for row, weight in zip(A, w):
    A_bar = np.zeros(A.shape)
    w_bar = np.zeros(w.shape)
    for k in range(t - 1, -1, -1):
        row = A[k]
        weight = w[k]

        # 9: total += weight * np.sum(row * x)
        weight_bar = total_bar * t_tape[k]
        t2 = total_bar * weight
        row_bar = t2 * x
        x_bar += t2 * row

        # 8: for row, weight in zip(A, w):
        w_bar[k] += weight_bar
        A_bar[k] += row_bar

    return A_bar, w_bar, x_bar
