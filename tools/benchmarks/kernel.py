"""What a benchmark consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Program = Callable[..., Any]


@dataclass(frozen=True)
class Kernel:
    """One program, its inputs, and what other people would write by hand in its place.

    Attributes:
        program: the plain NumPy function.
        make_arguments: called as ``make_arguments(generator, **size)``, gives the arguments.
        sizes: "timed" and "small" (for difference quotients), the keywords of make_arguments.
        differentiated: positions of the arguments to differentiate with respect to.
        written: positions of the arguments that the program overwrites.
        numba_primal: the program as explicit loops, compiled by Numba.
        hand: adjoints written by hand: same arguments, give ``(value, gradients)``.
        make_jax: imports jax and gives the program as a jax user would write it.
    """

    program: Program
    make_arguments: Callable[..., tuple[Any, ...]]
    sizes: Mapping[str, Mapping[str, int]]
    differentiated: tuple[int, ...]
    written: tuple[int, ...]
    numba_primal: Program
    hand: Mapping[str, Program]
    make_jax: Callable[[], Program]

    def arguments(self, size: str) -> tuple[Any, ...]:
        """Make the arguments for one of the sizes, always the same ones."""
        return self.make_arguments(np.random.default_rng(2024), **self.sizes[size])
