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
def finish_triangle(beta, c, product, transposed, c_bar, bars):
    """Give the sum of squares, and write the symmetric bars of what was added to the triangle."""
    n = c.shape[0]
    value = 0.0
    for i in range(n):
        for j in range(i + 1):
            entry = beta * c[i, j] + product[i, j]
            if transposed:
                entry += product[j, i]
            value += entry * entry
            c_bar[i, j] = 2.0 * beta * entry
            bars[i, j] = 2.0 * entry
        for j in range(i + 1, n):
            value += c[i, j] * c[i, j]
            c_bar[i, j] = 2.0 * c[i, j]
    for i in range(n):
        for j in range(i):
            bars[j, i] = bars[i, j]
        bars[i, i] *= 2.0
    return value


def syrk_blas(alpha, beta, c, a):
    a_scaled = alpha * a
    product = a_scaled @ a.T
    c_bar = np.empty_like(c)
    value = finish_triangle(beta, c, product, False, c_bar, product)
    return value, (c_bar, product @ a_scaled)


def syr2k_blas(alpha, beta, c, a, b):
    a_scaled, b_scaled = alpha * a, alpha * b
    product = a_scaled @ b.T
    c_bar, bars = np.empty_like(c), np.empty_like(c)
    value = finish_triangle(beta, c, product, True, c_bar, bars)
    return value, (c_bar, bars @ b_scaled, bars @ a_scaled)


@compiled
def copy_below(a, lower):
    """Copy what is below the diagonal, and zeros for the rest."""
    for i in range(a.shape[0]):
        for j in range(i):
            lower[i, j] = a[i, j]
        for j in range(i, a.shape[0]):
            lower[i, j] = 0.0


@compiled
def finish_product(factor, product, b, out):
    """out = factor * (product + b), and the sum of its squares."""
    value = 0.0
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            entry = factor * (product[i, j] + b[i, j])
            value += entry * entry
            out[i, j] = 2.0 * factor * entry
    return value


def trmm_blas(alpha, a, b):
    lower, out_bar = np.empty_like(a), np.empty_like(b)
    copy_below(a, lower)
    product = lower.T @ b
    value = finish_product(alpha, product, b, out_bar)
    a_bar = b @ out_bar.T
    copy_below(a_bar, a_bar)
    np.dot(lower, out_bar, out=product)
    product += out_bar
    return value, (a_bar, product)


@compiled
def mirror(a, symmetric):
    for i in range(a.shape[0]):
        for j in range(i + 1):
            symmetric[i, j] = a[i, j]
            symmetric[j, i] = a[i, j]


@compiled
def mirror_bar(bar):
    """Add what is above the diagonal to what is below, in place."""
    for i in range(bar.shape[0]):
        for j in range(i):
            bar[i, j] += bar[j, i]
            bar[j, i] = 0.0


@compiled
def finish_symm(alpha, beta, c, product, c_bar):
    """Give the sum of squares, and leave the bars of the product in its place."""
    value = 0.0
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            entry = beta * c[i, j] + alpha * product[i, j]
            value += entry * entry
            c_bar[i, j] = 2.0 * beta * entry
            product[i, j] = 2.0 * alpha * entry
    return value


def symm_blas(alpha, beta, c, a, b):
    symmetric, c_bar = np.empty_like(a), np.empty_like(c)
    mirror(a, symmetric)
    product = symmetric @ b
    value = finish_symm(alpha, beta, c, product, c_bar)
    a_bar = product @ b.T
    mirror_bar(a_bar)
    return value, (c_bar, a_bar, symmetric @ product)
