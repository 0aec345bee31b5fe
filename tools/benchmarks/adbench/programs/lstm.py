"""ADBench's LSTM: a recurrent network whose matrices are all diagonal, and its loss on a text.

``main`` has two rows a layer, weights and biases of the gates forget, in, out and change, one after
the other; ``extra`` has the weights of the input, the weights of the output and the biases of the
output; ``state`` has two rows a layer, what is hidden and what the cells hold.
"""

import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(main, extra, state, sequence):
    """Mean loss of predicting each character of a text from those before it, in whole arrays."""
    characters, bits = sequence.shape
    layers = main.shape[0] // 2
    hidden = state[::2].copy()
    cell = state[1::2].copy()
    total = 0.0
    for t in range(characters - 1):
        x = sequence[t] * extra[0]
        for layer in range(layers):
            weight = main[2 * layer].reshape(4, bits)
            bias = main[2 * layer + 1].reshape(4, bits)
            forget = sigmoid(x * weight[0] + bias[0])
            ingate = sigmoid(hidden[layer] * weight[1] + bias[1])
            outgate = sigmoid(x * weight[2] + bias[2])
            change = np.tanh(hidden[layer] * weight[3] + bias[3])
            cell[layer] = cell[layer] * forget + ingate * change
            hidden[layer] = outgate * np.tanh(cell[layer])
            x = hidden[layer]
        prediction = x * extra[1] + extra[2]
        log_normaliser = np.log(np.sum(np.exp(prediction)) + 2.0)
        total += np.sum(sequence[t + 1] * (prediction - log_normaliser))
    return -total / ((characters - 1) * bits)


def lstm_loops(main, extra, state, sequence):
    """Compute what ``lstm`` does, number by number."""
    characters, bits = sequence.shape
    layers = main.shape[0] // 2
    hidden = np.empty((layers, bits))
    cell = np.empty((layers, bits))
    for layer in range(layers):
        for i in range(bits):
            hidden[layer, i] = state[2 * layer, i]
            cell[layer, i] = state[2 * layer + 1, i]
    x = np.empty(bits)
    total = 0.0
    for t in range(characters - 1):
        for i in range(bits):
            x[i] = sequence[t, i] * extra[0, i]
        for layer in range(layers):
            w = 2 * layer
            b = 2 * layer + 1
            for i in range(bits):
                h = hidden[layer, i]
                forget = sigmoid(x[i] * main[w, i] + main[b, i])
                ingate = sigmoid(h * main[w, bits + i] + main[b, bits + i])
                outgate = sigmoid(x[i] * main[w, 2 * bits + i] + main[b, 2 * bits + i])
                change = np.tanh(h * main[w, 3 * bits + i] + main[b, 3 * bits + i])
                cell[layer, i] = cell[layer, i] * forget + ingate * change
                hidden[layer, i] = outgate * np.tanh(cell[layer, i])
                x[i] = hidden[layer, i]
        normaliser = 2.0
        for i in range(bits):
            x[i] = x[i] * extra[1, i] + extra[2, i]
            normaliser += np.exp(x[i])
        log_normaliser = np.log(normaliser)
        for i in range(bits):
            total += sequence[t + 1, i] * (x[i] - log_normaliser)
    return -total / ((characters - 1) * bits)
