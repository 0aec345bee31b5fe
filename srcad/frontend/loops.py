"""Loops: what they carry from trip to trip is found by running the body until it settles."""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import control, expressions, memory, objects, statements
from srcad.frontend.context import Unreachable
from srcad.frontend.control import FALSE, TRUE
from srcad.frontend.liveness import stores
from srcad.frontend.values import (
    Array,
    Conflict,
    HeapObject,
    Items,
    Iteration,
    Mapping,
    Maybe,
    Number,
    Record,
    Ref,
    Sequence,
    State,
    Static,
    Step,
    Value,
)
from srcad.ir.dims import Dim, ValueOf, as_dim
from srcad.ir.kinds import BOOL, INT, Kind
from srcad.ir.nodes import UNDEFINED, Atom, Block, Const, Loop, Range, Stmt, Var
from srcad.rules.constants import LARGER, SMALLER

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

MAX_UNROLLED = 32
MAX_ATTEMPTS = 24


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


@dataclass
class Carried:
    """The values at the head of a trip, with where they come from."""

    phis: list[Var] = field(default_factory=list)
    inits: list[Atom] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    phi_cells: dict[str, int] = field(default_factory=dict)


def lower_for(ctx: Lowering, node: gast.For) -> None:
    """`for target in iterable: body`."""
    iterable = objects.resolve(ctx, expressions.evaluate(ctx, node.iter), node.iter)
    if not _counted(ctx, iterable):
        _unroll(ctx, node, objects.iterate(ctx, iterable, node.iter))
        return
    trip_range, element = counted(ctx, iterable, node)
    bounds = (trip_range.start, trip_range.stop, trip_range.step)
    try:
        run(ctx, node, trip_range, element)
    except _Refused as refused:
        if not all(isinstance(bound, Const) for bound in bounds):
            raise refused.error from None
        values = range(*(bound.value for bound in bounds))  # type: ignore[union-attr,misc,arg-type]
        if len(values) > MAX_UNROLLED:
            raise refused.error from None
        _unroll(ctx, node, [element(Const(i)) for i in values])


class _Refused(Exception):
    """The body cannot be lowered once for all trips; nothing has been written."""

    def __init__(self, error: UnsupportedType) -> None:
        super().__init__()
        self.error = error


def _counted(ctx: Lowering, value: Value) -> bool:
    """Whether a loop over this is a counted loop, rather than a fixed list of items."""
    match value:
        case Array():
            return True
        case Iteration(kind="range"):
            return True
        case Iteration(parts=parts):
            inner = [objects.resolve(ctx, part) for part in parts]
            return any(_counted(ctx, part) for part in inner)
    return False


def counted(
    ctx: Lowering, value: Value, node: gast.AST
) -> tuple[Range, Callable[[Atom], Value]]:
    """The range of a counted loop, and what each trip binds."""
    match value:
        case Iteration(kind="range", parts=parts):
            for part in parts:
                if not (isinstance(part, Number) and (part.kind.is_integral or part.kind.is_bool)):
                    ctx.refuse(
                        "`range` needs integers, as in Python", node, error=UnsupportedType
                    )
            atoms = [expressions.operand(ctx, part, node) for part in parts]
            if len(atoms) == 1:
                atoms = [Const(0), *atoms]
            start, stop, step = (*atoms, Const(1))[:3]
            if step == Const(0):
                control.fail(ctx, ValueError("range() arg 3 must not be zero"))
            return Range(start, stop, step), lambda i: Number(i, INT)  # type: ignore[arg-type]
        case Array():
            var = memory.read(ctx, value)
            if not var.kind.rank:
                control.fail(ctx, TypeError("iteration over a 0-d array"))
            stop = expressions.operand(ctx, objects.length(ctx, var, 0))
            return (
                Range(Const(0), stop, Const(1)),  # type: ignore[arg-type]
                lambda i: memory.view(ctx, value, Step("getitem", (i,))),
            )
        case Iteration(kind="enumerate", parts=parts):
            trips, element = _from_zero(ctx, objects.resolve(ctx, parts[0]), node)
            first = parts[1] if len(parts) > 1 else expressions.literal(0)

            def pair(i: Atom) -> Value:
                count = expressions.binary(ctx, operator.add, Number(i, INT), first, node)
                if isinstance(first, Number) and first.atom == Const(0):
                    count = Number(i, INT)
                return Items((count, element(i)))

            return trips, pair
        case Iteration(kind="zip", parts=parts):
            inner = [_from_zero(ctx, objects.resolve(ctx, part), node) for part in parts]
            stop = inner[0][0].stop
            for trip_range, _ in inner[1:]:
                stop = _shorter(ctx, stop, trip_range.stop)
            return (
                Range(Const(0), stop, Const(1)),
                lambda i: Items(tuple(element(i) for _, element in inner)),
            )
        case Iteration(kind="reversed", parts=(part,)):
            trips, element = _from_zero(ctx, objects.resolve(ctx, part), node)
            last = ctx.builder.emit(operator.sub, trips.stop, Const(1))
            return (
                Range(last, Const(-1), Const(-1)),
                element,
            )
    found = objects.iterate(ctx, value, node)
    return Range(Const(0), Const(len(found)), Const(1)), lambda i: objects.item(
        ctx, Items(tuple(found)), Number(i, INT), node
    )


