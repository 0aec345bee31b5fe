"""Adjoint of `triangle` (triangle.py:6) with respect to a.

Written by srcad 0.1.0.  Do not edit: change `triangle` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


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
                t2 = a2[i, k]
                t_tape4[j, k, i] = t2
                t3 = a2[j, k]
                t_tape5[j, k, i] = t3
                a2[i, j] -= t2 * t3
        t2 = np.sqrt(a2[j, j])
        t_tape[j] = t2
        a2[j, j] = t2
        for i in range(n - 1, j, -1):
            t2 = a2[i, j]
            t_tape2[j, i] = t2
            t3 = a2[j, j]
            t_tape3[j, i] = t3
            a2[i, j] = t2 / t3
    total = 0.0
    t4 = np.empty(a2.shape[1])
    total_terms = np.empty(a2.shape[1])
    for l in range(a2.shape[1]):
        t4[l] = a2[a2.shape[0] - 1, l]
        total_terms[l] = t4[l] ** 2
    for l in range(a2.shape[1]):
        total = plus(total, total_terms[l])
    return total, (t4, a.shape, t_tape, t_tape2, t_tape3, t_tape4, t_tape5)


def triangle_bwd(saved, out_bar):
    """Pull `out_bar` back to a."""
    t, a_shape, t_tape, t_tape2, t_tape3, t_tape4, t_tape5 = saved

    # 7: n = a.shape[0]
    n = a_shape[0]

    # 15: return np.sum(a[-1] ** 2)
    a_bar = np.zeros(a_shape)

    # 8: for j in range(n):
    t2 = n - 1
    for l in independent(a_bar.shape[1]):
        a_bar[a_bar.shape[0] - 1, l] = out_bar * (2.0 * t[l])
    for j in range(t2, -1, -1):
        t3 = t_tape[j]

        # 13: for i in range(n - 1, j, -1):
        for i in range(j + 1, n):
            t4 = t_tape3[j, i]

            # 14: a[i, j] /= a[j, j]
            t5 = t_tape2[j, i] / t4
            t6 = a_bar[i, j]
            a_bar[i, j] = 0.0
            q = t6 / t4
            a_bar[j, j] += -(q * t5) if t6 != 0.0 else 0.0
            a_bar[i, j] += q if t6 != 0.0 else 0.0

        # 12: a[j, j] = np.sqrt(a[j, j])
        t4 = a_bar[j, j]
        a_bar[j, j] = 0.5 * t4 / t3 if t4 != 0.0 else 0.0

        # 9: for k in range(j):
        t7 = j - 1
        for k in range(t7, -1, -1):
            # 10: for i in range(j, n):
            for i in range(t2, t7, -1):
                # 11: a[i, j] -= a[i, k] * a[j, k]
                t3 = -a_bar[i, j]
                t4 = t3 * t_tape5[j, k, i]
                a_bar[j, k] += t3 * t_tape4[j, k, i]
                a_bar[i, k] += t4
    return a_bar


def triangle_value_and_grad(x0):
    """`triangle` and its gradient."""
    clear_float_errors()
    out, saved = triangle_fwd(x0)
    check_float_errors()
    return out, triangle_bwd(saved, 1.0)
