"""What loops go through: the range of their counters, and what each trip binds."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import (
    attributes,
    calls,
    control,
    cursors,
    expressions,
    memory,
    objects,
    outside,
    rows,
    trips,
    turns,
)
from srcad.frontend.values import Array, Items, Iteration, Number, Ref, Rows, Step, Value
from srcad.ir.dims import value_of
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Const, Range, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def is_counted(ctx: Lowering, value: Value) -> bool:
    """Whether a loop over this is a counted loop, rather than a fixed list of items."""
    match value:
        case Array():
            return True
        case Ref(identity=identity):
            return isinstance(ctx.state.heap[identity], Rows)
        case Iteration(kind="range"):
            return True
        case Iteration(kind="filter"):
            return False
        case Iteration(kind="written", parts=(items, *_)):
            return is_counted(ctx, outside.resolve(ctx, items))
        case Iteration(parts=parts):
            inner = [outside.resolve(ctx, part) for part in parts]
            return any(is_counted(ctx, part) for part in inner)
    return False


def counted(ctx: Lowering, value: Value, node: gast.AST) -> tuple[Range, Callable[[Atom], Value]]:
    """The range of a counted loop, and what each trip binds."""
    match value:
        case Iteration(kind="range", parts=parts):
            for part in parts:
                if not (isinstance(part, Number) and (part.kind.is_integral or part.kind.is_bool)):
                    ctx.refuse("`range` needs integers, as in Python", node, error=UnsupportedType)
            atoms = [expressions.operand(ctx, part, node) for part in parts]
            if len(atoms) == 1:
                atoms = [Const(0), *atoms]
            start, stop, step = (*atoms, Const(1))[:3]
            for atom in atoms:
                if isinstance(atom, Var):
                    # An int of which nothing is known is a length of its own.
                    ctx.builder.known.setdefault(atom, value_of(atom))
            if step == Const(0):
                control.fail(ctx, ValueError("range() arg 3 must not be zero"))
            return Range(start, stop, step), lambda i: Number(i, INT)  # type: ignore[arg-type]
        case Array():
            var = memory.read(ctx, value)
            if not var.kind.rank:
                control.fail(ctx, TypeError("iteration over a 0-d array"))
            stop = expressions.operand(ctx, attributes.length(ctx, var, 0))
            return (
                Range(Const(0), stop, Const(1)),  # type: ignore[arg-type]
                lambda i: memory.view(ctx, value, Step("getitem", (i,))),
            )
        case Ref(identity=identity) if isinstance(content := ctx.state.heap[identity], Rows):
            return (
                Range(Const(0), content.count.atom, Const(1)),
                lambda i: rows.row(ctx, content, i),
            )
        case Iteration(kind="enumerate", parts=parts):
            around, element = from_zero(ctx, outside.resolve(ctx, parts[0]), node)
            first = parts[1] if len(parts) > 1 else expressions.literal(0)

            def pair(i: Atom) -> Value:
                count = expressions.binary(ctx, operator.add, Number(i, INT), first, node)
                if isinstance(first, Number) and first.atom == Const(0):
                    count = Number(i, INT)
                return Items((count, element(i)))

            return around, pair
        case Iteration(kind="zip", parts=parts):
            inner = [from_zero(ctx, outside.resolve(ctx, part), node) for part in parts]
            stop = inner[0][0].stop
            for trip_range, _ in inner[1:]:
                stop = trips.shorter(ctx, stop, trip_range.stop)
            return (
                Range(Const(0), stop, Const(1)),
                lambda i: Items(tuple(element(i) for _, element in inner)),
            )
        case Iteration(kind="map", parts=(function, *parts)):
            around, element = counted(ctx, Iteration("zip", tuple(parts)), node)

            def called(i: Atom) -> Value:
                row = element(i)
                assert isinstance(row, Items)
                return calls.call(ctx, function, list(row.items), {}, node)

            return around, called
        case Iteration(kind="written", parts=(items, *_)):
            return counted(ctx, outside.resolve(ctx, items), node)
        case Iteration(kind="rest", parts=(through, Number(atom=place))):
            around, element = from_zero(ctx, outside.resolve(ctx, through), node)
            return Range(place, around.stop, Const(1)), element
        case Iteration(kind="advancing", parts=(Ref() as ref, through, Number() as place)):
            around, element = from_zero(ctx, Iteration("rest", (through, place)), node)
            return around, cursors.advancing(ctx, ref.identity, place, element, node)
        case Iteration(kind="product", parts=parts):
            return _product(ctx, parts, node)
        case Iteration(kind="reversed", parts=(part,)):
            around, element = from_zero(ctx, outside.resolve(ctx, part), node)
            last = ctx.builder.emit(operator.sub, around.stop, Const(1))
            return (
                Range(last, Const(-1), Const(-1)),
                element,
            )
    found = objects.counted_out(ctx, turns.turns(ctx, value, node), value, node)

    def item(i: Atom) -> Value:
        if isinstance(i, Const):
            return found[int(i.value)]()  # type: ignore[call-overload]
        items = Items(tuple(turn() for turn in found))
        return objects.item(ctx, items, Number(i, INT), node)

    return Range(Const(0), Const(len(found)), Const(1)), item


def from_zero(ctx: Lowering, value: Value, node: gast.AST) -> tuple[Range, Callable[[Atom], Value]]:
    """The same loop with a counter that runs from 0 in steps of 1."""
    trip_range, element = counted(ctx, value, node)
    if trip_range.start == Const(0) and trip_range.step == Const(1):
        return trip_range, element
    shifted, moved = trips.from_zero(ctx, trip_range)
    return shifted, lambda i: element(moved(i))


def _product(
    ctx: Lowering, parts: tuple[Value, ...], node: gast.AST
) -> tuple[Range, Callable[[Atom], Value]]:
    """All combinations of some items, the last one running fastest."""
    emit = ctx.builder.emit
    inner = [from_zero(ctx, outside.resolve(ctx, part), node) for part in parts]
    counts = [trips.trips_from_zero(ctx, trip_range) for trip_range, _ in inner]
    total: Atom = Const(1)
    for count in counts:
        total = count if total == Const(1) else trips.folded(ctx, operator.mul, total, count)

    def element(k: Atom) -> Value:
        items: list[Value] = []
        for count, (_, part) in zip(counts[:0:-1], inner[:0:-1], strict=True):
            items.append(part(emit(operator.mod, k, count)))
            k = emit(operator.floordiv, k, count)
        items += [part(k) for _, part in inner[:1]]
        return Items(tuple(items[::-1]))

    return Range(Const(0), total, Const(1)), element