def _from_zero(
    ctx: Lowering, value: Value, node: gast.AST
) -> tuple[Range, Callable[[Atom], Value]]:
    """The same loop with a counter that runs from 0 in steps of 1."""
    trip_range, element = counted(ctx, value, node)
    if trip_range.start == Const(0) and trip_range.step == Const(1):
        return trip_range, element
    emit = ctx.builder.emit
    count = emit(operator.sub, trip_range.stop, trip_range.start)
    if trip_range.step != Const(1):
        bent = emit(operator.neg, emit(operator.floordiv, emit(operator.neg, count), trip_range.step))
        count = bent
    count = emit(LARGER, count, Const(0))

    def moved(i: Atom) -> Value:
        scaled = i if trip_range.step == Const(1) else emit(operator.mul, i, trip_range.step)
        return element(emit(operator.add, trip_range.start, scaled))

    return Range(Const(0), count, Const(1)), moved


def _shorter(ctx: Lowering, a: Atom, b: Atom) -> Atom:
    sizes = [ctx.builder.size(x) for x in (a, b)]
    if a == b or (sizes[0] is not None and sizes[0] == sizes[1]):
        return a
    if isinstance(a, Const) and isinstance(b, Const):
        return a if a.value <= b.value else b  # type: ignore[operator]
    if sizes[0] is not None and sizes[1] is not None:
        shorter = ctx.sizes.at_least(sizes[1], sizes[0])
        if shorter is not None:
            return a if shorter else b
    return ctx.builder.emit(SMALLER, a, b)


def _unroll(ctx: Lowering, node: gast.For, items: list[Value]) -> None:
    """Run the body once for each of a fixed list of items."""
    outer = {flag: ctx.state.left.pop(flag, False) for flag in ("broke", "continued")}
    step(ctx, node, items, 0)
    broke = ctx.state.left.pop("broke", False)
    ctx.state.left.pop("continued", None)
    ctx.state.left.update({flag: value for flag, value in outer.items() if value is not False})
    if node.orelse and not ctx.state.leaves:
        _after_else(ctx, node, broke)


def step(ctx: Lowering, node: gast.For, items: list[Value], position: int) -> None:
    if position == len(items) or ctx.state.leaves:
        return
    statements.bind(ctx, node.target, items[position], node)
    statements.run_block(ctx, node.body)
    ctx.state.left.pop("continued", None)
    if ctx.state.leaves or not ctx.state.may_leave:
        step(ctx, node, items, position + 1)
        return
    statements.unless_left(ctx, lambda: step(ctx, node, items, position + 1), None)


def _after_else(ctx: Lowering, node: gast.For | gast.While, broke: bool | Atom) -> None:
    live = ctx.frame.facts.live_after(node)
    control.branch(
        ctx,
        broke if not isinstance(broke, Const) else bool(broke.value),
        lambda: None,
        lambda: statements.run_block(ctx, node.orelse),
        live,
    )


def lower_while(ctx: Lowering, node: gast.While) -> None:
    """`while test: body`."""
    if any(isinstance(inner, gast.NamedExpr) for inner in gast.walk(node.test)):
        leave = gast.If(gast.UnaryOp(gast.Not(), node.test), [gast.Break()], [])
        for new in gast.walk(leave):
            if not hasattr(new, "lineno"):
                gast.copy_location(new, node.test)
        endless = gast.While(gast.Constant(True, None), [leave, *node.body], node.orelse)
        gast.copy_location(endless, node)
        gast.copy_location(endless.test, node)
        facts = ctx.frame.facts
        facts.head[id(endless)] = facts.live_at_head(node) | stores([node.test])
        facts.after[id(endless)] = facts.live_after(node)
        facts.after[id(leave)] = facts.live_at_head(node) | stores([node.test])
        node = endless
    try:
        run(ctx, node, None, None)
    except _Refused as refused:
        raise refused.error from None


