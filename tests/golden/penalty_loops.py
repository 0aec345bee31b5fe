"""Adjoint of `penalty` (penalty.py:8) with respect to w and points.

Written by srcad 0.1.0.  Do not edit: change `penalty` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus, tanh


def penalty_fwd(w, points):
    """`penalty`, also returning what `penalty_bwd` needs."""
    t = points.shape[0]
    t_tape = np.empty((t, w.shape[1]))
    t_tape2 = np.empty((t, w.shape[1]))
    t_tape3 = np.empty(t)
    total = 0.0
    for x in range(t):
        x2 = points[x]
        total2 = 0.0
        total3 = 0.0
        for i in independent(w.shape[1]):
            t2_i = tanh(w[0, i] * x2)
            t_tape[x, i] = t2_i
            total2 = plus(total2, w[1, i] * (1.0 - t2_i * t2_i) * w[0, i])
            t3_i = tanh(w[0, i] * x2)
            t_tape2[x, i] = t3_i
            total3 = plus(total3, w[1, i] * t3_i)
        x_bar = total2
        t4 = x_bar - total3
        t_tape3[x] = t4
        total = total + t4 ** 2
    return total, (w, points, t_tape, t_tape2, t_tape3)


def penalty_bwd(saved, out_bar):
    """Pull `out_bar` back to w and points."""
    w, points, t_tape, t_tape2, t_tape3 = saved

    # 13: for x in points:
    points_bar = np.zeros(points.shape)
    w_bar = np.zeros(w.shape)
    for x in range(points.shape[0] - 1, -1, -1):
        x2 = points[x]

        # 15: total = total + (slope - model(x)) ** 2
        x_bar_bar = out_bar * (2.0 * t_tape3[x])

        # 10: return np.sum(w[1] * np.tanh(w[0] * x))
        total = 0.0
        total2 = 0.0
        t6 = np.empty(t_tape.shape[1])
        t8 = np.empty(t_tape.shape[1])
        for i in independent(t_tape.shape[1]):
            t_i = 1.0 - t_tape[x, i] * t_tape[x, i]
            t2_i = w[1, i] * t_i
            t4_i = -(x_bar_bar * w[1, i] * (1.0 - t_tape2[x, i] * t_tape2[x, i]))
            total = plus(total, t4_i * w[0, i])
            t5_i = x_bar_bar * w[0, i]
            t6[i] = t5_i * t_i
            t7_i = t5_i * w[1, i] * (2.0 * t_tape[x, i])
            t8[i] = -(t7_i * t_i)
            w_bar[0, i] += t4_i * x2 + x_bar_bar * t2_i + t8[i] * x2
        for i in independent(t_tape.shape[1]):
            w_bar[1, i] += -(x_bar_bar * t_tape2[x, i]) + t6[i]
            total2 = plus(total2, t8[i] * w[0, i])

        # 10: return np.sum(w[1] * np.tanh(w[0] * x))
        x_bar = total
        x_bar = x_bar + total2

        # 13: for x in points:
        points_bar[x] += x_bar
    return w_bar, points_bar


def penalty_value_and_grad(x0, x1):
    """`penalty` and its gradient."""
    clear_float_errors()
    out, saved = penalty_fwd(x0, x1)
    check_float_errors()
    return out, penalty_bwd(saved, 1.0)
