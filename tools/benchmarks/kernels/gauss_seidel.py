"""Gauss-Seidel in place: every point waits for its left neighbour."""

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import stencils


def make_arguments(generator, n, sweeps):
    return generator.standard_normal((n, n)), generator.standard_normal((n, n)), sweeps


@compiled
def numba_primal(u, f, sweeps):
    rows, columns = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            total += u[i, j] * u[i, j]
    return total


@compiled
def relax(u, f, sweeps):
    """Do the sweeps, with what does not wait for the left neighbour taken out of the chain."""
    rows, columns = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            left = u[i, 0]
            for j in range(1, columns - 1):
                rest = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j + 1] - f[i, j])
                left = 0.25 * left + rest
                u[i, j] = left


@compiled
def sum_of_squares(u, u_bar):
    total = 0.0
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            total += u[i, j] * u[i, j]
            u_bar[i, j] = 2.0 * u[i, j]
    return total


# Gather: the bars that the points hand to their neighbours obey a Gauss-Seidel sweep of their own,
# backwards, in one buffer with a border of zeros. Regrouped: the same, both sweeps with the chain
# from point to point cut down to one multiply-add (0.25 is a power of two: nothing is rounded
# differently by the factor, only the sum is taken in another order).


@compiled
def add_to_border(point_bar, u_bar):
    rows, columns = u_bar.shape
    for j in range(1, columns - 1):
        u_bar[0, j] += point_bar[1, j]
        u_bar[rows - 1, j] += point_bar[rows - 2, j]
    for i in range(1, rows - 1):
        u_bar[i, 0] += point_bar[i, 1]
        u_bar[i, columns - 1] += point_bar[i, columns - 2]


@compiled
def gather_interior(point_bar, u_bar):
    rows, columns = u_bar.shape
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u_bar[i, j] = point_bar[i - 1, j] + point_bar[i, j - 1]


@compiled
def gather_sweeps(u, f, sweeps, u_bar, f_bar, point_bar):
    rows, columns = u.shape
    total = numba_primal(u, f, sweeps)
    sum_of_squares(u, u_bar)
    for sweep in range(sweeps):
        for i in range(rows - 2, 0, -1):
            right = 0.0
            for j in range(columns - 2, 0, -1):
                rest = point_bar[i + 1, j] + point_bar[i - 1, j] + point_bar[i, j - 1]
                if sweep == 0:
                    rest = point_bar[i + 1, j] + u_bar[i, j]
                right = 0.25 * (right + rest)
                point_bar[i, j] = right
                f_bar[i, j] -= right
        add_to_border(point_bar, u_bar)
    if sweeps > 0:
        gather_interior(point_bar, u_bar)
    return total


@compiled
def regrouped_sweeps(u, f, sweeps, u_bar, f_bar, point_bar):
    rows, columns = u.shape
    relax(u, f, sweeps)
    total = sum_of_squares(u, u_bar)
    for sweep in range(sweeps):
        for i in range(rows - 2, 0, -1):
            right = 0.0
            for j in range(columns - 2, 0, -1):
                rest = 0.25 * (point_bar[i + 1, j] + point_bar[i - 1, j] + point_bar[i, j - 1])
                if sweep == 0:
                    rest = 0.25 * (point_bar[i + 1, j] + u_bar[i, j])
                right = 0.25 * right + rest
                point_bar[i, j] = right
                f_bar[i, j] -= right
        add_to_border(point_bar, u_bar)
    if sweeps > 0:
        gather_interior(point_bar, u_bar)
    return total


def hand_gather(u, f, sweeps):
    u_bar = np.empty_like(u)
    f_bar = np.zeros_like(f)
    value = gather_sweeps(u.copy(), f, sweeps, u_bar, f_bar, np.zeros_like(u))
    return value, (u_bar, f_bar)


def hand_regrouped(u, f, sweeps):
    u_bar = np.empty_like(u)
    f_bar = np.zeros_like(f)
    value = regrouped_sweeps(u.copy(), f, sweeps, u_bar, f_bar, np.zeros_like(u))
    return value, (u_bar, f_bar)


# Scatter: the statement reversed as it stands.


@compiled
def scatter_sweeps(u, f, sweeps, u_bar, f_bar):
    rows, columns = u.shape
    relax(u, f, sweeps)
    total = sum_of_squares(u, u_bar)
    for _ in range(sweeps):
        for i in range(rows - 2, 0, -1):
            for j in range(columns - 2, 0, -1):
                point_bar = 0.25 * u_bar[i, j]
                u_bar[i, j] = 0.0
                u_bar[i - 1, j] += point_bar
                u_bar[i + 1, j] += point_bar
                u_bar[i, j - 1] += point_bar
                u_bar[i, j + 1] += point_bar
                f_bar[i, j] -= point_bar
    return total


def hand_scatter(u, f, sweeps):
    u_bar = np.empty_like(u)
    f_bar = np.zeros_like(f)
    value = scatter_sweeps(u.copy(), f, sweeps, u_bar, f_bar)
    return value, (u_bar, f_bar)


KERNELS = (
    Kernel(
        program=stencils.gauss_seidel,
        family="loop",
        style="loops",
        make_arguments=make_arguments,
        sizes={"timed": {"n": 100, "sweeps": 20}, "small": {"n": 6, "sweeps": 3}},
        differentiated=(0, 1),
        written=(0,),
        numba_primal=numba_primal,
        hand={"regrouped": hand_regrouped, "gather": hand_gather, "scatter": hand_scatter},
        in_jax=("stencils.gauss_seidel",),
    ),
)
