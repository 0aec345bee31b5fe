"""Sparse matrices and rings as sums over segments, shortest paths as a scan."""

import jax
import jax.numpy as jnp
from jax import lax


def spmv(values, columns, rows, x):
    n = rows.shape[0] - 1
    row = jnp.repeat(jnp.arange(n), jnp.diff(rows), total_repeat_length=values.shape[0])
    y = jax.ops.segment_sum(values * x[columns], row, n, indices_are_sorted=True)
    return jnp.sum(y**2)


def azimuthal_integration(data, radius, rings):
    edges = jnp.linspace(0.0, jnp.max(radius), rings + 1)
    ring = jnp.searchsorted(edges, radius, side="right") - 1
    sums = jax.ops.segment_sum(data, ring, rings)  # out of range: dropped
    counts = jax.ops.segment_sum(jnp.ones_like(data), ring, rings)
    return jnp.sum((sums / counts) ** 2)


def floyd_warshall(path):
    def step(path, k):
        return jnp.minimum(path, path[:, k, None] + path[k]), None

    path, _ = lax.scan(step, path, jnp.arange(path.shape[0]))
    return jnp.sum(path**2)
