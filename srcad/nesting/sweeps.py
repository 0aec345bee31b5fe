"""The two sweeps of a function, written into a program that is differentiated itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from srcad.analyses.activity import active
from srcad.frontend.builder import Builder
from srcad.ir.nodes import Atom, Const, Function, Let, Operand, ShapeOf, Var
from srcad.ir.walk import map_block
from srcad.nesting import tapes
from srcad.rules.indexing import same
from srcad.rules.registry import PRIMITIVES
from srcad.transforms import copies
from srcad.transforms.marks import both_settled
from srcad.transforms.residuals import keep
from srcad.transforms.reverse import reverse
from srcad.transforms.simplify import simplify
from srcad.transforms.tapes import COPY_SHAPE


@dataclass(frozen=True, eq=False)
class Left:
    """What is left of a function after its forward sweep.

    The `function` takes a seed for each of the `seeded` among the `outputs`, which are the results;
    `given` are its other parameters.
    """

    function: Function
    given: dict[Var, Operand]
    seeds: tuple[Var, ...]
    seeded: tuple[int, ...]
    outputs: tuple[Atom, ...]


def carrying(function: Function, inputs: Sequence[Var]) -> tuple[frozenset[Var], tuple[int, ...]]:
    """The values of a function that depend on its inputs, and the places of results that do."""
    found = active(function.body, inputs)
    results = function.body.results
    places = (i for i, atom in enumerate(results) if isinstance(atom, Var) and atom in found)
    return found, tuple(places)


def enter(builder: Builder, inputs: Sequence[Var], given: Sequence[Operand]) -> None:
    """Define the inputs: each is a value of the program around, as one of its own."""
    for var, operand in zip(inputs, given, strict=True):
        define(builder, var, operand)


def define(builder: Builder, var: Var, operand: Operand) -> None:
    """Give a value another name."""
    builder.add(Let(var, PRIMITIVES[same], (operand,), (), builder.origin))


def forward(
    builder: Builder, function: Function, inputs: tuple[Var, ...], given: Sequence[Operand]
) -> Left:
    """Write the forward sweep of a function into a program.

    Args:
        builder: where to write.
        function: the function; all that it reads but its inputs are values of the program.
        inputs: what it is differentiated by.
        given: what they are in the program.

    Raises:
        NoRows: if it records arrays of shapes that are not known before.
    """
    body = function.body
    origin = builder.origin
    moving, seeded = carrying(function, inputs)
    outputs = tuple(body.results[i] for i in seeded)
    adjoint = reverse(body, outputs, inputs, moving, builder)
    primal, adjoint = both_settled(function, adjoint, moving)
    forward_sweep, backward, _ = keep(primal, adjoint, builder)
    builder.origin = origin
    both = tapes.as_values(forward_sweep, backward, len(body.results), builder)
    forward_sweep, backward = both.forward, both.backward
    enter(builder, inputs, given)
    builder.extend(list(forward_sweep.body.body))
    saved = forward_sweep.body.results[len(body.results) :]
    shapes: dict[Atom, Operand] = {}
    for stmt in forward_sweep.body.body:
        match stmt:
            case Let(target=target, primitive=primitive, args=(Var() as array,)) if (
                primitive is COPY_SHAPE
            ):
                shapes[target] = ShapeOf(array)
    handed = backward.params[: len(saved)]
    needed: dict[Var, Operand] = {
        param: shapes.get(atom, atom) for param, atom in zip(handed, saved, strict=True)
    }
    backward = simplify(backward, builder.sizes, share=True)
    return Left(backward, needed, adjoint.seeds, seeded, body.results)


def backward(builder: Builder, left: Left, seeds: Sequence[Operand]) -> tuple[Atom, ...]:
    """Write the backward sweep of a function into a program; the bars of its inputs.

    Args:
        builder: where to write.
        left: what the forward sweep left.
        seeds: a cotangent for each result.
    """
    given = dict(left.given)
    given.update(zip(left.seeds, (seeds[i] for i in left.seeded), strict=True))
    function = left.function
    known = {var: seed for var, seed in given.items() if isinstance(seed, Const)}
    if known:  # what a seed of 1 makes simple
        body = map_block(function.body, lambda var: known.get(var, var))
        function = simplify(replace(function, body=body), builder.sizes, share=True)
    return copies.write(builder, function, given)
