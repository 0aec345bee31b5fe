"""Adjoint of `slices` (slices.py:6) with respect to u and v.

Written by srcad 0.1.0.  Do not edit: change `slices` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent


def slices_fwd(u, v):
    """`slices`, also returning what `slices_bwd` needs."""
    w = np.zeros((3, u.shape[0]))
    for i in independent(w.shape[1]):
        w[0, i] = u[i]
    for i in independent(len(range(0, w.shape[1], 2))):
        w[1, 2 * i] = v[i]
    for i in independent(w.shape[1] - 1):
        w[2, i + 1] = u[i] * u[i + 1]
    for i in independent(3):
        w[i, w.shape[1] - 1] *= 2.0
    array = np.empty((2, w.shape[1] - 2))
    for i in range(2):
        for j in independent(w.shape[1] - 2):
            array[i, j] = w[i + 1, j + 1] + w[i, j]
    for i in range(2):
        for j in independent(w.shape[1] - 2):
            w[i + 1, j + 1] = array[i, j]
    array2 = np.empty((3, len(range(w.shape[1] - 1, -1, -1))))
    for i in range(3):
        for j in independent(len(range(w.shape[1] - 1, -1, -1))):
            array2[i, j] = w[i, w.shape[1] - 1 - j] * u[j]
    return array2, (u, w)


def slices_bwd(saved, out_bar):
    """Pull `out_bar` back to u and v."""
    u, w = saved
    u_bar = np.zeros(u.shape)
    w_bar = np.zeros(w.shape)

    # 13: return w[:, ::-1] * u[np.newaxis, :]
    array = np.zeros((1, out_bar.shape[1]))
    for i in range(3):
        for j in independent(out_bar.shape[1]):
            t_ij = out_bar[i, j] * u[j]
            array[0, j] += out_bar[i, j] * w[i, w.shape[1] - 1 - j]
            w_bar[i, w_bar.shape[1] - 1 - j] += t_ij
    for i in independent(u_bar.shape[0]):
        u_bar[i] = array[0, i]

    # 12: w[1:, 1:-1] += w[:-1, :-2]
    array2 = np.empty((2, w_bar.shape[1] - 2))
    for i in range(2):
        for j in independent(w_bar.shape[1] - 2):
            array2[i, j] = w_bar[i + 1, j + 1]
    for i in range(2):
        for j in independent(w_bar.shape[1] - 2):
            w_bar[i, j] += array2[i, j]

    # 11: w[..., -1] *= 2.0
    for i in independent(3):
        w_bar[i, w_bar.shape[1] - 1] *= 2.0

    # 10: w[2, 1:] = u[:-1] * u[1:]
    t2 = np.empty(w_bar.shape[1] - 1)
    for i in independent(w_bar.shape[1] - 1):
        t2[i] = w_bar[2, i + 1] * u[i + 1]
        t3_i = w_bar[2, i + 1] * u[i]
        w_bar[2, i + 1] = 0.0
        u_bar[i + 1] += t3_i
    for i in independent(w_bar.shape[1] - 1):
        u_bar[i] += t2[i]

    # 9: w[1, ::2] = v
    v_bar = np.empty(len(range(0, w_bar.shape[1], 2)))
    for i in independent(len(range(0, w_bar.shape[1], 2))):
        v_bar[i] = w_bar[1, 2 * i]
        w_bar[1, 2 * i] = 0.0

    # 8: w[0] = u
    for i in independent(u_bar.shape[0]):
        u_bar[i] += w_bar[0, i]
    return u_bar, v_bar
