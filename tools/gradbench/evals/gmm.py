"""The log posterior of a mixture of Gaussians under a Wishart prior on their precisions.

It is ADBench's but for the sign of the prior, which GradBench corrects, and the parts of ``icf``,
which come apart: logarithms of the diagonals in ``q``, what is below them in ``l``.
"""

import numpy as np
from scipy.special import multigammaln

import srcad
from gradbench.task import Task, lists, numbers


def logsumexp(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(x - largest), axis=axis)) + np.squeeze(largest, axis=axis)


def log_posterior(alpha, mu, q, l, x, m, gamma):
    n, d = x.shape
    k = len(alpha)
    columns, rows = np.triu_indices(d, 1)
    root = np.zeros((k, d, d))  # of the precisions, which are root.T @ root
    root[:, rows, columns] = l
    root[:, np.arange(d), np.arange(d)] = np.exp(q)
    sums = np.sum(q, axis=1)
    centred = x - mu[:, None, :]
    distances = np.sum((centred @ root.transpose(0, 2, 1)) ** 2, axis=2)
    terms = alpha[:, None] + sums[:, None] - 0.5 * distances
    likelihood = np.sum(logsumexp(terms, axis=0)) - n * (
        0.5 * d * np.log(2.0 * np.pi) + logsumexp(alpha, axis=0)
    )
    freedom = d + m + 1
    constant = freedom * d * np.log(gamma / np.sqrt(2.0)) - multigammaln(0.5 * freedom, d)
    return likelihood + k * constant - 0.5 * gamma**2 * np.sum(root**2) + m * np.sum(sums)


def arguments(given):
    # With one dimension there is nothing below the diagonals, and JSON does not say how wide it is.
    k = given["k"]
    below = numbers(given["l"]).reshape(k, -1) if given["d"] > 1 else np.zeros((k, 0))
    alpha, mu, q, x = (numbers(given[name]) for name in ("alpha", "mu", "q", "x"))
    return alpha, mu, q, below, x, given["m"], float(given["gamma"])


def named(bars):
    return dict(zip(("alpha", "mu", "q", "l"), map(lists, bars), strict=True))


def functions(differentiable):
    gradient = srcad.grad(differentiable(log_posterior), argnums=(0, 1, 2, 3))
    return {
        "objective": Task(arguments, log_posterior),
        "jacobian": Task(arguments, gradient, named),
    }