def run(
    ctx: Lowering,
    node: gast.For | gast.While,
    trip_range: Range | None,
    element: Callable[[Atom], Value] | None,
) -> None:
    """Lower a loop whose body is written once."""
    outer_left = dict(ctx.state.left)
    ctx.state.left = {k: v for k, v in outer_left.items() if k == "returned"}
    plan = Plan()
    entry = ctx.state
    for _ in range(MAX_ATTEMPTS):
        ctx.state = entry.copy()
        try:
            settled = attempt(ctx, node, trip_range, element, plan, entry)
        except NeedsPeeling as change:
            ctx.state = entry.copy()
            if _never_runs(ctx, trip_range):
                break
            trip_range = _peel(ctx, node, trip_range, element, change.name)
            entry, plan = ctx.state, Plan()
            if ctx.state.dead:
                return
            continue
        except UnsupportedType as error:
            ctx.state = entry
            raise _Refused(error) from None
        if plan.kinds and _never_runs(ctx, trip_range):
            ctx.state = entry.copy()
            break
        if settled:
            break
    else:
        ctx.refuse("this loop changes what its names stand for without end", node)
    if trip_range is None and _is_endless(node) and plan.flags == {"returned"}:
        ctx.state.left["returned"] = True
    broke = ctx.state.left.pop("broke", False)
    ctx.state.left = {
        **{k: v for k, v in outer_left.items() if k != "returned"}, **ctx.state.left
    }
    if node.orelse:
        _after_else(ctx, node, broke)


def _never_runs(ctx: Lowering, trip_range: Range | None) -> bool:
    """Whether the call at hand makes no trip, which its specialisation is then made for."""
    trips = None if trip_range is None else trip_count(ctx, trip_range)
    return trips is not None and ctx.sizes.at_least(trips, 1) is False


def _is_endless(node: gast.For | gast.While) -> bool:
    if not isinstance(node, gast.While) or not isinstance(node.test, gast.Constant):
        return False
    return bool(node.test.value)


def _peel(
    ctx: Lowering,
    node: gast.For | gast.While,
    trip_range: Range | None,
    element: Callable[[Atom], Value] | None,
    name: str,
) -> Range:
    """Run the first trip before the loop, where it is sure to run."""
    problem = f"`{name}` changes its kind inside this loop"
    hint = f"give `{name}` its final kind before the loop, for example with np.zeros"
    if trip_range is None or element is None:
        ctx.refuse(problem, node, hint, UnsupportedType)
    trips = trip_count(ctx, trip_range)
    if trips is None or not ctx.sizes.at_least(trips, 1):
        ctx.refuse(problem, node, hint, UnsupportedType)
    assert isinstance(node, gast.For)
    statements.bind(ctx, node.target, element(trip_range.start), node)
    statements.run_block(ctx, node.body)
    ctx.state.left.pop("continued", None)
    if ctx.state.may_leave:
        ctx.refuse(problem, node, hint, UnsupportedType)
    start = expressions.binary(
        ctx,
        operator.add,
        Number(trip_range.start, INT),
        Number(trip_range.step, INT),
        node,
    )
    return replace(trip_range, start=expressions.operand(ctx, start))  # type: ignore[arg-type]


def trip_count(ctx: Lowering, trip_range: Range) -> Dim | None:
    """How many trips a loop runs, as a length (for steps of 1 and -1)."""
    start, stop = ctx.builder.size(trip_range.start), ctx.builder.size(trip_range.stop)
    if start is None or stop is None:
        return None
    if trip_range.step == Const(1):
        return stop - start
    return start - stop if trip_range.step == Const(-1) else None


