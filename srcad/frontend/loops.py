"""Loops: what they carry from trip to trip is found by running the body until it settles."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedSyntax, UnsupportedType
from srcad.frontend import (
    control,
    cursors,
    expressions,
    generators,
    growing,
    iterations,
    objects,
    outside,
    room,
    segments,
    statements,
    trips,
    turns,
)
from srcad.frontend.builder import given_shape
from srcad.frontend.carried import (
    Carried,
    NeedsPeeling,
    Plan,
    head_of,
)
from srcad.frontend.context import Unreachable
from srcad.frontend.exits import after_loop
from srcad.frontend.liveness import reads, stores
from srcad.frontend.trip_ends import compare
from srcad.frontend.values import (
    Ref,
    State,
    Value,
)
from srcad.ir.dims import ValueOf
from srcad.ir.nodes import Atom, Block, Const, Loop, Range, Stmt, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

MAX_UNROLLED = 32
MAX_ATTEMPTS = 24
MAX_UNSURE = 3
"""Trips that are run before a loop if there are any."""


def lower_for(ctx: Lowering, node: gast.For) -> None:
    """`for target in iterable: body`."""
    asked = segments.asked(ctx, node)
    if asked is not None:
        ctx.segments[id(node)] = asked.every
    iterable = asked.trips if asked is not None else expressions.evaluate(ctx, node.iter)
    iterable = outside.resolve(ctx, iterable, node.iter)
    if isinstance(iterable, Ref) and generators.content(ctx, iterable) is not None:
        generators.lower_for(ctx, node, iterable)
        return
    if isinstance(iterable, Ref) and cursors.content(ctx, iterable) is not None:
        cursors.lower_for(ctx, node, iterable)
        return
    before = len(ctx.iterated)
    ctx.iterated += objects.lists_in(ctx, iterable)
    check = turns.steady(ctx, iterable, node)
    try:
        go_through(ctx, node, iterable)
    finally:
        del ctx.iterated[before:]
    check()


def go_through(ctx: Lowering, node: gast.For, iterable: Value) -> None:
    """Lower a loop over something that is no iterator."""
    if not iterations.is_counted(ctx, iterable):
        found = turns.turns(ctx, iterable, node.iter)
        _unroll(ctx, node, objects.counted_out(ctx, found, iterable, node.iter))
        return
    # The loop reads what it runs over in every trip, whatever becomes of the names of that.
    hidden = f"<iterated {next(ctx.numbers)}>"
    ctx.name(hidden, iterable)
    try:
        _lower_counted(ctx, node, iterable)
    finally:
        ctx.state.env.pop(hidden, None)


def _lower_counted(ctx: Lowering, node: gast.For, iterable: Value) -> None:
    trip_range, element = iterations.counted(ctx, iterable, node)
    bounds = (trip_range.start, trip_range.stop, trip_range.step)
    values: range | None = None
    if all(isinstance(bound, Const) for bound in bounds):
        values = range(*(bound.value for bound in bounds))  # type: ignore[union-attr,arg-type]
    few = values is not None and len(values) <= MAX_UNROLLED
    before = ctx.state.copy()
    try:
        with ctx.builder.block() as written:
            run(ctx, node, trip_range, element, grows=not few)
        ctx.builder.extend(written)
    except _Refused as refused:
        values = values if values is not None else _values_of_this_call(ctx, trip_range)
        if values is None or len(values) > MAX_UNROLLED:
            raise refused.error from None
        ctx.state = before  # trips may have been peeled off before the refusal
        _unroll_or_grow(ctx, node, trip_range, element, values)


def _values_of_this_call(ctx: Lowering, trip_range: Range) -> range | None:
    """The values of the counter if they follow from the arguments: others are specialised anew."""
    sizes = [ctx.builder.size(b) for b in (trip_range.start, trip_range.stop, trip_range.step)]
    hints = [None if size is None else ctx.sizes.hint(size) for size in sizes]
    if None in hints or 0 in hints[2:] or len(range(*hints)) > MAX_UNROLLED:  # type: ignore[arg-type]
        return None
    return range(*(ctx.sizes.constant(size) for size in sizes if size is not None))  # type: ignore[arg-type]


def _unroll_or_grow(
    ctx: Lowering,
    node: gast.For,
    trip_range: Range,
    element: Callable[[Atom], Value],
    values: range,
) -> None:
    """Unroll a loop; where a list then has this length or that, write the loop once after all."""
    before = ctx.state.copy()
    with ctx.can_grow(before):
        try:
            with ctx.builder.block() as written:
                _unroll(ctx, node, [partial(element, Const(i)) for i in values])
            ctx.builder.extend(written)
            return
        except growing.NeedsRows as change:
            if change.identity not in before.heap:
                raise
    ctx.state = before
    try:
        run(ctx, node, trip_range, element)
    except _Refused as refused:
        raise refused.error from None


class _Refused(Exception):
    """The body cannot be lowered once for all trips."""

    def __init__(self, error: UnsupportedType | UnsupportedSyntax) -> None:
        super().__init__()
        self.error = error


def _unroll(ctx: Lowering, node: gast.For, items: list[turns.Turn]) -> None:
    """Run the body once for each of a fixed number of items."""
    outer = {flag: ctx.state.left.pop(flag, False) for flag in ("broke", "continued")}
    step(ctx, node, items, 0)
    broke = ctx.state.left.pop("broke", False)
    ctx.state.left.pop("continued", None)
    ctx.state.left.update({flag: value for flag, value in outer.items() if value is not False})
    if node.orelse and not ctx.state.leaves:
        _after_else(ctx, node, broke)


def step(ctx: Lowering, node: gast.For, items: list[turns.Turn], position: int) -> None:
    """Run the trips of an unrolled loop from a position on."""
    if position == len(items) or ctx.state.leaves:
        return
    statements.bind(ctx, node.target, items[position](), node)
    statements.run_block(ctx, node.body)
    ctx.state.left.pop("continued", None)
    if ctx.state.leaves or not ctx.state.may_leave:
        step(ctx, node, items, position + 1)
        return
    statements.unless_left(ctx, lambda: step(ctx, node, items, position + 1), None)


def _after_else(ctx: Lowering, node: gast.For | gast.While, broke: bool | Atom) -> None:
    live = ctx.frame.facts.live_after(node)

    def unless_broke() -> None:
        control.branch(
            ctx,
            broke if not isinstance(broke, Const) else bool(broke.value),
            lambda: None,
            lambda: statements.run_block(ctx, node.orelse),
            live,
        )

    if ctx.state.may_leave:
        statements.unless_left(ctx, unless_broke, live)
    else:
        unless_broke()


def lower_while(ctx: Lowering, node: gast.While) -> None:
    """`while test: body`."""
    if any(isinstance(inner, gast.NamedExpr) for inner in gast.walk(node.test)):
        parts = [part for stmt in node.orelse for part in gast.walk(stmt)]
        if any(isinstance(part, gast.Break | gast.Continue) for part in parts):
            ctx.refuse(
                "`:=` in the test of a loop whose `else` leaves another loop",
                node,
                "assign before the loop, and again at the end of its body",
            )
        leave = gast.If(node.test, [gast.Pass()], [*node.orelse, gast.Break()])
        for new in gast.walk(leave):
            if not hasattr(new, "lineno"):
                gast.copy_location(new, node.test)
        endless = gast.While(gast.Constant(True, None), [leave, *node.body], [])
        gast.copy_location(endless, node)
        gast.copy_location(endless.test, node)
        facts = ctx.frame.facts
        kept = facts.live_at_head(node) | facts.live_after(node) | stores([node.test])
        facts.head[id(endless)] = kept
        facts.after[id(endless)] = facts.live_after(node)
        facts.after[id(leave)] = kept
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
    grows: bool = True,
) -> None:
    """Lower a loop whose body is written once; if it `grows`, its lists may."""
    outer_left = dict(ctx.state.left)
    ctx.state.left = {k: v for k, v in outer_left.items() if k == "returned"}
    made: list[int] = []
    _settle(ctx, node, trip_range, element, made if grows else None)
    for identity in made:
        growing.close(ctx, identity)
    ways = {flag for flag, value in ctx.state.left.items() if value is not False}
    if trip_range is None and _is_endless(node) and ways == {"returned"}:
        ctx.state.left["returned"] = True
    broke = ctx.state.left.pop("broke", False)
    ctx.state.left = {**{k: v for k, v in outer_left.items() if k != "returned"}, **ctx.state.left}
    if node.orelse and not ctx.state.leaves:
        _after_else(ctx, node, broke)


def _settle(
    ctx: Lowering,
    node: gast.For | gast.While,
    trip_range: Range | None,
    element: Callable[[Atom], Value] | None,
    made: list[int] | None,
    peeled: int = 0,
) -> None:
    """Run the body until what the loop carries is known; lists `made` long are noted."""
    plan = Plan()
    entry = ctx.state
    for _ in range(MAX_ATTEMPTS):
        ctx.state = entry.copy()
        try:
            with ctx.can_grow(entry if made is not None else None):
                settled = attempt(ctx, node, trip_range, element, plan, entry)
        except growing.NeedsRows as change:
            if change.identity not in entry.heap or made is None:
                raise
            ctx.state = entry.copy()
            hint = objects.name_of(ctx, change.identity)
            space = room.room_for(ctx, node, trip_range, change.identity)
            try:
                growing.make(ctx, change.identity, change.forms, space, hint)
            except UnsupportedType as error:
                ctx.state = entry
                raise _Refused(error) from None
            made.append(change.identity)
            entry, plan = ctx.state, Plan()
            continue
        except NeedsPeeling as change:
            ctx.state = entry.copy()
            if _never_runs(ctx, trip_range):
                return
            try:
                _peel(ctx, node, trip_range, element, made, change.name, peeled)
            except UnsupportedType as error:
                ctx.state = entry
                raise _Refused(error) from None
            return
        except (UnsupportedType, UnsupportedSyntax) as error:
            ctx.state = entry
            raise _Refused(error) from None
        if plan.kinds and _never_runs(ctx, trip_range):
            ctx.state = entry.copy()
            return
        if settled:
            return
    ctx.refuse("this loop changes what its names stand for without end", node)


def _never_runs(ctx: Lowering, trip_range: Range | None) -> bool:
    """Whether the call at hand makes no trip, which its specialisation is then made for."""
    count = None if trip_range is None else trips.trip_count(ctx, trip_range)
    return count is not None and ctx.sizes.at_least(count, 1) is False


def _is_endless(node: gast.For | gast.While) -> bool:
    if not isinstance(node, gast.While) or not isinstance(node.test, gast.Constant):
        return False
    return bool(node.test.value)


def _peel(
    ctx: Lowering,
    node: gast.For | gast.While,
    trip_range: Range | None,
    element: Callable[[Atom], Value] | None,
    made: list[int] | None,
    name: str,
    peeled: int,
) -> None:
    """Run the first trip before the loop, if there is one, and the others after it."""
    test: bool | Atom = True
    left: Range | None = None
    if trip_range is None:
        test = expressions.truth(ctx, expressions.evaluate(ctx, node.test), node)
    else:
        left, test = trips.without_first(ctx, trip_range)
    if peeled >= (MAX_ATTEMPTS if test is True else MAX_UNSURE):
        ctx.refuse(
            f"`{name}` changes its kind inside this loop",
            node,
            f"give `{name}` its final kind before the loop, for example with np.zeros",
            UnsupportedType,
        )
    live = ctx.frame.facts.live_after(node).union(*map(reads, node.orelse))

    def others() -> None:
        _settle(ctx, node, left, element, made, peeled + 1)

    def first() -> None:
        if trip_range is not None and element is not None:
            assert isinstance(node, gast.For)
            statements.bind(ctx, node.target, element(trip_range.start), node)
        statements.run_block(ctx, node.body)
        ctx.state.left.pop("continued", None)
        if ctx.state.leaves:
            return
        if ctx.state.may_leave:
            statements.unless_left(ctx, others, live)
        else:
            others()

    control.branch(ctx, test, first, lambda: None, live)


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
    note_bounds(ctx, counter, trip_range)
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
    plan.counts.by_trips = _known_step(trip_range)
    with ctx.builder.block() as body:
        plan.counts.place(ctx, head, counter, trip_range)
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
    total = ctx.builder.counter("trips")
    loop = Loop(
        counter,
        trip_range,
        test,
        tuple(carried.phis),
        tuple(carried.inits),
        Block(tuple(body), results),
        targets,
        leave is not None,
        total,
        ctx.builder.origin,
    )
    for stmt in prelude:
        ctx.builder.add(stmt)
    if (every := ctx.segments.get(id(node))) is not None:
        loop = segments.nest(ctx, loop, every, node)
    ctx.builder.add(loop)
    if not end.dead or leave is not None:
        after_loop(ctx, plan, head, end, carried, targets, after, trip_range)
    else:
        # The body always raises: what follows is reached without a trip only.
        after_loop(ctx, plan, head, head, carried, targets, after, trip_range)
    plan.counts.after(ctx, entry, trip_range)
    return True


def _known_step(trip_range: Range | None) -> bool:
    """Whether a loop counts by a step that is known before the program runs."""
    return trip_range is not None and isinstance(trip_range.step, Const)


def note_bounds(ctx: Lowering, counter: Var, trip_range: Range | None) -> None:
    """Note between which values a counter is: where it starts, and one before where it ends."""
    if trip_range is None:
        return
    start, stop = ctx.builder.size(trip_range.start), ctx.builder.size(trip_range.stop)
    step = trip_range.step.value if isinstance(trip_range.step, Const) else None
    if start is not None and step is not None and step > 0:  # type: ignore[operator]
        least = ctx.sizes.floor(start)
        if least is not None:
            ctx.sizes.floors[ValueOf(counter)] = least
    if start is None or stop is None:
        return
    # A step of unknown sign is one forward wherever there is a trip from a start to a later stop.
    forward = ctx.sizes.at_least(stop, start) if step is None else step > 0  # type: ignore[operator]
    if forward is not None:
        limits = (start, stop - 1) if forward else (stop + 1, start)
        ctx.sizes.limits[ValueOf(counter)] = limits


def _counter_hint(node: gast.For | gast.While) -> str:
    if isinstance(node, gast.For) and isinstance(node.target, gast.Name):
        return node.target.id if node.target.id != "_" else "k"
    return "k"
