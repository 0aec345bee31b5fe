"""How the lists that a loop appends to get longer: with its trips, or by what is carried."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from srcad.frontend import trips
from srcad.frontend.values import Number, Rows, State, Value
from srcad.ir.dims import ValueOf, value_of
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Const, Range, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def note_floor(ctx: Lowering, count: Var, least: int) -> None:
    """Note that a count is a number of its own, and what it is never below."""
    ctx.builder.known.setdefault(count, value_of(count))
    if ctx.builder.known[count] == value_of(count):
        ctx.sizes.floors[ValueOf(count)] = least


def note_joined(ctx: Lowering, joined: Atom, parts: list[Atom]) -> None:
    """Note what an int is never below that is one of several, one of them such a number itself."""
    if not isinstance(joined, Var) or joined.kind != INT or joined in ctx.builder.known:
        return
    own = [part for part in parts if isinstance(part, Var) and ctx.builder.size(part) is not None]
    if any(ctx.builder.size(part) == value_of(part) for part in own):
        sizes = [ctx.builder.size(part) for part in parts]
        least = [None if size is None else ctx.sizes.floor(size) for size in sizes]
        if None not in least:
            note_floor(ctx, joined, min(bound for bound in least if bound is not None))


def note_largest(ctx: Lowering, largest: Value, of: list[Value]) -> None:
    """Note what `max` of several ints is never below."""
    if not isinstance(largest, Number) or largest.kind != INT or not isinstance(largest.atom, Var):
        return
    sizes = [ctx.builder.size(item.atom) for item in of if isinstance(item, Number)]
    least = [None if size is None else ctx.sizes.floor(size) for size in sizes]
    if known := [bound for bound in least if bound is not None]:
        note_floor(ctx, largest.atom, max(known))


def shared_by_lists(entry: State, end: State, cells: dict[str, int]) -> set[tuple[str, str]]:
    """The arrays that lists hold at the end of a trip, as pairs of keys of what a loop carries."""
    carried: dict[int, list[str]] = {cell: [f"cell {cell}"] for cell in entry.memory}
    for key, cell in cells.items():
        carried.setdefault(cell, []).append(key)
    return {
        (min(own, key), max(own, key))
        for content in end.heap.values()
        if isinstance(content, Rows) and content.cell in entry.memory
        for own in (f"cell {content.cell}",)
        for other in end.aliases.get(content.cell, ())
        for key in carried.get(other, ())
    }


@dataclass
class Counts:
    """How the lists of a loop grow: by a fixed number in each trip, or by what is carried."""

    steps: dict[int, int] = field(default_factory=dict)
    uneven: set[int] = field(default_factory=set)
    without_room: set[int] = field(default_factory=set)
    shrinks: set[int] = field(default_factory=set)
    by_trips: bool = False

    def head(self, ctx: Lowering, identity: int, rows: Rows, count: Number) -> Rows:
        """A list at the start of a trip."""
        if isinstance(count.atom, Var) and identity not in self.steps:
            self.floor(ctx, identity, rows, count.atom)
        sites = frozenset[int]() if identity in self.without_room else rows.sites
        return replace(rows, count=count, sites=sites)

    def floor(self, ctx: Lowering, identity: int, entry: Rows, count: Var) -> None:
        """Note what a carried count is never below: what it was, if the list only grows."""
        size = ctx.builder.size(entry.count.atom)
        least = 0 if size is None or identity in self.shrinks else ctx.sizes.floor(size)
        note_floor(ctx, count, least or 0)

    def note(self, ctx: Lowering, identity: int, before: Rows, now: Rows, leaves: bool) -> bool:
        """Note how a list has grown in a trip; True if the loop has to be lowered again."""
        if before.cell != now.cell or before.kind != now.kind:
            ctx.refuse("this loop puts one list in the place of another", None)
        changed = False
        if now.sites != before.sites:
            self.without_room.add(identity)
            changed = True
        sizes = [ctx.builder.size(rows.count.atom) for rows in (before, now)]
        grown = None if sizes[0] is None or sizes[1] is None else sizes[1] - sizes[0]
        steady = grown is not None and grown.is_constant and not leaves and self.by_trips
        if steady and identity not in self.uneven:
            assert grown is not None
            if self.steps.get(identity) != grown.constant:
                self.steps[identity] = grown.constant
                changed = True
        least = [0 if size is None else ctx.sizes.floor(size) or 0 for size in sizes]
        if least[1] < least[0] and identity not in self.shrinks:
            self.shrinks.add(identity)
            changed = True
        if steady and identity not in self.uneven:
            pass
        elif identity not in self.uneven:
            self.uneven.add(identity)
            changed = self.steps.pop(identity, None) is not None or changed
        return changed

    def place(self, ctx: Lowering, head: State, counter: Var, trip_range: Range | None) -> None:
        """At the start of a trip, what is known of lists that grow in step with the trips."""
        for identity, step in self.steps.items():
            assert trip_range is not None
            rows = ctx.state.heap[identity]
            assert isinstance(rows, Rows)
            by = trip_range.step
            if step == 1 and by == Const(1) and rows.count.atom == trip_range.start:
                ctx.state.heap[identity] = replace(rows, count=Number(counter, INT))
            else:
                done: Atom = counter
                if trip_range.start != Const(0):
                    done = ctx.builder.emit(operator.sub, counter, trip_range.start)
                if by != Const(1):
                    done = ctx.builder.emit(operator.floordiv, done, by)
                self._set(ctx, identity, step, done)
            head.heap[identity] = ctx.state.heap[identity]

    def after(self, ctx: Lowering, entry: State, trip_range: Range | None) -> None:
        """After the loop, how long these lists are."""
        for identity, step in self.steps.items():
            assert trip_range is not None
            rows = ctx.state.heap[identity]
            before = entry.heap[identity]
            assert isinstance(rows, Rows)
            assert isinstance(before, Rows)
            ctx.state.heap[identity] = replace(rows, count=before.count)
            self._set(ctx, identity, step, trips.trips_of(ctx, trip_range))

    def _set(self, ctx: Lowering, identity: int, step: int, done: Atom) -> None:
        rows = ctx.state.heap[identity]
        assert isinstance(rows, Rows)
        count = done if step == 1 else trips.folded(ctx, operator.mul, done, Const(step))
        if rows.count.atom != Const(0):
            count = trips.folded(ctx, operator.add, count, rows.count.atom)
        ctx.state.heap[identity] = replace(rows, count=Number(count, INT))
