"""Adjoint of `network` (network.py:6) with respect to x, W1, b1, W2 and b2.

Written by srcad 0.1.0.  Do not edit: change `network` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def network_fwd(x, labels, W1, b1, W2, b2):
    """`network`, also returning what `network_bwd` needs."""
    hidden = np.tanh(x @ W1 + b1)
    logits = hidden @ W2 + b2
    t = np.max(logits, axis=1, keepdims=True)
    shifted = logits - t
    t2 = np.exp(shifted)
    t3 = np.sum(t2, axis=1)
    total = np.log(t3)
    t4 = np.arange(labels.shape[0])
    return np.mean(total - shifted[t4, labels]), (x, labels, W1, W2, hidden, logits, t, t2, t3, t4)


def network_bwd(saved, out_bar):
    """Pull `out_bar` back to x, W1, b1, W2 and b2."""
    x, labels, W1, W2, hidden, logits, t, t2, t3, t4 = saved

    # 11: return np.mean(total - shifted[np.arange(len(labels)), labels])
    t5 = out_bar / t3.shape[0]
    total_bar = np.broadcast_to(t5, t3.shape)
    shifted_bar = np.zeros(logits.shape)
    np.add.at(shifted_bar, (t4, labels,), -total_bar)

    # 10: total = np.log(np.sum(np.exp(shifted), axis=1))
    shifted_bar += np.expand_dims(masked(total_bar, t5 / t3), 1) * t2

    # 9: shifted = logits - np.max(logits, axis=1, keepdims=True)
    hit = logits == t
    share = np.sum(-shifted_bar, axis=1, keepdims=True) / np.sum(hit, axis=1, keepdims=True)
    logits_bar = shifted_bar + np.where(hit, share, 0.0)

    # 8: logits = hidden @ W2 + b2
    b2_bar = np.sum(logits_bar, axis=0)
    hidden_bar = logits_bar @ np.transpose(W2)
    W2_bar = np.transpose(hidden) @ logits_bar

    # 7: hidden = np.tanh(x @ W1 + b1)
    t = hidden_bar * (1.0 - hidden * hidden)
    b1_bar = np.sum(t, axis=0)
    x_bar = t @ np.transpose(W1)
    W1_bar = np.transpose(x) @ t

    return x_bar, W1_bar, b1_bar, W2_bar, b2_bar
