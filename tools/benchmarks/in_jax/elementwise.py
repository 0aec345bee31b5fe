"""The same for every element, and reductions."""

import jax.numpy as jnp


def haversine(latitude_1, longitude_1, latitude_2, longitude_2):
    a = (
        jnp.sin((latitude_2 - latitude_1) / 2) ** 2
        + jnp.cos(latitude_1) * jnp.cos(latitude_2) * jnp.sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return jnp.sum(2 * 6371.0 * jnp.arcsin(jnp.sqrt(a)))


def rosenbrock(x):
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)
