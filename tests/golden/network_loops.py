"""Adjoint of `network` (network.py:6) with respect to x, W1, b1, W2 and b2.

Written by srcad 0.1.0.  Do not edit: change `network` and run it again.
"""

import numpy as np
from numba import objmode

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, independent, nonzero
from srcad.runtime.vector_math import exp, log, plus, tanh, where


def network_fwd(x, labels, W1, b1, W2, b2):
    """`network`, also returning what `network_bwd` needs."""
    array = np.dot(x, W1)
    t4 = np.arange(labels.shape[0])
    hidden = np.empty((x.shape[0], W1.shape[1]))
    for i in range(x.shape[0]):
        for j in independent(W1.shape[1]):
            hidden[i, j] = tanh(array[i, j] + b1[j])
    array2 = np.dot(hidden, W2)
    logits = np.empty((hidden.shape[0], W2.shape[1]))
    for i in range(hidden.shape[0]):
        for j in independent(W2.shape[1]):
            logits[i, j] = array2[i, j] + b2[j]
    if logits.shape[1] == 0:
        raise Bail
    t = np.empty((logits.shape[0], 1))
    for i in independent(logits.shape[0]):
        t[i, 0] = logits[i, 0]
    for i in range(logits.shape[0]):
        for j in range(logits.shape[1]):
            t_here = logits[i, j]
            if t_here > t[i, 0] or t_here != t_here:
                t[i, 0] = t_here
    shifted = np.empty((logits.shape[0], logits.shape[1]))
    t2 = np.empty((logits.shape[0], logits.shape[1]))
    t3 = np.zeros(logits.shape[0])
    for i in range(logits.shape[0]):
        t3_sum = 0.0
        for j in independent(logits.shape[1]):
            shifted[i, j] = logits[i, j] - t[i, 0]
            t2[i, j] = exp(shifted[i, j])
            t3_sum = plus(t3_sum, t2[i, j])
        t3[i] += t3_sum
    total = np.empty(t3.shape[0])
    for i in independent(t3.shape[0]):
        total[i] = log(t3[i])
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(shifted[t4, labels], np.float64)
    array3 = made
    total2 = 0.0
    for i in range(total.shape[0]):
        total2 = plus(total2, total[i] - array3[i])
    return total2 / total.shape[0], (x, labels, W1, W2, hidden, logits, t, t2, t3, t4)


def network_bwd(saved, out_bar):
    """Pull `out_bar` back to x, W1, b1, W2 and b2."""
    x, labels, W1, W2, hidden, logits, t, t2, t3, t4 = saved

    # 11: return np.mean(total - shifted[np.arange(len(labels)), labels])
    t5 = out_bar / t3.shape[0]
    shifted_bar = np.zeros(logits.shape)
    array = np.empty(t3.shape[0])
    for i in independent(t3.shape[0]):
        array[i] = -t5
    with objmode():
        np.add.at(shifted_bar, (t4, labels,), array)

    # 10: total = np.log(np.sum(np.exp(shifted), axis=1))
    hit = np.empty((shifted_bar.shape[0], shifted_bar.shape[1]), np.bool_)
    array2 = np.zeros((shifted_bar.shape[0], 1))
    array3 = np.zeros((shifted_bar.shape[0], 1), np.int64)
    for i in range(shifted_bar.shape[0]):
        array2_sum = 0.0
        array3_sum = 0
        for j in independent(shifted_bar.shape[1]):
            shifted_bar[i, j] += t5 / where(t5 != 0.0, t3[i], 1.0) * t2[i, j]
            hit[i, j] = logits[i, j] == t[i, 0]
            array2_sum = plus(array2_sum, -shifted_bar[i, j])
            array3_sum += hit[i, j]
        array2[i, 0] += array2_sum
        array3[i, 0] += array3_sum

    # 9: shifted = logits - np.max(logits, axis=1, keepdims=True)
    share = np.empty((shifted_bar.shape[0], 1))
    for i in independent(shifted_bar.shape[0]):
        share[i, 0] = array2[i, 0] / array3[i, 0]
    logits_bar = np.empty((shifted_bar.shape[0], shifted_bar.shape[1]))
    b2_bar = np.zeros(shifted_bar.shape[1])
    for i in range(shifted_bar.shape[0]):
        for j in independent(shifted_bar.shape[1]):
            logits_bar[i, j] = shifted_bar[i, j] + where(hit[i, j], np.float64(share[i, 0]), 0.0)
            b2_bar[j] += logits_bar[i, j]

    # 8: logits = hidden @ W2 + b2
    hidden_bar = np.dot(logits_bar, W2.T)
    W2_bar = np.dot(hidden.T, logits_bar)

    # 7: hidden = np.tanh(x @ W1 + b1)
    t6 = np.empty((hidden_bar.shape[0], hidden_bar.shape[1]))
    b1_bar = np.zeros(hidden_bar.shape[1])
    for i in range(hidden_bar.shape[0]):
        for j in independent(hidden_bar.shape[1]):
            t6[i, j] = hidden_bar[i, j] * (1.0 - hidden[i, j] * hidden[i, j])
            b1_bar[j] += t6[i, j]
    x_bar = np.dot(t6, W1.T)
    W1_bar = np.dot(x.T, t6)
    return x_bar, W1_bar, b1_bar, W2_bar, b2_bar


