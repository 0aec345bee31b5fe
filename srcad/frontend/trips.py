"""The trips of counted loops: how many they are, and what their counters are."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from srcad.ir.dims import Dim
from srcad.ir.nodes import Atom, Const, Range
from srcad.rules.constants import LARGER, SMALLER

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def trip_count(ctx: Lowering, trip_range: Range) -> Dim | None:
    """How many trips a loop runs, as a length (for steps of 1 and -1)."""
    start, stop = ctx.builder.size(trip_range.start), ctx.builder.size(trip_range.stop)
    if start is None or stop is None:
        return None
    if trip_range.step == Const(1):
        return stop - start
    return start - stop if trip_range.step == Const(-1) else None


def folded(ctx: Lowering, function: Callable[[int, int], int], a: Atom, b: Atom) -> Atom:
    """An operation on two ints, done now if both are known."""
    if isinstance(a, Const) and isinstance(b, Const):
        return Const(function(a.value, b.value))  # type: ignore[arg-type]
    return ctx.builder.emit(function, a, b)


def without_first(ctx: Lowering, trip_range: Range) -> tuple[Range, bool | Atom]:
    """What is left of a range after its first trip, and whether there is one."""
    start, stop, step = trip_range.start, trip_range.stop, trip_range.step
    left = replace(trip_range, start=folded(ctx, operator.add, start, step))
    count = trip_count(ctx, trip_range)
    known = None if count is None else ctx.sizes.at_least(count, 1)
    if known is not None:
        return left, known
    if isinstance(step, Const):
        forward = step.value > 0  # type: ignore[operator]
        return left, ctx.builder.emit(operator.lt if forward else operator.gt, start, stop)
    return left, ctx.builder.emit(operator.ge, trips_of(ctx, trip_range), Const(1))


def trips_from_zero(ctx: Lowering, trip_range: Range) -> Atom:
    """How many trips a range has that starts at 0 and counts up by 1."""
    size = ctx.builder.size(trip_range.stop)
    if size is not None and ctx.sizes.at_least(size, 0):
        return trip_range.stop
    return ctx.builder.emit(LARGER, trip_range.stop, Const(0))


def from_zero(ctx: Lowering, trip_range: Range) -> tuple[Range, Callable[[Atom], Atom]]:
    """A range from 0 in steps of 1, and what the counter would have been."""
    if trip_range.start == Const(0) and trip_range.step == Const(1):
        return trip_range, lambda i: i
    emit = ctx.builder.emit
    count: Atom = folded(ctx, operator.sub, trip_range.stop, trip_range.start)
    if trip_range.step != Const(1):
        bent = emit(
            operator.neg, emit(operator.floordiv, emit(operator.neg, count), trip_range.step)
        )
        count = bent
    if not isinstance(count, Const):
        count = emit(LARGER, count, Const(0))

    def moved(i: Atom) -> Atom:
        scaled = i if trip_range.step == Const(1) else emit(operator.mul, i, trip_range.step)
        return emit(operator.add, trip_range.start, scaled)

    return Range(Const(0), count, Const(1)), moved


def shorter(ctx: Lowering, a: Atom, b: Atom) -> Atom:
    """The smaller of two lengths."""
    sizes = [ctx.builder.size(x) for x in (a, b)]
    if a == b or (sizes[0] is not None and sizes[0] == sizes[1]):
        return a
    if isinstance(a, Const) and isinstance(b, Const):
        return a if a.value <= b.value else b  # type: ignore[operator]
    if sizes[0] is not None and sizes[1] is not None:
        first = ctx.sizes.at_least(sizes[1], sizes[0])
        if first is not None:
            return a if first else b
    return ctx.builder.emit(SMALLER, a, b)


def trips_of(ctx: Lowering, trip_range: Range) -> Atom:
    """How many trips a range has."""
    count = trip_count(ctx, trip_range)
    if count is not None and trip_range.step == Const(1) and ctx.sizes.at_least(count, 0):
        if trip_range.start == Const(0):
            return trip_range.stop
        return folded(ctx, operator.sub, trip_range.stop, trip_range.start)
    shifted, _ = from_zero(ctx, trip_range)
    return trips_from_zero(ctx, shifted)
