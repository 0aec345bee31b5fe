"""Tangent of `diffusion` (diffusion.py:6) with respect to u.

Written by srcad 0.1.0.  Do not edit: change `diffusion` and run it again.
"""

import numpy as np


def diffusion_jvp(u, kappa, steps, u_dot):
    """`diffusion` and its tangent, along u_dot."""

    # 7: u = u.copy()
    u_dot = np.copy(u_dot)
    u = np.copy(u)

    # 8: for k in range(steps):
    for k in range(steps):
        # 9: u[1:-1] += kappa * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u_dot[1:-1] += (u_dot[2:] - 2.0 * u_dot[1:-1] + u_dot[:-2]) * kappa
        u[1:-1] += kappa * (u[2:] - 2.0 * u[1:-1] + u[:-2])

    return np.mean(u), np.mean(u_dot)
