"""Adjoint of `penalty` (penalty.py:8) with respect to w and points.

Written by srcad 0.1.0.  Do not edit: change `penalty` and run it again.
"""

import numpy as np


def penalty_fwd(w, points):
    """`penalty`, also returning what `penalty_bwd` needs."""
    t = points.shape[0]
    t_tape = np.empty((t, w.shape[1]))
    t_tape2 = np.empty((t, w.shape[1]))
    t_tape3 = np.empty(t)
    total = 0.0
    for x in range(t):
        x2 = points[x]
        t2 = np.tanh(w[0] * x2)
        t_tape[x] = t2
        x_bar = np.sum(w[1] * (1.0 - t2 * t2) * w[0])
        t2 = np.tanh(w[0] * x2)
        t_tape2[x] = t2
        t3 = x_bar - np.sum(w[1] * t2)
        t_tape3[x] = t3
        total = total + t3 ** 2
    return total, (w, points, t_tape, t_tape2, t_tape3)


def penalty_bwd(saved, out_bar):
    """Pull `out_bar` back to w and points."""
    w, points, t_tape, t_tape2, t_tape3 = saved

    # 13: for x in points:
    points_bar = np.zeros(points.shape)
    w_bar = np.zeros(w.shape)
    for x in range(points.shape[0] - 1, -1, -1):
        t = t_tape[x]
        t2 = t_tape2[x]
        x2 = points[x]

        # 10: return np.sum(w[1] * np.tanh(w[0] * x))
        t3 = w[0]
        t4 = w[1]
        t5 = 1.0 - t * t
        t6 = t4 * t5

        # 15: total = total + (slope - model(x)) ** 2
        x_bar_bar = out_bar * (2.0 * t_tape3[x])

        # 10: return np.sum(w[1] * np.tanh(w[0] * x))
        t7 = -(x_bar_bar * t2)
        t2 = -(x_bar_bar * t4 * (1.0 - t2 * t2))
        x_bar = np.sum(t2 * t3)
        w_bar[0] += t2 * x2
        w_bar[1] += t7
        t2 = x_bar_bar * t3
        t7 = t2 * t5
        t = t2 * t4 * (2.0 * t)
        w_bar[0] += x_bar_bar * t6
        w_bar[1] += t7
        t = -(t * t5)
        x_bar = x_bar + np.sum(t * t3)
        w_bar[0] += t * x2

        # 13: for x in points:
        points_bar[x] += x_bar

    return w_bar, points_bar
