"""Statistics: likelihoods, resampling, Bayesian updates, survival and mortality."""

import math
from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np

LOG_2PI = math.log(2 * math.pi)
RADIX_AGE = 60


# --- censored survival -------------------------------------------------------


def weibull_survival_loglik(params, times, events):
    """Log-likelihood of right-censored Weibull data.

    params : dict with "shape" and "scale"
    times  : observation times
    events : 1 if the event was observed, 0 if censored
    """
    k, lam = params["shape"], params["scale"]
    ll = 0.0
    for t, d in zip(times, events):
        z = t / lam
        if d:
            ll += np.log(k / lam) + (k - 1) * np.log(z) - z**k
        else:
            ll -= z**k
    return ll


# --- mixtures and densities --------------------------------------------------


def gaussian_mixture_em(x, mu, sigma, weights, n_iter=4):
    """A few EM steps for a 1D Gaussian mixture; returns the updated parameters."""
    mu, sigma, weights = mu.copy(), sigma.copy(), weights.copy()
    for _ in range(n_iter):
        # E step
        z = (x[:, None] - mu) / sigma
        log_p = np.log(weights) - np.log(sigma) - 0.5 * z**2 - 0.5 * LOG_2PI
        m = log_p.max(axis=1, keepdims=True)
        log_norm = m + np.log(np.exp(log_p - m).sum(axis=1, keepdims=True))
        resp = np.exp(log_p - log_norm)
        # M step
        nk = resp.sum(axis=0)
        mu[:] = resp.T @ x / nk
        sigma[:] = np.sqrt((resp * (x[:, None] - mu) ** 2).sum(axis=0) / nk)
        weights[:] = nk / len(x)
    return mu, sigma, weights, float(log_norm.sum())


class KernelDensity:
    def __init__(self, samples, bandwidth=None):
        self.samples = np.asarray(samples, dtype=float)
        self._bandwidth = bandwidth

    @property
    def bandwidth(self):
        if self._bandwidth is not None:
            return self._bandwidth
        n = self.samples.size
        sd = np.std(self.samples, ddof=1)
        q75, q25 = np.percentile(self.samples, [75, 25])
        return 0.9 * min(sd, (q75 - q25) / 1.34) * n ** (-1 / 5)

    def __call__(self, grid):
        h = self.bandwidth
        u = (grid[:, np.newaxis] - self.samples[np.newaxis, :]) / h
        return np.exp(-0.5 * u * u).mean(axis=1) / (h * np.sqrt(2 * np.pi))


def density_entropy(samples, lo=-4.0, hi=6.0, n_grid=81):
    """Differential entropy of a Silverman-bandwidth KDE by the trapezoidal rule."""
    grid = np.linspace(lo, hi, n_grid)
    kde = KernelDensity(samples)
    p = kde(grid)
    integrand = np.where(p > 1e-300, -p * np.log(p + 1e-300), 0.0)
    dx = grid[1] - grid[0]
    return dx * (integrand.sum() - 0.5 * (integrand[0] + integrand[-1]))


# --- resampling --------------------------------------------------------------


def bootstrap_ratio(y, x, idx):
    """Bootstrap the ratio of means mean(y)/mean(x) with pre-drawn index rows."""
    reps = []
    for rows in idx:
        yb = y[rows]
        xb = x[rows]
        reps.append(yb.mean() / xb.mean())
    reps = np.array(reps)
    est = y.mean() / x.mean()
    bias = reps.mean() - est
    se = reps.std(ddof=1)
    lower, upper = np.quantile(reps, [0.1, 0.9])
    return est - bias, se, lower, upper


def weighted_percentile(values, weights, q=(25, 50, 75)):
    """Percentiles of weighted data: sort, cumulate, interpolate."""
    sorter = np.argsort(values)
    v = values[sorter]
    w = weights[sorter]
    cdf = np.cumsum(w) - 0.5 * w
    cdf /= np.sum(w)
    out = []
    for p in q:
        target = p / 100
        j = np.searchsorted(cdf, target)
        frac = (target - cdf[j - 1]) / (cdf[j] - cdf[j - 1])
        out.append(v[j - 1] + frac * (v[j] - v[j - 1]))
    return np.array(out)


# --- Bayes -------------------------------------------------------------------


@dataclass
class NormalBelief:
    mean: float
    precision: float
    history: list = field(default_factory=list)

    def update(self, obs, obs_sd):
        tau = 1.0 / obs_sd**2
        predictive_var = 1.0 / self.precision + 1.0 / tau
        surprise = 0.5 * (np.log(predictive_var) + (obs - self.mean) ** 2 / predictive_var)
        self.mean = (self.precision * self.mean + tau * obs) / (self.precision + tau)
        self.precision += tau
        self.history.append(surprise)
        return self


def sequential_bayes(prior_mean, prior_sd, data, sds):
    belief = NormalBelief(mean=prior_mean, precision=prior_sd**-2)
    for obs, sd in zip(data, sds):
        belief.update(obs, sd)
    return {
        "mean": belief.mean,
        "sd": belief.precision**-0.5,
        "log_evidence": -sum(belief.history) - 0.5 * len(data) * LOG_2PI,
    }


