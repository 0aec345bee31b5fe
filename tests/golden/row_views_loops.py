"""Adjoint of `row_views` (row_views.py:6) with respect to A and x.

Written by srcad 0.1.0.  Do not edit: change `row_views` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import cos, plus, sin


def row_views_fwd(A, x):
    """`row_views`, also returning what `row_views_bwd` needs."""
    A2 = np.empty((A.shape[0], A.shape[1]))
    for j in range(A.shape[0]):
        for k in independent(A.shape[1]):
            A2[j, k] = A[j, k]
    t = A2.shape[0]
    t_tape = np.empty((t, A.shape[1] - 1))
    t_tape2 = np.empty(t)
    for i in range(1, t):
        t2 = i - 1
        A2[i, 0] = x[i] * A2[t2, 1]
        t4 = A2[i, 0]
        t_tape2[i] = t4
        array = np.empty(A2.shape[1] - 1)
        for j in independent(A2.shape[1] - 1):
            t3_j = sin(A2[t2, j])
            t_tape[i, j] = t3_j
            array[j] = A2[i, j + 1] + t3_j * t4
        for j in independent(A2.shape[1] - 1):
            A2[i, j + 1] = array[j]
    array2 = np.empty((A2.shape[0], A2.shape[1]))
    for j in range(A2.shape[0]):
        for k in independent(A2.shape[1]):
            array2[j, k] = A2[j, k] * A2[j, k]
    return array2, (x, A2, A.shape[1], t_tape, t_tape2)


def row_views_bwd(saved, out_bar):
    """Pull `out_bar` back to A and x."""
    x, A, length, t_tape, t_tape2 = saved

    # 8: for i in range(1, len(A)):
    x_bar = np.zeros(x.shape)

    # 13: return A * A
    A_bar = np.empty((out_bar.shape[0], out_bar.shape[1]))
    for j in range(out_bar.shape[0]):
        for k in independent(out_bar.shape[1]):
            A_bar[j, k] = out_bar[j, k] * (2.0 * A[j, k])
    for i in range(A.shape[0] - 1, 0, -1):
        t = t_tape2[i]

        # 10: above = A[i - 1]
        t2 = i - 1

        # 11: row[0] = x[i] * above[1]
        t3 = x[i]
        t4 = A[t2, 1]
        t6 = np.zeros(length)
        t8 = np.zeros(length)

        # 12: row[1:] += np.sin(above[:-1]) * row[0]
        total = 0.0
        t7 = np.empty(A_bar.shape[1] - 1)
        for j in independent(A_bar.shape[1] - 1):
            t5_j = A_bar[i, j + 1]
            A_bar[i, j + 1] = 0.0
            t6[j + 1] = t5_j
            t7[j] = t5_j * t
            total = plus(total, t5_j * t_tape[i, j])
        t8[0] = total
        above = np.empty(A_bar.shape[1])
        for j in independent(A_bar.shape[1]):
            A_bar[i, j] += t6[j]
            A_bar[i, j] += t8[j]
            above[j] = A[t2, j]
        t9 = np.zeros(above.shape)
        above_bar = np.zeros(above.shape)
        for j in independent(t9.shape[0] - 1):
            t9[j] = t7[j] * cos(above[j])
        for j in independent(A_bar.shape[1]):
            A_bar[t2, j] += t9[j]

        # 11: row[0] = x[i] * above[1]
        t = A_bar[i, 0]
        A_bar[i, 0] = 0.0
        above_bar[1] = t * t3
        x_bar[i] += t * t4

        # 10: above = A[i - 1]
        for j in independent(A_bar.shape[1]):
            A_bar[t2, j] += above_bar[j]
    return A_bar, x_bar
