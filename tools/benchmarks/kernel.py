"""What a benchmark consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

Program = Callable[..., Any]


@dataclass(frozen=True)
class Kernel:
    """One program, its inputs, and what other people would write by hand in its place.

    Attributes:
        program: the plain NumPy function, whose name is the kernel's.
        family: what takes the time: a loop in which steps wait for one another, elementwise
            functions and reductions, or products of matrices.
        style: how the program is written: whole arrays and slices, or scalar loops.
        make_arguments: called as ``make_arguments(generator, **size)``, gives the arguments.
        sizes: "timed" and "small" (for difference quotients), the keywords of make_arguments.
        differentiated: positions of the arguments to differentiate with respect to.
        written: positions of the arguments that the program overwrites.
        numba_primal: the program as explicit loops, compiled by Numba; None if nobody wrote it.
        hand: adjoints written by hand: same arguments, give ``(value, gradients)``.
        in_jax: versions as "module.function" of ``benchmarks.in_jax``; none if jax cannot do it.
    """

    program: Program
    family: Literal["loop", "elementwise", "blas"]
    style: Literal["slices", "loops"]
    make_arguments: Callable[..., tuple[Any, ...]]
    sizes: Mapping[str, Mapping[str, int]]
    differentiated: tuple[int, ...]
    written: tuple[int, ...] = ()
    numba_primal: Program | None = None
    hand: Mapping[str, Program] = field(default_factory=dict)
    in_jax: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.program.__name__

    def arguments(self, size: str) -> tuple[Any, ...]:
        """Make the arguments for one of the sizes, always the same ones."""
        return self.make_arguments(np.random.default_rng(2024), **self.sizes[size])

    def in_loops(self, program: Program, **timed: int) -> "Kernel":
        """Give the same kernel for the program in scalar loops, timed at this size."""
        sizes = {**self.sizes, "timed": timed} if timed else self.sizes
        return replace(self, program=program, style="loops", sizes=sizes)
