"""Adjoint of `triangle` (triangle.py:6) with respect to a.

Written by srcad 0.1.0.  Do not edit: change `triangle` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def triangle_fwd(a):
    """`triangle`, also returning what `triangle_bwd` needs."""
    n = a.shape[0]
    t_tape = np.empty(n)
    t = a.shape[0]
    t_tape2 = np.empty((n, t))
    t_tape3 = np.empty((n, t))
    t = max(a.shape[0] - 1, 0)
    t_tape4 = np.empty((n, t, n))
    t_tape5 = np.empty((n, t, n))
    a2 = a.copy()
    for j in range(n):
        for k in range(j):
            for i in range(j, n):
                t = a2[i, k]
                t_tape4[j, k, i] = t
                t2 = a2[j, k]
                t_tape5[j, k, i] = t2
                a2[i, j] -= t * t2
        t = np.sqrt(a2[j, j])
        t_tape[j] = t
        a2[j, j] = t
        for i in range(n - 1, j, -1):
            t = a2[i, j]
            t_tape2[j, i] = t
            t2 = a2[j, j]
            t_tape3[j, i] = t2
            a2[i, j] = t / t2
    t = a2[-1]
    return np.sum(t ** 2), (t, a.shape, t_tape, t_tape2, t_tape3, t_tape4, t_tape5)


def triangle_bwd(saved, out_bar):
    """Pull `out_bar` back to a."""
    t, a_shape, t_tape, t_tape2, t_tape3, t_tape4, t_tape5 = saved

    # 7: n = a.shape[0]
    n = a_shape[0]

    # 15: return np.sum(a[-1] ** 2)
    a_bar = np.zeros(a_shape)
    a_bar[-1] = out_bar * (2.0 * t)

    # 8: for j in range(n):
    t = n - 1
    for j in range(t, -1, -1):
        t2 = t_tape[j]

        # 13: for i in range(n - 1, j, -1):
        for i in range(j + 1, n):
            t3 = t_tape3[j, i]

            # 14: a[i, j] /= a[j, j]
            t4 = t_tape2[j, i] / t3
            t5 = a_bar[i, j]
            a_bar[i, j] = 0.0
            q = t5 / t3
            a_bar[j, j] += masked(t5, -(q * t4))
            a_bar[i, j] += masked(t5, q)

        # 12: a[j, j] = np.sqrt(a[j, j])
        t3 = a_bar[j, j]
        a_bar[j, j] = masked(t3, 0.5 * t3 / t2)

        # 9: for k in range(j):
        t2 = j - 1
        for k in range(t2, -1, -1):
            # 10: for i in range(j, n):
            for i in range(t, t2, -1):
                # 11: a[i, j] -= a[i, k] * a[j, k]
                t3 = -a_bar[i, j]
                t4 = t3 * t_tape5[j, k, i]
                a_bar[j, k] += t3 * t_tape4[j, k, i]
                a_bar[i, k] += t4

    return a_bar
