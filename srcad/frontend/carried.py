"""What a loop carries from trip to trip, and the values at the head of a trip."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from srcad.frontend import memory, merge, outside, replaced, widening
from srcad.frontend.counts import Counts
from srcad.frontend.merge import FALSE
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
    Value,
)
from srcad.ir.dims import Dim
from srcad.ir.kinds import BOOL, INT, Kind
from srcad.ir.nodes import UNDEFINED, Atom, Var

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
    late_heap: dict[int, HeapObject] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    unwritable: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
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
    made: set[int] = field(default_factory=set)
    shared: frozenset[int] = frozenset()


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
    if plan.replaced:
        carried.shared = replaced.shared(ctx, entry, live | after)
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
    for identity in sorted(plan.heap):
        state.heap[identity] = _phi_content(
            ctx, plan, carried, f"heap {identity}", entry.heap[identity]
        )
    for cell, shape in plan.cells.items():
        init = entry.memory[cell]
        phi = ctx.builder.fresh(init.hint, init.kind, shape)
        _add(carried, phi, init, f"cell {cell}")
        state.memory[cell] = phi
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
    if key in plan.outside:
        value = outside.resolve(ctx, value)
    match value:
        case Number():
            kind = plan.kinds.get(key, value.kind)
            init = widening.promote(ctx, value, kind) if defined else UNDEFINED
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
        case Ref(identity=identity) if key in plan.replaced:
            held = ctx.state.heap if defined else plan.late_heap
            if isinstance(held[identity], Rows):
                return Conflict("is one list of unknown length after another in this loop")
            return Ref(_phi_container(ctx, plan, carried, key, identity, defined))
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


def _phi_container(
    ctx: Lowering, plan: Plan, carried: Carried, key: str, identity: int, defined: bool
) -> int:
    """An object of its own at the head of a trip, for one that is replaced in the loop."""
    held = ctx.state.heap if defined else plan.late_heap
    made = next(ctx.numbers)
    ctx.state.heap[made] = _phi_content(ctx, plan, carried, key, held[identity], defined)
    carried.made.add(made)
    marks = ctx.state.marks
    if identity in carried.shared or identity in marks or key in plan.unwritable:
        marks[made] = marks[identity] = "either"
    return made


def _phi_content(
    ctx: Lowering,
    plan: Plan,
    carried: Carried,
    key: str,
    content: HeapObject,
    defined: bool = True,
) -> HeapObject:
    def part(name: object, value: Value) -> Value:
        return _phi(ctx, plan, carried, f"{key}.{name}", value, defined)

    match content:
        case Rows(count=count):
            identity = int(key.removeprefix("heap "))
            if identity not in plan.counts.steps:
                hint = f"{ctx.state.memory[content.cell].hint}_count"
                count = _number(ctx, carried, hint, INT, count.atom, f"{key}.count")
            return plan.counts.head(ctx, identity, content, count)
        case Sequence(items=items):
            return replace(content, items=tuple(part(i, v) for i, v in enumerate(items)))
        case Mapping(items=pairs):
            return replace(content, items=tuple((k, part(k, v)) for k, v in pairs))
        case Record(type=kind, fields=fields):
            return Record(kind, tuple((k, part(k, v)) for k, v in fields))
    return content


def head_var(carried: Carried, key: str) -> Var:
    """The value at the start of a trip that is carried under a key."""
    return carried.phis[carried.keys.index(key)]


def first_of(carried: Carried, atom: Atom) -> Atom:
    """What a number at the head of a trip is in the first one."""
    places = [place for place, phi in enumerate(carried.phis) if phi is atom]
    return carried.inits[places[0]] if places else atom
