"""Adjoint of `diffusion` (diffusion.py:6) with respect to u.

Written by srcad 0.1.0.  Do not edit: change `diffusion` and run it again.
"""

import numpy as np


def diffusion_fwd(u, kappa, steps):
    """`diffusion`, also returning what `diffusion_bwd` needs."""
    u2 = np.copy(u)
    for k in range(steps):
        u2[1:-1] += kappa * (u2[2:] - 2.0 * u2[1:-1] + u2[:-2])
    return np.mean(u2), (kappa, steps, u.shape)


def diffusion_bwd(saved, out_bar):
    """Pull `out_bar` back to u."""
    kappa, steps, u_shape = saved

    # 10: return np.mean(u)
    u_bar = np.broadcast_to(out_bar / u_shape[0], u_shape)

    # 8: for k in range(steps):
    u_bar = u_bar.copy()
    for k in range(steps - 1, -1, -1):
        # 9: u[1:-1] += kappa * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t = u_bar[1:-1] * kappa
        u_bar[:-2] += t
        u_bar[1:-1] -= t * 2.0
        u_bar[2:] += t

    return u_bar
