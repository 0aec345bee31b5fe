"""Adjoint of `broadcasting` (broadcasting.py:6) with respect to a, x and y.

Written by srcad 0.1.0.  Do not edit: change `broadcasting` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def broadcasting_fwd(a, x, y):
    """`broadcasting`, also returning what `broadcasting_bwd` needs."""
    grid = x[:, None] - y[None, :]
    d = grid ** 2 + a
    t = np.sqrt(d)
    t2 = np.transpose(d)
    return np.sum(1.0 / t) + np.sum(x * t2), (a, x, y, t, t2.shape)


def broadcasting_bwd(saved, out_bar):
    """Pull `out_bar` back to a, x and y."""
    a, x, y, t, shape = saved

    # 7: grid = x[:, None] - y[None, :]
    grid = x[:, None] - y[None, :]

    # 8: d = grid**2 + a
    d = grid ** 2 + a

    # 9: return np.sum(1.0 / np.sqrt(d)) + np.sum(x * d.T)
    x_bar = np.sum(out_bar * np.transpose(d), axis=0)
    d_bar = np.transpose(np.broadcast_to(out_bar, shape) * x)
    q = out_bar / t
    t2 = masked(np.broadcast_to(out_bar, t.shape), -(q * (1.0 / t)))
    d_bar += masked(t2, 0.5 * t2 / t)

    # 8: d = grid**2 + a
    a_bar = np.sum(d_bar)
    grid_bar = d_bar * (2.0 * grid)

    # 7: grid = x[:, None] - y[None, :]
    t = np.sum(grid_bar, axis=1, keepdims=True)
    y_bar = np.zeros(y.shape)
    y_bar[None, :] = np.sum(-grid_bar, axis=0, keepdims=True)
    x_bar[:, None] += t

    return a_bar, x_bar, y_bar
