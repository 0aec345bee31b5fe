"""Adjoint of `reductions` (reductions.py:6) with respect to x.

Written by srcad 0.1.0.  Do not edit: change `reductions` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked, product_of_others


def reductions_fwd(x):
    """`reductions`, also returning what `reductions_bwd` needs."""
    t = np.mean(x, axis=0)
    centred = x - t
    spread = np.sqrt(np.sum(centred ** 2, axis=0, keepdims=True))
    top = np.max(x, axis=1)
    t2 = np.prod(top)
    t3 = np.min(x)
    return np.sum(centred / spread) + t2 * t3, (x, t, spread, top, t2, t3)


def reductions_bwd(saved, out_bar):
    """Pull `out_bar` back to x."""
    x, t, spread, top, t2, t3 = saved

    # 7: centred = x - np.mean(x, axis=0)
    centred = x - t

    # 10: return np.sum(centred / spread) + np.prod(top) * x.min()
    hit = x == t3
    share = out_bar * t2 / np.sum(hit)
    x_bar = np.where(hit, share, 0.0)
    top_bar = out_bar * t3 * product_of_others(top, 0)
    t = np.broadcast_to(out_bar, centred.shape)
    q = t / spread
    centred_bar = masked(t, q)
    spread_bar = np.sum(masked(t, -(q * (centred / spread))), axis=0, keepdims=True)

    # 9: top = np.max(x, axis=1)
    hit = x == np.expand_dims(top, 1)
    share = top_bar / np.sum(hit, axis=1)
    x_bar += np.where(hit, np.expand_dims(share, 1), 0.0)

    # 8: spread = np.sqrt(np.sum(centred**2, axis=0, keepdims=True))
    centred_bar += masked(spread_bar, 0.5 * spread_bar / spread) * (2.0 * centred)

    # 7: centred = x - np.mean(x, axis=0)
    x_bar += centred_bar
    x_bar += np.sum(-centred_bar, axis=0) / x.shape[0]

    return x_bar
