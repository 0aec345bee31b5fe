"""Adjoint of `entropy` (entropy.py:6) with respect to weights.

Written by srcad 0.1.0.  Do not edit: change `entropy` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def entropy_fwd(weights):
    """`entropy`, also returning what `entropy_bwd` needs."""
    t = np.sum(weights)
    p = weights / t
    with np.errstate(divide='ignore', invalid='ignore'):
        t2 = np.log(p)
        terms = -p * t2
    t3 = p < 0.1
    terms[t3] = 0.0
    return np.sum(terms), (weights, t, t2, t3)


def entropy_bwd(saved, out_bar):
    """Pull `out_bar` back to weights."""
    weights, t, t2, t3 = saved

    # 7: p = weights / np.sum(weights)
    p = weights / t

    # 11: return np.sum(terms)
    terms_bar = np.broadcast_to(out_bar, weights.shape)

    # 10: terms[p < 0.1] = 0.0
    terms_bar = terms_bar.copy()
    terms_bar[t3] = 0.0

    # 9: terms = -p * np.log(p)
    t3 = -(terms_bar * p)
    p_bar = masked(t3, t3 / p)
    p_bar -= terms_bar * t2

    # 7: p = weights / np.sum(weights)
    q = p_bar / t
    weights_bar = masked(p_bar, q)
    weights_bar += np.sum(masked(p_bar, -(q * p)))

    return weights_bar
