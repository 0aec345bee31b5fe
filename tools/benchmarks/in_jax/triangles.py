"""Products with triangular and symmetric matrices: whole products, and masks."""

import jax.numpy as jnp


def syrk(alpha, beta, c, a):
    lower = jnp.tril(beta * c + alpha * a @ a.T)
    return jnp.sum((lower + jnp.triu(c, 1)) ** 2)


def syr2k(alpha, beta, c, a, b):
    product = alpha * a @ b.T
    lower = jnp.tril(beta * c + product + product.T)
    return jnp.sum((lower + jnp.triu(c, 1)) ** 2)


def trmm(alpha, a, b):
    return jnp.sum((alpha * (b + jnp.tril(a, -1).T @ b)) ** 2)


def symm(alpha, beta, c, a, b):
    symmetric = jnp.tril(a) + jnp.tril(a, -1).T
    return jnp.sum((beta * c + alpha * symmetric @ b) ** 2)
