"""Products of matrices and vectors, in one call each: BLAS does the work."""

import numpy as np


def gemm(alpha, beta, c, a, b):
    """A scaled product added to a scaled matrix."""
    c[:] = alpha * a @ b + beta * c
    return np.sum(c**2)


def k2mm(alpha, beta, a, b, c, d):
    """Two products of matrices in a row."""
    d[:] = alpha * a @ b @ c + beta * d
    return np.sum(d**2)


def k3mm(a, b, c, d):
    """The product of two products."""
    return np.sum((a @ b @ (c @ d)) ** 2)


def doitgen(a, c):
    """Multiply the last axis of an array by a matrix, plane by plane."""
    for r in range(a.shape[0]):
        a[r] = a[r] @ c
    return np.sum(a**2)


def atax(a, x):
    """A matrix times a vector, and its transpose times that."""
    return np.sum(((a @ x) @ a) ** 2)


def atax_loops(a, x):
    """The same element by element."""
    m, n = a.shape
    y = np.zeros(n)
    for i in range(m):
        s = 0.0
        for j in range(n):
            s += a[i, j] * x[j]
        for j in range(n):
            y[j] += a[i, j] * s
    total = 0.0
    for j in range(n):
        total += y[j] * y[j]
    return total


def bicg(a, p, r):
    """A matrix and its transpose times a vector each."""
    return np.sum((r @ a) ** 2) + np.sum((a @ p) ** 2)


def mvt(x1, x2, y1, y2, a):
    """Two vectors updated by a matrix and its transpose."""
    x1 += a @ y1
    x2 += y2 @ a
    return np.sum(x1**2) + np.sum(x2**2)


def gemver(alpha, beta, a, u1, v1, u2, v2, w, x, y, z):
    """A matrix updated by two outer products, then applied twice."""
    a += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ a + z
    w += alpha * a @ x
    return np.sum(w**2)


def gesummv(alpha, beta, a, b, x):
    """The sum of two matrices times one vector."""
    return np.sum((alpha * a @ x + beta * b @ x) ** 2)


def covariance(data):
    """Sum the squares of the covariances between columns."""
    n = data.shape[0]
    data -= np.mean(data, axis=0)
    m = data.shape[1]
    cov = np.zeros((m, m))
    for i in range(m):
        cov[i, i:] = data[:, i] @ data[:, i:] / (n - 1.0)
        cov[i:, i] = cov[i, i:]
    return np.sum(cov**2)


def correlation(data):
    """Sum the squares of the correlations between columns."""
    n, m = data.shape
    mean = np.mean(data, axis=0)
    stddev = np.std(data, axis=0)
    stddev[stddev <= 0.1] = 1.0
    data -= mean
    data /= np.sqrt(n) * stddev
    corr = np.eye(m)
    for i in range(m - 1):
        corr[i, i + 1 :] = data[:, i] @ data[:, i + 1 :]
        corr[i + 1 :, i] = corr[i, i + 1 :]
    return np.sum(corr**2)
