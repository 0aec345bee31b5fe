"""ADBench's GMM: the log posterior of a mixture of Gaussians under a Wishart prior.

The inverse covariance of a component is ``Q.T @ Q``; a row of ``icf`` has the logarithms of the
diagonal of ``Q``, then what is below it, column by column.
"""

import math

import numpy as np
from scipy.special import multigammaln


def logsumexp(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(x - largest), axis=axis)) + np.squeeze(largest, axis=axis)


def gmm(alphas, means, icf, x, gamma, m):
    """Log posterior of the parameters, given the points ``x``, in whole arrays."""
    n, d = x.shape
    k = alphas.shape[0]
    diagonal = np.exp(icf[:, :d])
    sums = np.sum(icf[:, :d], axis=1)
    columns, rows = np.triu_indices(d, 1)
    q = np.zeros((k, d, d))
    q[:, rows, columns] = icf[:, d:]
    q[:, np.arange(d), np.arange(d)] = diagonal
    centred = x - means[:, None, :]
    distances = np.sum((centred @ q.transpose(0, 2, 1)) ** 2, axis=2)
    likelihood = np.sum(logsumexp(alphas[:, None] + sums[:, None] - 0.5 * distances, axis=0))
    freedom = d + m + 1
    prior = np.sum(
        0.5 * gamma**2 * (np.sum(diagonal**2, axis=1) + np.sum(icf[:, d:] ** 2, axis=1)) - m * sums
    )
    constant = freedom * d * np.log(gamma / np.sqrt(2.0)) - multigammaln(0.5 * freedom, d)
    return (
        likelihood
        - n * d * 0.5 * np.log(2.0 * np.pi)
        - n * logsumexp(alphas, axis=0)
        + prior
        - k * constant
    )


def gmm_loops(alphas, means, icf, x, gamma, m):
    """Compute what ``gmm`` does, number by number."""
    n, d = x.shape
    k = alphas.shape[0]
    diagonal = np.empty((k, d))
    sums = np.zeros(k)
    prior = 0.0
    for j in range(k):
        squares = 0.0
        for a in range(d):
            diagonal[j, a] = np.exp(icf[j, a])
            sums[j] += icf[j, a]
            squares += diagonal[j, a] ** 2
        for a in range(d, icf.shape[1]):
            squares += icf[j, a] ** 2
        prior += 0.5 * gamma**2 * squares - m * sums[j]

    largest = alphas[0]
    for j in range(1, k):
        largest = max(largest, alphas[j])
    total = 0.0
    for j in range(k):
        total += np.exp(alphas[j] - largest)
    weight = np.log(total) + largest

    centred = np.empty(d)
    product = np.empty(d)
    terms = np.empty(k)
    likelihood = 0.0
    for i in range(n):
        for j in range(k):
            for a in range(d):
                centred[a] = x[i, a] - means[j, a]
                product[a] = diagonal[j, a] * centred[a]
            place = d
            for a in range(d):
                for b in range(a + 1, d):
                    product[b] += icf[j, place] * centred[a]
                    place += 1
            distance = 0.0
            for a in range(d):
                distance += product[a] ** 2
            terms[j] = alphas[j] + sums[j] - 0.5 * distance
        largest = terms[0]
        for j in range(1, k):
            largest = max(largest, terms[j])
        total = 0.0
        for j in range(k):
            total += np.exp(terms[j] - largest)
        likelihood += np.log(total) + largest

    freedom = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * math.log(math.pi)
    for a in range(d):
        log_gamma += math.lgamma(0.5 * (freedom - a))
    constant = freedom * d * math.log(gamma / math.sqrt(2.0)) - log_gamma
    return likelihood - n * d * 0.5 * math.log(2.0 * math.pi) - n * weight + prior - k * constant
