"""Adjoint of `gauss_seidel` (gauss_seidel.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `gauss_seidel` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


def gauss_seidel_fwd(u, f, sweeps):
    """`gauss_seidel`, also returning what `gauss_seidel_bwd` needs."""
    u2 = np.empty((u.shape[0], u.shape[1]))
    for l in range(u.shape[0]):
        for p in independent(u.shape[1]):
            u2[l, p] = u[l, p]
    n = u2.shape[0]
    m = u2.shape[1]
    for k in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u2[i, j] = 0.25 * u2[i, j - 1] + 0.25 * (u2[i - 1, j] + u2[i + 1, j] + u2[i, j + 1] - f[i, j])
    total = 0.0
    for l in range(u2.shape[0]):
        for p in range(u2.shape[1]):
            total = plus(total, u2[l, p] ** 2)
    return total, (sweeps, u2, f.shape)


def gauss_seidel_bwd(saved, out_bar):
    """Pull `out_bar` back to u and f."""
    sweeps, u, f_shape = saved

    # 8: n, m = u.shape
    n = u.shape[0]
    m = u.shape[1]

    # 9: for k in range(sweeps):
    f_bar = np.zeros(f_shape)

    # 13: return np.sum(u**2)
    u_bar = np.empty((u.shape[0], u.shape[1]))
    for l in range(u.shape[0]):
        for p in independent(u.shape[1]):
            u_bar[l, p] = out_bar * (2.0 * u[l, p])
    for k in range(sweeps - 1, -1, -1):
        # 10: for i in range(1, n - 1):
        for i in range(n - 2, 0, -1):
            # 11: for j in range(1, m - 1):
            t = m - 2
            t2 = u_bar[i, t]
            u_bar_next = t2
            for j in range(t, 0, -1):
                # 12: u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
                u_bar[i, j] = 0.0
                t2 = u_bar_next * 0.25
                u_bar_next = u_bar[i, j - 1] + t2
                f_bar[i, j] -= t2
                u_bar[i, j + 1] += t2
                u_bar[i + 1, j] += t2
                u_bar[i - 1, j] += t2

            # 11: for j in range(1, m - 1):
            u_bar[i, 0] = u_bar_next
    return u_bar, f_bar


def gauss_seidel_value_and_grad(x0, x1, x2):
    """`gauss_seidel` and its gradient."""
    clear_float_errors()
    out, saved = gauss_seidel_fwd(x0, x1, x2)
    check_float_errors()
    return out, gauss_seidel_bwd(saved, 1.0)
