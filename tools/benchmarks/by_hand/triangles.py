"""What PolyBench writes as loops over triangles, as products of whole matrices."""

import numpy as np

from benchmarks.compiled import compiled


@compiled
def syrk_sweeps(alpha, beta, c, a, c_bar, a_bar):
    """The loops as they stand."""
    n, m = a.shape
    value = 0.0
    for i in range(n):
        for j in range(i + 1):
            s = 0.0
            for k in range(m):
                s += a[i, k] * a[j, k]
            entry = beta * c[i, j] + alpha * s
            value += entry * entry
            entry_bar = 2.0 * entry
            c_bar[i, j] = beta * entry_bar
            s_bar = alpha * entry_bar
            for k in range(m):
                a_bar[i, k] += s_bar * a[j, k]
                a_bar[j, k] += s_bar * a[i, k]
        for j in range(i + 1, n):
            value += c[i, j] * c[i, j]
            c_bar[i, j] = 2.0 * c[i, j]
    return value


def syrk_loops(alpha, beta, c, a):
    c_bar, a_bar = np.empty_like(c), np.zeros_like(a)
    return syrk_sweeps(alpha, beta, c, a, c_bar, a_bar), (c_bar, a_bar)


@compiled
def finish_triangle(beta, c, product, c_bar):
    """Give the sum of squares, and leave the symmetric bars of the product in its place."""
    n = c.shape[0]
    value = 0.0
    for i in range(n):
        for j in range(i + 1):
            entry = beta * c[i, j] + product[i, j]
            value += entry * entry
            c_bar[i, j] = 2.0 * beta * entry
            product[i, j] = 2.0 * entry
        for j in range(i + 1, n):
            value += c[i, j] * c[i, j]
            c_bar[i, j] = 2.0 * c[i, j]
    for i in range(n):
        for j in range(i):
            product[j, i] = product[i, j]
        product[i, i] *= 2.0
    return value


def syrk_blas(alpha, beta, c, a):
    product = (alpha * a) @ a.T
    c_bar = np.empty_like(c)
    value = finish_triangle(beta, c, product, c_bar)
    a_bar = product @ a
    a_bar *= alpha
    return value, (c_bar, a_bar)


def syr2k_blas(alpha, beta, c, a, b):
    product = (alpha * a) @ b.T
    product += product.T.copy()
    c_bar = np.empty_like(c)
    value = finish_triangle(beta, c, product, c_bar)
    a_bar, b_bar = product @ b, product @ a
    a_bar *= alpha
    b_bar *= alpha
    return value, (c_bar, a_bar, b_bar)


def trmm_blas(alpha, a, b):
    lower = np.tril(a, -1)
    out = b + lower.T @ b
    out *= alpha
    value = np.vdot(out, out)
    out *= 2.0 * alpha
    a_bar = np.tril(b @ out.T, -1)
    out += lower @ out
    return value, (a_bar, out)


def symm_blas(alpha, beta, c, a, b):
    lower = np.tril(a, -1)
    symmetric = np.tril(a) + lower.T
    c_new = beta * c + alpha * (symmetric @ b)
    value = np.vdot(c_new, c_new)
    c_new *= 2.0
    product_bar = alpha * c_new
    symmetric_bar = product_bar @ b.T
    a_bar = np.tril(symmetric_bar) + np.tril(symmetric_bar.T, -1)
    c_new *= beta
    return value, (c_new, a_bar, symmetric @ product_bar)
