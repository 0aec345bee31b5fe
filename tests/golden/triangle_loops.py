"""Adjoint of `triangle` (triangle.py:6) with respect to a.

Written by srcad 0.1.0.  Do not edit: change `triangle` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


def triangle_fwd(a):
    """`triangle`, also returning what `triangle_bwd` needs."""
    n = a.shape[0]
    a = np.asfortranarray(a.copy())
    for j in range(n):
        for k in range(j):
            for i in range(j, n):
                a[i, j] -= a[i, k] * a[j, k]
        a[j, j] = np.sqrt(a[j, j])
        for i in range(n - 1, j, -1):
            a[i, j] = a[i, j] / a[j, j]
    total = 0.0
    for l in range(a.shape[1]):
        total = plus(total, a[a.shape[0] - 1, l] ** 2)
    return total, (a,)


def triangle_bwd(saved, out_bar):
    """Pull `out_bar` back to a."""
    a, = saved
    a = np.asfortranarray(a)

    # 7: n = a.shape[0]
    n = a.shape[0]

    # 15: return np.sum(a[-1] ** 2)
    a_bar = np.zeros((a.shape[1], a.shape[0])).T

    # 8: for j in range(n):
    t = n - 1
    for l in independent(a_bar.shape[1]):
        a_bar[a_bar.shape[0] - 1, l] = out_bar * (2.0 * a[a.shape[0] - 1, l])
    for j in range(t, -1, -1):
        t2 = a[j, j]

        # 13: for i in range(n - 1, j, -1):
        for i in range(j + 1, n):
            t3 = a[i, j]

            # 14: a[i, j] /= a[j, j]
            t4 = a_bar[i, j]
            a_bar[i, j] = 0.0
            q = t4 / t2
            a_bar[j, j] += -(q * t3) if t4 != 0.0 else 0.0
            a_bar[i, j] += q if t4 != 0.0 else 0.0

        # 12: a[j, j] = np.sqrt(a[j, j])
        t3 = a_bar[j, j]
        a_bar[j, j] = 0.5 * t3 / t2 if t3 != 0.0 else 0.0

        # 9: for k in range(j):
        t5 = j - 1
        for k in range(t5, -1, -1):
            # 10: for i in range(j, n):
            for i in range(t, t5, -1):
                # 11: a[i, j] -= a[i, k] * a[j, k]
                t2 = -a_bar[i, j]
                t3 = t2 * a[j, k]
                a_bar[j, k] += t2 * a[i, k]
                a_bar[i, k] += t3
    return np.ascontiguousarray(a_bar)


def triangle_value_and_grad(x0):
    """`triangle` and its gradient."""
    clear_float_errors()
    out, saved = triangle_fwd(x0)
    check_float_errors()
    return out, triangle_bwd(saved, 1.0)
