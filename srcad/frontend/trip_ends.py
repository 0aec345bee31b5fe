"""The end of a trip: what it hands to the next one, and what the loop has to carry more."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from srcad.errors import UnsupportedType
from srcad.frontend import growing, memory, merge, outside, replaced, rows, widening
from srcad.frontend.builder import given_shape
from srcad.frontend.carried import Carried, NeedsPeeling, Plan, first_of, head_var
from srcad.frontend.counts import shared_by_lists
from srcad.frontend.merge import FALSE, TRUE
from srcad.frontend.values import (
    Array,
    Conflict,
    Items,
    Maybe,
    Number,
    Ref,
    Rows,
    Sequence,
    State,
    Static,
    Value,
)
from srcad.ir.dims import Dim, as_dim
from srcad.ir.nodes import UNDEFINED, Atom, Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


@dataclass
class _Ends:
    """What the end of a trip hands to the next one, by key."""

    head: State
    shared: frozenset[int]
    nexts: dict[str, Atom] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    visited: set[tuple[int, int]] = field(default_factory=set)
    grown: bool = False


def compare(
    ctx: Lowering,
    plan: Plan,
    entry: State,
    head: State,
    end: State,
    carried: Carried,
    assigned: frozenset[str],
    live: frozenset[str],
    after: frozenset[str],
) -> tuple[bool, list[Atom], Atom | None]:
    """Compare the end of a trip with its head; note in the plan what it has to carry more."""
    if end.dead:
        return False, [UNDEFINED for _ in carried.phis], None
    ends = _Ends(head, replaced.shared(ctx, end, live | after))
    for name, value in head.env.items():
        if name in assigned and (name in live or name in after):
            _next(ctx, plan, ends, carried, name, value, end.env.get(name), end)
    for name in assigned:
        wanted = (name in live or name in after) and name not in head.env and name in end.env
        if wanted and not isinstance(end.env[name], Conflict):
            found = end.env[name]
            plan.late[name] = found.value if isinstance(found, Maybe) else found
            _note_late(plan, name, plan.late[name], entry, end)
            ends.grown = True
    for cell in entry.memory:
        if end.memory.get(cell) is head.memory.get(cell):
            continue
        var = end.memory[cell]
        known = plan.cells.get(cell)
        widened = _widen(ctx, known if known is not None else entry.memory[cell].shape, var.shape)
        if known is None or widened != known:
            plan.cells[cell] = widened
            ends.grown = True
    for cell in plan.cells:
        ends.nexts[f"cell {cell}"] = end.memory[cell]
    for identity in entry.heap:
        same = end.heap.get(identity) is head.heap.get(identity)
        if not same and identity not in plan.heap:
            plan.heap.add(identity)
            ends.grown = True
        elif identity in plan.heap:
            _next_content(ctx, plan, ends, carried, identity, head, end)
    _note_sharing(ctx, plan, ends, entry, end, live | after)
    held = shared_by_lists(entry, end, ends.cells)
    ends.grown |= not held <= plan.sharing
    plan.sharing |= held
    leave = _leaving(ctx, plan, ends, end)
    if ends.grown:
        return True, [], None
    return False, [ends.nexts[key] for key in carried.keys], leave


def _note_late(plan: Plan, key: str, value: Value, entry: State, end: State) -> None:
    """Note what a name stands for that is first bound inside the loop."""
    match value:
        case Array():
            plan.rebound.add(key)
        case Items(items=items):
            for i, item in enumerate(items):
                _note_late(plan, f"{key}.{i}", item, entry, end)
        case Ref(identity=identity) if key not in plan.replaced:
            content = plan.late_heap[identity] = end.heap[identity]
            if identity in entry.heap:  # in every trip the same one, as far as is known yet
                return
            plan.replaced.add(key)
            for name, part, _ in replaced.pairs(content, content) or ():
                _note_late(plan, f"{key}.{name}", part, entry, end)


def _leaving(ctx: Lowering, plan: Plan, ends: _Ends, end: State) -> Atom | None:
    """Whether the loop ends after this trip, by `break` or `return`."""
    leave: Atom | None = None
    caught = sorted(flag for flag in end.left if flag.startswith("caught"))
    for flag in ("broke", "returned", *caught):
        value = end.left.get(flag, False)
        if value is False:
            continue
        if flag not in plan.flags:
            plan.flags.add(flag)
            ends.grown = True
        atom = Const(value) if isinstance(value, bool) else value
        ends.nexts[f"<{flag}>"] = atom
        if leave is None:
            leave = atom
        elif leave != TRUE:
            leave = ctx.builder.emit(operator.or_, leave, atom) if atom != TRUE else TRUE
    for flag in plan.flags:
        ends.nexts.setdefault(f"<{flag}>", FALSE)
    return leave


def _next(
    ctx: Lowering,
    plan: Plan,
    ends: _Ends,
    carried: Carried,
    key: str,
    head: Value,
    end: Value | None,
    state: State,
) -> None:
    """Note what a name hands to the next trip."""
    if isinstance(head, Maybe):
        inner, flag = (end.value, end.flag) if isinstance(end, Maybe) else (end, TRUE)
        if end is None:
            ends.nexts[f"{key} bound"] = head.flag
            inner = head.value
        else:
            ends.nexts[f"{key} bound"] = flag
        _next(ctx, plan, ends, carried, key, head.value, inner, state)
        return
    match head, end:
        case Number(), Number():
            kind = widening.meeting(Number(first_of(carried, head.atom), head.kind), end)
            if kind != head.kind:
                plan.kinds[key] = kind
                ends.grown = True
                return
            ends.nexts[key] = widening.promote(ctx, end, kind)
        case Array(), Array():
            if key not in plan.rebound:
                if head.cell != end.cell or head.path != end.path:
                    if head.kind != end.kind:
                        raise NeedsPeeling(key)
                    plan.rebound.add(key)
                    ends.grown = True
                return
            if head.kind != end.kind:
                raise NeedsPeeling(key)
            var = memory.read(ctx, end)
            phi = head_var(carried, key)
            shape = _widen(ctx, plan.shapes.get(key, phi.shape), var.shape)
            if any(
                a is None and b is not None for a, b in zip(shape, given_shape(phi), strict=True)
            ):
                plan.shapes[key] = shape
                ends.grown = True
            ends.nexts[key] = var
            ends.cells[key] = end.cell
        case Items(), Items() if len(head.items) == len(end.items):
            for i, (a, b) in enumerate(zip(head.items, end.items, strict=True)):
                _next(ctx, plan, ends, carried, f"{key}.{i}", a, b, state)
        case Static(), Static() if head.value is end.value or merge.is_equal(head.value, end.value):
            return
        case Ref(), Ref() if head.identity == end.identity and key not in plan.replaced:
            return
        case Ref(), Ref():
            _next_container(ctx, plan, ends, carried, key, head.identity, end.identity, state)
        case Conflict(), _:
            return
        case _:
            if head is end or head == end:
                return
            if outside.is_outside(head) and key not in plan.outside:
                plan.outside.add(key)
                ends.grown = True
                return
            if isinstance(end, Conflict):
                ctx.refuse(f"`{key}` {end.reason}", None, error=UnsupportedType)
            raise NeedsPeeling(key)


def _next_container(
    ctx: Lowering,
    plan: Plan,
    ends: _Ends,
    carried: Carried,
    key: str,
    head: int,
    end: int,
    state: State,
) -> None:
    """Note what a name hands to the next trip that stands for one object after another."""
    before, now = ends.head.heap.get(head), state.heap.get(end)
    if before is None or now is None or (pairs := replaced.pairs(before, now)) is None:
        raise NeedsPeeling(key)
    if (end in ends.shared or end in state.marks) and key not in plan.unwritable:
        plan.unwritable.add(key)
        ends.grown = True
    if key not in plan.replaced:
        plan.replaced.add(key)
        ends.grown = True
    if (head, end) in ends.visited:
        return
    ends.visited.add((head, end))
    for part, a, b in pairs:
        _next(ctx, plan, ends, carried, f"{key}.{part}", a, b, state)
    ends.visited.discard((head, end))


def _next_content(
    ctx: Lowering,
    plan: Plan,
    ends: _Ends,
    carried: Carried,
    identity: int,
    head: State,
    end: State,
) -> None:
    key = f"heap {identity}"
    before, now = head.heap[identity], end.heap[identity]
    if isinstance(before, Rows) and isinstance(now, Rows):
        left = any(end.left.get(flag, False) is not False for flag in ("broke", "returned"))
        ends.nexts[f"{key}.count"] = now.count.atom
        ends.grown |= plan.counts.note(ctx, identity, before, now, left)
        return
    if isinstance(before, Conflict) and isinstance(now, Conflict):
        return
    if (pairs := replaced.pairs(before, now)) is None:
        if isinstance(before, Sequence) and isinstance(now, Sequence):
            growing.demand(ctx, identity, now.items, end)
        if isinstance(before, Sequence) and isinstance(now, Rows):
            growing.demand(ctx, identity, rows.sample(ctx, now), end)
        ctx.refuse(
            "this loop changes the length of a list or the keys of a dict",
            None,
            "store into an array made before the loop",
            UnsupportedType,
        )
    for part, a, b in pairs:
        _next(ctx, plan, ends, carried, f"{key}.{part}", a, b, end)


def _widen(
    ctx: Lowering, a: tuple[Dim | None, ...], b: tuple[Dim | None, ...]
) -> tuple[Dim | None, ...]:
    """The lengths that two shapes have in common."""
    return tuple(
        x if x is not None and y is not None and ctx.sizes.equal(as_dim(x), as_dim(y)) else None
        for x, y in zip(a, b, strict=True)
    )


def _note_sharing(
    ctx: Lowering,
    plan: Plan,
    ends: _Ends,
    entry: State,
    end: State,
    live: frozenset[str],
) -> None:
    """Note which carried arrays may be one piece of memory in later trips."""
    owners = dict(ends.cells)
    reached = set(ctx.frame.live_above) if ctx.frames else set()
    for name, value in end.env.items():
        kept = name in live or name.startswith(("<iterated", "<box"))
        if kept and name not in ends.cells:
            reached.update(memory.cells(end, value))
    owners.update({f"cell {cell}": cell for cell in sorted(reached) if cell in entry.memory})
    before = len(plan.sharing)
    for first, cell in ends.cells.items():
        beside = {cell} | end.aliases.get(cell, frozenset())
        for second, other in owners.items():
            if second != first and other in beside:
                plan.sharing.add((min(first, second), max(first, second)))
    if len(plan.sharing) != before:
        ends.grown = True
