"""Softmax, as attention takes it: of every row of many matrices."""

from benchmarks.by_hand import learning as by_hand
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import learning


def rows(generator, matrices, n):
    return (generator.standard_normal((matrices * n, n)),)


softmax = Kernel(
    program=learning.softmax,
    family="elementwise",
    style="slices",
    make_arguments=rows,
    sizes={"timed": {"matrices": 32, "n": 128}, "small": {"matrices": 2, "n": 3}},
    differentiated=(0,),
    numba_primal=compiled(learning.softmax_loops),
    hand={"libm": by_hand.softmax_libm, "libmvec": by_hand.softmax_libmvec},
    in_jax=("learning.softmax",),
)

KERNELS = (softmax, softmax.in_loops(learning.softmax_loops, matrices=4, n=128))
