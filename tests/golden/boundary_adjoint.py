"""Adjoint of `boundary` (boundary.py:19) with respect to u and wall.

Written by srcad 0.1.0.  Do not edit: change `boundary` and run it again.
"""

import numpy as np


def boundary_fwd(u, wall):
    """`boundary`, also returning what `boundary_bwd` needs."""
    padded = np.empty(u.shape[0] + 2)
    padded[1:-1] = u
    padded[0] = wall
    padded[-1] = wall
    t = padded[2:] - 2.0 * padded[1:-1] + padded[:-2]
    padded2 = np.empty(u.shape[0] + 2)
    padded2[1:-1] = u
    t2 = u[0]
    padded2[0] = u[-1]
    padded2[-1] = t2
    t2 = padded2[2:] - 2.0 * padded2[1:-1] + padded2[:-2]
    return t * t2, (t, t2, padded.shape)


def boundary_bwd(saved, out_bar):
    """Pull `out_bar` back to u and wall."""
    t, t2, padded_shape = saved

    # 20: return laplacian(u, ("fixed", wall)) * laplacian(u, "periodic")
    t2 = out_bar * t2
    t3 = out_bar * t

    # 16: return padded[2:] - 2.0 * padded[1:-1] + padded[:-2]
    padded_bar = np.zeros(padded_shape)
    padded_bar[:-2] = t3
    padded_bar[1:-1] -= t3 * 2.0
    padded_bar[2:] += t3

    # 11: padded[0], padded[-1] = u[-1], u[0]
    t3 = padded_bar[-1]
    padded_bar[-1] = 0.0
    t4 = padded_bar[0]
    padded_bar[0] = 0.0
    u_bar = np.zeros(t.shape)
    u_bar[0] = t3
    u_bar[-1] += t4

    # 8: padded[1:-1] = u
    u_bar += padded_bar[1:-1]

    # 16: return padded[2:] - 2.0 * padded[1:-1] + padded[:-2]
    padded_bar = np.zeros(padded_shape)
    padded_bar[:-2] = t2
    padded_bar[1:-1] -= t2 * 2.0
    padded_bar[2:] += t2

    # 13: padded[0] = padded[-1] = value
    wall_bar = padded_bar[-1]
    padded_bar[-1] = 0.0
    wall_bar = wall_bar + padded_bar[0]
    padded_bar[0] = 0.0

    # 8: padded[1:-1] = u
    u_bar += padded_bar[1:-1]

    return u_bar, wall_bar
