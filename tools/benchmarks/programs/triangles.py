"""Products with triangular and symmetric matrices, in loops as PolyBench has them."""

import numpy as np


def syrk(alpha, beta, c, a):
    """Add a matrix times its transpose to the lower triangle of a symmetric one."""
    n, m = a.shape
    for i in range(n):
        c[i, : i + 1] *= beta
        for k in range(m):
            c[i, : i + 1] += alpha * a[i, k] * a[: i + 1, k]
    return np.sum(c**2)


def syrk_loops(alpha, beta, c, a):
    """The same element by element."""
    n, m = a.shape
    for i in range(n):
        for j in range(i + 1):
            c[i, j] *= beta
            for k in range(m):
                c[i, j] += alpha * a[i, k] * a[j, k]
    return np.sum(c**2)


def syr2k(alpha, beta, c, a, b):
    """Add the symmetric product of two matrices to the lower triangle of a third."""
    n, m = a.shape
    for i in range(n):
        c[i, : i + 1] *= beta
        for k in range(m):
            c[i, : i + 1] += a[: i + 1, k] * alpha * b[i, k] + b[: i + 1, k] * alpha * a[i, k]
    return np.sum(c**2)


def syr2k_loops(alpha, beta, c, a, b):
    """The same element by element."""
    n, m = a.shape
    for i in range(n):
        for j in range(i + 1):
            c[i, j] *= beta
            for k in range(m):
                c[i, j] += a[j, k] * alpha * b[i, k] + b[j, k] * alpha * a[i, k]
    return np.sum(c**2)


def trmm(alpha, a, b):
    """Multiply by the transpose of a unit lower triangular matrix, in place."""
    m, n = b.shape
    for i in range(m):
        for j in range(n):
            b[i, j] += np.dot(a[i + 1 :, i], b[i + 1 :, j])
    b *= alpha
    return np.sum(b**2)


def trmm_loops(alpha, a, b):
    """The same element by element."""
    m, n = b.shape
    for i in range(m):
        for j in range(n):
            for k in range(i + 1, m):
                b[i, j] += a[k, i] * b[k, j]
            b[i, j] *= alpha
    return np.sum(b**2)


def symm(alpha, beta, c, a, b):
    """Multiply by a symmetric matrix of which only the lower triangle is given."""
    m, n = c.shape
    for i in range(m):
        for j in range(n):
            c[:i, j] += alpha * b[i, j] * a[i, :i]
            s = b[:i, j] @ a[i, :i]
            c[i, j] = beta * c[i, j] + alpha * b[i, j] * a[i, i] + alpha * s
    return np.sum(c**2)


def symm_loops(alpha, beta, c, a, b):
    """The same element by element."""
    m, n = c.shape
    for i in range(m):
        for j in range(n):
            s = 0.0
            for k in range(i):
                c[k, j] += alpha * b[i, j] * a[i, k]
                s += b[k, j] * a[i, k]
            c[i, j] = beta * c[i, j] + alpha * b[i, j] * a[i, i] + alpha * s
    return np.sum(c**2)
