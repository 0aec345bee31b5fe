"""The benchmarks: a module for each that has much to say, or for several of a kind.

Each module has its kernels in ``KERNELS``.
"""

from benchmarks.kernels import (
    gauss_seidel,
    haversine,
    jacobi_2d,
    mlp,
    nbody,
    recurrence,
    rosenbrock,
)

MODULES = (
    jacobi_2d,
    gauss_seidel,
    nbody,
    haversine,
    mlp,
    recurrence,
    rosenbrock,
)
KERNELS = {kernel.name: kernel for module in MODULES for kernel in module.KERNELS}
