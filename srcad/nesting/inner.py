"""A function that is run inside a program, in a block of its own, so that it can be differentiated.

What it is given to be differentiated by are new values, equal to those of the caller; all else that
it reads is part of the program around it, through which other derivatives may pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from srcad.analyses.activity import influential
from srcad.errors import ArgumentError, CotangentError, TangentError, UnsupportedSyntax
from srcad.frontend import calls, expressions, memory, objects, value_trees
from srcad.frontend.builder import operand_kind
from srcad.frontend.value_trees import Structure
from srcad.frontend.values import Array, Items, Number, Value
from srcad.ir.nodes import Atom, Block, Const, Function, Operand, ShapeOf, Var
from srcad.ir.walk import block_vars, defined
from srcad.nesting import sweeps, tapes, values
from srcad.rules.indexing import cast
from srcad.transforms import copies
from srcad.transforms.forward import forward
from srcad.transforms.linearity import check_rules
from srcad.transforms.marks import settled

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering, Syntax


@dataclass(frozen=True, eq=False)
class Inner:
    """A function as it was run.

    `inputs` are the values that it is differentiated by, `given` what they are of the caller's, and
    `leaves` those with the integers among them, in containers of this `structure`. `result` is what
    it returned, of which the leaves are the results of `function`, and `aux` what came with that.
    """

    function: Function
    inputs: tuple[Var, ...]
    given: tuple[Operand, ...]
    leaves: tuple[Atom, ...]
    structure: Structure
    result: Value
    aux: Value | None


@dataclass(frozen=True, eq=False)
class Backward:
    """A pullback: what is `left` of a function after its forward sweep.

    It takes cotangents in containers of this `structure`. The bars of the `primals` are summed over
    the named axes `reduce_axes`, where they are not mapped and their bars are.
    """

    left: sweeps.Left
    structure: Structure | None
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
        value_trees.changed(ctx, arg, input_of, node)
        if place in wanted
        else value_trees.changed(ctx, arg, own, node, "kept")
        for place, arg in enumerate(args)
    ]
    structure = value_trees.structure(ctx, Items(tuple(args[place] for place in wanted)))
    assert structure is not None
    ctx.orders += 1
    with builder.block() as body:
        result = calls.call(ctx, callee, passed, kwargs, node)
        aux: Value | None = None
        if has_aux and not ctx.state.dead:
            result, aux = _pair(ctx, result, node)
        found: list[Number | Array] = []
        if not ctx.state.dead:
            found = value_trees.leaves(ctx, result, node)
        atoms = tuple(_atom(ctx, leaf, node) for leaf in found)
    ctx.orders -= 1
    inside = {*defined(Block(tuple(body))), *inputs}
    read = dict.fromkeys(block_vars(Block(tuple(body), atoms)))
    around = tuple(var for var in read if var not in inside)
    function = Function("inner", (*inputs, *around), Block(tuple(body), atoms))
    check_rules(function)
    return Inner(function, tuple(inputs), tuple(given), tuple(all_leaves), structure, result, aux)


def _pair(ctx: Lowering, result: Value, node: Syntax) -> tuple[Value, Value]:
    parts = objects.try_iterate(ctx, result, node)
    if parts is None or len(parts) != 2:
        ctx.refuse(
            "with has_aux=True a function returns a pair: what is differentiated, and the rest",
            node,
            error=ArgumentError,
        )
    return parts[0], parts[1]


def _atom(ctx: Lowering, leaf: Number | Array, node: Syntax) -> Atom:
    operand = expressions.operand(ctx, leaf, node)
    assert isinstance(operand, Var | Const)
    return operand


# -- reverse mode -------------------------------------------------------------------------------


def swept(ctx: Lowering, inner: Inner, node: Syntax) -> Backward:
    """Write the forward sweep of a function into the program."""
    try:
        left = sweeps.forward(ctx.builder, inner.function, inner.inputs, inner.given)
    except tapes.NoRows:
        ctx.refuse(
            "a loop here records arrays whose shape is not known before it, and that cannot be "
            "differentiated again",
            node,
            "give the arrays one shape for all trips, or run the loop outside of this gradient",
            UnsupportedSyntax,
        )
    return Backward(left, value_trees.structure(ctx, inner.result))


# -- forward mode -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Linear:
    """A function and its tangent, which can be written any number of times.

    The `function` is one of the `inputs`, of a tangent for each of them, and of values of the
    program around it. It returns the tangents of the results `moving`; `results` are their values.
    """

    function: Function
    given: dict[Var, Operand]
    dots: tuple[Var, ...]
    moving: tuple[int, ...]
    results: tuple[Atom, ...]


def run_linear(ctx: Lowering, inner: Inner) -> Linear:
    """Write a function into the program, and make another that pushes tangents through it."""
    linear = _linear(ctx, inner)
    sweeps.enter(ctx.builder, inner.inputs, inner.given)
    ctx.builder.extend(list(inner.function.body.body))
    return linear


def again(ctx: Lowering, linear: Linear, tangents: Sequence[Atom]) -> tuple[Atom, ...]:
    """Write a function and its tangent into the program once more; the tangents of its results."""
    given = linear.given | dict(zip(linear.dots, tangents, strict=True))
    return _every(ctx, linear, copies.write(ctx.builder, linear.function, given))


def pushed(ctx: Lowering, inner: Inner, tangents: Sequence[Atom]) -> tuple[Atom, ...]:
    """Write a function with its tangent into the program; the tangents of its results."""
    linear = _linear(ctx, inner)
    sweeps.enter(ctx.builder, inner.inputs, inner.given)
    for dot, tangent in zip(linear.dots, tangents, strict=True):
        sweeps.define(ctx.builder, dot, tangent)
    ctx.builder.extend(list(linear.function.body.body))
    return _every(ctx, linear, linear.function.body.results)


def _linear(ctx: Lowering, inner: Inner) -> Linear:
    body = inner.function.body
    origin = ctx.builder.origin
    carrying, moving = sweeps.carrying(inner.function, inner.inputs)
    carrying &= influential(body, [body.results[i] for i in moving])
    made = forward(inner.function, inner.inputs, moving, carrying, ctx.builder)
    made = settled(made, carrying)
    ctx.builder.origin = origin
    moved = Block(made.body.body, made.body.results[len(body.results) :])
    dots = made.params[len(inner.function.params) :]
    given: dict[Var, Operand] = dict(zip(inner.inputs, inner.given, strict=True))
    return Linear(replace(made, body=moved), given, dots, moving, body.results)


def _every(ctx: Lowering, linear: Linear, found: Sequence[Atom]) -> tuple[Atom, ...]:
    """The tangents of all results, of which some are zero."""
    moved = dict(zip(linear.moving, found, strict=True))
    return tuple(moved.get(i) or zero(ctx, atom) for i, atom in enumerate(linear.results))


def zero(ctx: Lowering, atom: Atom) -> Atom:
    """A derivative that is zero, for a value."""
    if isinstance(atom, Var) and atom.kind.is_array:
        dtype = atom.kind.dtype if atom.kind.is_inexact else "float64"
        return ctx.builder.emit(np.zeros, ShapeOf(atom), Const(np.dtype(dtype)))
    return Const(0.0j) if operand_kind(atom).is_complex else Const(0.0)


# -- what is given ------------------------------------------------------------------------------


def fitting(
    ctx: Lowering,
    value: Value,
    structure: Structure | None,
    like: Sequence[Atom],
    what: str,
    node: Syntax,
) -> list[Atom]:
    """Cotangents or tangents, leaf by leaf, each of the shape and dtype of what it belongs to.

    Args:
        ctx: the lowering.
        value: the tree that was given.
        structure: the containers that it must have.
        like: what the leaves belong to.
        what: "cotangent" or "tangent".
        node: the call.

    Raises:
        CotangentError, TangentError: where they do not fit, naming the user's line.
    """
    error = CotangentError if what == "cotangent" else TangentError
    found = value_trees.arranged(ctx, value, structure)
    if found is None:
        ctx.refuse(
            f"the {what} has not the structure of what it belongs to",
            node,
            "give it the same containers, with the same keys and as many items",
            error,
        )
    atoms: list[Atom] = []
    for leaf, wanted in zip(found, like, strict=True):
        expected = operand_kind(wanted)
        if not expected.is_inexact:
            atoms.append(Const(0))  # whatever was given, it is not used
            continue
        message = f"a {what} does not have the shape and dtype of what it belongs to"
        hint = "give it the same shape, for which np.ones_like and np.zeros_like serve"
        if not isinstance(leaf, Number | Array):
            ctx.refuse(message, node, hint, error)
        atom = _atom(ctx, leaf, node)
        kind = operand_kind(atom)
        fits = kind.rank == expected.rank and (expected.is_complex or not kind.is_complex)
        if isinstance(atom, Var) and isinstance(wanted, Var):
            fits = fits and values.check_shape(ctx, atom, wanted, message, hint)
        if not fits:
            ctx.refuse(message, node, hint, error)
        if isinstance(atom, Var) and kind.dtype != expected.dtype:
            atom = ctx.builder.emit(cast, atom, Const(np.dtype(expected.dtype)))
        atoms.append(atom)
    return atoms
