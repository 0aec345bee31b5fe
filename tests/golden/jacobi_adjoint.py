"""Adjoint of `jacobi` (jacobi.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `jacobi` and run it again.
"""

import numpy as np


def jacobi_fwd(u, f, sweeps):
    """`jacobi`, also returning what `jacobi_bwd` needs."""
    u2 = np.copy(u)
    v = np.copy(u2)
    for k in range(sweeps):
        v[1:-1] = 0.5 * (u2[2:] + u2[:-2] - f[1:-1])
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
        t = u_bar[1:-1] * 0.5
        u_bar[1:-1] = 0.0
        f_bar[1:-1] -= t
        v_bar[:-2] += t
        v_bar[2:] += t
        u_bar, v_bar = v_bar, u_bar

    # 8: v = u.copy()
    u_bar += v_bar

    return u_bar, f_bar
