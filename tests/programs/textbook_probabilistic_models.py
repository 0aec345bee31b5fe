"""Likelihoods and bounds of classical probabilistic models."""

from __future__ import annotations

import itertools
import math

import numpy as np

LOG_2PI = math.log(2.0 * math.pi)


def logsumexp(a, axis=None):
    m = np.max(a, axis=axis, keepdims=True)
    s = np.log(np.sum(np.exp(a - m), axis=axis, keepdims=True)) + m
    return np.squeeze(s, axis=axis)


# --- Gaussian mixture -----------------------------------------------------------------------


class GaussianMixture:
    def __init__(self, weights, means, covs):
        self.log_weights = np.log(weights) - np.log(np.sum(weights))
        self.means = means
        self.covs = covs

    def component_logpdf(self, X, k):
        d = X.shape[1]
        diff = X - self.means[k]
        inv = np.linalg.inv(self.covs[k])
        maha = np.einsum("ni,ij,nj->n", diff, inv, diff)
        _, logdet = np.linalg.slogdet(self.covs[k])
        return -0.5 * (maha + logdet + d * LOG_2PI)

    def joint(self, X):
        cols = [self.log_weights[k] + self.component_logpdf(X, k) for k in range(len(self.means))]
        return np.column_stack(cols)

    def em_step(self, X):
        J = self.joint(X)
        R = np.exp(J - logsumexp(J, axis=1)[:, None])
        Nk = R.sum(0)
        means, covs = [], []
        for k, nk in enumerate(Nk):
            mu = R[:, k] @ X / nk
            diff = X - mu
            means.append(mu)
            covs.append((R[:, k, None] * diff).T @ diff / nk + 1e-2 * np.eye(X.shape[1]))
        return GaussianMixture(Nk / len(X), means, covs)


def gmm_log_likelihood(X, weights, means, covs, em_steps=2):
    """Average log-likelihood before and after a few EM steps."""
    gmm = GaussianMixture(weights, means, covs)
    before = np.mean(logsumexp(gmm.joint(X), axis=1))
    for _ in range(em_steps):
        gmm = gmm.em_step(X)
    after = np.mean(logsumexp(gmm.joint(X), axis=1))
    return before, after


# --- Gaussian process -----------------------------------------------------------------------


def rbf_kernel(a, b, variance=1.0, lengthscale=1.0):
    sq = np.subtract.outer(a, b) ** 2
    return variance * np.exp(-0.5 * sq / lengthscale**2)


def gp_regression(x, y, x_star, log_hyper):
    """Negative log marginal likelihood, predictive mean and variance (Rasmussen alg. 2.1)."""
    variance, lengthscale, noise = np.exp(log_hyper)
    K = rbf_kernel(x, x, variance, lengthscale)
    K[np.diag_indices_from(K)] += noise
    try:
        L = np.linalg.cholesky(K)
    except np.linalg.LinAlgError:
        return np.inf, np.zeros_like(x_star), np.zeros_like(x_star)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    nlml = 0.5 * y @ alpha + np.log(np.diag(L)).sum() + 0.5 * len(x) * LOG_2PI
    Ks = rbf_kernel(x, x_star, variance, lengthscale)
    v = np.linalg.solve(L, Ks)
    return nlml, Ks.T @ alpha, variance - np.sum(v**2, axis=0)


# --- hidden Markov model --------------------------------------------------------------------


def hmm_forward_backward(log_pi, log_A, means, sigma, obs):
    """Log-likelihood and posterior state probabilities, Gaussian emissions."""
    K, T = len(means), len(obs)

    def emission(t):
        z = (obs[t] - means) / sigma
        return -0.5 * z**2 - math.log(sigma) - 0.5 * LOG_2PI

    # rows of the transition matrix are given unnormalised
    log_pi = log_pi - logsumexp(log_pi)
    log_A = log_A - logsumexp(log_A, axis=1)[:, np.newaxis]

    log_alpha = np.full((T, K), -np.inf)
    log_alpha[0] = log_pi + emission(0)
    for t in range(1, T):
        em = emission(t)
        for j in range(K):
            log_alpha[t, j] = logsumexp(log_alpha[t - 1] + log_A[:, j]) + em[j]

    log_beta = np.zeros((T, K))
    for t in range(T - 2, -1, -1):
        em = emission(t + 1)
        for i in range(K):
            log_beta[t, i] = logsumexp(log_A[i] + em + log_beta[t + 1])

    loglik = logsumexp(log_alpha[-1])
    gamma = np.exp(log_alpha + log_beta - loglik)
    return loglik, gamma


# --- conditional random field ---------------------------------------------------------------


def crf_score(emissions, transitions, tags):
    score = emissions[0, tags[0]]
    for t, tag in enumerate(tags[1:], start=1):
        score += transitions[tags[t - 1], tag] + emissions[t, tag]
    return score