def hierarchical_log_posterior(theta, y, sigma, prior):
    """Eight-schools type log posterior, as handed to an MCMC sampler.

    theta = [mu, log_tau, eta_1, ..., eta_J] (non-centred parameterisation)
    """
    mu, log_tau, eta = theta[0], theta[1], theta[2:]
    tau = np.exp(log_tau)

    def norm_logpdf(x, loc=0.0, scale=1.0):
        return -0.5 * ((x - loc) / scale) ** 2 - np.log(scale) - 0.5 * LOG_2PI

    def half_cauchy_logpdf(x, scale):
        if x < 0:
            return -np.inf
        return np.log(2 / (np.pi * scale)) - np.log1p((x / scale) ** 2)

    lp = norm_logpdf(mu, *prior["mu"])
    lp += half_cauchy_logpdf(tau, prior["tau_scale"]) + log_tau
    lp += np.sum(norm_logpdf(eta))
    school_means = mu + tau * eta
    lp += np.sum(norm_logpdf(y, school_means, sigma))
    if not np.isfinite(lp):
        return -np.inf
    return lp


# --- goodness of fit, dependence, chains, mortality --------------------------


def normal_cdf(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def edf_statistics(sample, mu, sigma):
    """Cramer-von Mises, Anderson-Darling and Kolmogorov statistics vs. N(mu, sigma)."""
    xs = sorted(sample)
    n = len(xs)
    u = np.array([normal_cdf((x - mu) / sigma) for x in xs])
    i = np.arange(1, n + 1)
    w2 = 1 / (12 * n) + np.sum((u - (2 * i - 1) / (2 * n)) ** 2)
    a2 = -n - np.mean((2 * i - 1) * (np.log(u) + np.log(1 - u[::-1])))
    ks = max(np.max(i / n - u), np.max(u - (i - 1) / n))
    return w2, a2, ks


def markov_chain_summary(rates, n_states=4):
    """Birth-death chain: stationary law, expected hitting times of state 0, entropy rate."""
    P = np.zeros((n_states, n_states))
    for s in range(n_states):
        if s + 1 < n_states:
            P[s, s + 1] = rates[s]
        if s > 0:
            P[s, s - 1] = 0.5 * rates[s - 1] + 0.1
        P[s, s] = 1.0 - P[s].sum()

    A = np.vstack([P.T - np.eye(n_states), np.ones(n_states)])
    b = np.zeros(n_states + 1)
    b[-1] = 1.0
    pi = np.linalg.lstsq(A, b, rcond=None)[0]

    Q = P[1:, 1:]
    hitting = np.linalg.solve(np.eye(n_states - 1) - Q, np.ones(n_states - 1))

    mask = P > 0
    logP = np.zeros_like(P)
    logP[mask] = np.log(P[mask])
    entropy_rate = -np.einsum("i,ij,ij->", pi, P, logP)
    return pi, hitting, entropy_rate


LifeTable = namedtuple("LifeTable", "age qx lx ex annuity")


def gompertz_life_table(a: float, b: float, c: float = 5e-4, interest: float = 0.02) -> LifeTable:
    """Gompertz-Makeham mortality: life expectancy and annuity value at age 60."""
    age, lx, qx = RADIX_AGE, [1.0], []
    while age < 110:
        hazard_integral = c + a / b * (math.exp(b * (age + 1 - 60)) - math.exp(b * (age - 60)))
        q = 1 - math.exp(-hazard_integral)
        qx.append(q)
        lx.append(lx[-1] * (1 - q))
        age += 1
        if lx[-1] < 1e-12:
            break
    ex = 0.5 + sum(lx[1:])
    annuity = sum(l * (1 + interest) ** -t for t, l in enumerate(lx))
    return LifeTable(float(age), np.array(qx)[:20], np.array(lx)[:20], ex, annuity)


_x = np.array([0.3, 1.9, -0.8, 2.4, 0.1, 3.3, 1.2, -1.5, 2.9, 0.75])
_t = np.array([2.1, 5.3, 0.9, 7.7, 3.4, 6.2, 4.8])
_w = np.array([1.0, 0.7, 1.4, 1.1, 0.6, 0.9, 1.3])
_idx = np.array(
    [
        [0, 3, 3, 5, 1, 2],
        [4, 4, 1, 0, 5, 2],
        [2, 2, 5, 5, 0, 1],
        [1, 3, 4, 0, 0, 3],
        [5, 4, 3, 3, 2, 2],
    ]
)
_schools = np.array([28.0, 8.0, -3.0, 7.0])

PROGRAMS = [
    (weibull_survival_loglik, ({"shape": 1.4, "scale": 4.2}, _t, [1, 1, 0, 1, 1, 0, 1])),
    (
        gaussian_mixture_em,
        (_x, np.array([-0.5, 2.5]), np.array([1.0, 0.8]), np.array([0.45, 0.55])),
    ),
    (density_entropy, (_x,)),
    (bootstrap_ratio, (_x[:6] + 4.0, np.array([2.2, 3.1, 1.7, 2.6, 2.0, 3.9]), _idx)),
    (weighted_percentile, (_t, _w)),
    (sequential_bayes, (0.5, 2.0, [1.2, 0.7, 1.9, 1.4], [0.5, 0.8, 0.6, 1.1])),
    (
        hierarchical_log_posterior,
        (
            np.array([4.0, 1.3, 0.6, -0.2, -0.9, 0.1]),
            _schools,
            np.array([15.0, 10.0, 16.0, 11.0]),
            {"mu": (0.0, 10.0), "tau_scale": 5.0},
        ),
    ),
    (edf_statistics, (_x, 1.1, 1.6)),
    (markov_chain_summary, (np.array([0.4, 0.3, 0.25]),)),
    (gompertz_life_table, (0.008, 0.095)),
]
