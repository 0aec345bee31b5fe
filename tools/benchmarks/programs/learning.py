"""Layers and losses of networks."""

import numpy as np


def mlp(weights_1, bias_1, weights_2, bias_2, inputs, targets):
    """Softmax cross-entropy of a network with one hidden layer; targets are one-hot rows."""
    hidden = np.tanh(inputs @ weights_1 + bias_1)
    logits = hidden @ weights_2 + bias_2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_normaliser = np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.sum(targets * (shifted - log_normaliser)) / inputs.shape[0]


def softmax(x):
    """Softmax over the last axis, as in attention; the sum of its squares."""
    shifted = x - np.max(x, axis=-1, keepdims=True)
    weights = np.exp(shifted)
    return np.sum((weights / np.sum(weights, axis=-1, keepdims=True)) ** 2)


def softmax_loops(x):
    """The same for a matrix, row by row."""
    rows, columns = x.shape
    weights = np.empty(columns)
    total = 0.0
    for i in range(rows):
        largest = x[i, 0]
        for j in range(1, columns):
            largest = max(largest, x[i, j])
        normaliser = 0.0
        for j in range(columns):
            weights[j] = np.exp(x[i, j] - largest)
            normaliser += weights[j]
        for j in range(columns):
            total += (weights[j] / normaliser) ** 2
    return total
