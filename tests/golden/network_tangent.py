"""Tangent of `network` (network.py:6) with respect to x, W1, b1, W2 and b2.

Written by srcad 0.1.0.  Do not edit: change `network` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def network_jvp(x, labels, W1, b1, W2, b2, x_dot, W1_dot, b1_dot, W2_dot, b2_dot):
    """`network` and its tangent, along x_dot, W1_dot, b1_dot, W2_dot and b2_dot."""

    # 7: hidden = np.tanh(x @ W1 + b1)
    hidden = np.tanh(x @ W1 + b1)
    hidden_dot = (x_dot @ W1 + x @ W1_dot + b1_dot) * (1.0 - hidden * hidden)

    # 8: logits = hidden @ W2 + b2
    logits_dot = hidden_dot @ W2 + hidden @ W2_dot + b2_dot
    logits = hidden @ W2 + b2

    # 9: shifted = logits - np.max(logits, axis=1, keepdims=True)
    t = np.max(logits, axis=1, keepdims=True)
    hit = logits == t
    shifted_dot = logits_dot - np.sum(np.where(hit, logits_dot, 0.0), axis=1, keepdims=True) / np.sum(hit, axis=1, keepdims=True)
    shifted = logits - t

    # 10: total = np.log(np.sum(np.exp(shifted), axis=1))
    t = np.exp(shifted)
    t2 = np.sum(shifted_dot * t, axis=1)
    t3 = np.sum(t, axis=1)
    total_dot = masked(t2, t2 / t3)
    total = np.log(t3)

    # 11: return np.mean(total - shifted[np.arange(len(labels)), labels])
    t = np.arange(labels.shape[0])

    return np.mean(total - shifted[t, labels]), np.mean(total_dot - shifted_dot[t, labels])
