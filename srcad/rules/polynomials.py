"""Polynomials by their coefficients, the highest power first."""

from __future__ import annotations

import numpy as np

from srcad.rules.registry import expand, known


@expand(np.vander, options={"fixed": ("N", "increasing")})
def vander(x, N=None, increasing=False):
    x = np.asarray(x)
    if N is None:
        return powers(x, x.shape[0], increasing)
    return powers(x, N, increasing)


@known
def wide(dtype):
    """What NumPy keeps the powers of numbers of a dtype in."""
    return np.promote_types(dtype, np.int64)


def powers(x, count, increasing):
    """The powers of some numbers, from column to column by a product as NumPy does it."""
    result = np.empty((x.shape[0], count), wide(x.dtype))
    for k in range(count):
        column = k if increasing else count - 1 - k
        before = column - 1 if increasing else column + 1
        if k == 0:
            result[:, column] = 1.0
        else:
            result[:, column] = result[:, before] * x
    return result


@expand(np.polyfit, options={"fixed": ("deg", "full", "cov")})
def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """A fit by least squares, its columns scaled to length 1 as NumPy does it."""
    if full or cov or rcond is not None:
        raise NotImplementedError("this form of np.polyfit has no rule: ask for the fit alone")
    columns = powers(np.asarray(x) + 0.0, deg + 1, False)
    values = np.asarray(y) + 0.0
    if w is not None:
        columns = columns * np.asarray(w)[:, None]
        values = weighted(values, np.asarray(w))
    scale = np.sqrt(np.sum(columns * columns, axis=0))
    found = np.linalg.pinv(columns / scale) @ values
    return (found.T / scale).T


def weighted(values, w):
    if values.ndim == 1:
        return values * w
    return values * w[:, None]


@expand(np.polyder, options={"fixed": ("m",)})
def polyder(p, m=1):
    if m == 0:
        return p
    p = np.asarray(p)
    return polyder(p[:-1] * np.arange(p.shape[0] - 1, 0, -1), m - 1)


@expand(np.polymul)
def polymul(a1, a2):
    return np.convolve(a1, a2)
