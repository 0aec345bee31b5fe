"""Adjoint of `boundary` (boundary.py:19) with respect to u and wall.

Written by srcad 0.1.0.  Do not edit: change `boundary` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent


def boundary_fwd(u, wall):
    """`boundary`, also returning what `boundary_bwd` needs."""
    padded = np.empty(u.shape[0] + 2)
    padded2 = np.empty(u.shape[0] + 2)
    t2 = u[0]
    for i in independent(padded.shape[0] - 2):
        padded[i + 1] = u[i]
        padded2[i + 1] = u[i]
    padded[0] = wall
    padded[padded.shape[0] - 1] = wall
    padded2[0] = u[u.shape[0] - 1]
    padded2[padded2.shape[0] - 1] = t2
    t = np.empty(padded.shape[0] - 2)
    t3 = np.empty(padded.shape[0] - 2)
    array = np.empty(padded.shape[0] - 2)
    for i in independent(padded.shape[0] - 2):
        t[i] = padded[i + 2] - 2.0 * padded[i + 1] + padded[i]
        t3[i] = padded2[i + 2] - 2.0 * padded2[i + 1] + padded2[i]
        array[i] = t[i] * t3[i]
    return array, (t, t3, padded.shape)


def boundary_bwd(saved, out_bar):
    """Pull `out_bar` back to u and wall."""
    t, t2, padded_shape = saved

    # 16: return padded[2:] - 2.0 * padded[1:-1] + padded[:-2]
    padded_bar = np.zeros(padded_shape)
    u_bar = np.zeros(t.shape)

    # 16: return padded[2:] - 2.0 * padded[1:-1] + padded[:-2]
    padded_bar2 = np.zeros(padded_shape)

    # 20: return laplacian(u, ("fixed", wall)) * laplacian(u, "periodic")
    t4 = np.empty(out_bar.shape[0])
    for i in independent(out_bar.shape[0]):
        t4[i] = out_bar[i] * t[i]
        padded_bar[i] = t4[i]
        padded_bar2[i] = out_bar[i] * t2[i]
    for i in independent(out_bar.shape[0]):
        padded_bar[i + 1] -= t4[i] * 2.0
        padded_bar2[i + 1] -= out_bar[i] * t2[i] * 2.0
    for i in independent(out_bar.shape[0]):
        padded_bar[i + 2] += t4[i]
        padded_bar2[i + 2] += out_bar[i] * t2[i]

    # 11: padded[0], padded[-1] = u[-1], u[0]
    t5 = padded_bar[padded_bar.shape[0] - 1]
    padded_bar[padded_bar.shape[0] - 1] = 0.0
    t6 = padded_bar[0]
    padded_bar[0] = 0.0
    u_bar[0] = t5
    u_bar[u_bar.shape[0] - 1] += t6

    # 13: padded[0] = padded[-1] = value
    wall_bar = padded_bar2[padded_bar2.shape[0] - 1]
    padded_bar2[padded_bar2.shape[0] - 1] = 0.0
    wall_bar = wall_bar + padded_bar2[0]
    padded_bar2[0] = 0.0

    # 8: padded[1:-1] = u
    for i in independent(u_bar.shape[0]):
        u_bar[i] += padded_bar[i + 1] + padded_bar2[i + 1]

    # 8: padded[1:-1] = u
    return u_bar, wall_bar
