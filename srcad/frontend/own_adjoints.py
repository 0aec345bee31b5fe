"""Calls of functions with a `custom_vjp`.

What the program computes is what `fwd` computes. Its derivative is the body of `bwd`, which is
lowered at once, while all is known that it may read, and set aside until an adjoint is written.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import gast

from srcad.custom import custom_vjp
from srcad.frontend import (
    calls,
    expressions,
    fitting_bars,
    memory,
    outside,
    own_rules,
    value_trees,
)
from srcad.frontend.values import Array, Number, Path, Static, Value
from srcad.ir.kinds import FLOAT
from srcad.ir.nodes import Atom, Block, Const, Let, Operand, ShapeOf, Var
from srcad.ir.walk import block_vars, defined
from srcad.rules.marks import CALL, RESULT, Pull

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def pulled(
    ctx: Lowering,
    function: custom_vjp[..., Any],
    path: Path,
    arguments: own_rules.Arguments,
    name: str,
    node: gast.AST,
) -> Value:
    """A call with `fwd`, and the body of `bwd` for whoever differentiates it."""
    fwd = outside.wrap(ctx, function.fwd, (*path, ("attr", "fwd")))
    made = calls.call(ctx, fwd, arguments.every, {}, node)
    if ctx.state.dead:
        return made
    pair = own_rules.two_of(
        ctx, made, fwd, f"`fwd` of `{name}`", "the result, and what `bwd` needs"
    )
    own_rules.check_unwritten(ctx, arguments, name)
    outs: list[Atom] = []
    bars: list[Var] = []

    def bar_of(leaf: Number | Array) -> Value:
        if not leaf.kind.is_inexact:
            return Static(None)
        atom = expressions.operand(ctx, leaf)
        assert isinstance(atom, Var | Const)
        shape = atom.shape if isinstance(atom, Var) else ()
        bar = ctx.builder.fresh("", leaf.kind, shape)
        outs.append(atom)
        bars.append(bar)
        return memory.new_array(ctx, bar)

    origin = ctx.builder.origin
    bwd = outside.wrap(ctx, function.bwd, (*path, ("attr", "bwd")))
    before, ctx.state = ctx.state, ctx.state.copy()
    attempts, ctx.attempts = ctx.attempts, []
    returned, ctx.returned = ctx.returned, None
    try:
        with ctx.builder.block() as body:
            out_bar = value_trees.changed(ctx, pair[0], bar_of, node, "constant")
            given = [*arguments.plain, pair[1], out_bar]
            answer = calls.call(ctx, bwd, given, {}, node)
            ctx.returned = calls.body_of(bwd) or ctx.returned or origin
            targets, results = _answered(ctx, arguments, answer, name)
    finally:
        ctx.state, ctx.attempts, ctx.returned = before, attempts, returned
        ctx.builder.origin = origin
    block = Block(tuple(body), tuple(results))
    inside = {*defined(block), *bars}
    free = tuple(v for v in dict.fromkeys(block_vars(block)) if v not in inside)
    primitive = replace(
        CALL, options={"pull": Pull(name, arguments.number, block, tuple(bars), free)}
    )
    token = ctx.builder.fresh("", FLOAT)
    shapes: tuple[Operand, ...] = tuple(
        ShapeOf(out) if isinstance(out, Var) and out.kind.is_array else Const(None) for out in outs
    )
    ctx.builder.add(Let(token, primitive, (tuple(targets), free, shapes), (), origin))
    return _results(ctx, pair[0], token, arguments.number, node)


def _answered(
    ctx: Lowering, arguments: own_rules.Arguments, answer: Value, name: str
) -> tuple[list[Var], list[Atom]]:
    """The arguments that have cotangents, and those."""
    if ctx.state.dead:  # it raises, wherever it is asked
        return list(arguments.operands.values()), [Const(0.0)] * len(arguments.operands)
    with ctx.builder.origins(ctx.returned):
        whose = f"`bwd` of `{name}`"
        found = fitting_bars.fitted(ctx, arguments.held, arguments.names, answer, whose)
    targets: list[Var] = []
    results: list[Atom] = []
    for leaf, bar in found:
        held = expressions.operand(ctx, leaf)
        if isinstance(held, Var):
            targets.append(arguments.operands[held])
            results.append(bar)
    return targets, results


def _results(ctx: Lowering, out: Value, token: Var, number: Const, node: gast.AST) -> Value:
    """What the call gives: the values that `fwd` gave, with the derivative of the call."""
    numbers = count()

    def linked(leaf: Number | Array) -> Value:
        if not leaf.kind.is_inexact:
            return leaf
        place = Const(next(numbers))
        others = number, token, place
        return own_rules.linked(ctx, RESULT, leaf, *others, origin=ctx.builder.origin)

    return value_trees.changed(ctx, out, linked, node, "constant")