def network_value_and_grad(x, labels, W1, b1, W2, b2):
    """`network` and its gradient."""
    clear_float_errors()
    array = np.dot(x, W1)
    t4 = np.arange(labels.shape[0])
    hidden = np.empty((x.shape[0], W1.shape[1]))
    for i in range(x.shape[0]):
        for j in independent(W1.shape[1]):
            hidden[i, j] = tanh(array[i, j] + b1[j])
    array2 = np.dot(hidden, W2)
    logits = np.empty((hidden.shape[0], W2.shape[1]))
    for i in range(hidden.shape[0]):
        for j in independent(W2.shape[1]):
            logits[i, j] = array2[i, j] + b2[j]
    if logits.shape[1] == 0:
        raise Bail
    t = np.empty((logits.shape[0], 1))
    for i in independent(logits.shape[0]):
        t[i, 0] = logits[i, 0]
    for i in range(logits.shape[0]):
        for j in range(logits.shape[1]):
            t_here = logits[i, j]
            if t_here > t[i, 0] or t_here != t_here:
                t[i, 0] = t_here
    shifted = np.empty((logits.shape[0], logits.shape[1]))
    t2 = np.empty((logits.shape[0], logits.shape[1]))
    t3 = np.zeros(logits.shape[0])
    for i in range(logits.shape[0]):
        t3_sum = 0.0
        for j in independent(logits.shape[1]):
            shifted[i, j] = logits[i, j] - t[i, 0]
            t2[i, j] = exp(shifted[i, j])
            t3_sum = plus(t3_sum, t2[i, j])
        t3[i] += t3_sum
    total = np.empty(t3.shape[0])
    for i in independent(t3.shape[0]):
        total[i] = log(t3[i])
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(shifted[t4, labels], np.float64)
    array3 = made
    t6 = 1.0 / nonzero(t3.shape[0])
    shifted_bar = np.zeros(logits.shape)
    total2 = 0.0
    array4 = np.empty(total.shape[0])
    for i in independent(total.shape[0]):
        total2 = plus(total2, total[i] - array3[i])
        array4[i] = -t6
    t5 = total2 / total.shape[0]
    with objmode():
        np.add.at(shifted_bar, (t4, labels,), array4)
    hit = np.empty((shifted_bar.shape[0], shifted_bar.shape[1]), np.bool_)
    array5 = np.zeros((shifted_bar.shape[0], 1))
    array6 = np.zeros((shifted_bar.shape[0], 1), np.int64)
    for i in range(shifted_bar.shape[0]):
        array5_sum = 0.0
        array6_sum = 0
        for j in independent(shifted_bar.shape[1]):
            shifted_bar[i, j] += t6 / where(t6 != 0.0, t3[i], 1.0) * t2[i, j]
            hit[i, j] = logits[i, j] == t[i, 0]
            array5_sum = plus(array5_sum, -shifted_bar[i, j])
            array6_sum += hit[i, j]
        array5[i, 0] += array5_sum
        array6[i, 0] += array6_sum
    share = np.empty((shifted_bar.shape[0], 1))
    for i in independent(shifted_bar.shape[0]):
        share[i, 0] = array5[i, 0] / array6[i, 0]
    logits_bar = np.empty((shifted_bar.shape[0], shifted_bar.shape[1]))
    b2_bar = np.zeros(shifted_bar.shape[1])
    for i in range(shifted_bar.shape[0]):
        for j in independent(shifted_bar.shape[1]):
            logits_bar[i, j] = shifted_bar[i, j] + where(hit[i, j], np.float64(share[i, 0]), 0.0)
            b2_bar[j] += logits_bar[i, j]
    hidden_bar = np.dot(logits_bar, W2.T)
    W2_bar = np.dot(hidden.T, logits_bar)
    t7 = np.empty((hidden_bar.shape[0], hidden_bar.shape[1]))
    b1_bar = np.zeros(hidden_bar.shape[1])
    for i in range(hidden_bar.shape[0]):
        for j in independent(hidden_bar.shape[1]):
            t7[i, j] = hidden_bar[i, j] * (1.0 - hidden[i, j] * hidden[i, j])
            b1_bar[j] += t7[i, j]
    x_bar = np.dot(t7, W1.T)
    W1_bar = np.dot(x.T, t7)
    check_float_errors()
    return t5, (x_bar, W1_bar, b1_bar, W2_bar, b2_bar)