def attempt(
    ctx: Lowering,
    node: gast.For | gast.While,
    trip_range: Range | None,
    element: Callable[[Atom], Value] | None,
    plan: Plan,
    entry: State,
) -> bool:
    """Lower the loop as planned; False if the plan had to grow."""
    facts = ctx.frame.facts
    live = facts.live_at_head(node)
    after = facts.live_after(node)
    for inner in node.orelse:
        after |= {n.id for n in gast.walk(inner) if isinstance(n, gast.Name)}
    assigned = stores([node])
    if any(isinstance(inner, gast.Return) for inner in gast.walk(node)):
        assigned |= {statements.RESULT}
        after |= {statements.RESULT}
    prelude: list[Stmt] = []
    carried = Carried()
    with ctx.builder.at(prelude):
        _head(ctx, plan, entry, carried, assigned, live, after)
    counter = ctx.builder.counter(_counter_hint(node))
    _note_floor(ctx, counter, trip_range)
    head = ctx.state.copy()
    test: Block | None = None
    if trip_range is None:
        condition: bool | Var | None = None
        with ctx.builder.block() as header, suppress(Unreachable):
            condition = expressions.truth(ctx, expressions.evaluate(ctx, node.test), node)
        if condition is None:
            # The test raises: it is looked at once, and nothing follows.
            ctx.state = entry.copy()
            expressions.truth(ctx, expressions.evaluate(ctx, node.test), node)
            ctx.refuse("this test raises in later trips only", node, error=UnsupportedType)
        if condition is False:
            ctx.state = entry.copy()
            return True
        result = Const(True) if isinstance(condition, bool) else condition
        test = Block(tuple(header), (result,))
    with ctx.builder.block() as body:
        if element is not None:
            assert isinstance(node, gast.For)
            ctx.until_dead(lambda: statements.bind(ctx, node.target, element(counter), node))
        if not ctx.state.dead:
            statements.run_block(ctx, node.body)
        end = ctx.state
        end.left.pop("continued", None)
        grown, nexts, leave = _compare(ctx, plan, entry, head, end, carried, assigned, live, after)
    if grown:
        return False
    results = (leave, *nexts) if leave is not None else tuple(nexts)
    targets = tuple(
        ctx.builder.fresh(phi.hint, phi.kind, _target_shape(phi)) for phi in carried.phis
    )
    for phi, target in zip(carried.phis, targets, strict=True):
        if (size := ctx.builder.known.get(phi)) is not None and any(
            size == ctx.builder.size(n) for n in nexts
        ):
            ctx.builder.known[target] = size
    trips = ctx.builder.counter("trips")
    loop = Loop(
        counter,
        trip_range,
        test,
        tuple(carried.phis),
        tuple(carried.inits),
        Block(tuple(body), results),
        targets,
        leave is not None,
        trips,
        ctx.builder.origin,
    )
    for stmt in prelude:
        ctx.builder.add(stmt)
    ctx.builder.add(loop)
    if not end.dead or leave is not None:
        _after(ctx, plan, entry, head, end, carried, targets, after, trip_range)
    else:
        # The body always raises: what follows is reached without a trip only.
        _after(ctx, plan, entry, head, head, carried, targets, after, trip_range)
    return True


def _note_floor(ctx: Lowering, counter: Var, trip_range: Range | None) -> None:
    """Note what a counter is never below: where it starts, if it counts up."""
    if trip_range is None or not isinstance(trip_range.step, Const) or trip_range.step.value < 0:  # type: ignore[operator]
        return
    start = ctx.builder.size(trip_range.start)
    least = None if start is None else ctx.sizes.floor(start)
    if least is not None:
        ctx.sizes.floors[ValueOf(counter)] = least


def _counter_hint(node: gast.For | gast.While) -> str:
    if isinstance(node, gast.For) and isinstance(node.target, gast.Name):
        return node.target.id if node.target.id != "_" else "k"
    return "k"


def _target_shape(phi: Var) -> tuple[Dim | None, ...]:
    from srcad.ir.dims import SizeOf

    return tuple(
        None if any(isinstance(s, SizeOf) and s.var is phi for s, _ in dim.terms) else dim
        for dim in phi.shape
    )


# -- the head -----------------------------------------------------------------------------------


