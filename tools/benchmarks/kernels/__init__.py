"""The benchmarks: a module for one that has much to say, or for several of a kind.

Each module has its kernels in ``KERNELS``.
"""

from benchmarks.kernels import (
    attention,
    factorisations,
    flows,
    gauss_seidel,
    haversine,
    jacobi_2d,
    mlp,
    nbody,
    products,
    recurrence,
    rosenbrock,
    scattered,
    stencils,
    sweeps,
    triangles,
    weather,
)

MODULES = (
    jacobi_2d,
    gauss_seidel,
    nbody,
    haversine,
    mlp,
    recurrence,
    rosenbrock,
    stencils,
    sweeps,
    weather,
    flows,
    factorisations,
    triangles,
    products,
    scattered,
    attention,
)
KERNELS = {kernel.name: kernel for module in MODULES for kernel in module.KERNELS}
