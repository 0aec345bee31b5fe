"""Adjoint of `views` (views.py:6) with respect to u and v.

Written by srcad 0.1.0.  Do not edit: change `views` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import cos, sin


def views_fwd(u, v):
    """`views`, also returning what `views_bwd` needs."""
    grid = np.zeros((3, u.shape[0]))
    t = np.empty((grid.shape[1], 3))
    for i in range(grid.shape[1]):
        for j in independent(3):
            t[i, j] = grid[j, i]
    for i in independent(3):
        t[0, i] = v[i]
    t2 = np.empty((3, t.shape[0]))
    for i in range(3):
        for j in independent(t.shape[0]):
            t2[i, j] = t[j, i]
    for i in independent(len(range(0, t.shape[0], 2))):
        t2[1, 2 * i] = t[2 * i, 1] + sin(u[2 * i])
    t3 = t2[1, 0]
    t4 = np.ascontiguousarray(t2).reshape((-1,))
    t4 = t4.copy()
    array = np.ascontiguousarray(t2).reshape((-1,))
    t4[array.shape[0] - 1] = u[0] * t3
    array3 = np.ascontiguousarray(t4).reshape((3, t2.shape[1]))
    array2 = np.empty((3, array3.shape[1]))
    for i in range(3):
        for j in independent(array3.shape[1]):
            array2[i, j] = array3[i, j] * u[j]
    return array2, (u, t3, t4, grid.shape)


def views_bwd(saved, out_bar):
    """Pull `out_bar` back to u and v."""
    u, t, t2, grid_shape = saved

    # 13: flat[-1] = u[0] * middle[0]
    t3 = u[0]

    # 14: return grid * u
    array = np.ascontiguousarray(t2).reshape(grid_shape)
    t7 = np.zeros(u.shape)

    # 10: ends = middle[::2]
    middle_bar = np.zeros(u.shape)
    u_bar = np.zeros(out_bar.shape[1])
    array2 = np.empty((3, out_bar.shape[1]))
    for i in range(3):
        for j in independent(out_bar.shape[1]):
            u_bar[j] += out_bar[i, j] * array[i, j]
            array2[i, j] = out_bar[i, j] * u[j]

    # 13: flat[-1] = u[0] * middle[0]
    t4 = np.ascontiguousarray(array2).reshape((t2.shape[0],))
    t5 = t4[t4.shape[0] - 1]
    t4[t4.shape[0] - 1] = 0.0
    t6 = np.ascontiguousarray(t4).reshape(grid_shape)
    t7[0] = t5 * t3
    u_bar[0] += t5 * t
    for i in independent(t6.shape[1]):
        t6[1, i] += t7[i]

    # 11: ends += np.sin(u[::2])
    for i in independent(len(range(0, t6.shape[1], 2))):
        ends_bar_i = t6[1, 2 * i]
        t6[1, 2 * i] = 0.0
        u_bar[2 * i] += ends_bar_i * cos(u[2 * i])
        middle_bar[2 * i] = ends_bar_i

    # 9: middle = grid[1]
    for i in independent(t6.shape[1]):
        t6[1, i] += middle_bar[i]

    # 8: grid.T[0] = v
    v_bar = np.empty(3)
    for i in range(3):
        v_bar[i] = t6[i, 0]
    return u_bar, v_bar
