"""Sums over pairs of bodies."""

import jax.numpy as jnp
from jax import lax


def nbody(positions, velocities, masses, steps, dt, softening):
    def step(state, _):
        positions, velocities = state
        separations = [positions[None, :, axis] - positions[:, None, axis] for axis in range(3)]
        squared = sum(separation**2 for separation in separations) + softening**2
        weight = lax.rsqrt(squared) ** 3
        pull = jnp.stack([(separation * weight) @ masses for separation in separations], 1)
        velocities = velocities + dt * pull
        positions = positions + dt * velocities
        return (positions, velocities), None

    (positions, velocities), _ = lax.scan(step, (positions, velocities), None, length=steps)
    return jnp.sum(positions**2) + jnp.sum(velocities**2)
