"""How many items a loop appends to a list at most, where that is known before the loop."""

from __future__ import annotations

import builtins
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import SrcadError
from srcad.frontend import expressions, iterations, outside
from srcad.frontend.liveness import reads, stores
from srcad.frontend.trips import folded, trips_of
from srcad.frontend.values import Array, Iteration, Mapping, Number, Record, Ref, Value
from srcad.ir.dims import Dim, Opaque, SizeOf, SliceLength, Symbol, ValueOf
from srcad.ir.nodes import Atom, Const, Range, ShapeOf
from srcad.rules.constants import LARGER, SMALLER
from srcad.rules.indexing import size

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

LEAST = 8
"""Rows of a list of which it is not known how long it gets."""

COUNTING = {"range": range, "len": len, "zip": zip, "enumerate": enumerate, "reversed": reversed}

EMITTED = {"*": operator.mul, "//": operator.floordiv, "max": LARGER, "min": SMALLER}
"""How the operations are written by which lengths are computed."""


@dataclass(frozen=True)
class Room:
    """`parts` are (how often, how many trips) that add up; `sites` are the calls that append."""

    parts: tuple[tuple[int, tuple[Atom, ...]], ...]
    sites: frozenset[int]


def room_for(ctx: Lowering, node: Any, trip_range: Range | None, identity: int) -> Room | None:
    """The appends of a loop to a list; None if their number is not known before it."""
    if trip_range is None or not isinstance(node, gast.For):
        return None
    names = _names(ctx, identity)
    rebound = stores(node.body)
    if names & rebound:
        return None
    found = _in_block(ctx, node.body, names, stores([node]))
    if found is None or not found.sites:
        return None
    trips = trips_of(ctx, trip_range)
    parts = tuple((often, (trips, *inner)) for often, inner in found.parts)
    return Room(parts, found.sites)


def room_of_branch(ctx: Lowering, stmt: gast.If, identity: int) -> Room | None:
    """The appends of a branch to a list."""
    found = _in_block(ctx, [stmt], _names(ctx, identity), stores([stmt]))
    return found if found is not None and found.sites else None


def _names(ctx: Lowering, identity: int) -> set[str]:
    return {
        name
        for name, value in ctx.state.env.items()
        if isinstance(value, Ref) and value.identity == identity
    }


def _in_block(
    ctx: Lowering, body: list[Any], names: set[str], rebound: frozenset[str]
) -> Room | None:
    parts: list[tuple[int, tuple[Atom, ...]]] = []
    sites: frozenset[int] = frozenset()
    plain = 0
    for stmt in body:
        match stmt:
            case gast.Expr(
                value=gast.Call(
                    func=gast.Attribute(value=gast.Name(id=name), attr="append")
                ) as call
            ) if name in names:
                plain += 1
                sites |= {id(call)}
                continue
            case gast.If(body=then, orelse=orelse):
                found = [_in_block(ctx, side, names, rebound) for side in (then, orelse)]
                if found[0] is None or found[1] is None:
                    return None
                for side in found:
                    assert side is not None
                    sites |= side.sites
                    parts += [part for part in side.parts if part[1]]
                plain += max(_plain(side) for side in found if side is not None)
            case gast.For(iter=through, body=inner):
                nested = _in_block(ctx, inner, names, rebound)
                if nested is None:
                    return None
                if not nested.sites:
                    continue
                trips = _trips_before(ctx, through, rebound)
                if trips is None:
                    return None
                sites |= nested.sites
                parts += [(often, (trips, *more)) for often, more in nested.parts]
            case gast.While(body=inner):
                nested = _in_block(ctx, inner, names, rebound)
                if nested is None or nested.sites:
                    return None
    return Room((*parts, *([(plain, ())] if plain else [])), sites)


def _plain(found: Room) -> int:
    return sum(often for often, trips in found.parts if not trips)


