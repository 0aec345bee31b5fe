"""Everyone who takes part: how each is made ready for one kernel."""

import functools
import importlib
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.kernel import Kernel

Call = Callable[[], Any]


@dataclass(frozen=True)
class Competitor:
    """One column of the table.

    ``prepare(kernel, arguments)`` does what a user does once, and gives what is then called over
    and over. A primal's call gives the value, a gradient's ``(value, gradients)``.
    """

    name: str
    prepare: Callable[[Kernel, tuple[Any, ...]], Call]
    is_primal: bool = False


def with_fresh_copies(function, kernel, arguments):
    """Call function with copies of the arguments that it writes."""

    def call():
        fresh = list(arguments)
        for position in kernel.written:
            fresh[position] = fresh[position].copy()
        return function(*fresh)

    return call


def prepare_numpy(kernel, arguments):
    return with_fresh_copies(kernel.program, kernel, arguments)


def prepare_numba(kernel, arguments):
    return with_fresh_copies(kernel.numba_primal, kernel, arguments)


def prepare_hand(variant, kernel, arguments):
    return functools.partial(kernel.hand[variant], *arguments)


def prepare_jax(version, kernel, arguments):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    module, name = version.split(".")
    program = getattr(importlib.import_module(f"benchmarks.in_jax.{module}"), name)
    jax.jit(jnp.sin)(1.0)  # what the first compilation of a process costs is not this kernel's
    is_array = [isinstance(argument, np.ndarray) for argument in arguments]
    static = tuple(position for position, array in enumerate(is_array) if not array)
    on_device = [
        jnp.asarray(argument) if array else argument
        for argument, array in zip(arguments, is_array, strict=True)
    ]
    gradient = jax.jit(
        jax.value_and_grad(program, argnums=kernel.differentiated),
        static_argnums=static,
    )
    return lambda: jax.block_until_ready(gradient(*on_device))


def prepare_autograd(kernel, arguments):
    import autograd
    import autograd.numpy

    # The program as it stands, but for its "import numpy as np".
    program = types.FunctionType(
        kernel.program.__code__, {**kernel.program.__globals__, "np": autograd.numpy}
    )
    gradient = autograd.value_and_grad(program, argnum=kernel.differentiated)
    return with_fresh_copies(gradient, kernel, arguments)


def prepare_srcad(engine, kernel, arguments):
    import srcad

    program = srcad.differentiable(engine=engine)(kernel.program)
    gradient = srcad.value_and_grad(program, argnums=kernel.differentiated)
    return functools.partial(gradient, *arguments)


def competitors(kernel: Kernel) -> Iterator[Competitor]:
    """Give all competitors, those first whose results the others are checked against."""
    yield Competitor("numpy", prepare_numpy, is_primal=True)
    if kernel.numba_primal is not None:
        yield Competitor("numba", prepare_numba, is_primal=True)
    for variant in kernel.hand:
        yield Competitor(f"hand {variant}", functools.partial(prepare_hand, variant))
    for version in kernel.in_jax:
        name = version.partition(".")[2]
        yield Competitor(f"jax {name}", functools.partial(prepare_jax, version))
    yield Competitor("autograd", prepare_autograd)
    for engine in ("numpy", "numba"):
        yield Competitor(f"srcad {engine}", functools.partial(prepare_srcad, engine))