def _head(
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
        if name in assigned and name not in live and not name.startswith("<"):
            if name not in after:
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


def _number(
    ctx: Lowering, carried: Carried, hint: str, kind: Kind, init: Atom, key: str
) -> Number:
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
            init = control.promote(ctx, value, kind) if defined else UNDEFINED
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
            if defined and control._reached_elsewhere(ctx.state, value, key):
                others = {value.cell} | ctx.state.aliases.get(value.cell, frozenset())
                memory.may_share(ctx.state, cell, frozenset(others))
            return Array(cell, value.kind)
        case Items(items=items):
            inner = (
                _phi(ctx, plan, carried, f"{key}.{i}", v, defined) for i, v in enumerate(items)
            )
            return Items(tuple(inner), value.type)
        case Maybe(value=inner_value, flag=flag):
            bound = _number(ctx, carried, f"{key}_bound", BOOL, flag, f"{key} bound")
            return Maybe(_phi(ctx, plan, carried, key, inner_value, defined), bound.atom)
    return value


def _phi_content(
    ctx: Lowering, plan: Plan, carried: Carried, key: str, content: HeapObject
) -> HeapObject:
    match content:
        case Sequence(items=items):
            return Sequence(
                tuple(_phi(ctx, plan, carried, f"{key}.{i}", v) for i, v in enumerate(items))
            )
        case Mapping(items=pairs):
            return Mapping(
                tuple((k, _phi(ctx, plan, carried, f"{key}.{k}", v)) for k, v in pairs)
            )
        case Record(type=kind, fields=fields):
            return Record(
                kind, tuple((k, _phi(ctx, plan, carried, f"{key}.{k}", v)) for k, v in fields)
            )


# -- the end of a trip --------------------------------------------------------------------------


@dataclass
class _Ends:
    """What the end of a trip hands to the next one, by key."""

    nexts: dict[str, Atom] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    grown: bool = False


def _compare(
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
    _note_sharing(ctx, plan, ends, carried, head, end, live | after)
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
    for flag in ("broke", "returned"):
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
            kind = control.common(head.kind, end.kind)
            if kind != head.kind:
                plan.kinds[key] = kind
                ends.grown = True
                return
            ends.nexts[key] = control.promote(ctx, end, kind)
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
            phi = head_var(ctx, carried, key)
            shape = _widen(ctx, plan.shapes.get(key, phi.shape), var.shape)
            if any(a is None and b is not None for a, b in zip(shape, _known(phi), strict=True)):
                plan.shapes[key] = shape
                ends.grown = True
            ends.nexts[key] = var
            ends.cells[key] = end.cell
        case Items(), Items() if len(head.items) == len(end.items):
            for i, (a, b) in enumerate(zip(head.items, end.items, strict=True)):
                _next(ctx, plan, ends, carried, f"{key}.{i}", a, b, state)
        case Static(), Static() if head.value is end.value or control._equal(head.value, end.value):
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


def _known(phi: Var) -> tuple[Dim | None, ...]:
    return _target_shape(phi)


def head_var(ctx: Lowering, carried: Carried, key: str) -> Var:
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
        case Sequence(), Sequence() if len(before.items) == len(now.items):
            pairs = [(str(i), a, b) for i, (a, b) in enumerate(zip(before.items, now.items, strict=True))]
        case Mapping(), Mapping() if [k for k, _ in before.items] == [k for k, _ in now.items]:
            pairs = [
                (str(k), a, b)
                for (k, a), (_, b) in zip(before.items, now.items, strict=True)
            ]
        case Record(), Record():
            pairs = [
                (k, a, b) for (k, a), (_, b) in zip(before.fields, now.fields, strict=True)
            ]
        case _:
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
    carried: Carried,
    head: State,
    end: State,
    live: frozenset[str],
) -> None:
    """Note which carried arrays may be one piece of memory in later trips."""
    owners: dict[int, list[str]] = {}
    for key, cell in ends.cells.items():
        owners.setdefault(cell, []).append(key)
    for name, value in end.env.items():
        if name not in live or name in ends.cells:
            continue
        for cell in memory.cells(end, value):
            if cell in head.memory:
                owners.setdefault(cell, []).append(f"cell {cell}")
    before = len(plan.sharing)
    for names in owners.values():
        unique = sorted(set(names))
        for i, first in enumerate(unique):
            for second in unique[i + 1 :]:
                plan.sharing.add((first, second))
    if len(plan.sharing) != before:
        ends.grown = True


# -- after the loop -----------------------------------------------------------------------------


def _after(
    ctx: Lowering,
    plan: Plan,
    entry: State,
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
            case Sequence(items=items):
                return Sequence(tuple(swapped(v, "") for v in items))
            case Mapping(items=pairs):
                return Mapping(tuple((k, swapped(v, "")) for k, v in pairs))
            case Record(type=kind, fields=fields):
                return Record(kind, tuple((k, swapped(v, "")) for k, v in fields))

    state = head.copy()
    state.env = {
        name: swapped(value, name)
        for name, value in head.env.items()
        if name in after or name.startswith("<") or name not in plan.late
    }
    state.memory = {cell: last.get(var, var) for cell, var in head.memory.items()}
    state.heap = {
        identity: swapped_content(content) if identity in plan.heap else content
        for identity, content in head.heap.items()
    }
    for cell, others in end.aliases.items():
        if cell in state.memory:
            kept = frozenset(other for other in others if other in state.memory)
            if kept:
                state.aliases[cell] = state.aliases.get(cell, frozenset()) | kept
    state.left = dict(head.left)
    for flag in sorted(plan.flags):
        state.left[flag] = last[head_var(ctx, carried, f"<{flag}>")]
    state.dead = False
    ctx.state = state
