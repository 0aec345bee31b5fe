"""What a loop carries from trip to trip: the values at its head, at its end, and after it."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from srcad.errors import UnsupportedType
from srcad.frontend import growing, memory, merge, rows
from srcad.frontend.builder import given_shape
from srcad.frontend.counts import Counts, shared_by_lists
from srcad.frontend.merge import FALSE, TRUE
from srcad.frontend.values import (
    Array,
    Conflict,
    HeapObject,
    Items,
    Mapping,
    Maybe,
    Number,
    Partial,
    Record,
    Ref,
    Rows,
    Sequence,
    State,
    Static,
    Value,
)
from srcad.ir.dims import Dim, as_dim
from srcad.ir.kinds import BOOL, INT, Kind
from srcad.ir.nodes import UNDEFINED, Atom, Const, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


class NeedsPeeling(Exception):
    """A name changes its kind in the first trip."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Plan:
    """What the loop is found to carry; it only ever grows, so the search ends."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    shapes: dict[str, tuple[Dim | None, ...]] = field(default_factory=dict)
    cells: dict[int, tuple[Dim | None, ...]] = field(default_factory=dict)
    heap: set[int] = field(default_factory=set)
    late: dict[str, Value] = field(default_factory=dict)
    rebound: set[str] = field(default_factory=set)
    sharing: set[tuple[str, str]] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)


@dataclass
class Carried:
    """The values at the head of a trip, with where they come from."""

    phis: list[Var] = field(default_factory=list)
    inits: list[Atom] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    phi_cells: dict[str, int] = field(default_factory=dict)


# -- the head -----------------------------------------------------------------------------------


def head_of(
    ctx: Lowering,
    plan: Plan,
    entry: State,
    carried: Carried,
    assigned: frozenset[str],
    live: frozenset[str],
    after: frozenset[str],
) -> None:
    """Make the state at the start of a trip."""
    state = ctx.state
    for name in list(state.env):
        unread = name not in live and name not in after and not name.startswith("<")
        if name in assigned and unread:
            del state.env[name]
            continue
        if name in assigned and (name in live or name in after):
            state.env[name] = _phi(ctx, plan, carried, name, state.env[name])
    for name, value in plan.late.items():
        flag = _number(ctx, carried, f"{name}_bound", BOOL, FALSE, f"{name} bound")
        inner = _phi(ctx, plan, carried, name, value, defined=False)
        state.env[name] = Maybe(inner, flag.atom)
    # A trip that leaves is the last one, so at the head of every trip nothing has left.
    for name in sorted(plan.flags):
        _number(ctx, carried, name, BOOL, FALSE, f"<{name}>")
    for cell, shape in plan.cells.items():
        init = entry.memory[cell]
        phi = ctx.builder.fresh(init.hint, init.kind, shape)
        _add(carried, phi, init, f"cell {cell}")
        state.memory[cell] = phi
    for identity in sorted(plan.heap):
        state.heap[identity] = _phi_content(
            ctx, plan, carried, f"heap {identity}", entry.heap[identity]
        )
    for first, second in sorted(plan.sharing):
        cells = [_cell_of(carried, key) for key in (first, second)]
        if cells[0] is not None and cells[1] is not None:
            memory.may_share(state, cells[0], frozenset({cells[1]}))


def _cell_of(carried: Carried, key: str) -> int | None:
    if key.startswith("cell "):
        return int(key[5:])
    return carried.phi_cells.get(key)


def _add(carried: Carried, phi: Var, init: Atom, key: str) -> None:
    carried.phis.append(phi)
    carried.inits.append(init)
    carried.keys.append(key)


def _number(ctx: Lowering, carried: Carried, hint: str, kind: Kind, init: Atom, key: str) -> Number:
    phi = ctx.builder.counter(hint, kind) if kind == INT else ctx.builder.fresh(hint, kind)
    _add(carried, phi, init, key)
    return Number(phi, kind)


def _phi(
    ctx: Lowering, plan: Plan, carried: Carried, key: str, value: Value, defined: bool = True
) -> Value:
    """The value of a name at the head of a trip."""
    match value:
        case Number():
            kind = plan.kinds.get(key, value.kind)
            init = merge.promote(ctx, value, kind) if defined else UNDEFINED
            return _number(ctx, carried, key.rpartition(".")[2], kind, init, key)
        case Array():
            if key not in plan.rebound:
                return value
            content = memory.read(ctx, value) if defined else None
            shape = plan.shapes.get(key)
            if shape is None:
                shape = content.shape if content is not None else (None,) * value.kind.rank
            phi = ctx.builder.fresh(key.rpartition(".")[2], value.kind, shape)
            _add(carried, phi, content if content is not None else UNDEFINED, key)
            cell = next(ctx.numbers)
            ctx.state.memory[cell] = phi
            carried.phi_cells[key] = cell
            if defined and (others := merge.reached_elsewhere(ctx, ctx.state, value, key)):
                memory.may_share(ctx.state, cell, others)
            return Array(cell, value.kind)
        case Items(items=items):
            inner = (
                _phi(ctx, plan, carried, f"{key}.{i}", v, defined) for i, v in enumerate(items)
            )
            return Items(tuple(inner), value.type)
        case Partial() if not defined:
            return Conflict("is a partial function made inside a loop")
        case Maybe(value=inner_value, flag=flag):
            bound = _number(ctx, carried, f"{key}_bound", BOOL, flag, f"{key} bound")
            return Maybe(_phi(ctx, plan, carried, key, inner_value, defined), bound.atom)
    return value


def _phi_content(
    ctx: Lowering, plan: Plan, carried: Carried, key: str, content: HeapObject
) -> HeapObject:
    match content:
        case Rows(count=count):
            identity = int(key.removeprefix("heap "))
            if identity not in plan.counts.steps:
                hint = f"{ctx.state.memory[content.cell].hint}_count"
                count = _number(ctx, carried, hint, INT, count.atom, f"{key}.count")
            return plan.counts.head(ctx, identity, content, count)
        case Conflict():
            return content
        case Sequence(items=items):
            return Sequence(
                tuple(_phi(ctx, plan, carried, f"{key}.{i}", v) for i, v in enumerate(items))
            )
        case Mapping(items=pairs):
            return Mapping(tuple((k, _phi(ctx, plan, carried, f"{key}.{k}", v)) for k, v in pairs))
        case Record(type=kind, fields=fields):
            return Record(
                kind, tuple((k, _phi(ctx, plan, carried, f"{key}.{k}", v)) for k, v in fields)
            )
    return content


# -- the end of a trip --------------------------------------------------------------------------


@dataclass
class _Ends:
    """What the end of a trip hands to the next one, by key."""

    nexts: dict[str, Atom] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
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
    ends = _Ends()
    if end.dead:
        return False, [UNDEFINED for _ in carried.phis], None
    for name, value in head.env.items():
        if name in assigned and (name in live or name in after):
            _next(ctx, plan, ends, carried, name, value, end.env.get(name), end)
    for name in assigned:
        wanted = (name in live or name in after) and name not in head.env and name in end.env
        if wanted and not isinstance(end.env[name], Conflict):
            found = end.env[name]
            plan.late[name] = found.value if isinstance(found, Maybe) else found
            _mark_rebound(plan, name, plan.late[name])
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
    _note_sharing(ctx, plan, ends, head, end, live | after)
    held = shared_by_lists(entry, end, ends.cells)
    ends.grown |= not held <= plan.sharing
    plan.sharing |= held
    leave = _leaving(ctx, plan, ends, end)
    if ends.grown:
        return True, [], None
    return False, [ends.nexts[key] for key in carried.keys], leave


def _mark_rebound(plan: Plan, key: str, value: Value) -> None:
    match value:
        case Array():
            plan.rebound.add(key)
        case Items(items=items):
            for i, item in enumerate(items):
                _mark_rebound(plan, f"{key}.{i}", item)


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
            kind = merge.common(head.kind, end.kind)
            if kind != head.kind:
                plan.kinds[key] = kind
                ends.grown = True
                return
            ends.nexts[key] = merge.promote(ctx, end, kind)
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
        case Ref(), Ref() if head.identity == end.identity:
            return
        case Conflict(), _:
            return
        case _:
            if head is end or head == end:
                return
            if isinstance(end, Conflict):
                ctx.refuse(f"`{key}` {end.reason}", None, error=UnsupportedType)
            raise NeedsPeeling(key)


def head_var(carried: Carried, key: str) -> Var:
    """The value at the start of a trip that is carried under a key."""
    return carried.phis[carried.keys.index(key)]


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
    match before, now:
        case Rows(), Rows():
            left = any(end.left.get(flag, False) is not False for flag in ("broke", "returned"))
            ends.nexts[f"{key}.count"] = now.count.atom
            ends.grown |= plan.counts.note(ctx, identity, before, now, left)
            return
        case Conflict(), Conflict():
            return
        case Sequence(), Sequence() if len(before.items) == len(now.items):
            both = zip(before.items, now.items, strict=True)
            pairs = [(str(i), a, b) for i, (a, b) in enumerate(both)]
        case Mapping(), Mapping() if [k for k, _ in before.items] == [k for k, _ in now.items]:
            both_pairs = zip(before.items, now.items, strict=True)
            pairs = [(str(k), a, b) for (k, a), (_, b) in both_pairs]
        case Record(), Record() if {k for k, _ in before.fields} == {k for k, _ in now.fields}:
            ended = dict(now.fields)
            pairs = [(k, a, ended[k]) for k, a in before.fields]
        case _:
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
    head: State,
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
    owners.update({f"cell {cell}": cell for cell in sorted(reached) if cell in head.memory})
    before = len(plan.sharing)
    for first, cell in ends.cells.items():
        beside = {cell} | end.aliases.get(cell, frozenset())
        for second, other in owners.items():
            if second != first and other in beside:
                plan.sharing.add((min(first, second), max(first, second)))
    if len(plan.sharing) != before:
        ends.grown = True
