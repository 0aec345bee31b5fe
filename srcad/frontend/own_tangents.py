"""Calls of functions with a `custom_jvp`.

What the program computes is what the rule computes, tangents included. Those are zero, with the
derivative of the argument that they are the tangents of; and the result has the derivative of the
tangent that the rule gives for it. Since the rule is linear in the tangents, both modes do the
right thing with that, and the values of the tangents are never read.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gast

from srcad.custom import custom_jvp
from srcad.frontend import (
    calls,
    expressions,
    fitting_bars,
    memory,
    outside,
    own_rules,
    value_trees,
)
from srcad.frontend.values import Array, Items, Number, Path, Static, Value, is_none
from srcad.ir.nodes import Atom, Const, Let, Var
from srcad.rules.marks import JOINED, TANGENT

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def pushed(
    ctx: Lowering,
    function: custom_jvp[..., Any],
    path: Path,
    arguments: own_rules.Arguments,
    name: str,
    node: gast.AST,
) -> Value:
    """A call, as its rule has it."""
    origin = ctx.builder.origin
    returned, ctx.returned = ctx.returned, None

    def tangent(leaf: Number | Array) -> Value:
        held = expressions.operand(ctx, leaf)
        if not leaf.kind.is_inexact:
            return Static(None)
        if not isinstance(held, Var):
            return expressions.literal(0.0j if leaf.kind.is_complex else 0.0)
        made = ctx.builder.fresh("", held.kind, held.shape)
        ctx.builder.add(
            Let(made, TANGENT, (arguments.number, arguments.operands[held]), (), origin)
        )
        if held in ctx.builder.contiguous:
            ctx.builder.contiguous.add(made)
        return memory.new_array(ctx, made)

    dots = [value_trees.changed(ctx, held, tangent, node, "constant") for held in arguments.held]
    if function.jvp is not None:
        rule = outside.wrap(ctx, function.jvp, (*path, ("attr", "jvp")))
        given = [*arguments.plain, Items(tuple(arguments.held)), Items(tuple(dots))]
        made = calls.call(ctx, rule, given, {}, node)
        if ctx.state.dead:
            return made
        ctx.returned = calls.body_of(rule) or ctx.returned or origin
        whose = f"rule of `{name}`"
        out, dot = own_rules.two_of(ctx, made, rule, whose, "the result, and its tangent")
    else:
        out, dot = _summed(ctx, function, path, arguments, dots, node)
        if ctx.state.dead:
            return out
    own_rules.check_unwritten(ctx, arguments, name)
    leaves: dict[int, Atom] = {}
    out = value_trees.changed(
        ctx, out, replace, node, "constant"
    )  # so that each leaf is an object of its own
    with ctx.builder.origins(ctx.returned or origin):
        what = f"tangent that the rule of `{name}`"
        for leaf, atom in fitting_bars.pairs(ctx, out, dot, "out", what):
            leaves[id(leaf)] = atom
    ctx.returned = returned

    def joined(leaf: Number | Array) -> Value:
        if not leaf.kind.is_inexact:
            return leaf
        dot = leaves.get(id(leaf), Const(0.0))
        return own_rules.linked(ctx, JOINED, leaf, arguments.number, dot, origin=origin)

    ctx.builder.origin = origin
    return value_trees.changed(ctx, out, joined, node, "constant")


def _summed(
    ctx: Lowering,
    function: custom_jvp[..., Any],
    path: Path,
    arguments: own_rules.Arguments,
    dots: list[Value],
    node: gast.AST,
) -> tuple[Value, Value]:
    """`defjvps`: the result, and the sum of what each argument adds to its tangent."""
    plain = outside.wrap(ctx, function.function, (*path, ("attr", "function")))
    out = outside.resolve(ctx, calls.call(ctx, plain, arguments.every, {}, node))
    if ctx.state.dead:
        return out, out
    if not isinstance(out, Number | Array) or len(function.jvps) != len(dots):
        ctx.refuse(
            f"`defjvps` is for functions with one number or array as result, and takes a rule for "
            f"each of the {len(dots)} arguments",
            None,
            "write one rule for all of it: defjvp",
        )
    total: Value = Static(None)
    for number, dot in enumerate(dots):
        rule = outside.wrap(ctx, function.jvps[number], (*path, ("attr", "jvps"), ("item", number)))
        if is_none(rule):
            continue
        given = [*arguments.plain, dot, out, *arguments.held]
        term = calls.call(ctx, rule, given, {}, node)
        total = term if is_none(total) else expressions.binary(ctx, operator.add, total, term, node)
    return out, total
