"""Adjoint of `diffusion` (diffusion.py:6) with respect to u.

Written by srcad 0.1.0.  Do not edit: change `diffusion` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


def diffusion_fwd(u, kappa, steps):
    """`diffusion`, also returning what `diffusion_bwd` needs."""
    u2 = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u2[i] = u[i]
    for k in range(steps):
        array = np.empty(u2.shape[0] - 2)
        for i in independent(u2.shape[0] - 2):
            array[i] = u2[i + 1] + kappa * (u2[i + 2] - 2.0 * u2[i + 1] + u2[i])
        for i in independent(u2.shape[0] - 2):
            u2[i + 1] = array[i]
    total = 0.0
    for i in range(u2.shape[0]):
        total = plus(total, u2[i])
    return total / u2.shape[0], (kappa, steps, u.shape)


def diffusion_bwd(saved, out_bar):
    """Pull `out_bar` back to u."""
    kappa, steps, u_shape = saved

    # 10: return np.mean(u)
    u_bar = np.empty(u_shape[0])
    for i in independent(u_shape[0]):
        u_bar[i] = out_bar / u_shape[0]

    # 8: for k in range(steps):
    u_bar = u_bar.copy()
    for k in range(steps - 1, -1, -1):
        # 9: u[1:-1] += kappa * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t = np.empty(u_bar.shape[0] - 2)
        for i in independent(u_bar.shape[0] - 2):
            t[i] = u_bar[i + 1] * kappa
            u_bar[i + 1] -= t[i] * 2.0
        for i in independent(u_bar.shape[0] - 2):
            u_bar[i] += t[i]
        for i in independent(u_bar.shape[0] - 2):
            u_bar[i + 2] += t[i]
    return u_bar


def diffusion_value_and_grad(x0, x1, x2):
    """`diffusion` and its gradient."""
    clear_float_errors()
    out, saved = diffusion_fwd(x0, x1, x2)
    check_float_errors()
    return out, diffusion_bwd(saved, 1.0)