def _trips_before(ctx: Lowering, through: Any, rebound: frozenset[str]) -> Atom | None:
    """The trips of an inner loop, if what it goes through is the same all along."""
    for inner in gast.walk(through):
        if isinstance(inner, gast.Call):
            known = isinstance(inner.func, gast.Name) and inner.func.id in COUNTING
            if not known or getattr(builtins, inner.func.id) is not COUNTING[inner.func.id]:
                return None
        elif not isinstance(
            inner,
            gast.Name | gast.Constant | gast.BinOp | gast.Attribute | gast.Subscript
            | gast.operator | gast.expr_context,
        ):  # fmt: skip
            return None
    if reads(through) & rebound:
        return None
    try:
        value = outside.resolve(ctx, expressions.evaluate(ctx, through))
        if not _is_steady(ctx, value):
            return None
        trip_range, _ = iterations.counted(ctx, value, through)
        return trips_of(ctx, trip_range)
    except SrcadError:
        return None


def _is_steady(ctx: Lowering, value: Value) -> bool:
    match outside.resolve(ctx, value):
        case Array() | Number():
            return True
        case Iteration(parts=parts):
            return all(_is_steady(ctx, part) for part in parts)
    return False


def total(ctx: Lowering, start: int, room: Room) -> Atom:
    """The rows that a list needs in all."""
    whole: Dim | None = Dim(start)
    for often, trips in room.parts:
        sizes = [ctx.builder.size(trip) for trip in trips]
        size_ = sizes[0] if len(sizes) == 1 else None
        whole = None if whole is None or size_ is None else whole + size_.scaled(often)
    if whole is not None and (found := length(ctx, whole)) is not None:
        return found
    rows: Atom = Const(start)
    for often, trips in room.parts:
        part: Atom = Const(often)
        for trip in trips:
            part = trip if part == Const(1) else folded(ctx, operator.mul, part, trip)
        rows = part if rows == Const(0) else folded(ctx, operator.add, part, rows)
    return rows


def length(ctx: Lowering, dim: Dim | None) -> Atom | None:
    """A length as a value that is at hand here; None if it is not."""
    if dim is None:
        return None
    if dim.is_constant:
        return Const(dim.constant)
    if (found := _axis(ctx, dim)) is not None:
        return found
    sum_: Atom = Const(dim.constant)
    for symbol, count in dim.terms:
        term = _symbol(ctx, symbol)
        if term is None:
            return None
        if count != 1:
            term = ctx.builder.emit(operator.mul, Const(count), term)
        sum_ = term if sum_ == Const(0) else ctx.builder.emit(operator.add, term, sum_)
    return sum_


def _axis(ctx: Lowering, dim: Dim) -> Atom | None:
    """The length of an axis of an array at hand."""
    for var in (*ctx.state.memory.values(), *(c.var for c in ctx.captures.values())):
        for axis, own in enumerate(var.shape):
            if own == dim:
                return ctx.builder.emit(size, ShapeOf(var), Const(axis))
    return None


def _symbol(ctx: Lowering, symbol: Symbol) -> Atom | None:
    dim = Dim(0, ((symbol, 1),))
    if (found := _number(ctx, dim)) is not None:
        return found
    match symbol:
        case SizeOf():
            found = _axis(ctx, dim)
            if found is None and symbol in ctx.sizes.hints:  # an argument: at hand everywhere
                return ctx.builder.emit(size, ShapeOf(symbol.var), Const(symbol.axis))
            return found
        case Opaque(operation, operands):
            ints = [length(ctx, operand) for operand in operands]
            if None in ints:
                return None
            return ctx.builder.emit(EMITTED[operation], *ints)  # type: ignore[arg-type]
        case SliceLength(None, None, step, whole) if step > 0:
            of = length(ctx, whole + (step - 1))
            return None if of is None else ctx.builder.emit(operator.floordiv, of, Const(step))
    return None


def _number(ctx: Lowering, dim: Dim) -> Atom | None:
    """An int at hand that is a length: one with a name here or in a caller, or an argument."""
    (symbol, _), *_ = dim.terms
    if isinstance(symbol, ValueOf) and symbol in ctx.sizes.hints:
        return symbol.var
    values = list(ctx.state.env.values())
    for frame in ctx.frames[:-1]:
        values += frame.env.values()
    for content in ctx.state.heap.values():
        if isinstance(content, Record | Mapping):
            values += [value for _, value in _pairs(content)]
    for value in values:
        if isinstance(value, Number) and ctx.builder.size(value.atom) == dim:
            return value.atom
    return None


def _pairs(content: Record | Mapping) -> tuple[tuple[Any, Value], ...]:
    return content.fields if isinstance(content, Record) else content.items
