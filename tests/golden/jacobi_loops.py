"""Adjoint of `jacobi` (jacobi.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `jacobi` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent


def jacobi_fwd(u, f, sweeps):
    """`jacobi`, also returning what `jacobi_bwd` needs."""
    u2 = np.empty(u.shape[0])
    v = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u2[i] = u[i]
    for i in range(u.shape[0]):
        v[i] = u2[i]
    for k in range(sweeps):
        for i in independent(v.shape[0] - 2):
            v[i + 1] = 0.5 * (u2[i + 2] + u2[i] - f[i + 1])
        u2, v = v, u2
    return u2, (sweeps, f.shape, u.shape)


def jacobi_bwd(saved, out_bar):
    """Pull `out_bar` back to u and f."""
    sweeps, f_shape, u_shape = saved

    # 9: for k in range(sweeps):
    v_bar = np.zeros(u_shape)
    f_bar = np.zeros(f_shape)
    u_bar = out_bar.copy()
    for k in range(sweeps - 1, -1, -1):
        # 10: v[1:-1] = 0.5 * (u[2:] + u[:-2] - f[1:-1])
        t = np.empty(u_bar.shape[0] - 2)
        for i in independent(u_bar.shape[0] - 2):
            t[i] = u_bar[i + 1] * 0.5
            u_bar[i + 1] = 0.0
            f_bar[i + 1] -= t[i]
            v_bar[i] += t[i]
        for i in independent(u_bar.shape[0] - 2):
            v_bar[i + 2] += t[i]
        u_bar, v_bar = v_bar, u_bar

    # 8: v = u.copy()
    for i in range(u_bar.shape[0]):
        u_bar[i] += v_bar[i]
    return u_bar, f_bar
