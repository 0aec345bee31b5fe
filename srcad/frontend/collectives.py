"""Collectives: what a mapped function computes of all examples comes from a loop before its own.

The function is followed as far as the first collective, and what it has there is summed in a loop
over the examples; then from the start as far as the second one, with that sum known; and so on.
What a loop computes and nobody needs is taken out again with all else of that kind.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import gast
import numpy as np

from srcad import collectives
from srcad.analyses.dependence import dependent
from srcad.errors import UnsupportedType
from srcad.frontend import control, expressions, memory, objects, room, skeletons
from srcad.frontend.builder import operand_kind
from srcad.frontend.values import Array, Items, Number, Value
from srcad.ir.kinds import kind_of
from srcad.ir.nodes import Atom, Block, Const, Effect, Operand, Stmt, Var
from srcad.ir.walk import statements

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]


@dataclass(eq=False)
class Bound:
    """A named axis while the function of one example is lowered.

    Args:
        name: what it is called.
        size: the number of examples.
        index: which example this is.
        totals: what is known of all examples, in the order of the collectives.
        here: the block and the handlers that the function's own statements stand in.
        reduced: which cotangents are summed, call by call, where that was decided before.
        place: how many collectives were met.
        met: which cotangents are summed, call by call, of the calls that were met.
    """

    name: str
    size: Number
    index: Number
    totals: list[Value]
    here: tuple[Any, ...]
    reduced: tuple[tuple[int, ...], ...] | None = None
    place: int = 0
    met: list[tuple[int, ...]] = field(default_factory=list)


class Collected(Exception):
    """A collective was met whose result is not known yet."""

    def __init__(self, bound: Bound, how: str, value: Value) -> None:
        super().__init__()
        self.bound = bound
        self.how = how
        self.value = value


def surroundings(ctx: Lowering) -> tuple[Any, ...]:
    """What a statement stands in: it is run once for each example where that is the same."""
    return id(ctx.builder.stack[-1]), len(ctx.attempts), ctx.quiet, ctx.ignored, len(ctx.iterated)


def repeatable(written: list[Stmt]) -> bool:
    """Whether nobody sees it when statements are run again; raising an error is fine."""
    effects = (stmt for stmt in statements(Block(tuple(written))) if isinstance(stmt, Effect))
    return all(effect.action in ("raise", "errstate") for effect in effects)


def start_of(ctx: Lowering, atom: Atom | None) -> Value | None:
    """What a sum over values like this one starts from; None where its shape is not known."""
    assert atom is not None
    kind = operand_kind(atom)
    dtype = np.dtype("int64") if kind.is_bool else np.dtype(kind.dtype)
    if not isinstance(atom, Var) or not kind.rank:
        zero = dtype.type(0) if kind.form == "numpy" else dtype.type(0).item()
        return Number(Const(zero), kind_of(zero))
    lengths: list[Operand] = []
    for dim in atom.shape:
        length = room.length(ctx, dim)
        if length is None:
            return None
        lengths.append(length)
    made = ctx.builder.emit(np.zeros, tuple(lengths), Const(dtype), hint="total")
    return memory.new_array(ctx, made)


def _bound(ctx: Lowering, name: str) -> Bound | None:
    return next((bound for bound in reversed(ctx.bound) if bound.name == name), None)


def _collective(
    function: Callable[..., Any], how: str
) -> Callable[[Lowering, Args, Kwargs, gast.AST], Value]:
    """The handler of a function of a value and the name of an axis, or several."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        try:
            bound_args: tuple[Value, ...] = inspect.signature(function).bind(*args, **kwargs).args
            value, given = bound_args
        except TypeError as error:
            return control.fail(ctx, error)
        names = objects.static(ctx, given, node)
        for name in (names,) if isinstance(names, str) else names:
            bound = _bound(ctx, name)
            if bound is None:
                return _unbound(ctx, name, function.__name__, node)
            value = collected(ctx, bound, how, value, function.__name__, node)
            if ctx.state.dead:
                return value
            if function is collectives.pmean:
                value = _divided(ctx, value, bound.size, node)
        return value

    return handler


def collected(
    ctx: Lowering, bound: Bound, how: str, value: Value, word: str, node: gast.AST
) -> Value:
    """What is computed of the values of all examples: known, or to be computed before.

    Args:
        ctx: the lowering.
        bound: the axis of the examples.
        how: `sum` or `max`.
        value: what one example has: numbers, arrays, and containers of them.
        word: what the user calls that.
        node: where.
    """
    found: list[Value] = []
    tree = skeletons.apart(ctx, value, found)
    if all(isinstance(leaf, Number) and isinstance(leaf.atom, Const) for leaf in found):
        if how == "sum":
            found = [
                expressions.binary(ctx, operator.mul, leaf, bound.size, node) for leaf in found
            ]
        return skeletons.together(ctx, tree, found)
    for leaf in found:
        if not isinstance(leaf, Array | Number):
            ctx.refuse(
                f"`{word}` is computed of numbers and arrays, not of {objects.describe(ctx, leaf)}",
                node,
                None,
                UnsupportedType,
            )
    _check_place(ctx, bound, word, node)
    place, bound.place = bound.place, bound.place + 1
    if place == len(bound.totals):
        raise Collected(bound, how, value)
    return _own(ctx, bound.totals[place])


