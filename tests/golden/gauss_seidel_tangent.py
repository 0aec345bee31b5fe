"""Tangent of `gauss_seidel` (gauss_seidel.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `gauss_seidel` and run it again.
"""

import numpy as np


def gauss_seidel_jvp(u, f, sweeps, u_dot, f_dot):
    """`gauss_seidel` and its tangent, along u_dot and f_dot."""

    # 7: u = u.copy()
    u_dot = np.copy(u_dot)
    u = np.copy(u)

    # 8: n, m = u.shape
    n = u.shape[0]
    m = u.shape[1]

    # 9: for k in range(sweeps):
    for k in range(sweeps):
        # 10: for i in range(1, n - 1):
        for i in range(1, n - 1):
            # 11: for j in range(1, m - 1):
            for j in range(1, m - 1):
                # 12: u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
                u_dot[i, j] = 0.25 * (u_dot[i - 1, j] + u_dot[i + 1, j] + u_dot[i, j - 1] + u_dot[i, j + 1] - f_dot[i, j])
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])

    return np.sum(u ** 2), np.sum(2.0 * u * u_dot)
