"""Sparse matrices, masks, and shortest paths."""

import numpy as np

from benchmarks.by_hand import scattered as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import scattered


def sparse(generator, n, each):
    columns = np.sort(generator.integers(0, n, (n, each)), axis=1)
    return (
        generator.standard_normal(n * each),
        columns.ravel(),
        np.arange(0, n * each + 1, each),
        generator.standard_normal(n),
    )


def image(generator, pixels, rings):
    return generator.standard_normal(pixels), generator.uniform(0.0, 1.0, pixels), rings


def graph(generator, n):
    return (generator.uniform(1.0, 10.0, (n, n)),)


spmv = Kernel(
    program=scattered.spmv,
    family="elementwise",
    style="slices",
    make_arguments=sparse,
    sizes={"timed": {"n": 8192, "each": 8}, "small": {"n": 6, "each": 2}},
    differentiated=(0, 3),
    numba_primal=compiled(scattered.spmv_loops),
    hand={"fused": by_hand.spmv_fused, "split": by_hand.spmv_split},
    in_jax=("scattered.spmv",),
)
azimuthal_integration = Kernel(
    program=scattered.azimuthal_integration,
    family="elementwise",
    style="slices",
    make_arguments=image,
    sizes={"timed": {"pixels": 100_000, "rings": 100}, "small": {"pixels": 30, "rings": 3}},
    differentiated=(0,),
    numba_primal=compiled(scattered.azimuthal_integration_loops),
    hand={"rings": by_hand.azimuthal_integration},
    in_jax=("scattered.azimuthal_integration",),
)
floyd_warshall = Kernel(
    program=scattered.floyd_warshall,
    family="loop",
    style="slices",
    make_arguments=graph,
    sizes={"timed": {"n": 120}, "small": {"n": 6}},
    differentiated=(0,),
    written=(0,),
    numba_primal=compiled(scattered.floyd_warshall_loops),
    hand={"mask": by_hand.floyd_warshall},
    in_jax=("scattered.floyd_warshall",),
)

KERNELS = (
    spmv,
    spmv.in_loops(scattered.spmv_loops),
    azimuthal_integration,
    azimuthal_integration.in_loops(scattered.azimuthal_integration_loops),
    floyd_warshall,
    floyd_warshall.in_loops(scattered.floyd_warshall_loops, n=60),
)