def crf_negative_log_likelihood(features, W, transitions, tags, check=True):
    """Linear chain CRF; the partition function is verified by enumeration on short chains."""
    emissions = features @ W
    T, K = emissions.shape
    forward = emissions[0]
    for em in emissions[1:]:
        forward = logsumexp(forward[:, None] + transitions, axis=0) + em
    log_z = logsumexp(forward)
    if check and T <= 5:
        brute = [
            crf_score(emissions, transitions, list(path))
            for path in itertools.product(range(K), repeat=T)
        ]
        if not np.isclose(log_z, logsumexp(np.array(brute))):
            raise AssertionError("partition function is wrong")
    return log_z - crf_score(emissions, transitions, tags)


# --- matrix factorisation -------------------------------------------------------------------


def als_matrix_factorisation(ratings: np.ndarray, V: np.ndarray, lam: float = 0.1, sweeps: int = 4):
    """Alternating least squares where a rating of -1 means "not observed"."""
    n_users, n_items = ratings.shape
    rank = V.shape[1]
    seen = ratings > 0
    U = np.zeros((n_users, rank))
    for _ in range(sweeps):
        for u in range(n_users):
            Vu = V[seen[u]]
            U[u] = np.linalg.solve(Vu.T @ Vu + lam * np.eye(rank), Vu.T @ ratings[u, seen[u]])
        for i in range(n_items):
            Ui = U[seen[:, i], :]
            V[i] = np.linalg.solve(Ui.T @ Ui + lam * np.eye(rank), Ui.T @ ratings[seen[:, i], i])
    prediction = U @ V.T
    rmse = np.sqrt(np.mean((prediction - ratings)[seen] ** 2))
    return prediction, rmse


# --- variational inference ------------------------------------------------------------------

STANDARD_NORMALS = np.array(
    [[0.31, -1.12], [-0.74, 0.55], [1.38, 0.21], [-0.16, -0.49], [0.87, 1.46], [-1.53, 0.08]]
)


def elbo_bayesian_logistic(q_params, X, y, prior_std=2.0, noise=STANDARD_NORMALS):
    """Evidence lower bound of a mean-field Gaussian by the reparametrisation trick."""
    mu, log_sigma = q_params["mu"], q_params["log_sigma"]
    sigma = np.exp(log_sigma)

    def log_likelihood(w):
        logits = X @ w
        return np.sum(y * logits - np.logaddexp(0.0, logits))

    expected = np.mean([log_likelihood(mu + sigma * eps) for eps in noise])
    kl = np.sum(
        np.log(prior_std) - log_sigma + (sigma**2 + mu**2) / (2 * prior_std**2) - 0.5, axis=0
    )
    return {"elbo": expected - kl, "kl": kl}


PROGRAMS = [
    (
        gmm_log_likelihood,
        (
            np.array([[0.2, 0.1], [0.7, -0.4], [-0.3, 0.5], [2.4, 2.0], [3.1, 2.7], [2.2, 3.0]]),
            np.array([0.6, 0.5]),
            [np.array([0.0, 0.0]), np.array([2.5, 2.5])],
            [np.array([[1.0, 0.2], [0.2, 0.8]]), np.array([[0.9, -0.1], [-0.1, 1.3]])],
        ),
    ),
    (
        gp_regression,
        (
            np.array([-1.5, -0.4, 0.3, 1.2, 2.0]),
            np.array([-0.9, -0.5, 0.2, 1.0, 0.8]),
            np.array([0.0, 0.8, 2.5]),
            np.array([0.1, -0.2, -2.5]),
        ),
    ),
    (
        hmm_forward_backward,
        (
            np.array([-0.4, -1.2]),
            np.array([[-0.2, -1.7], [-1.1, -0.5]]),
            np.array([0.2, 1.9]),
            0.7,
            [0.1, 0.4, 1.6, 2.2, 0.9],
        ),
    ),
    (
        crf_negative_log_likelihood,
        (
            np.array([[1.0, 0.2], [0.4, -0.8], [-0.5, 0.9], [0.3, 0.6]]),
            np.array([[0.5, -0.3, 0.2], [0.1, 0.8, -0.6]]),
            np.array([[0.3, -0.1, 0.2], [-0.4, 0.5, 0.1], [0.0, 0.2, -0.3]]),
            [0, 2, 1, 1],
        ),
    ),
    (
        als_matrix_factorisation,
        (
            np.array(
                [
                    [5.0, 3.2, -1.0, 1.1],
                    [4.1, -1.0, 1.3, 0.9],
                    [1.2, 1.0, 4.8, -1.0],
                    [-1.0, 1.4, 5.0, 4.1],
                ]
            ),
            np.array([[1.2, 0.1], [0.8, 0.4], [0.2, 1.1], [0.3, 0.9]]),
        ),
    ),
    (
        elbo_bayesian_logistic,
        (
            {"mu": np.array([0.4, -0.7]), "log_sigma": np.array([-0.9, -0.5])},
            np.array([[1.0, 0.3], [0.5, -1.1], [-0.4, 0.8], [1.3, 0.6], [-0.9, -0.2]]),
            np.array([1.0, 1.0, 0.0, 1.0, 0.0]),
        ),
    ),
]
