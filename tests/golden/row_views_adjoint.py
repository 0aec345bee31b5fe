"""Adjoint of `row_views` (row_views.py:6) with respect to A and x.

Written by srcad 0.1.0.  Do not edit: change `row_views` and run it again.
"""

import numpy as np


def row_views_fwd(A, x):
    """`row_views`, also returning what `row_views_bwd` needs."""
    A2 = np.copy(A)
    t = A2.shape[0]
    t_tape = np.empty(t)
    t_tape2 = np.empty((t, A.shape[1] - 1))
    t_tape3 = np.empty((t, A.shape[1] - 1))
    t_tape4 = np.empty(t)
    for i in range(1, t):
        t2 = i - 1
        above = A2[t2]
        t3 = above[1]
        t_tape[i] = t3
        A2[i, 0] = x[i] * t3
        t3 = A2[t2][:-1]
        t_tape2[i] = t3
        t2 = np.sin(t3)
        t_tape3[i] = t2
        t3 = A2[i][0]
        t_tape4[i] = t3
        A2[i, 1:] = A2[i][1:] + t2 * t3
    return A2 * A2, (x, A2, A.shape[1], t_tape, t_tape2, t_tape3, t_tape4)


def row_views_bwd(saved, out_bar):
    """Pull `out_bar` back to A and x."""
    x, A, above_length, t_tape, t_tape2, t_tape3, t_tape4 = saved

    # 13: return A * A
    A_bar = out_bar * (2.0 * A)

    # 8: for i in range(1, len(A)):
    x_bar = np.zeros(x.shape)
    for i in range(A.shape[0] - 1, 0, -1):
        t = t_tape[i]
        t2 = t_tape2[i]
        t3 = t_tape3[i]
        t4 = t_tape4[i]

        # 10: above = A[i - 1]
        t5 = i - 1

        # 11: row[0] = x[i] * above[1]
        t6 = x[i]

        # 12: row[1:] += np.sin(above[:-1]) * row[0]
        t7 = np.copy(A_bar[i, 1:])
        A_bar[i, 1:] = 0.0
        t8 = np.zeros(above_length)
        t8[1:] = t7
        A_bar[i] += t8
        t8 = t7 * t4
        t4 = np.zeros(above_length)
        t4[0] = np.sum(t7 * t3)
        A_bar[i] += t4
        t3 = np.zeros(above_length)
        t3[:-1] = t8 * np.cos(t2)
        A_bar[t5] += t3

        # 11: row[0] = x[i] * above[1]
        t2 = A_bar[i, 0]
        A_bar[i, 0] = 0.0
        above_bar = np.zeros(above_length)
        above_bar[1] = t2 * t6
        x_bar[i] += t2 * t

        # 10: above = A[i - 1]
        A_bar[t5] += above_bar

    return A_bar, x_bar
