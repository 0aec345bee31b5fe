"""All-pairs gravity: only positions and velocities of each step are kept, pairs are recomputed."""

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import particles


def make_arguments(generator, bodies, steps):
    return (
        generator.standard_normal((bodies, 3)),
        0.1 * generator.standard_normal((bodies, 3)),
        generator.uniform(0.5, 1.5, bodies) / bodies,
        steps,
        0.01,
        0.1,
    )


@compiled
def numba_primal(positions, velocities, masses, steps, dt, softening):
    bodies = masses.shape[0]
    for _ in range(steps):
        for i in range(bodies):
            pull_x = 0.0
            pull_y = 0.0
            pull_z = 0.0
            for j in range(bodies):
                dx = positions[j, 0] - positions[i, 0]
                dy = positions[j, 1] - positions[i, 1]
                dz = positions[j, 2] - positions[i, 2]
                squared = dx * dx + dy * dy + dz * dz + softening * softening
                weight = masses[j] / (squared * np.sqrt(squared))
                pull_x += dx * weight
                pull_y += dy * weight
                pull_z += dz * weight
            velocities[i, 0] += dt * pull_x
            velocities[i, 1] += dt * pull_y
            velocities[i, 2] += dt * pull_z
        for i in range(bodies):
            for axis in range(3):
                positions[i, axis] += dt * velocities[i, axis]
    total = 0.0
    for i in range(bodies):
        for axis in range(3):
            total += positions[i, axis] ** 2 + velocities[i, axis] ** 2
    return total


@compiled
def pull(x, y, z, masses, softening, pulls):
    """Write the accelerations of all bodies; one axis is one contiguous row."""
    bodies = masses.shape[0]
    for i in range(bodies):
        pull_x = 0.0
        pull_y = 0.0
        pull_z = 0.0
        for j in range(bodies):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            squared = dx * dx + dy * dy + dz * dz + softening * softening
            weight = masses[j] / (squared * np.sqrt(squared))
            pull_x += dx * weight
            pull_y += dy * weight
            pull_z += dz * weight
        pulls[0, i] = pull_x
        pulls[1, i] = pull_y
        pulls[2, i] = pull_z


@compiled
def reverse_pull(x, y, z, masses, softening, pulls_bar, positions_bar, masses_bar):
    """Gather over the pairs: what body i receives from both (i, j) and (j, i)."""
    bodies = masses.shape[0]
    for i in range(bodies):
        bar_x = 0.0
        bar_y = 0.0
        bar_z = 0.0
        mass_bar = 0.0
        for j in range(bodies):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            squared = dx * dx + dy * dy + dz * dz + softening * softening
            inverse_squared = 1.0 / squared
            inverse_cube = inverse_squared * np.sqrt(inverse_squared)
            along = pulls_bar[0, j] * dx + pulls_bar[1, j] * dy + pulls_bar[2, j] * dz
            mass_bar -= inverse_cube * along
            both_x = masses[i] * pulls_bar[0, j] - masses[j] * pulls_bar[0, i]
            both_y = masses[i] * pulls_bar[1, j] - masses[j] * pulls_bar[1, i]
            both_z = masses[i] * pulls_bar[2, j] - masses[j] * pulls_bar[2, i]
            tide = 3.0 * inverse_squared * (both_x * dx + both_y * dy + both_z * dz)
            bar_x += inverse_cube * (both_x - tide * dx)
            bar_y += inverse_cube * (both_y - tide * dy)
            bar_z += inverse_cube * (both_z - tide * dz)
        positions_bar[0, i] += bar_x
        positions_bar[1, i] += bar_y
        positions_bar[2, i] += bar_z
        masses_bar[i] += mass_bar


@compiled
def recomputing_sweeps(
    tape, velocities, masses, steps, dt, softening, positions_bar, velocities_bar, masses_bar, pulls
):
    """Sweep forward and back; ``tape[step]`` holds the positions before the step."""
    bodies = masses.shape[0]
    for step in range(steps):
        pull(tape[step, 0], tape[step, 1], tape[step, 2], masses, softening, pulls)
        for axis in range(3):
            for i in range(bodies):
                velocities[axis, i] += dt * pulls[axis, i]
                tape[step + 1, axis, i] = tape[step, axis, i] + dt * velocities[axis, i]
    total = 0.0
    for axis in range(3):
        for i in range(bodies):
            total += tape[steps, axis, i] ** 2 + velocities[axis, i] ** 2
            positions_bar[axis, i] = 2.0 * tape[steps, axis, i]
            velocities_bar[axis, i] = 2.0 * velocities[axis, i]
    for step in range(steps - 1, -1, -1):
        for axis in range(3):
            for i in range(bodies):
                velocities_bar[axis, i] += dt * positions_bar[axis, i]
                pulls[axis, i] = dt * velocities_bar[axis, i]
        reverse_pull(
            tape[step, 0],
            tape[step, 1],
            tape[step, 2],
            masses,
            softening,
            pulls,
            positions_bar,
            masses_bar,
        )
    return total


def hand_recompute(positions, velocities, masses, steps, dt, softening):
    bodies = masses.shape[0]
    tape = np.empty((steps + 1, 3, bodies))
    tape[0] = positions.T
    positions_bar = np.empty((3, bodies))
    velocities_bar = np.empty((3, bodies))
    masses_bar = np.zeros(bodies)
    value = recomputing_sweeps(
        tape,
        np.ascontiguousarray(velocities.T),
        masses,
        steps,
        dt,
        softening,
        positions_bar,
        velocities_bar,
        masses_bar,
        np.empty((3, bodies)),
    )
    return value, (positions_bar.T.copy(), velocities_bar.T.copy(), masses_bar)


KERNELS = (
    Kernel(
        program=particles.nbody,
        family="loop",
        style="slices",
        make_arguments=make_arguments,
        sizes={"timed": {"bodies": 80, "steps": 30}, "small": {"bodies": 5, "steps": 3}},
        differentiated=(0, 1, 2),
        written=(0, 1),
        numba_primal=numba_primal,
        hand={"recompute": hand_recompute},
        in_jax=("particles.nbody",),
    ),
)
