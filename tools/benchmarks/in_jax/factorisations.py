"""Factorisations and triangular solves: those of LAPACK, or scans of rank-one updates."""

import jax.numpy as jnp
from jax import lax
from jax.scipy.linalg import solve_triangular


def cholesky(a):
    lower = jnp.tril(a)
    factor = jnp.linalg.cholesky(lower + jnp.tril(a, -1).T, symmetrize_input=False)
    return jnp.sum(jnp.log(jnp.diag(factor)))


def lu(a):
    after = jnp.arange(a.shape[0])

    def eliminate(a, k):
        factors = jnp.where(after > k, a[:, k] / a[k, k], 0.0)
        row = jnp.where(after > k, a[k], 0.0)
        column = jnp.where(after > k, factors, a[:, k])
        return (a - jnp.outer(factors, row)).at[:, k].set(column), None

    a, _ = lax.scan(eliminate, a, after)
    return jnp.sum(a**2)


def lu_lapack(a):
    """It looks for pivots, and leaves the rows of these matrices where they are."""
    return jnp.sum(lax.linalg.lu(a)[0] ** 2)


def trisolv(l, b):
    return jnp.sum(solve_triangular(l, b, lower=True) ** 2)


def durbin(r):
    n = r.shape[0]

    def step(state, k):
        y, alpha, beta = state
        beta *= 1.0 - alpha * alpha
        backwards = jnp.roll(jnp.flip(y), k)  # y is zero from k on
        alpha = -(r[k] + r @ backwards) / beta
        return ((y + alpha * backwards).at[k].set(alpha), alpha, beta), None

    y = jnp.zeros(n).at[0].set(-r[0])
    (y, _, _), _ = lax.scan(step, (y, -r[0], 1.0), jnp.arange(1, n))
    return jnp.sum(y**2)


def gramschmidt(a):
    def step(a, k):
        column = a[:, k]
        norm = jnp.sqrt(column @ column)
        q = column / norm
        row = jnp.where(jnp.arange(a.shape[1]) > k, q @ a, 0.0)
        return a - jnp.outer(q, row), (q, row, norm)

    _, (q, rows, norms) = lax.scan(step, a, jnp.arange(a.shape[1]))
    return jnp.sum(q) + jnp.sum(rows) + jnp.sum(norms)


def gramschmidt_qr(a):
    q, r = jnp.linalg.qr(a)
    signs = jnp.sign(jnp.diag(r))
    return jnp.sum(q * signs) + jnp.sum(r * signs[:, None])
