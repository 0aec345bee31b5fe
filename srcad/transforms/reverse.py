"""Reverse mode: from a program to the statements of its adjoint.

The adjoint walks the program backwards.  A statement `y = f(x)` turns the bar of `y` into a
contribution to the bar of `x` (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 3).
What is written here uses the primal's variables as if they were still at hand; `residuals` decides
afterwards which of them are kept, taped or computed again.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import assert_never

from srcad.errors import MissingRule
from srcad.frontend.builder import Builder, given_shape
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Block, Const, Effect, If, Let, Loop, Range, Stmt, Var
from srcad.ir.walk import block_vars, defined
from srcad.transforms import pullback, pulled
from srcad.transforms.bars import ZERO, Bars, Reverse


@dataclass(frozen=True, eq=False)
class Adjoint:
    """The statements of an adjoint, and how they mirror the primal.

    `mirrors` maps the identity of each block of the adjoint to the primal block it undoes, and
    `loops` the counter of each loop of the adjoint to the primal loop.
    """

    body: Block
    seeds: tuple[Var, ...]
    mirrors: dict[int, Block]
    loops: dict[Var, Loop]


def reverse(
    body: Block,
    outputs: tuple[Atom, ...],
    inputs: tuple[Var, ...],
    active: frozenset[Var],
    builder: Builder,
) -> Adjoint:
    """Write the adjoint of a program.

    Args:
        body: the program.
        outputs: its results that cotangents come for.
        inputs: the parameters whose bars are wanted.
        active: the variables that carry derivatives.
        builder: writes statements; knows the sizes of the program.

    Returns:
        The adjoint: its results are the bars of `inputs`, its seeds the cotangents.
    """
    state = Reverse(builder, active)
    seeds: list[Var] = []
    with builder.block() as statements:
        for number, output in enumerate(outputs):
            hint = "out_bar" if len(outputs) == 1 else f"out{number}_bar"
            kind = output.kind if isinstance(output, Var) else INT
            seed = builder.fresh(hint, kind, output.shape if isinstance(output, Var) else ())
            seeds.append(seed)
            state.accumulate(output, seed)
        _block(state, body)
        results = tuple(state.bars.get(var) or state.zeros(var) for var in inputs)
    adjoint = Block(tuple(statements), results)
    state.mirrors[id(adjoint)] = body
    return Adjoint(adjoint, tuple(seeds), state.mirrors, state.loops)


def _block(state: Reverse, block: Block) -> None:
    for stmt in reversed(block.body):
        state.builder.origin = stmt.origin
        match stmt:
            case Let():
                _let(state, stmt)
            case If():
                _if(state, stmt)
            case Loop():
                _loop(state, stmt)
            case Effect():
                continue
            case _:
                assert_never(stmt)


def _let(state: Reverse, stmt: Let) -> None:
    if stmt.target not in state.active:
        return
    if pulled.is_ruled(stmt):
        pulled.pull(state, stmt)
        return
    bar = state.bars.pop(stmt.target, None)
    if bar is None or bar == ZERO:
        return
    if isinstance(bar, Var):
        state.builder.origin = stmt.origin
    rule = pullback.SPECIAL.get(stmt.primitive.text)
    if rule is not None:
        rule(state, stmt, bar)
        return
    if stmt.primitive.reverse is None:
        name = stmt.primitive.text.rpartition(".")[2]
        raise MissingRule(
            f"srcad has no rule for `{name}` and cannot read its source",
            stmt.origin,
            "compute it outside, or write it with functions that have rules",
        )
    for arg, contribution in pullback.contributions(state, stmt, bar):
        state.accumulate(arg, contribution)


# -- branches -----------------------------------------------------------------------------------


def _if(state: Reverse, stmt: If) -> None:
    seeds = [(t, bar) for t in stmt.targets if (bar := state.bars.pop(t, None)) is not None]
    base = dict(state.bars)
    sides: list[tuple[list[Stmt], Bars]] = []
    for _ in range(2):  # a second time if a bar has to start from zero before the branch
        sides = [_side(state, stmt, block, dict(seeds), base) for block in (stmt.then, stmt.orelse)]
        missing = [
            var for var in _changed(base, sides) if any(bars.get(var) is None for _, bars in sides)
        ]
        if not missing:
            break
        state.builder.origin = stmt.origin
        for var in missing:
            base[var] = state.zeros(var)
    changed = _changed(base, sides)
    state.bars = dict(base)
    state.builder.origin = stmt.origin
    if not any(body for body, _ in sides) and not changed:
        return
    blocks = []
    for (body, bars), primal in zip(sides, (stmt.then, stmt.orelse), strict=True):
        block = Block(tuple(body), tuple(bars[var] for var in changed))
        state.mirrors[id(block)] = primal
        blocks.append(block)
    targets = tuple(
        _like(state, var, [b.results[i] for b in blocks]) for i, var in enumerate(changed)
    )
    state.builder.add(If(stmt.test, blocks[0], blocks[1], targets, stmt.origin))
    state.bars.update(zip(changed, targets, strict=True))


def _side(
    state: Reverse, stmt: If, block: Block, seeds: Bars, base: Bars
) -> tuple[list[Stmt], Bars]:
    state.bars = dict(base)
    with state.builder.block() as body:
        for target, result in zip(stmt.targets, block.results, strict=True):
            if (bar := seeds.get(target)) is not None:
                state.accumulate(result, bar)
        _block(state, block)
    inner = set(defined(block))
    return body, {var: bar for var, bar in state.bars.items() if var not in inner}


def _changed(base: Bars, sides: list[tuple[list[Stmt], Bars]]) -> list[Var]:
    names = dict.fromkeys([*sides[0][1], *sides[1][1]])
    return [var for var in names if any(bars.get(var) is not base.get(var) for _, bars in sides)]


def _like(state: Reverse, var: Var, bars: list[Atom]) -> Var:
    """A variable for a bar that is one of several."""
    hint = f"{var.hint}_bar" if var.hint else ""
    kinds = [bar.kind for bar in bars if isinstance(bar, Var)]
    kind = kinds[0] if kinds else var.kind
    return state.builder.fresh(hint, kind, var.shape)


# -- loops --------------------------------------------------------------------------------------


def _loop(state: Reverse, stmt: Loop) -> None:
    bars = [state.bars.pop(target, None) for target in stmt.targets]
    useful = {i for i, bar in enumerate(bars) if bar is not None and bar != ZERO}
    inner = set(defined(stmt.body)) | set(stmt.carried) | {stmt.counter}
    outer = [
        var
        for var in dict.fromkeys(block_vars(stmt.body))
        if var in state.active and var not in inner
    ]
    touched: list[Var] = []
    base = dict(state.bars)
    while True:
        body, nexts, ends, accumulators = _trip(state, stmt, useful, touched, inner)
        more = {i for i, phi in enumerate(stmt.carried) if phi in ends and i not in useful}
        reached = [var for var in outer if var in ends and var not in touched]
        if not more and not reached:
            break
        useful |= more
        touched += reached
    state.bars = base
    state.builder.origin = stmt.origin
    order = sorted(useful)
    if not order:
        return
    inits: list[Atom] = [
        bars[i] if bars[i] is not None else state.zeros(stmt.targets[i])  # type: ignore[misc]
        for i in order
    ]
    inits += [base.get(var) or state.zeros(var) for var in touched]
    counter = stmt.counter
    results = tuple(ends.get(stmt.carried[i], ZERO) for i in order)
    results += tuple(ends[var] for var in touched)
    trips = reversed_range(state.builder, stmt)
    block = Block(tuple(body), results)
    state.mirrors[id(block)] = stmt.body
    state.loops[counter] = stmt
    targets = tuple(
        state.builder.fresh(bar.hint, bar.kind, given_shape(bar)) for bar in (*nexts, *accumulators)
    )
    state.builder.add(
        Loop(
            counter,
            trips,
            None,
            (*nexts, *accumulators),
            tuple(inits),
            block,
            targets,
            False,
            state.builder.counter("trips"),
            stmt.origin,
        )
    )
    # First those that the loop itself added to: an init may be one of them.
    for var, target in zip(touched, targets[len(order) :], strict=True):
        state.bars[var] = target
    for i, target in zip(order, targets, strict=False):
        state.accumulate(stmt.inits[i], target)


def _trip(
    state: Reverse, stmt: Loop, useful: set[int], touched: list[Var], inner: set[Var]
) -> tuple[list[Stmt], list[Var], Bars, list[Var]]:
    """Write the adjoint of one trip, given which bars come in."""
    state.bars = {}
    results = stmt.body.results[1:] if stmt.breaks else stmt.body.results
    nexts: list[Var] = []
    accumulators: list[Var] = []
    with state.builder.block() as body:
        for i in sorted(useful):
            phi = stmt.carried[i]
            hint = f"{phi.hint}_bar" if phi.hint else ""
            shape = phi.shape if _same_shape(state, results[i], phi) else None
            bar = state.builder.fresh(hint, phi.kind, shape if phi.kind.rank else ())
            nexts.append(bar)
        for var in touched:
            hint = f"{var.hint}_bar" if var.hint else ""
            bar = state.builder.fresh(hint, var.kind, var.shape)
            accumulators.append(bar)
            state.bars[var] = bar
        for i, bar in zip(sorted(useful), nexts, strict=True):
            state.accumulate(results[i], bar)
        _block(state, stmt.body)
        state.builder.origin = stmt.origin
        for i in sorted(useful):
            phi = stmt.carried[i]
            if state.bars.get(phi) is None:
                state.bars[phi] = state.zeros(phi)
    ends = {var: bar for var, bar in state.bars.items() if var in stmt.carried or var not in inner}
    return body, nexts, ends, accumulators


def _same_shape(state: Reverse, result: Atom, phi: Var) -> bool:
    return isinstance(result, Var) and all(
        state.builder.sizes.equal(a, b) for a, b in zip(result.shape, phi.shape, strict=True)
    )


def reversed_range(builder: Builder, stmt: Loop) -> Range:
    """The counter's values backwards."""
    emit = builder.emit
    one = Const(1)
    if stmt.range is None or stmt.breaks:
        start, step = (Const(0), one) if stmt.range is None else (stmt.range.start, stmt.range.step)
        last = emit(operator.sub, stmt.trips, one)
        if step != one:
            last = emit(operator.mul, last, step)
        if start != Const(0):
            last = emit(operator.add, start, last)
        return Range(last, _minus(builder, start, step), _negative(builder, step))
    start, stop, step = stmt.range.start, stmt.range.stop, stmt.range.step
    if step == one:
        return Range(_minus(builder, stop, one), _minus(builder, start, one), Const(-1))
    if step == Const(-1):
        return Range(_plus(builder, stop), _plus(builder, start), one)
    last = emit(operator.sub, stmt.trips, one)
    last = emit(operator.add, start, emit(operator.mul, last, step))
    return Range(last, _minus(builder, start, step), _negative(builder, step))


def _minus(builder: Builder, left: Atom, right: Atom) -> Atom:
    if isinstance(left, Const) and isinstance(right, Const):
        return Const(left.value - right.value)  # type: ignore[operator]
    return builder.emit(operator.sub, left, right)


def _plus(builder: Builder, atom: Atom) -> Atom:
    if isinstance(atom, Const):
        return Const(atom.value + 1)  # type: ignore[operator]
    return builder.emit(operator.add, atom, Const(1))


def _negative(builder: Builder, atom: Atom) -> Atom:
    if isinstance(atom, Const):
        return Const(-atom.value)  # type: ignore[operator]
    return builder.emit(operator.neg, atom)
