"""Loops: what they carry from trip to trip is found by running the body until it settles."""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import attributes, control, expressions, memory, objects, statements
from srcad.frontend.builder import given_shape
from srcad.frontend.carried import (
    Carried,
    NeedsPeeling,
    Plan,
    after_loop,
    compare,
    head_of,
    trip_count,
)
from srcad.frontend.context import Unreachable
from srcad.frontend.liveness import stores
from srcad.frontend.values import (
    Array,
    Items,
    Iteration,
    Number,
    State,
    Step,
    Value,
)
from srcad.ir.dims import ValueOf
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Block, Const, Loop, Range, Stmt, Var
from srcad.rules.constants import LARGER, SMALLER

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

MAX_UNROLLED = 32
MAX_ATTEMPTS = 24


def lower_for(ctx: Lowering, node: gast.For) -> None:
    """`for target in iterable: body`."""
    iterable = objects.resolve(ctx, expressions.evaluate(ctx, node.iter), node.iter)
    if not _counted(ctx, iterable):
        _unroll(ctx, node, objects.iterate(ctx, iterable, node.iter))
        return
    # The loop reads what it runs over in every trip, whatever becomes of the names of that.
    hidden = f"<iterated {next(ctx.numbers)}>"
    ctx.name(hidden, iterable)
    try:
        _lower_counted(ctx, node, iterable)
    finally:
        ctx.state.env.pop(hidden, None)


def _lower_counted(ctx: Lowering, node: gast.For, iterable: Value) -> None:
    trip_range, element = counted(ctx, iterable, node)
    bounds = (trip_range.start, trip_range.stop, trip_range.step)
    try:
        run(ctx, node, trip_range, element)
    except _Refused as refused:
        if not all(isinstance(bound, Const) for bound in bounds):
            raise refused.error from None
        values = range(*(bound.value for bound in bounds))  # type: ignore[union-attr,arg-type]
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
        bent = emit(
            operator.neg, emit(operator.floordiv, emit(operator.neg, count), trip_range.step)
        )
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
    """Run the trips of an unrolled loop from a position on."""
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
    ctx.state.left = {**{k: v for k, v in outer_left.items() if k != "returned"}, **ctx.state.left}
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
        head_of(ctx, plan, entry, carried, assigned, live, after)
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
        grown, nexts, leave = compare(ctx, plan, entry, head, end, carried, assigned, live, after)
    if grown:
        return False
    results = (leave, *nexts) if leave is not None else tuple(nexts)
    targets = tuple(ctx.builder.fresh(phi.hint, phi.kind, given_shape(phi)) for phi in carried.phis)
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
        after_loop(ctx, plan, head, end, carried, targets, after, trip_range)
    else:
        # The body always raises: what follows is reached without a trip only.
        after_loop(ctx, plan, head, head, carried, targets, after, trip_range)
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
