"""Five-point stencil with two buffers: linear, so that nothing has to be recorded."""

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import stencils


def make_arguments(generator, n, steps):
    return generator.standard_normal((n, n)), generator.standard_normal((n, n)), steps


@compiled
def smooth(source, target):
    """Write the stencil of source into the interior of target."""
    rows, columns = source.shape
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            target[i, j] = 0.2 * (
                source[i, j]
                + source[i, j - 1]
                + source[i, j + 1]
                + source[i + 1, j]
                + source[i - 1, j]
            )


@compiled
def sum_of_squares(u):
    total = 0.0
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            total += u[i, j] * u[i, j]
    return total


@compiled
def numba_primal(u, v, steps):
    for _ in range(steps):
        smooth(u, v)
        smooth(v, u)
    return sum_of_squares(u)


# Gather: once a bar's interior is cleared, the next contributions can be assigned. The bars of the
# interiors then obey the stencil itself, between two buffers with a border of zeros; only the
# borders, which the program never writes, accumulate.


@compiled
def add_to_border(interior_bar, border_bar):
    rows, columns = interior_bar.shape
    for j in range(1, columns - 1):
        border_bar[0, j] += 0.2 * interior_bar[1, j]
        border_bar[rows - 1, j] += 0.2 * interior_bar[rows - 2, j]
    for i in range(1, rows - 1):
        border_bar[i, 0] += 0.2 * interior_bar[i, 1]
        border_bar[i, columns - 1] += 0.2 * interior_bar[i, columns - 2]


@compiled
def gather_sweeps(u, v, steps, u_bar, v_bar, u_interior_bar, v_interior_bar):
    rows, columns = u.shape
    value = numba_primal(u, v, steps)
    for i in range(rows):
        for j in range(columns):
            u_bar[i, j] = 2.0 * u[i, j]
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u_interior_bar[i, j] = u_bar[i, j]
    for _ in range(steps):
        add_to_border(u_interior_bar, v_bar)
        smooth(u_interior_bar, v_interior_bar)
        add_to_border(v_interior_bar, u_bar)
        smooth(v_interior_bar, u_interior_bar)
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u_bar[i, j] = u_interior_bar[i, j]
    return value


def hand_gather(u, v, steps):
    u_bar = np.empty_like(u)
    v_bar = np.zeros_like(v)
    value = gather_sweeps(
        u.copy(), v.copy(), steps, u_bar, v_bar, np.zeros_like(u), np.zeros_like(v)
    )
    return value, (u_bar, v_bar)


# Rows: the statement reversed row by row, one inner loop for each element that it read.


@compiled
def reverse_smooth_rows(source_bar, target_bar, row_bar):
    rows, columns = source_bar.shape
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            row_bar[j] = 0.2 * target_bar[i, j]
            target_bar[i, j] = 0.0
        for j in range(1, columns - 1):
            source_bar[i, j] += row_bar[j]
        for j in range(1, columns - 1):
            source_bar[i, j - 1] += row_bar[j]
        for j in range(1, columns - 1):
            source_bar[i, j + 1] += row_bar[j]
        for j in range(1, columns - 1):
            source_bar[i + 1, j] += row_bar[j]
        for j in range(1, columns - 1):
            source_bar[i - 1, j] += row_bar[j]


@compiled
def rows_sweeps(u, v, steps, u_bar, v_bar, row_bar):
    value = numba_primal(u, v, steps)
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            u_bar[i, j] = 2.0 * u[i, j]
    for _ in range(steps):
        reverse_smooth_rows(v_bar, u_bar, row_bar)
        reverse_smooth_rows(u_bar, v_bar, row_bar)
    return value


def hand_rows(u, v, steps):
    u_bar = np.empty_like(u)
    v_bar = np.zeros_like(v)
    value = rows_sweeps(u.copy(), v.copy(), steps, u_bar, v_bar, np.empty(u.shape[1]))
    return value, (u_bar, v_bar)


# Scatter: the statement reversed point by point.


@compiled
def reverse_smooth_scatter(source_bar, target_bar):
    rows, columns = source_bar.shape
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            point_bar = 0.2 * target_bar[i, j]
            target_bar[i, j] = 0.0
            source_bar[i, j] += point_bar
            source_bar[i, j - 1] += point_bar
            source_bar[i, j + 1] += point_bar
            source_bar[i + 1, j] += point_bar
            source_bar[i - 1, j] += point_bar


@compiled
def scatter_sweeps(u, v, steps, u_bar, v_bar):
    value = numba_primal(u, v, steps)
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            u_bar[i, j] = 2.0 * u[i, j]
    for _ in range(steps):
        reverse_smooth_scatter(v_bar, u_bar)
        reverse_smooth_scatter(u_bar, v_bar)
    return value


def hand_scatter(u, v, steps):
    u_bar = np.empty_like(u)
    v_bar = np.zeros_like(v)
    value = scatter_sweeps(u.copy(), v.copy(), steps, u_bar, v_bar)
    return value, (u_bar, v_bar)


KERNELS = (
    Kernel(
        program=stencils.jacobi_2d,
        family="loop",
        style="slices",
        make_arguments=make_arguments,
        sizes={"timed": {"n": 300, "steps": 50}, "small": {"n": 7, "steps": 4}},
        differentiated=(0, 1),
        written=(0, 1),
        numba_primal=numba_primal,
        hand={"gather": hand_gather, "rows": hand_rows, "scatter": hand_scatter},
        in_jax=("stencils.jacobi_2d",),
    ),
)
