"""A function that is run inside a program, in a block of its own, so that it can be differentiated.

What it is given to be differentiated by are new values, equal to those of the caller; all else that
it reads is part of the program around it, through which other derivatives may pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from srcad.analyses.activity import active, influential
from srcad.errors import ArgumentError, CotangentError, TangentError, UnsupportedSyntax
from srcad.frontend import calls, expressions, memory, objects
from srcad.frontend.builder import operand_kind
from srcad.frontend.values import Array, Items, Number, Ref, Value
from srcad.ir.nodes import Atom, Block, Const, Function, Let, Operand, ShapeOf, Var
from srcad.ir.walk import block_vars, defined, map_block
from srcad.nesting import tapes, values
from srcad.rules.indexing import cast, same
from srcad.rules.registry import PRIMITIVES
from srcad.transforms import copies
from srcad.transforms.forward import forward
from srcad.transforms.linearity import check_rules
from srcad.transforms.marks import both_settled, settled
from srcad.transforms.residuals import keep
from srcad.transforms.reverse import reverse
from srcad.transforms.simplify import simplify
from srcad.transforms.tapes import COPY_SHAPE

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering, Syntax


@dataclass(frozen=True, eq=False)
class Inner:
    """A function as it was run.

    `inputs` are the values that it is differentiated by, `given` what they are of the caller's, and
    `leaves` those with the integers among them;
    `result` is what it returned, of which the leaves are the results of `function`, and `aux` what
    came with that.
    """

    function: Function
    inputs: tuple[Var, ...]
    given: tuple[Operand, ...]
    leaves: tuple[Atom, ...]
    result: Value
    aux: Value | None


@dataclass(frozen=True, eq=False)
class Backward:
    """What is left of a function after its forward sweep.

    It takes a seed for each of the `seeded` among the `outputs`, which are the leaves of the
    result; `given` are its other parameters. The bars of the `primals` are summed over the named
    axes `reduce_axes`, where they are not mapped and their bars are.
    """

    function: Function
    given: dict[Var, Operand]
    seeds: tuple[Var, ...]
    seeded: tuple[int, ...]
    outputs: tuple[Atom, ...]
    primals: tuple[Operand, ...] = ()
    reduce_axes: tuple[str, ...] = ()


def run(
    ctx: Lowering,
    callee: Value,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    wanted: Sequence[int],
    has_aux: bool,
    node: Syntax,
) -> Inner:
    """Run a function, without writing it into the program yet.

    Args:
        ctx: the lowering of the program around it.
        callee: the function.
        args: its positional arguments; what it does to arrays among them, the caller does not see.
        kwargs: its keyword arguments.
        wanted: the positions of those that it is differentiated by.
        has_aux: whether it returns a pair of what is differentiated and something else.
        node: the call.
    """
    builder = ctx.builder
    inputs: list[Var] = []
    given: list[Operand] = []
    all_leaves: list[Atom] = []

    def input_of(leaf: Number | Array) -> Value:
        operand = _atom(ctx, leaf, node)
        all_leaves.append(operand)
        if not leaf.kind.is_inexact:
            return own(leaf)
        shape = operand.shape if isinstance(operand, Var) else ()
        hint = operand.hint if isinstance(operand, Var) else ""
        var = builder.fresh(hint, operand_kind(operand), shape)
        if operand in builder.contiguous:
            builder.contiguous.add(var)
        inputs.append(var)
        given.append(operand)
        return memory.new_array(ctx, var)

    def own(leaf: Number | Array) -> Value:
        if isinstance(leaf, Number):
            return leaf
        return memory.new_array(ctx, memory.read(ctx, leaf))

    passed = [
        values.mapped(ctx, arg, input_of if place in wanted else own, node)
        if place in wanted or _holds_numbers(arg)
        else arg
        for place, arg in enumerate(args)
    ]
    ctx.orders += 1
    with builder.block() as body:
        result = calls.call(ctx, callee, passed, kwargs, node)
        aux: Value | None = None
        if has_aux and not ctx.state.dead:
            result, aux = _pair(ctx, result, node)
        found: list[Number | Array] = []
        if not ctx.state.dead:
            found = values.leaves(ctx, result, node)
        atoms = tuple(_atom(ctx, leaf, node) for leaf in found)
    ctx.orders -= 1
    inside = {*defined(Block(tuple(body))), *inputs}
    read = dict.fromkeys(block_vars(Block(tuple(body), atoms)))
    around = tuple(var for var in read if var not in inside)
    function = Function("inner", (*inputs, *around), Block(tuple(body), atoms))
    check_rules(function)
    return Inner(function, tuple(inputs), tuple(given), tuple(all_leaves), result, aux)


def _pair(ctx: Lowering, result: Value, node: Syntax) -> tuple[Value, Value]:
    parts = objects.try_iterate(ctx, result, node)
    if parts is None or len(parts) != 2:
        ctx.refuse(
            "with has_aux=True a function returns a pair: what is differentiated, and the rest",
            node,
            error=ArgumentError,
        )
    return parts[0], parts[1]


def _holds_numbers(value: Value) -> bool:
    return isinstance(value, Number | Array | Items | Ref)


def _atom(ctx: Lowering, leaf: Number | Array, node: Syntax) -> Atom:
    operand = expressions.operand(ctx, leaf, node)
    assert isinstance(operand, Var | Const)
    return operand


def _enter(ctx: Lowering, inner: Inner) -> None:
    """Define the inputs: each is the caller's value, as one of its own."""
    for var, operand in zip(inner.inputs, inner.given, strict=True):
        _define(ctx, var, operand)


