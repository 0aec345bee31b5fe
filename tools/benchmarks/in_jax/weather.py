"""The two kernels of a weather model: diffusion in the plane, advection along columns."""

import jax.numpy as jnp
from jax import lax


def horizontal_diffusion(field, coefficient):
    laplacian = 4.0 * field[1:-1, 1:-1] - (
        field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2]
    )
    flux_x = laplacian[1:, 1:-1] - laplacian[:-1, 1:-1]
    flux_x = jnp.where(flux_x * (field[2:-1, 2:-2] - field[1:-2, 2:-2]) > 0.0, 0.0, flux_x)
    flux_y = laplacian[1:-1, 1:] - laplacian[1:-1, :-1]
    flux_y = jnp.where(flux_y * (field[2:-2, 2:-1] - field[2:-2, 1:-2]) > 0.0, 0.0, flux_y)
    out = field[2:-2, 2:-2] - coefficient * (
        flux_x[1:] - flux_x[:-1] + flux_y[:, 1:] - flux_y[:, :-1]
    )
    return jnp.sum(out**2)


def vertical_advection(u, wind, tendency, dt):
    # Levels first, and all that does not wait for another level at once.
    u, wind, tendency = (jnp.moveaxis(array, 2, 0) for array in (u, wind, tendency))
    between = 0.25 * (wind[1:, 1:] + wind[1:, :-1])
    nothing = jnp.zeros((1, *u.shape[1:]))
    above = jnp.concatenate([nothing, -between])
    below = jnp.concatenate([between, nothing])
    difference = jnp.concatenate([nothing, u[1:] - u[:-1], nothing])
    a = 0.5 * above
    c = 0.5 * below
    b = 1.0 / dt - a - c
    d = u / dt + tendency + 0.5 * above * difference[:-1] - 0.5 * below * difference[1:]

    def down(state, row):
        upper, right = state
        a, b, c, d = row
        divided = 1.0 / (b - upper * a)
        state = (c * divided, (d - right * a) * divided)
        return state, state

    def up(value, row):
        upper, right = row
        value = right - upper * value
        return value, value

    zero = nothing[0]
    _, rows = lax.scan(down, (zero, zero), (a, b, c, d))
    _, values = lax.scan(up, zero, rows, reverse=True)
    return jnp.sum(((values - u) / dt) ** 2)
