"""Adjoint of `views` (views.py:6) with respect to u and v.

Written by srcad 0.1.0.  Do not edit: change `views` and run it again.
"""

import numpy as np


def views_fwd(u, v):
    """`views`, also returning what `views_bwd` needs."""
    grid = np.zeros((3, u.shape[0]))
    t = np.transpose(grid).copy()
    t[0] = v
    t = np.transpose(t)
    middle = t[1]
    ends = middle[::2]
    t[1, ::2] = ends + np.sin(u[::2])
    t2 = t[1][0]
    t3 = np.reshape(t, (-1,)).copy()
    t3[-1] = u[0] * t2
    return np.reshape(t3, t.shape) * u, (u, t2, t3, grid.shape)


def views_bwd(saved, out_bar):
    """Pull `out_bar` back to u and v."""
    u, t, t2, grid_shape = saved

    # 11: ends += np.sin(u[::2])
    t3 = u[::2]

    # 13: flat[-1] = u[0] * middle[0]
    t4 = u[0]

    # 14: return grid * u
    u_bar = np.sum(out_bar * np.reshape(t2, grid_shape), axis=0)

    # 13: flat[-1] = u[0] * middle[0]
    t2 = np.reshape(out_bar * u, t2.shape)
    t5 = t2[-1]
    t2[-1] = 0.0
    t6 = np.reshape(t2, grid_shape)
    t2 = np.zeros(u.shape)
    t2[0] = t5 * t4
    t6[1] += t2
    u_bar[0] += t5 * t

    # 11: ends += np.sin(u[::2])
    ends_bar = np.copy(t6[1, ::2])
    t6[1, ::2] = 0.0
    u_bar[::2] += ends_bar * np.cos(t3)

    # 10: ends = middle[::2]
    middle_bar = np.zeros(u.shape)
    middle_bar[::2] = ends_bar

    # 9: middle = grid[1]
    t6[1] += middle_bar

    # 8: grid.T[0] = v
    v_bar = np.transpose(t6)[0]

    return u_bar, v_bar
