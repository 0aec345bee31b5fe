"""A network of two layers and its cross-entropy: matrix products."""

import numpy as np


def network(x, labels, W1, b1, W2, b2):
    hidden = np.tanh(x @ W1 + b1)
    logits = hidden @ W2 + b2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    total = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(total - shifted[np.arange(len(labels)), labels])


def drawn(*shape):
    return np.sin(np.arange(1.0, 1.0 + np.prod(shape))).reshape(shape)


ARGS = (drawn(4, 3), np.array([1, 0, 1, 1]), drawn(3, 5), drawn(5), drawn(5, 2), drawn(2))
