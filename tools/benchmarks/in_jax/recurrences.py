"""Each step waits for the one before."""

import math

import jax.numpy as jnp
from jax import lax


def recurrence(x, steps):
    def step(state, i):
        s, total = state
        s = jnp.sin(s) * x[i % 8] + 0.5
        return (s, total + s * s), None

    (_, total), _ = lax.scan(step, (1.0, 0.0), jnp.arange(steps))
    return total


def tridiagonal(right, off, diagonal):
    """Solve along axis 0 for the interior between ends that are 1; the first has no neighbour."""

    def down(state, right):
        p, q = state
        divisor = off * p + diagonal
        state = (-off / divisor, (right - off * q) / divisor)
        return state, state

    def up(v, p_and_q):
        p, q = p_and_q
        v = p * v + q
        return v, v

    ones = jnp.ones(right.shape[1])
    _, p_and_q = lax.scan(down, (0.0, ones), right)
    return lax.scan(up, ones, p_and_q, reverse=True)[1]


def adi(u, steps):
    n = u.shape[0]
    strength = n**2 / steps
    a = -strength
    d = -strength / 2.0

    def step(u, _):
        right = -d * u[1:-1, :-2] + (1.0 + 2.0 * d) * u[1:-1, 1:-1] - d * u[1:-1, 2:]
        v = jnp.pad(
            tridiagonal(right, a, 1.0 + 2.0 * strength), ((1, 1), (0, 0)), constant_values=1
        )
        right = -a * v[:-2] + (1.0 + 2.0 * a) * v[1:-1] - a * v[2:]
        new = tridiagonal(right.T, d, 1.0 + strength).T
        new = jnp.pad(new, ((0, 0), (1, 1)), constant_values=1)
        return u.at[1:-1, :].set(new), None

    u, _ = lax.scan(step, u, None, length=steps)
    return jnp.sum(u**2)


def deriche(image, alpha):
    k = (1.0 - math.exp(-alpha)) ** 2 / (
        1.0 + 2.0 * alpha * math.exp(-alpha) - math.exp(2.0 * alpha)
    )
    a1 = k
    a2 = k * math.exp(-alpha) * (alpha - 1.0)
    a3 = k * math.exp(-alpha) * (alpha + 1.0)
    a4 = -k * math.exp(-2.0 * alpha)
    b1 = 2.0**-alpha
    b2 = -math.exp(-2.0 * alpha)

    def step(state, x):
        before, before_that = state
        y = x + b1 * before + b2 * before_that
        return (y, before), y

    def both_ways(x):
        """Filter along axis 0."""
        zero = jnp.zeros(x.shape[1])
        padded = jnp.pad(x, ((1, 2), (0, 0)))
        _, forth = lax.scan(step, (zero, zero), a1 * x + a2 * padded[:-3])
        _, back = lax.scan(step, (zero, zero), a3 * padded[2:-1] + a4 * padded[3:], reverse=True)
        return forth + back

    return jnp.sum(both_ways(both_ways(image.T).T) ** 2)
