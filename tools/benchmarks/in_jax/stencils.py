"""Stencils: each point of a grid from its neighbours, again and again."""

import jax.numpy as jnp
from jax import lax


def smoothed(source, target):
    return target.at[1:-1, 1:-1].set(
        0.2
        * (
            source[1:-1, 1:-1]
            + source[1:-1, :-2]
            + source[1:-1, 2:]
            + source[2:, 1:-1]
            + source[:-2, 1:-1]
        )
    )


def jacobi_2d(u, v, steps):
    def step(buffers, _):
        u, v = buffers
        v = smoothed(u, v)
        u = smoothed(v, u)
        return (u, v), None

    (u, v), _ = lax.scan(step, (u, v), None, length=steps)
    return jnp.sum(u**2)


def relax_row(above, row_and_below_and_f):
    row, below, f = row_and_below_and_f
    rest = 0.25 * (above[1:-1] + below[1:-1] + row[2:] - f[1:-1])

    def point(left, rest):
        new = 0.25 * left + rest
        return new, new

    _, interior = lax.scan(point, row[0], rest, unroll=8)
    new_row = row.at[1:-1].set(interior)
    return new_row, new_row


def gauss_seidel(u, f, sweeps):
    def sweep(u, _):
        _, interior = lax.scan(relax_row, u[0], (u[1:-1], u[2:], f[1:-1]))
        return u.at[1:-1].set(interior), None

    u, _ = lax.scan(sweep, u, None, length=sweeps)
    return jnp.sum(u**2)


def jacobi_1d(u, v, steps):
    def smoothed(source, target):
        return target.at[1:-1].set(0.33333 * (source[:-2] + source[1:-1] + source[2:]))

    def step(buffers, _):
        u, v = buffers
        v = smoothed(u, v)
        return (smoothed(v, u), v), None

    (u, v), _ = lax.scan(step, (u, v), None, length=steps)
    return jnp.sum(u**2)


def heat_3d(u, v, steps):
    def diffused(source, target):
        centre = source[1:-1, 1:-1, 1:-1]
        return target.at[1:-1, 1:-1, 1:-1].set(
            0.125 * (source[2:, 1:-1, 1:-1] - 2.0 * centre + source[:-2, 1:-1, 1:-1])
            + 0.125 * (source[1:-1, 2:, 1:-1] - 2.0 * centre + source[1:-1, :-2, 1:-1])
            + 0.125 * (source[1:-1, 1:-1, 2:] - 2.0 * centre + source[1:-1, 1:-1, :-2])
            + centre
        )

    def step(buffers, _):
        u, v = buffers
        v = diffused(u, v)
        return (diffused(v, u), v), None

    (u, v), _ = lax.scan(step, (u, v), None, length=steps)
    return jnp.sum(u**2)


def average_row(above, row_and_below):
    row, below = row_and_below
    rest = row[1:-1] + row[2:]
    rest += above[:-2] + above[1:-1] + above[2:] + below[:-2] + below[1:-1] + below[2:]

    def point(left, rest):
        new = (left + rest) / 9.0
        return new, new

    _, interior = lax.scan(point, row[0], rest, unroll=8)
    new_row = row.at[1:-1].set(interior)
    return new_row, new_row


def seidel_2d(u, sweeps):
    def sweep(u, _):
        _, interior = lax.scan(average_row, u[0], (u[1:-1], u[2:]))
        return u.at[1:-1].set(interior), None

    u, _ = lax.scan(sweep, u, None, length=sweeps)
    return jnp.sum(u**2)


def fdtd_2d(ex, ey, hz, pulse):
    def step(fields, drive):
        ex, ey, hz = fields
        ey = ey.at[0, :].set(drive)
        ey = ey.at[1:, :].add(-0.5 * (hz[1:, :] - hz[:-1, :]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        hz = hz.at[:-1, :-1].add(-0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]))
        return (ex, ey, hz), None

    (_, _, hz), _ = lax.scan(step, (ex, ey, hz), pulse)
    return jnp.sum(hz**2)


def conv2d(images, weights):
    out = lax.conv_general_dilated(
        images, weights, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return jnp.sum(out**2)
