"""Adjoint of `slices` (slices.py:6) with respect to u and v.

Written by srcad 0.1.0.  Do not edit: change `slices` and run it again.
"""

import numpy as np


def slices_fwd(u, v):
    """`slices`, also returning what `slices_bwd` needs."""
    w = np.zeros((3, u.shape[0]))
    w[0] = u
    w[1, ::2] = v
    w[2, 1:] = u[:-1] * u[1:]
    w[..., -1] *= 2.0
    w[1:, 1:-1] += w[:-1, :-2]
    return w[:, ::-1] * u[None, :], (u, w)


def slices_bwd(saved, out_bar):
    """Pull `out_bar` back to u and v."""
    u, w = saved

    # 10: w[2, 1:] = u[:-1] * u[1:]
    t = u[:-1]
    t2 = u[1:]

    # 13: return w[:, ::-1] * u[np.newaxis, :]
    t3 = out_bar * u[None, :]
    u_bar = np.zeros(u.shape)
    u_bar[None, :] = np.sum(out_bar * w[:, ::-1], axis=0, keepdims=True)
    w_bar = np.zeros(w.shape)
    w_bar[:, ::-1] = t3

    # 12: w[1:, 1:-1] += w[:-1, :-2]
    w_bar[:-1, :-2] += w_bar[1:, 1:-1]

    # 11: w[..., -1] *= 2.0
    w_bar[..., -1] *= 2.0

    # 10: w[2, 1:] = u[:-1] * u[1:]
    t3 = w_bar[2, 1:]
    t2 = t3 * t2
    t = t3 * t
    w_bar[2, 1:] = 0.0
    u_bar[1:] += t
    u_bar[:-1] += t2

    # 9: w[1, ::2] = v
    v_bar = np.copy(w_bar[1, ::2])
    w_bar[1, ::2] = 0.0

    # 8: w[0] = u
    u_bar += w_bar[0]

    return u_bar, v_bar
