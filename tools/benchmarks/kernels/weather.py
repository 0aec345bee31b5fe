"""Horizontal diffusion and vertical advection."""

from benchmarks.by_hand import weather as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import weather


def diffused(generator, nx, ny, nz):
    return (
        generator.uniform(0.0, 1.0, (nx + 4, ny + 4, nz)),
        generator.uniform(0.0, 0.1, (nx, ny, nz)),
    )


def advected(generator, nx, ny, nz):
    return (
        generator.uniform(0.0, 1.0, (nx, ny, nz)),
        generator.uniform(-1.0, 1.0, (nx + 1, ny, nz)),
        generator.uniform(0.0, 1.0, (nx, ny, nz)),
        0.15,
    )


horizontal_diffusion = Kernel(
    program=weather.horizontal_diffusion,
    family="loop",
    style="slices",
    make_arguments=diffused,
    sizes={"timed": {"nx": 64, "ny": 64, "nz": 60}, "small": {"nx": 3, "ny": 4, "nz": 3}},
    differentiated=(0, 1),
    numba_primal=compiled(weather.horizontal_diffusion_loops),
    hand={"gather": by_hand.horizontal_diffusion},
    in_jax=("weather.horizontal_diffusion",),
)
vertical_advection = Kernel(
    program=weather.vertical_advection,
    family="loop",
    style="slices",
    make_arguments=advected,
    sizes={"timed": {"nx": 60, "ny": 60, "nz": 40}, "small": {"nx": 2, "ny": 3, "nz": 6}},
    differentiated=(0, 1, 2),
    numba_primal=compiled(weather.vertical_advection_loops),
    hand={"bundles": by_hand.vertical_advection},
    in_jax=("weather.vertical_advection",),
)

KERNELS = (
    horizontal_diffusion,
    horizontal_diffusion.in_loops(weather.horizontal_diffusion_loops, nx=24, ny=24, nz=30),
    vertical_advection,
    vertical_advection.in_loops(weather.vertical_advection_loops, nx=24, ny=24, nz=40),
)
