"""BLAS does the work: products of whole matrices in NumPy, and fused loops where memory is all."""

import numpy as np

from benchmarks.compiled import compiled


def gemm(alpha, beta, c, a, b):
    out = a @ b
    out *= alpha
    out += beta * c
    value = np.vdot(out, out)
    out *= 2.0 * alpha
    a_bar, b_bar = out @ b.T, a.T @ out
    out *= beta / alpha
    return value, (out, a_bar, b_bar)


def k2mm(alpha, beta, a, b, c, d):
    ab = a @ b
    ab *= alpha
    out = ab @ c
    out += beta * d
    value = np.vdot(out, out)
    out *= 2.0
    c_bar = ab.T @ out
    np.dot(out, c.T, out=ab)
    ab *= alpha
    out *= beta
    return value, (ab @ b.T, a.T @ ab, c_bar, out)


def k3mm(a, b, c, d):
    ab = a @ b
    cd = c @ d
    out = ab @ cd
    value = np.vdot(out, out)
    out *= 2.0
    ab_bar = out @ cd.T
    cd_bar = ab.T @ out
    return value, (ab_bar @ b.T, a.T @ ab_bar, cd_bar @ d.T, c.T @ cd_bar)


def doitgen(a, c):
    rows = a.reshape(-1, c.shape[0])
    out = rows @ c
    value = np.vdot(out, out)
    out *= 2.0
    return value, ((out @ c.T).reshape(a.shape), rows.T @ out)


@compiled
def atax_passes(a, x, y, z, a_bar, x_bar):
    """Twice over the matrix, and its bar written on the second pass."""
    m, n = a.shape
    for j in range(n):
        z[j] = 0.0
        x_bar[j] = 0.0
    for i in range(m):
        s = 0.0
        for j in range(n):
            s += a[i, j] * x[j]
        y[i] = s
        for j in range(n):
            z[j] += s * a[i, j]
    value = 0.0
    for j in range(n):
        value += z[j] * z[j]
        z[j] *= 2.0
    for i in range(m):
        s_bar = 0.0
        for j in range(n):
            s_bar += a[i, j] * z[j]
        for j in range(n):
            a_bar[i, j] = y[i] * z[j] + s_bar * x[j]
            x_bar[j] += s_bar * a[i, j]
    return value


def atax(a, x):
    a_bar, x_bar = np.empty_like(a), np.empty_like(x)
    value = atax_passes(a, x, np.empty(a.shape[0]), np.empty_like(x), a_bar, x_bar)
    return value, (a_bar, x_bar)


@compiled
def two_outer(a, b, c, d, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = a[i] * b[j] + c[i] * d[j]


@compiled
def scaled_outers(a, b, x, out_a, out_b):
    for i in range(out_a.shape[0]):
        for j in range(out_a.shape[1]):
            out_a[i, j] = a[i] * x[j]
            out_b[i, j] = b[i] * x[j]


def bicg(a, p, r):
    s, q = r @ a, a @ p
    value = s @ s + q @ q
    s *= 2.0
    q *= 2.0
    a_bar = np.empty_like(a)
    two_outer(r, s, q, p, a_bar)
    return value, (a_bar, q @ a, a @ s)


def mvt(x1, x2, y1, y2, a):
    x1 = x1 + a @ y1
    x2 = x2 + y2 @ a
    value = x1 @ x1 + x2 @ x2
    x1 *= 2.0
    x2 *= 2.0
    a_bar = np.empty_like(a)
    two_outer(x1, y1, y2, x2, a_bar)
    return value, (x1, x2, x1 @ a, a @ x2, a_bar)


@compiled
def rank_two(a, u1, v1, u2, v2, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = a[i, j] + (u1[i] * v1[j] + u2[i] * v2[j])


def gemver(alpha, beta, a, u1, v1, u2, v2, w, x, y, z):
    new = np.empty_like(a)
    rank_two(a, u1, v1, u2, v2, new)
    x = x + beta * (y @ new) + z
    w = w + alpha * (new @ x)
    value = w @ w
    w_bar = 2.0 * w
    x_bar = alpha * (w_bar @ new)
    y_bar = beta * (new @ x_bar)
    a_bar = new  # which nobody needs any more
    two_outer(alpha * w_bar, x, beta * y, x_bar, a_bar)
    return value, (
        a_bar,
        a_bar @ v1,
        u1 @ a_bar,
        a_bar @ v2,
        u2 @ a_bar,
        w_bar,
        x_bar,
        y_bar,
        x_bar.copy(),
    )


def gesummv(alpha, beta, a, b, x):
    out = alpha * (a @ x) + beta * (b @ x)
    value = out @ out
    out *= 2.0
    a_bar, b_bar = np.empty_like(a), np.empty_like(b)
    scaled_outers(alpha * out, beta * out, x, a_bar, b_bar)
    return value, (a_bar, b_bar, alpha * (out @ a) + beta * (out @ b))


def covariance(data):
    n = data.shape[0]
    data = data - data.mean(axis=0)
    cov = data.T @ data
    cov /= n - 1.0
    value = np.vdot(cov, cov)
    cov *= 4.0 / (n - 1.0)
    data_bar = data @ cov
    data_bar -= data_bar.mean(axis=0)
    return value, (data_bar,)


def correlation(data):
    n = data.shape[0]
    data = data - data.mean(axis=0)
    deviation = np.sqrt(np.einsum("ij,ij->j", data, data) / n)
    known = deviation <= 0.1
    deviation[known] = 1.0
    data /= np.sqrt(n) * deviation
    corr = data.T @ data
    np.fill_diagonal(corr, 1.0)
    value = np.vdot(corr, corr)
    np.fill_diagonal(corr, 0.0)
    corr *= 4.0
    data_bar = data @ corr
    along = np.einsum("ij,ij->j", data_bar, data)
    along[known] = 0.0
    data_bar -= data * along
    data_bar /= np.sqrt(n) * deviation
    data_bar -= data_bar.mean(axis=0)
    return value, (data_bar,)
