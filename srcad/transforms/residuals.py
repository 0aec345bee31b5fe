"""What the forward sweep keeps for the adjoint: saved, taped, or computed again.

An adjoint is first written as if every value of the primal were still at hand.  Here each value
that it reads is provided.  For the values of one block the choice between keeping and computing
again is a minimum cut of the data flow between what has to be kept and what is read: a value is
computed again where that needs less memory (Griewank and Walther 2008, ch. 5; the cut is that of
min-cut rematerialisation).  Discrete decisions are always recorded, never taken again from
recomputed floats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from srcad.analyses.cut import minimum_cut
from srcad.frontend.builder import Builder
from srcad.ir.nodes import (
    Block,
    Function,
    Let,
    Loop,
    Operand,
    ShapeOf,
    Slice,
    Var,
)
from srcad.ir.walk import blocks, own_operands, statements
from srcad.transforms.definitions import Definitions, definitions
from srcad.transforms.finals import with_finals
from srcad.transforms.forethought import (
    Foresight,
    Forethought,
    forethought,
    with_foresights,
)
from srcad.transforms.plan import Plan, plan_of
from srcad.transforms.provide import provide
from srcad.transforms.pythons import as_pythons
from srcad.transforms.repeating import (
    decides_on_inputs,
    is_changing_length,
    is_invariant,
    moves,
    repeatable,
    uses,
)
from srcad.transforms.reverse import Adjoint
from srcad.transforms.shapes import ShapePlan, shape_plan
from srcad.transforms.tapes import Tape, TapeWriter, is_direct

UNKNOWN_LENGTH = 16


@dataclass
class Keeper:
    """The state of the choice: what is needed in which block, and what was decided."""

    defs: Definitions
    builder: Builder
    params: tuple[Var, ...]
    body: Block
    exact: frozenset[Var]
    ahead: Forethought
    needed: dict[int, dict[Var, None]] = field(default_factory=dict)
    shapes: dict[Var, None] = field(default_factory=dict)
    kept: dict[int, list[Var]] = field(default_factory=dict)
    again: dict[int, list[Let]] = field(default_factory=dict)

    def need(self, var: Var) -> None:
        """Note that the adjoint reads a variable, in the block that defines it."""
        scope = self.defs.scope.get(var)
        if scope is not None:
            self.needed.setdefault(id(scope.block), {})[var] = None

    def made_ahead(self) -> dict[Var, Foresight]:
        """The comparisons of the adjoint that the forward sweep makes, because it keeps them."""
        kept = {var for block in self.kept.values() for var in block}
        return {var: made for var, made in self.ahead.found.items() if var in kept}


def keep(function: Function, adjoint: Adjoint, builder: Builder) -> tuple[Function, Function, Plan]:
    """Split a program and its adjoint into a forward and a backward function.

    Args:
        function: the primal.
        adjoint: its adjoint, which reads primal variables.
        builder: knows the sizes.

    Returns:
        `f_fwd(args) -> (*outputs, saved...)` and `f_bwd(saved..., *seeds) -> bars`; the results of
        the first after the outputs are the first parameters of the second.  And what was decided.
    """
    defs = definitions(function.params, function.body)
    exact = _decided_on(adjoint.body, defs)
    mirrored = {id(primal): None for primal in adjoint.mirrors.values()}
    ahead = forethought(adjoint, defs)
    with_foresights(defs, ahead)
    finals = with_finals(defs, function.body, builder)
    keeper = Keeper(finals, builder, function.params, function.body, exact, ahead)
    inner = _reads(adjoint.body, defs, ahead)
    for var in inner.values:
        keeper.need(var)
    order = _innermost_first(function.body)
    for block in order:
        if id(block) in mirrored:
            _decide(keeper, block)
    shapes = _shapes(keeper, inner.shapes)
    defs = replace(defs, stmt=keeper.defs.stmt | defs.stmt)
    writer = TapeWriter(builder, defs, function, keeper.made_ahead(), shapes.measured)
    saved: dict[Var, Tape | None] = {}
    for block in reversed(order):
        for var in keeper.kept.get(id(block), ()):
            loops = defs.scope[var].loops
            saved[var] = writer.tape(var) if loops else None
    forward, results = writer.forward(saved, list(shapes.saved), list(shapes.lengths))
    backward, made = provide(keeper, adjoint, saved, shapes, writer)
    name = function.name
    plain = tuple(v for v, tape in saved.items() if tape is None)
    handed = [*plain, *shapes.handed, *(t.var for t in saved.values() if t is not None)]
    fwd = Function(
        f"{name}_fwd", function.params, replace(forward, results=(*function.body.results, *results))
    )
    bwd = Function(f"{name}_bwd", (*handed, *adjoint.seeds), backward)
    plan = plan_of(keeper, defs, saved, made)
    return as_pythons(fwd, bwd, saved.values()), bwd, plan


def _shapes(keeper: Keeper, wanted: Iterable[Var]) -> ShapePlan:
    """How the adjoint gets shapes, after it is known which values it has."""
    kept = {var: None for block in keeper.kept.values() for var in block}
    again = {let.target for block in keeper.again.values() for let in block}
    missing = [
        var for var in {**dict.fromkeys(wanted), **keeper.shapes} if var not in {*kept, *again}
    ]
    plan = shape_plan(keeper.defs, keeper.params, keeper.body, kept, missing)
    for var in plan.unbound:
        keeper.kept.setdefault(id(keeper.defs.scope[var].block), []).append(var)
    for var, lets in plan.measured.items():
        scope = keeper.defs.scope[var]
        for let in lets:
            keeper.defs.add(let.target, scope, let)
            keeper.kept.setdefault(id(scope.block), []).append(let.target)
    return plan


@dataclass
class _Reads:
    """Primal variables whose elements, or only whose shape, an adjoint reads."""

    values: dict[Var, None] = field(default_factory=dict)
    shapes: dict[Var, None] = field(default_factory=dict)


def _reads(block: Block, defs: Definitions, ahead: Forethought) -> _Reads:
    found = _Reads()

    def visit(operand: Operand) -> None:
        match operand:
            case Var() if ahead.of(operand) in defs.scope:
                found.values[ahead.of(operand)] = None
            case ShapeOf(var) if var in defs.scope and var not in ahead.found:
                found.shapes[var] = None
            case Slice(lower, upper, step):
                for part in (lower, upper, step):
                    if part is not None:
                        visit(part)
            case tuple():
                for item in operand:
                    visit(item)

    def walk(inner: Block) -> None:
        for stmt in inner.body:
            for operand in own_operands(stmt) if ahead.reads(stmt) else ():
                visit(operand)
            for nested in blocks(stmt):
                walk(nested)
        for result in inner.results:
            visit(result)

    walk(block)
    return found


def _decided_on(block: Block, defs: Definitions) -> frozenset[Var]:
    """Primal values that the adjoint compares: they must have the very bits that they had.

    A value computed again may differ in its last bit, because multiplications and additions are
    contracted differently; then `x == max(x)` holds nowhere.
    """
    stack = [
        var
        for stmt in statements(block)
        if isinstance(stmt, Let) and stmt.primitive.decides
        for operand in own_operands(stmt)
        for var, only_shape in uses(operand)
        if not only_shape and var in defs.scope
    ]
    found: set[Var] = set()
    while stack:
        var = stack.pop()
        if var in found:
            continue
        found.add(var)
        source = defs.stmt[var]
        if isinstance(source, Let) and moves(source):
            stack += [v for o in own_operands(source) for v, shape in uses(o) if not shape]
    return frozenset(found)


def _innermost_first(body: Block) -> list[Block]:
    order: list[Block] = []

    def walk(block: Block) -> None:
        for stmt in block.body:
            for inner in blocks(stmt):
                walk(inner)
        order.append(block)

    walk(body)
    return order


# -- the choice -----------------------------------------------------------------------------------


def _decide(keeper: Keeper, block: Block) -> None:
    """Choose for the variables of one block that the adjoint reads."""
    wanted = list(keeper.needed.get(id(block), ()))
    if not wanted:
        return
    defs = keeper.defs
    counters = set()
    scope = defs.scope[wanted[0]]
    if scope.loops and scope.loops[-1].body is block:
        counters = {scope.loops[-1].counter}
    # Everything that the wanted values could be computed from, inside this block.
    graph: dict[Var, tuple[Var, ...]] = {}
    sources: set[Var] = set()
    stack = list(wanted)
    while stack:
        var = stack.pop()
        if var in graph:
            continue
        if var in counters:
            graph[var] = ()
            continue
        inputs = _inputs(keeper, var, block)
        if inputs is None:
            sources.add(var)
            graph[var] = ()
            continue
        graph[var] = inputs
        stack += inputs
    prices = {var: _price(keeper, var) for var in graph}
    for var in list(graph):
        outside = _outside(keeper, var, block) if var not in sources else {}
        graph[var] += tuple(outside)
        prices.update(outside)
        sources.update(outside)
    graph.update({var: () for var in prices if var not in graph})
    free = counters | (set(keeper.params) if not scope.loops and scope.parent is None else set())
    chosen = minimum_cut(graph, sources - free, wanted, prices)
    chosen = {var for var in chosen if var not in counters and defs.scope[var].block is block}
    _settle(keeper, block, wanted, chosen, graph, counters)


def _outside(keeper: Keeper, var: Var, block: Block) -> dict[Var, int]:
    """What a value reads from loops around its block, and the price of that for one trip."""
    stmt = keeper.defs.stmt[var]
    if not isinstance(stmt, Let):
        return {}
    own = keeper.defs.scope[var].loops
    found: dict[Var, int] = {}
    for operand in own_operands(stmt):
        for used, only_shape in uses(operand):
            scope = keeper.defs.scope[used]
            if only_shape or scope.block is block or not used.kind.is_array:
                continue
            total = _outer_price(keeper, used)
            for loop in own[len(scope.loops) :]:
                total //= _trips(keeper, loop)
            if total:
                found[used] = total
    return found


def _outer_price(keeper: Keeper, var: Var) -> int:
    """What it takes to have a value of the loops around: nothing if it is computed again."""
    scope = keeper.defs.scope[var]
    if not scope.loops:
        return 0
    stmt = keeper.defs.stmt[var]
    if not isinstance(stmt, Let) or not repeatable(stmt.primitive, stmt):
        return 0 if var is scope.loops[-1].counter else _price(keeper, var)
    read = {used for operand in own_operands(stmt) for used, shape in uses(operand) if not shape}
    return min(_price(keeper, var), sum(_outer_price(keeper, used) for used in read))


def _trips(keeper: Keeper, loop: Loop) -> int:
    if loop.range is None:
        return UNKNOWN_LENGTH
    ends = [keeper.builder.size(end) for end in (loop.range.start, loop.range.stop)]
    if ends[0] is None or ends[1] is None:
        return UNKNOWN_LENGTH
    length = ends[1] - ends[0]
    return max(abs(length.constant), 1) if length.is_constant else UNKNOWN_LENGTH


def _settle(
    keeper: Keeper,
    block: Block,
    wanted: list[Var],
    chosen: set[Var],
    graph: dict[Var, tuple[Var, ...]],
    counters: set[Var],
) -> None:
    """Note what is kept and what is computed again; the latter may need values from outside."""
    again: set[Var] = set()
    kept: set[Var] = set()
    stack = list(wanted)
    while stack:
        var = stack.pop()
        if var in counters or var in again or var in kept:
            continue
        stmt = keeper.defs.stmt[var]
        if var in chosen or not isinstance(stmt, Let) or var not in graph:
            kept.add(var)
            continue
        if _inputs(keeper, var, block) is None:
            kept.add(var)
            continue
        again.add(var)
        for operand in own_operands(stmt):
            for used, only_shape in uses(operand):
                if only_shape:
                    keeper.shapes[used] = None
                elif keeper.defs.scope[used].block is block:
                    stack.append(used)
                else:
                    keeper.need(used)
    for var in kept:
        for loop in keeper.defs.scope[var].loops:  # the place in a tape
            if loop.range is None or is_direct(loop.range, keeper.builder):
                continue
            for bound in (loop.range.start, loop.range.step):
                if isinstance(bound, Var):
                    keeper.need(bound)
    position = keeper.defs.order
    keeper.kept[id(block)] = sorted(kept, key=position.__getitem__)
    ordered: dict[Var, None] = {}

    def order(var: Var) -> None:
        """What is read where a loop left it may need an index that was computed after it."""
        for used in graph[var]:
            if used in again and used not in ordered:
                order(used)
        ordered[var] = None

    for var in sorted(again, key=position.__getitem__):
        order(var)
    # A comparison that is not kept stays where it is in the adjoint.
    lets = [keeper.defs.stmt[var] for var in ordered if var not in keeper.ahead.found]
    keeper.again[id(block)] = [let for let in lets if isinstance(let, Let)]


def _inputs(keeper: Keeper, var: Var, block: Block) -> tuple[Var, ...] | None:
    """The variables of the block that a value can be computed again from, None if it cannot."""
    stmt = keeper.defs.stmt[var]
    if not isinstance(stmt, Let):
        return None
    if var in keeper.exact and not moves(stmt):
        return None
    if is_changing_length(keeper.defs, stmt):
        return None
    again = var in keeper.ahead.found  # which compares what is exact
    again = again or repeatable(stmt.primitive, stmt) or decides_on_inputs(keeper.params, stmt)
    if not again and not is_invariant(keeper.defs, stmt):
        return None
    return tuple(
        used
        for operand in own_operands(stmt)
        for used, only_shape in uses(operand)
        if not only_shape and keeper.defs.scope[used].block is block
    )


def _price(keeper: Keeper, var: Var) -> int:
    """Roughly the bytes that keeping a value takes, for one trip."""
    total = np.dtype(var.kind.dtype).itemsize if var.kind.form != "opaque" else 8
    for dim in var.shape:
        # Short axes (the three of space, say) count as they are; of longer ones the text shall not
        # depend on the lengths of this call.
        length = keeper.builder.sizes.hint(dim)
        total *= UNKNOWN_LENGTH if length is None else min(max(length, 1), UNKNOWN_LENGTH)
    scope = keeper.defs.scope[var]
    is_param = keeper.defs.stmt[var] is None and not scope.loops and scope.parent is None
    return 1 if is_param else total + 1
