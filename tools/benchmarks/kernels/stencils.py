"""Stencils of one, two and three dimensions, and convolution."""

import numpy as np

from benchmarks.by_hand import stencils as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import stencils


def two_fields(generator, n, dimensions, steps):
    shape = (n,) * dimensions
    return generator.standard_normal(shape), generator.standard_normal(shape), steps


def one_field(generator, n, sweeps):
    return generator.standard_normal((n, n)), sweeps


def electromagnetic(generator, nx, ny, steps):
    fields = [generator.standard_normal((nx, ny)) for _ in range(3)]
    return *fields, np.sin(0.1 * np.arange(steps))


def images(generator, batch, size, channels, outputs, k):
    return (
        generator.standard_normal((batch, size, size, channels)),
        generator.standard_normal((k, k, channels, outputs)),
    )


jacobi_1d = Kernel(
    program=stencils.jacobi_1d,
    family="loop",
    style="slices",
    make_arguments=two_fields,
    sizes={
        "timed": {"n": 4000, "dimensions": 1, "steps": 400},
        "small": {"n": 9, "dimensions": 1, "steps": 4},
    },
    differentiated=(0, 1),
    written=(0, 1),
    numba_primal=compiled(stencils.jacobi_1d_loops),
    hand={"gather": by_hand.jacobi_1d},
    in_jax=("stencils.jacobi_1d",),
)
heat_3d = Kernel(
    program=stencils.heat_3d,
    family="loop",
    style="slices",
    make_arguments=two_fields,
    sizes={
        "timed": {"n": 40, "dimensions": 3, "steps": 25},
        "small": {"n": 5, "dimensions": 3, "steps": 3},
    },
    differentiated=(0, 1),
    written=(0, 1),
    numba_primal=compiled(stencils.heat_3d_loops),
    hand={"gather": by_hand.heat_3d},
    in_jax=("stencils.heat_3d",),
)
seidel_2d = Kernel(
    program=stencils.seidel_2d,
    family="loop",
    style="slices",
    make_arguments=one_field,
    sizes={"timed": {"n": 100, "sweeps": 20}, "small": {"n": 6, "sweeps": 3}},
    differentiated=(0,),
    written=(0,),
    numba_primal=compiled(stencils.seidel_2d_loops),
    hand={"regrouped": by_hand.seidel_2d},
    in_jax=("stencils.seidel_2d",),
)
fdtd_2d = Kernel(
    program=stencils.fdtd_2d,
    family="loop",
    style="slices",
    make_arguments=electromagnetic,
    sizes={
        "timed": {"nx": 200, "ny": 220, "steps": 40},
        "small": {"nx": 5, "ny": 6, "steps": 4},
    },
    differentiated=(0, 1, 2, 3),
    written=(0, 1, 2),
    numba_primal=compiled(stencils.fdtd_2d_loops),
    hand={"gather": by_hand.fdtd_2d},
    in_jax=("stencils.fdtd_2d",),
)
conv2d = Kernel(
    program=stencils.conv2d,
    family="loop",
    style="slices",
    make_arguments=images,
    sizes={
        "timed": {"batch": 4, "size": 32, "channels": 3, "outputs": 8, "k": 3},
        "small": {"batch": 2, "size": 5, "channels": 2, "outputs": 3, "k": 3},
    },
    differentiated=(0, 1),
    numba_primal=compiled(stencils.conv2d_loops),
    hand={"patches": by_hand.conv2d},
    in_jax=("stencils.conv2d",),
)

KERNELS = (
    jacobi_1d,
    jacobi_1d.in_loops(stencils.jacobi_1d_loops, n=2000, dimensions=1, steps=60),
    heat_3d,
    heat_3d.in_loops(stencils.heat_3d_loops, n=20, dimensions=3, steps=10),
    seidel_2d,
    seidel_2d.in_loops(stencils.seidel_2d_loops),
    fdtd_2d,
    fdtd_2d.in_loops(stencils.fdtd_2d_loops, nx=100, ny=110, steps=20),
    conv2d,
    conv2d.in_loops(stencils.conv2d_loops, batch=4, size=16, channels=3, outputs=8, k=3),
)
