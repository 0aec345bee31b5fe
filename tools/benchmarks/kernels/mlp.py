"""A network with one hidden layer: five matrix products, everything else elementwise."""

import functools
import math

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import learning
from benchmarks.vector_math import vectorised


def make_arguments(generator, batch, features, hidden, classes):
    return (
        generator.standard_normal((features, hidden)) / np.sqrt(features),
        0.1 * generator.standard_normal(hidden),
        generator.standard_normal((hidden, classes)) / np.sqrt(hidden),
        0.1 * generator.standard_normal(classes),
        generator.standard_normal((batch, features)),
        np.eye(classes)[generator.integers(0, classes, batch)],
    )


@compiled
def numba_primal(weights_1, bias_1, weights_2, bias_2, inputs, targets):
    hidden = np.dot(inputs, weights_1)
    batch, units = hidden.shape
    for n in range(batch):
        for k in range(units):
            hidden[n, k] = math.tanh(hidden[n, k] + bias_1[k])
    logits = np.dot(hidden, weights_2)
    classes = bias_2.shape[0]
    total = 0.0
    for n in range(batch):
        largest = -np.inf
        for c in range(classes):
            logits[n, c] += bias_2[c]
            largest = max(largest, logits[n, c])
        normaliser = 0.0
        for c in range(classes):
            normaliser += math.exp(logits[n, c] - largest)
        log_normaliser = math.log(normaliser)
        for c in range(classes):
            total -= targets[n, c] * (logits[n, c] - largest - log_normaliser)
    return total / batch


def make_sweep(tanh, exp):
    """Make the gradient with these functions; matrices are contiguous, products go to BLAS."""

    @compiled
    def sweep(
        weights_1,
        bias_1,
        weights_2,
        bias_2,
        inputs,
        targets,
        weights_1_bar,
        bias_1_bar,
        weights_2_bar,
        bias_2_bar,
    ):
        hidden = np.dot(inputs, weights_1)
        batch, units = hidden.shape
        for n in range(batch):
            for k in range(units):
                hidden[n, k] = tanh(hidden[n, k] + bias_1[k])
        logits = np.dot(hidden, weights_2)
        classes = bias_2.shape[0]
        total = 0.0
        for n in range(batch):
            largest = -np.inf
            for c in range(classes):
                logits[n, c] += bias_2[c]
                largest = max(largest, logits[n, c])
            for c in range(classes):
                logits[n, c] -= largest
        # Softmax row by row; afterwards logits holds the bars of the logits.
        scale = 1.0 / batch
        exponentials = np.empty_like(logits)
        for n in range(batch):
            for c in range(classes):
                exponentials[n, c] = exp(logits[n, c])
        for n in range(batch):
            normaliser = 0.0
            picked = 0.0
            mass = 0.0
            for c in range(classes):
                normaliser += exponentials[n, c]
                picked += targets[n, c] * logits[n, c]
                mass += targets[n, c]
            total += mass * math.log(normaliser) - picked
            factor = scale * mass / normaliser
            for c in range(classes):
                logits[n, c] = factor * exponentials[n, c] - scale * targets[n, c]
        for c in range(classes):
            bias_2_bar[c] = 0.0
        for n in range(batch):
            for c in range(classes):
                bias_2_bar[c] += logits[n, c]
        np.dot(hidden.T, logits, weights_2_bar)
        hidden_bar = np.dot(logits, weights_2.T)
        for k in range(units):
            bias_1_bar[k] = 0.0
        for n in range(batch):
            for k in range(units):
                hidden_bar[n, k] *= 1.0 - hidden[n, k] * hidden[n, k]
                bias_1_bar[k] += hidden_bar[n, k]
        np.dot(inputs.T, hidden_bar, weights_1_bar)
        return total * scale

    return sweep


def run(sweep, arguments):
    bars = tuple(np.empty_like(argument) for argument in arguments[:4])
    return sweep(*arguments, *bars), bars


libm_sweep = make_sweep(math.tanh, math.exp)


@functools.cache
def libmvec_sweep():
    return make_sweep(vectorised("tanh"), vectorised("exp"))


def hand_libm(*arguments):
    return run(libm_sweep, arguments)


def hand_libmvec(*arguments):
    return run(libmvec_sweep(), arguments)


def hand_numpy(weights_1, bias_1, weights_2, bias_2, inputs, targets):
    """Work on whole arrays under NumPy, whose tanh and exp are vectorised."""
    batch = inputs.shape[0]
    hidden = inputs @ weights_1
    hidden += bias_1
    np.tanh(hidden, out=hidden)
    logits = hidden @ weights_2
    logits += bias_2
    logits -= logits.max(axis=1, keepdims=True)
    exponentials = np.exp(logits)
    normaliser = exponentials.sum(axis=1, keepdims=True)
    mass = targets.sum(axis=1, keepdims=True)
    value = (np.sum(mass * np.log(normaliser)) - np.sum(targets * logits)) / batch
    exponentials *= mass / normaliser
    exponentials -= targets
    exponentials /= batch
    hidden_bar = exponentials @ weights_2.T
    weights_2_bar = hidden.T @ exponentials
    np.multiply(hidden, hidden, out=hidden)
    np.subtract(1.0, hidden, out=hidden)
    hidden_bar *= hidden
    return value, (
        inputs.T @ hidden_bar,
        hidden_bar.sum(axis=0),
        weights_2_bar,
        exponentials.sum(axis=0),
    )


KERNELS = (
    Kernel(
        program=learning.mlp,
        family="blas",
        style="slices",
        make_arguments=make_arguments,
        sizes={
            "timed": {"batch": 256, "features": 64, "hidden": 128, "classes": 10},
            "small": {"batch": 5, "features": 3, "hidden": 4, "classes": 3},
        },
        differentiated=(0, 1, 2, 3),
        numba_primal=numba_primal,
        hand={"libm": hand_libm, "libmvec": hand_libmvec, "numpy": hand_numpy},
        in_jax=("learning.mlp",),
    ),
)
