"""Adjoint of `triangle` (triangle.py:6) with respect to a.

Written by srcad 0.1.0.  Do not edit: change `triangle` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def triangle_fwd(a):
    """`triangle`, also returning what `triangle_bwd` needs."""
    n = a.shape[0]
    a = a.copy()
    for j in range(n):
        for k in range(j):
            for i in range(j, n):
                a[i, j] -= a[i, k] * a[j, k]
        a[j, j] = np.sqrt(a[j, j])
        for i in range(n - 1, j, -1):
            a[i, j] /= a[j, j]
    return np.sum(a[-1] ** 2), (a,)


def triangle_bwd(saved, out_bar):
    """Pull `out_bar` back to a."""
    a, = saved

    # 7: n = a.shape[0]
    n = a.shape[0]

    # 15: return np.sum(a[-1] ** 2)
    a_bar = np.zeros(a.shape)
    a_bar[-1] = out_bar * (2.0 * a[-1])

    # 8: for j in range(n):
    t = n - 1
    for j in range(t, -1, -1):
        t2 = a[j, j]

        # 13: for i in range(n - 1, j, -1):
        for i in range(j + 1, n):
            t3 = a[i, j]

            # 14: a[i, j] /= a[j, j]
            t4 = a_bar[i, j]
            a_bar[i, j] = 0.0
            q = t4 / t2
            a_bar[j, j] += masked(t4, -(q * t3))
            a_bar[i, j] += masked(t4, q)

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
                t4 = t3 * a[j, k]
                a_bar[j, k] += t3 * a[i, k]
                a_bar[i, k] += t4

    return a_bar
