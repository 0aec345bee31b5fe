"""Adjoint of `gauss_seidel` (gauss_seidel.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `gauss_seidel` and run it again.
"""

import numpy as np


def gauss_seidel_fwd(u, f, sweeps):
    """`gauss_seidel`, also returning what `gauss_seidel_bwd` needs."""
    u = np.copy(u)
    n = u.shape[0]
    m = u.shape[1]
    for k in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
    return np.sum(u ** 2), (sweeps, u, f.shape)


def gauss_seidel_bwd(saved, out_bar):
    """Pull `out_bar` back to u and f."""
    sweeps, u, f_shape = saved

    # 8: n, m = u.shape
    n = u.shape[0]
    m = u.shape[1]

    # 13: return np.sum(u**2)
    u_bar = out_bar * (2.0 * u)

    # 9: for k in range(sweeps):
    f_bar = np.zeros(f_shape)
    for k in range(sweeps - 1, -1, -1):
        # 10: for i in range(1, n - 1):
        for i in range(n - 2, 0, -1):
            # 11: for j in range(1, m - 1):
            for j in range(m - 2, 0, -1):
                # 12: u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
                t = u_bar[i, j]
                u_bar[i, j] = 0.0
                t = t * 0.25
                f_bar[i, j] -= t
                u_bar[i, j + 1] += t
                u_bar[i, j - 1] += t
                u_bar[i + 1, j] += t
                u_bar[i - 1, j] += t

    return u_bar, f_bar
