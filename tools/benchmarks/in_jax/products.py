"""Products of matrices and vectors, and the statistics made of them."""

import jax.numpy as jnp


def gemm(alpha, beta, c, a, b):
    return jnp.sum((alpha * a @ b + beta * c) ** 2)


def k2mm(alpha, beta, a, b, c, d):
    return jnp.sum((alpha * a @ b @ c + beta * d) ** 2)


def k3mm(a, b, c, d):
    return jnp.sum((a @ b @ (c @ d)) ** 2)


def doitgen(a, c):
    return jnp.sum((a @ c) ** 2)


def atax(a, x):
    return jnp.sum(((a @ x) @ a) ** 2)


def bicg(a, p, r):
    return jnp.sum((r @ a) ** 2) + jnp.sum((a @ p) ** 2)


def mvt(x1, x2, y1, y2, a):
    return jnp.sum((x1 + a @ y1) ** 2) + jnp.sum((x2 + y2 @ a) ** 2)


def gemver(alpha, beta, a, u1, v1, u2, v2, w, x, y, z):
    a = a + jnp.outer(u1, v1) + jnp.outer(u2, v2)
    x = x + beta * (y @ a) + z
    return jnp.sum((w + alpha * (a @ x)) ** 2)


def gesummv(alpha, beta, a, b, x):
    return jnp.sum((alpha * (a @ x) + beta * (b @ x)) ** 2)


def covariance(data):
    data = data - jnp.mean(data, axis=0)
    return jnp.sum((data.T @ data / (data.shape[0] - 1.0)) ** 2)


def correlation(data):
    n, m = data.shape
    deviation = jnp.std(data, axis=0)
    deviation = jnp.where(deviation <= 0.1, 1.0, deviation)
    data = (data - jnp.mean(data, axis=0)) / (jnp.sqrt(n) * deviation)
    return jnp.sum(jnp.where(jnp.eye(m, dtype=bool), 1.0, data.T @ data) ** 2)
