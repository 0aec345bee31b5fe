"""After a loop: the state at its head, with the last values in place of those of a trip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from srcad.frontend.carried import Carried, Plan, head_var
from srcad.frontend.counts import note_floor
from srcad.frontend.trips import trip_count
from srcad.frontend.values import (
    Array,
    Conflict,
    HeapObject,
    Items,
    Mapping,
    Maybe,
    Number,
    Record,
    Rows,
    Sequence,
    State,
    Value,
)
from srcad.ir.nodes import Range, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def after_loop(
    ctx: Lowering,
    plan: Plan,
    head: State,
    end: State,
    carried: Carried,
    targets: tuple[Var, ...],
    after: frozenset[str],
    trip_range: Range | None,
) -> None:
    """Make the state after the loop: the head's, with the last values in place of the phis."""
    last: dict[Var, Var] = dict(zip(carried.phis, targets, strict=True))
    runs = False
    if trip_range is not None and (trips := trip_count(ctx, trip_range)) is not None:
        runs = bool(ctx.sizes.at_least(trips, 1)) if plan.late else False

    def swapped(value: Value, name: str) -> Value:
        match value:
            case Number(atom=Var() as var):
                return Number(last.get(var, var), value.kind)
            case Items(items=items):
                return Items(tuple(swapped(v, name) for v in items), value.type)
            case Maybe(value=inner, flag=flag):
                always = runs and name in plan.late and not isinstance(end.env.get(name), Maybe)
                if always and name in end.env:
                    return swapped(inner, name)
                return Maybe(
                    swapped(inner, name), last.get(flag, flag) if isinstance(flag, Var) else flag
                )
            case Array(seen=seen) if seen is not None and seen[0] in last:
                return Array(value.cell, value.kind, value.path)
        return value

    def swapped_content(content: HeapObject) -> HeapObject:
        match content:
            case Rows(count=count):
                counted = swapped(count, "")
                assert isinstance(counted, Number)
                if isinstance(counted.atom, Var) and counted.atom is not count.atom:
                    size = ctx.builder.size(count.atom)
                    least = 0 if size is None else ctx.sizes.floor(size) or 0
                    note_floor(ctx, counted.atom, least)
                return replace(content, count=counted)
            case Conflict():
                return content
            case Sequence(items=items):
                return replace(content, items=tuple(swapped(v, "") for v in items))
            case Mapping(items=pairs):
                return replace(content, items=tuple((k, swapped(v, "")) for k, v in pairs))
            case Record(type=kind, fields=fields):
                return Record(kind, tuple((k, swapped(v, "")) for k, v in fields))

    state = head.copy()
    state.env = {
        name: swapped(value, name)
        for name, value in head.env.items()
        if name in after or name.startswith("<") or name not in plan.late
    }
    state.memory = {cell: last.get(var, var) for cell, var in head.memory.items()}
    changed = plan.heap | carried.made
    state.heap = {
        identity: swapped_content(content) if identity in changed else content
        for identity, content in head.heap.items()
    }
    for cell, others in end.aliases.items():
        if cell in state.memory:
            kept = frozenset(other for other in others if other in state.memory)
            if kept:
                state.aliases[cell] = state.aliases.get(cell, frozenset()) | kept
    state.left = dict(head.left)
    for flag in sorted(plan.flags):
        state.left[flag] = last[head_var(carried, f"<{flag}>")]
    state.dead = False
    state.marks |= end.marks
    ctx.state = state
