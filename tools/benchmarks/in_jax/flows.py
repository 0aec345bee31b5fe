"""Flow in a cavity; that in a channel needs a ``while_loop``, which jax cannot reverse."""

import jax.numpy as jnp
from jax import lax


def cavity_flow(u, v, p, steps, sweeps, dt, rho, nu):
    dx = 2.0 / (u.shape[1] - 1)
    dy = 2.0 / (u.shape[0] - 1)

    def advanced(w, u, v):
        inner = w[1:-1, 1:-1]
        return (
            inner
            - u[1:-1, 1:-1] * dt / dx * (inner - w[1:-1, :-2])
            - v[1:-1, 1:-1] * dt / dy * (inner - w[:-2, 1:-1])
            + nu * dt / dx**2 * (w[1:-1, 2:] - 2 * inner + w[1:-1, :-2])
            + nu * dt / dy**2 * (w[2:, 1:-1] - 2 * inner + w[:-2, 1:-1])
        )

    def step(state, _):
        u, v, p = state
        u_x = (u[1:-1, 2:] - u[1:-1, :-2]) / (2 * dx)
        u_y = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2 * dy)
        v_x = (v[1:-1, 2:] - v[1:-1, :-2]) / (2 * dx)
        v_y = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2 * dy)
        b = rho * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)

        def relax(p, _):
            inner = (
                (p[1:-1, 2:] + p[1:-1, :-2]) * dy**2
                + (p[2:, 1:-1] + p[:-2, 1:-1]) * dx**2
                - b * dx**2 * dy**2
            ) / (2 * (dx**2 + dy**2))
            p = p.at[1:-1, 1:-1].set(inner)
            p = p.at[:, -1].set(p[:, -2])
            p = p.at[0, :].set(p[1, :])
            p = p.at[:, 0].set(p[:, 1])
            return p.at[-1, :].set(0.0), None

        p, _ = lax.scan(relax, p, None, length=sweeps)
        push_x = dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2])
        push_y = dt / (2 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1])
        new_u = jnp.pad(advanced(u, u, v) - push_x, 1).at[-1, :].set(1.0)
        new_v = jnp.pad(advanced(v, u, v) - push_y, 1)
        return (new_u, new_v, p), None

    (u, v, p), _ = lax.scan(step, (u, v, p), None, length=steps)
    return jnp.sum(u**2) + jnp.sum(v**2) + jnp.sum(p**2)
