"""What PolyBench takes from BLAS, and the statistics made of it."""

from dataclasses import replace

from benchmarks.by_hand import products as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import products

ALPHA, BETA = 1.5, 1.2


def shaped(*shapes, scalars=()):
    """Make arguments: the scalars, then normal arrays whose shapes are named by their axes."""

    def make_arguments(generator, **size):
        arrays = [generator.standard_normal([size[axis] for axis in axes]) for axes in shapes]
        return *scalars, *arrays

    return make_arguments


def kernel(program, shapes, timed, small, scalars=(), written=()):
    """Declare one; all arrays are differentiated."""
    first = len(scalars)
    return Kernel(
        program=program,
        family="blas",
        style="slices",
        make_arguments=shaped(*shapes, scalars=scalars),
        sizes={
            "timed": dict(zip(sorted(set("".join(shapes))), timed, strict=True)),
            "small": dict(zip(sorted(set("".join(shapes))), small, strict=True)),
        },
        differentiated=tuple(range(first, first + len(shapes))),
        written=written,
        hand={"blas": getattr(by_hand, program.__name__)},
        in_jax=(f"products.{program.__name__}",),
    )


both = (ALPHA, BETA)
atax = replace(
    kernel(products.atax, ("mn", "n"), timed=(2000, 2400), small=(4, 5)),
    numba_primal=compiled(products.atax_loops),
)

KERNELS = (
    kernel(products.gemm, ("ij", "ik", "kj"), (400, 440, 480), (3, 4, 5), both, written=(2,)),
    kernel(products.k2mm, ("ij", "jk", "kl", "il"), (300, 320, 340, 360), (3, 4, 5, 2), both, (5,)),
    kernel(products.k3mm, ("ij", "jk", "kl", "lm"), (240, 260, 280, 300, 320), (3, 4, 5, 2, 3)),
    kernel(products.doitgen, ("rqp", "pp"), (128, 60, 60), (4, 3, 2), written=(0,)),
    atax,
    replace(atax, family="loop").in_loops(products.atax_loops, m=400, n=500),
    kernel(products.bicg, ("mn", "n", "m"), timed=(2000, 2400), small=(4, 5)),
    kernel(products.mvt, ("n", "n", "n", "n", "nn"), timed=(2000,), small=(5,), written=(0, 1)),
    kernel(
        products.gemver,
        ("nn", *"nnnnnnnn"),
        timed=(1200,),
        small=(5,),
        scalars=both,
        written=(2, 7, 8),
    ),
    kernel(products.gesummv, ("nn", "nn", "n"), timed=(1600,), small=(5,), scalars=both),
    kernel(products.covariance, ("nm",), timed=(300, 360), small=(4, 7), written=(0,)),
    kernel(products.correlation, ("nm",), timed=(300, 360), small=(4, 7), written=(0,)),
)