def _define(ctx: Lowering, var: Var, operand: Operand) -> None:
    ctx.builder.add(Let(var, PRIMITIVES[same], (operand,), (), ctx.builder.origin))


# -- reverse mode -------------------------------------------------------------------------------


def swept(ctx: Lowering, inner: Inner, node: Syntax) -> Backward:
    """Write the forward sweep of a function into the program."""
    builder = ctx.builder
    body = inner.function.body
    origin = builder.origin
    carrying = active(body, inner.inputs)
    seeded = tuple(
        i for i, atom in enumerate(body.results) if isinstance(atom, Var) and atom in carrying
    )
    outputs = tuple(body.results[i] for i in seeded)
    adjoint = reverse(body, outputs, inner.inputs, carrying, builder)
    primal, adjoint = both_settled(inner.function, adjoint, carrying)
    forward_sweep, backward, _ = keep(primal, adjoint, builder)
    builder.origin = origin
    try:
        sweeps = tapes.as_values(forward_sweep, backward, len(body.results), builder)
    except tapes.NoRows:
        ctx.refuse(
            "a loop here records arrays whose shape is not known before it, and that cannot be "
            "differentiated again",
            node,
            "give the arrays one shape for all trips, or run the loop outside of this gradient",
            UnsupportedSyntax,
        )
    forward_sweep, backward = sweeps.forward, sweeps.backward
    _enter(ctx, inner)
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
    given: dict[Var, Operand] = {
        param: shapes.get(atom, atom) for param, atom in zip(handed, saved, strict=True)
    }
    backward = simplify(backward, builder.sizes, share=True)
    return Backward(backward, given, adjoint.seeds, seeded, body.results)


def pulled(ctx: Lowering, backward: Backward, seeds: Sequence[Operand]) -> tuple[Atom, ...]:
    """Write the backward sweep of a function into the program; the bars of its inputs.

    Args:
        ctx: the lowering.
        backward: what the forward sweep left.
        seeds: a cotangent for each leaf of the result.
    """
    given = dict(backward.given)
    given.update(zip(backward.seeds, (seeds[i] for i in backward.seeded), strict=True))
    function = backward.function
    known = {var: seed for var, seed in given.items() if isinstance(seed, Const)}
    if known:  # what a seed of 1 makes simple
        body = map_block(function.body, lambda var: known.get(var, var))
        function = simplify(replace(function, body=body), ctx.sizes, share=True)
    return copies.write(ctx.builder, function, given)


# -- forward mode -------------------------------------------------------------------------------


def pushed(ctx: Lowering, inner: Inner, tangents: Sequence[Atom]) -> tuple[Atom, ...]:
    """Write a function and its tangent into the program; the tangents of its results."""
    builder = ctx.builder
    body = inner.function.body
    origin = builder.origin
    carrying = active(body, inner.inputs)
    moving = tuple(
        i for i, atom in enumerate(body.results) if isinstance(atom, Var) and atom in carrying
    )
    carrying &= influential(body, [body.results[i] for i in moving])
    made = forward(inner.function, inner.inputs, moving, carrying, builder)
    made = settled(made, carrying)
    builder.origin = origin
    _enter(ctx, inner)
    count = len(inner.function.params)
    for dot, tangent in zip(made.params[count:], tangents, strict=True):
        _define(ctx, dot, tangent)
    builder.extend(list(made.body.body))
    found = dict(zip(moving, made.body.results[len(body.results) :], strict=True))
    return tuple(found.get(i) or zero(ctx, atom) for i, atom in enumerate(body.results))


def zero(ctx: Lowering, atom: Atom) -> Atom:
    """A derivative that is zero, for a value."""
    if isinstance(atom, Var) and atom.kind.is_array:
        dtype = atom.kind.dtype if atom.kind.is_inexact else "float64"
        return ctx.builder.emit(np.zeros, ShapeOf(atom), Const(np.dtype(dtype)))
    return Const(0.0j) if operand_kind(atom).is_complex else Const(0.0)


# -- what is given ------------------------------------------------------------------------------


def fitting(
    ctx: Lowering, value: Value, like: Sequence[Atom], what: str, node: Syntax
) -> list[Atom]:
    """Cotangents or tangents, leaf by leaf, each of the shape and dtype of what it belongs to.

    Args:
        ctx: the lowering.
        value: the tree that was given.
        like: what the leaves belong to.
        what: "cotangent" or "tangent".
        node: the call.

    Raises:
        CotangentError, TangentError: where they do not fit, naming the user's line.
    """
    error = CotangentError if what == "cotangent" else TangentError
    found = values.leaves(ctx, value, node)
    if len(found) != len(like):
        ctx.refuse(
            f"the {what} has {len(found)} leaves, and what it belongs to has {len(like)}",
            node,
            "give it the same structure",
            error,
        )
    atoms: list[Atom] = []
    for leaf, wanted in zip(found, like, strict=True):
        atom = _atom(ctx, leaf, node)
        kind, expected = operand_kind(atom), operand_kind(wanted)
        if expected.is_inexact:
            message = f"a {what} does not have the shape and dtype of what it belongs to"
            hint = "give it the same shape, for which np.ones_like and np.zeros_like serve"
            fits = kind.rank == expected.rank and (expected.is_complex or not kind.is_complex)
            if isinstance(atom, Var) and isinstance(wanted, Var):
                fits = fits and values.check_shape(ctx, atom, wanted, message, hint)
            if not fits:
                ctx.refuse(message, node, hint, error)
            if isinstance(atom, Var) and kind.dtype != expected.dtype:
                atom = ctx.builder.emit(cast, atom, Const(np.dtype(expected.dtype)))
        atoms.append(atom)
    return atoms
