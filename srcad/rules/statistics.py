"""Counts, histograms and covariances."""

from __future__ import annotations

import numpy as np

from srcad.rules.registry import expand, forward_of, rule, shape_rule

# Counts in bins: linear in the weights, and constant in what is counted.


@rule(np.bincount, options={"positional": 2})
def bincount(ans_bar, x, weights=None, minlength=0):
    if weights.dtype == np.float64:
        return None, ans_bar[x]
    return None, ans_bar[x].astype(weights.dtype)


@forward_of(np.bincount)
def bincount_forward(x, weights=None, minlength=0, *, weights_dot):
    return np.bincount(x, weights_dot, minlength)


@shape_rule(np.bincount)
def bincount_shape(sizes, x, weights=None, minlength=0):
    return (None,)


@expand(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    a = np.ravel(a)
    edges = edges_of(a, bins, range)
    # The last bin is closed on both sides, and what is outside of them all is not counted.
    inside = (a >= edges[0]) & (a <= edges[-1])
    last = edges.shape[0] - 2
    places = np.minimum(np.searchsorted(edges, a[inside], side="right") - 1, last)
    if weights is None:
        counts = np.bincount(places, minlength=last + 1)
    else:
        counts = weighted(places, np.ravel(weights)[inside], last + 1)
    if density:
        return counts / np.diff(edges) / np.sum(counts), edges
    return counts, edges


def weighted(places, weights, count):
    counts = np.bincount(places, weights, minlength=count)
    if weights.dtype == np.float64:
        return counts
    return counts.astype(weights.dtype)


def edges_of(a, bins, limits):
    if isinstance(bins, str):
        raise NotImplementedError("np.histogram with bins of its own choice has no rule: give them")
    if np.ndim(bins) != 0:
        return np.asarray(bins)
    if limits is not None:
        return np.linspace(limits[0], limits[1], bins + 1)
    low, high = np.min(a), np.max(a)
    if low == high:
        return np.linspace(low - 0.5, high + 0.5, bins + 1)
    return np.linspace(low, high, bins + 1)


# Covariances


@expand(np.cov, options={"fixed": ("rowvar", "bias", "ddof")})
def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    rows = variables(doubles(np.asarray(m)), rowvar)
    if y is not None:
        rows = np.concatenate((rows, variables(doubles(np.asarray(y)), rowvar)), axis=0)
    return np.squeeze(spread(rows, bias, ddof))


def doubles(m):
    if m.dtype.kind == "c":
        raise NotImplementedError("np.cov of complex numbers has no rule")
    if m.dtype == np.float64:
        return m
    return m.astype(np.float64)


def variables(m, rowvar):
    """One row for each variable."""
    if m.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    if m.ndim == 1:
        return np.reshape(m, (1, -1))
    if rowvar or m.shape[0] == 1:
        return m
    return m.T


def spread(rows, bias, ddof):
    if ddof is None:
        return spread(rows, bias, 0 if bias else 1)
    apart = rows - np.mean(rows, axis=1, keepdims=True)
    return apart @ apart.T * (1 / (rows.shape[1] - ddof))


@expand(np.corrcoef, options={"fixed": ("rowvar",)})
def corrcoef(x, y=None, rowvar=True):
    c = cov(x, y, rowvar)
    if c.ndim == 0:
        return c / c
    deviation = np.sqrt(np.diag(c))
    return np.clip(c / deviation[:, None] / deviation, -1.0, 1.0)