def reduced(
    ctx: Lowering,
    names: Sequence[str],
    primals: Sequence[Operand],
    bars: Sequence[Atom],
    node: gast.AST,
) -> list[Atom]:
    """Bars of primals, summed over the axes that a bar has and its primal does not have.

    Args:
        ctx: the lowering.
        names: the axes; a name that is not bound changes nothing.
        primals: what the bars are of.
        bars: as the pullback gives them.
        node: the call.
    """
    summed = list(bars)
    for name in names:
        bound = _bound(ctx, name)
        if bound is None:
            continue
        _check_place(ctx, bound, "reduce_axes", node)
        chosen = _chosen(ctx, bound, primals, summed)
        bound.met.append(chosen)
        if chosen:
            parts = Items(tuple(_value_of(ctx, summed[i]) for i in chosen))
            total = collected(ctx, bound, "sum", parts, "reduce_axes", node)
            assert isinstance(total, Items)
            for i, value in zip(chosen, total.items, strict=True):
                summed[i] = expressions.operand(ctx, value)  # type: ignore[assignment]
    return summed


def _chosen(
    ctx: Lowering, bound: Bound, primals: Sequence[Operand], bars: Sequence[Atom]
) -> tuple[int, ...]:
    """Which bars differ from example to example, while their primals do not.

    That is read off the program where an example is any example; elsewhere it is remembered.
    """
    if bound.reduced is not None:
        return bound.reduced[len(bound.met)]
    assert isinstance(bound.index.atom, Var)
    each = dependent(ctx.builder.stack[-1], [bound.index.atom])
    pairs = enumerate(zip(primals, bars, strict=True))
    return tuple(i for i, (primal, bar) in pairs if bar in each and primal not in each)


def _value_of(ctx: Lowering, atom: Atom) -> Value:
    if isinstance(atom, Var) and atom.kind.rank:
        return memory.new_array(ctx, atom)
    return Number(atom, operand_kind(atom))


def _check_place(ctx: Lowering, bound: Bound, word: str, node: gast.AST) -> None:
    """Refuse a collective where not every example surely comes to it, once."""
    if surroundings(ctx) != bound.here:
        _refuse_place(ctx, bound.name, word, node)


def _refuse_place(ctx: Lowering, name: str, word: str, node: gast.AST) -> NoReturn:
    ctx.refuse(
        f"`{word}` over `{name}` stands inside of a loop, a branch, a derivative or another mapped"
        " function, where not all examples come together",
        node,
        "compute it before, at the top level of the mapped function",
    )


def _unbound(ctx: Lowering, name: str, word: str, node: gast.AST) -> Value:
    """There is no such axis here; perhaps around, where Python runs the mapped function."""
    if any(binding.name == name for binding in collectives.BOUND.get()):
        _refuse_place(ctx, name, word, node)
    return control.fail(ctx, collectives.unbound(name))


def _own(ctx: Lowering, value: Value) -> Value:
    """The same in memory of its own, to which an example may write."""
    found: list[Value] = []
    tree = skeletons.apart(ctx, value, found)
    own = [
        memory.new_array(ctx, memory.read(ctx, leaf)) if isinstance(leaf, Array) else leaf
        for leaf in found
    ]
    return skeletons.together(ctx, tree, own)


def _divided(ctx: Lowering, value: Value, size: Number, node: gast.AST) -> Value:
    found: list[Value] = []
    tree = skeletons.apart(ctx, value, found)
    parts = [expressions.binary(ctx, operator.truediv, leaf, size, node) for leaf in found]
    return skeletons.together(ctx, tree, parts)


def _of_axis(
    function: Callable[..., Any], fact: str
) -> Callable[[Lowering, Args, Kwargs, gast.AST], Value]:
    """The handler of a function of the name of an axis."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        try:
            (given,) = inspect.signature(function).bind(*args, **kwargs).args
        except TypeError as error:
            return control.fail(ctx, error)
        name = objects.static(ctx, given, node)
        bound = _bound(ctx, name)
        if bound is None:
            return _unbound(ctx, name, function.__name__, node)
        found: Value = getattr(bound, fact)
        return found

    return handler


HANDLERS: dict[Any, Any] = {
    collectives.psum: _collective(collectives.psum, "sum"),
    collectives.pmean: _collective(collectives.pmean, "sum"),
    collectives.pmax: _collective(collectives.pmax, "max"),
    collectives.axis_index: _of_axis(collectives.axis_index, "index"),
    collectives.axis_size: _of_axis(collectives.axis_size, "size"),
}
