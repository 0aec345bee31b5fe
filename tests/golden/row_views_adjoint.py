"""Adjoint of `row_views` (row_views.py:6) with respect to A and x.

Written by srcad 0.1.0.  Do not edit: change `row_views` and run it again.
"""

import numpy as np


def row_views_fwd(A, x):
    """`row_views`, also returning what `row_views_bwd` needs."""
    A2 = np.copy(A)
    t = A2.shape[0]
    t_tape = np.empty((t, A.shape[1] - 1))
    t_tape2 = np.empty(t)
    for i in range(1, t):
        t2 = i - 1
        above = A2[t2]
        A2[i, 0] = x[i] * above[1]
        t3 = np.sin(A2[t2][:-1])
        t_tape[i] = t3
        t2 = A2[i][0]
        t_tape2[i] = t2
        A2[i, 1:] = A2[i][1:] + t3 * t2
    return A2 * A2, (x, A2, A.shape[1], t_tape, t_tape2)


def row_views_bwd(saved, out_bar):
    """Pull `out_bar` back to A and x."""
    x, A, length, t_tape, t_tape2 = saved

    # 13: return A * A
    A_bar = out_bar * (2.0 * A)

    # 8: for i in range(1, len(A)):
    x_bar = np.zeros(x.shape)
    for i in range(A.shape[0] - 1, 0, -1):
        t = t_tape[i]
        t2 = t_tape2[i]

        # 10: above = A[i - 1]
        t3 = i - 1
        above = A[t3]

        # 11: row[0] = x[i] * above[1]
        t4 = x[i]
        t5 = above[1]

        # 12: row[1:] += np.sin(above[:-1]) * row[0]
        t6 = above[:-1]
        t7 = np.copy(A_bar[i, 1:])
        A_bar[i, 1:] = 0.0
        t8 = np.zeros(length)
        t8[1:] = t7
        A_bar[i] += t8
        t8 = t7 * t2
        t2 = np.zeros(length)
        t2[0] = np.sum(t7 * t)
        A_bar[i] += t2
        t = np.zeros(above.shape)
        t[:-1] = t8 * np.cos(t6)
        A_bar[t3] += t

        # 11: row[0] = x[i] * above[1]
        t = A_bar[i, 0]
        A_bar[i, 0] = 0.0
        above_bar = np.zeros(above.shape)
        above_bar[1] = t * t4
        x_bar[i] += t * t5

        # 10: above = A[i - 1]
        A_bar[t3] += above_bar

    return A_bar, x_bar
