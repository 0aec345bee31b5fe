"""Products with triangular and symmetric matrices, in loops that no BLAS call replaces."""

from benchmarks.by_hand import triangles as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import triangles

ALPHA, BETA = 1.5, 1.2


def rank_k(generator, n, m):
    return ALPHA, BETA, generator.standard_normal((n, n)), generator.standard_normal((n, m))


def rank_2k(generator, n, m):
    return *rank_k(generator, n, m), generator.standard_normal((n, m))


def triangle_times(generator, m, n):
    return ALPHA, generator.standard_normal((m, m)) / m, generator.standard_normal((m, n))


def symmetric_times(generator, m, n):
    return (
        ALPHA,
        BETA,
        generator.standard_normal((m, n)),
        generator.standard_normal((m, m)),
        generator.standard_normal((m, n)),
    )


syrk = Kernel(
    program=triangles.syrk,
    family="loop",
    style="slices",
    make_arguments=rank_k,
    sizes={"timed": {"n": 120, "m": 80}, "small": {"n": 5, "m": 4}},
    differentiated=(2, 3),
    written=(2,),
    numba_primal=compiled(triangles.syrk_loops),
    hand={"loops": by_hand.syrk_loops, "blas": by_hand.syrk_blas},
    in_jax=("triangles.syrk",),
)
syr2k = Kernel(
    program=triangles.syr2k,
    family="loop",
    style="slices",
    make_arguments=rank_2k,
    sizes={"timed": {"n": 120, "m": 80}, "small": {"n": 5, "m": 4}},
    differentiated=(2, 3, 4),
    written=(2,),
    numba_primal=compiled(triangles.syr2k_loops),
    hand={"blas": by_hand.syr2k_blas},
    in_jax=("triangles.syr2k",),
)
trmm = Kernel(
    program=triangles.trmm,
    family="loop",
    style="slices",
    make_arguments=triangle_times,
    sizes={"timed": {"m": 120, "n": 140}, "small": {"m": 5, "n": 4}},
    differentiated=(1, 2),
    written=(2,),
    numba_primal=compiled(triangles.trmm_loops),
    hand={"blas": by_hand.trmm_blas},
    in_jax=("triangles.trmm",),
)
symm = Kernel(
    program=triangles.symm,
    family="loop",
    style="slices",
    make_arguments=symmetric_times,
    sizes={"timed": {"m": 80, "n": 100}, "small": {"m": 5, "n": 4}},
    differentiated=(2, 3, 4),
    written=(2,),
    numba_primal=compiled(triangles.symm_loops),
    hand={"blas": by_hand.symm_blas},
    in_jax=("triangles.symm",),
)

KERNELS = (
    syrk,
    syrk.in_loops(triangles.syrk_loops, n=80, m=60),
    syr2k,
    syr2k.in_loops(triangles.syr2k_loops, n=80, m=60),
    trmm,
    trmm.in_loops(triangles.trmm_loops, m=70, n=80),
    symm,
    symm.in_loops(triangles.symm_loops, m=60, n=70),
)
