"""From a call to the tangent program that pushes tangents through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from srcad import trees
from srcad.emit.tangent import GeneratedTangent, generate_tangent
from srcad.engines import numpy_tangent
from srcad.frontend.lower import build
from srcad.loops.tangent import tangent_loops
from srcad.pipeline import (
    Function,
    Lowered,
    Options,
    Uncompiled,
    begun,
    check_overlap,
    compilable,
    facts,
    find,
    own_faults,
)
from srcad.specialise import leaf_key, root_key
from srcad.transforms.tangent import Tangent, push

__all__ = ["TangentProgram", "source", "tangent_program"]


@dataclass(frozen=True, eq=False)
class Shared(Lowered):
    """What all calls of one tangent program share.

    `moving` are the leaves of the arguments that tangents are taken of; `dots` says for each leaf
    of the result which of the tangents that the program returns is its own, None for zero.
    """

    tangent: Tangent
    generated: GeneratedTangent
    engine: Any
    moving: tuple[int, ...]
    dots: tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class TangentProgram:
    """A function with its tangent, for arguments of one combination of kinds."""

    shared: Shared
    function: Function

    @property
    def array_source(self) -> str:
        """The array-level module: runs under NumPy as it stands."""
        return self.shared.generated.array

    @property
    def loop_source(self) -> str:
        """The loop-level module: what Numba compiles."""
        return self.shared.generated.loops()

    def inputs(self, leaves: Sequence[Any]) -> list[Any]:
        """What the program reads: leaves of the arguments, and what is not among them."""
        inputs = self.shared.inputs(self.function, leaves)
        check_overlap(inputs, self.shared.written, self.function)
        return inputs

    def push(
        self, inputs: Sequence[Any], tangents: Sequence[Any]
    ) -> tuple[Any, Any, tuple[Any, ...]]:
        """Run the function once.

        Args:
            inputs: as `inputs` returned them.
            tangents: for each leaf of the arguments its tangent; those of integers are not read.

        Returns:
            The result, what goes with it, and for each leaf of the result its tangent; None stands
            for zero.
        """
        shared = self.shared
        results, found = shared.engine.run([*inputs, *(tangents[i] for i in shared.moving)])
        result = build(shared.template, results)
        aux = None if shared.aux is None else build(shared.aux, results)
        return result, aux, tuple(None if i is None else found[i] for i in shared.dots)


def tangent_program(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wrt: tuple[bool, ...],
    has_aux: bool,
    options: Options,
    flat: tuple[list[Any], trees.Tree],
) -> TangentProgram:
    """Find or make the tangent program of a function for arguments like these.

    Args:
        function: any callable.
        args: the positional arguments of the call.
        kwargs: its keyword arguments.
        wrt: for each leaf of `(args, kwargs)`, whether it has a tangent.
        has_aux: whether the function returns a pair of which only the first is differentiated.
        options: the engine.
        flat: `(args, kwargs)` taken apart.
    """
    leaves, structure = flat
    kinds = tuple(map(leaf_key, leaves))
    key = ("forward", root_key(function), structure, kinds, wrt, has_aux, options)

    def make() -> Shared:
        return _make(function, args, kwargs, wrt, has_aux, options)

    return TangentProgram(find(key, function, leaves, make), function)


def _make(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wrt: tuple[bool, ...],
    has_aux: bool,
    options: Options,
) -> Shared:
    program, template, aux, wanted, order = begun(function, args, kwargs, wrt, has_aux)
    with own_faults(function):
        tangent = push(program, wanted, order)
        generated = generate_tangent(tangent, lambda: tangent_loops(tangent))
    engine = _engine(generated, tangent, options)  # writing its text may add guards
    leaf_of = {var: i for i, var in enumerate(program.leaves) if var is not None}
    place = {result: i for i, result in enumerate(tangent.outputs)}
    return Shared(
        **facts(program, template, aux, tangent.guards),
        tangent=tangent,
        generated=generated,
        engine=engine,
        moving=tuple(leaf_of[var] for var in tangent.inputs),
        dots=tuple(place.get(result) for result in order),
    )


def _engine(generated: GeneratedTangent, tangent: Tangent, options: Options) -> Any:
    text = compilable(generated.loops, tangent.program, options)
    if isinstance(text, Uncompiled):
        return numpy_tangent.Engine(generated, tangent)
    from srcad.engines import numba_tangent

    return numba_tangent.Engine(generated, tangent, text, options.engine == "numba")


def source(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: Options,
    level: str,
) -> str:
    """The tangent program for arguments like these, at the array or the loop level."""
    flat = trees.flatten((args, kwargs))
    made = tangent_program(function, args, kwargs, (True,) * len(flat[0]), False, options, flat)
    return made.array_source if level == "array" else made.loop_source
