"""Filters and implicit solves that run to and fro over a grid."""

from benchmarks.by_hand import sweeps as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import recurrences


def square(generator, n, steps):
    return generator.uniform(0.0, 1.0, (n, n)), steps


def image(generator, rows, columns):
    return generator.uniform(0.0, 1.0, (rows, columns)), 0.25


adi = Kernel(
    program=recurrences.adi,
    family="loop",
    style="slices",
    make_arguments=square,
    sizes={"timed": {"n": 120, "steps": 10}, "small": {"n": 6, "steps": 3}},
    differentiated=(0,),
    written=(0,),
    numba_primal=compiled(recurrences.adi_loops),
    hand={"transposed": by_hand.adi},
    in_jax=("recurrences.adi",),
)
deriche = Kernel(
    program=recurrences.deriche,
    family="loop",
    style="slices",
    make_arguments=image,
    sizes={"timed": {"rows": 500, "columns": 400}, "small": {"rows": 6, "columns": 5}},
    differentiated=(0,),
    numba_primal=compiled(recurrences.deriche_loops),
    hand={"rows": by_hand.deriche},
    in_jax=("recurrences.deriche",),
)

KERNELS = (
    adi,
    adi.in_loops(recurrences.adi_loops, n=60, steps=5),
    deriche,
    deriche.in_loops(recurrences.deriche_loops, rows=200, columns=160),
)
