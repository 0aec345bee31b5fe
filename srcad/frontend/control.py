"""Control flow: branches and their joins, conditions, and errors that the program raises."""

from __future__ import annotations

import operator
from collections.abc import Callable
from collections.abc import Sequence as Many
from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import expressions, trying
from srcad.frontend.merge import FALSE, TRUE, UNNAMED, Merge, Side
from srcad.frontend.values import (
    Conflict,
    Number,
    Value,
)
from srcad.ir.kinds import BOOL
from srcad.ir.nodes import Atom, Block, Const, Effect, If, Stmt, Var
from srcad.ir.primitives import Primitive

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def fail(ctx: Lowering, error: BaseException) -> Value:
    """The program raises here, whenever it gets here."""
    flag = trying.flag_for(ctx, type(error))
    if flag is not None:
        trying.leave(ctx, flag)
    args = (Const(str(error)),) if error.args else ()
    ctx.builder.add(Effect("raise", type(error), args, (), (), ctx.builder.origin))
    ctx.state.dead = True
    return Conflict("is not defined here")


BY_LENGTH = ("np.array", "np.asarray", "np.argpartition")
"""Functions that work for arrays of some lengths only, also where their kinds are right."""


def fails(ctx: Lowering, error: Exception, primitive: Primitive, node: gast.AST | None) -> Value:
    """A call that raises for arrays of length 1: the program raises here, unless lengths matter."""
    if primitive.text in BY_LENGTH and isinstance(error, ValueError):
        message = f"`{primitive.text}` may not work for these lengths: {error!s:.60}"
        ctx.refuse(message, node, "make arrays of the parts first: np.array([...])")
    return fail(ctx, error)


def require(ctx: Lowering, flag: Atom, error: type[BaseException], message: str) -> None:
    """Raise unless `flag`."""
    if flag == TRUE:
        return
    if flag == FALSE:
        fail(ctx, error(message) if message else error())
        return
    if trying.flag_for(ctx, error) is not None:
        ctx.refuse(f"a {error.__name__} may be raised here that a `try` around it catches")
    _raise_if(ctx, ctx.builder.emit(operator.not_, flag), error, message)


def _raise_if(ctx: Lowering, flag: Atom, error: type[BaseException], message: str) -> None:
    with ctx.builder.block() as body:
        args = (Const(message),) if message else ()
        ctx.builder.add(Effect("raise", error, args, (), (), ctx.builder.origin))
    ctx.builder.add(if_statement(flag, body, [], [], [], (), ctx))


def refuse_if(ctx: Lowering, flag: Atom, message: str, hint: str) -> None:
    """Refuse the program while it runs: the user's line and the way out stand in the message."""
    origin = ctx.builder.origin
    place = f" ({origin.file}:{origin.line})" if origin is not None and origin.line else ""
    error, text = UnsupportedType, f"{message}{place}: {hint}"
    if flag == TRUE:
        fail(ctx, error(text))
    elif flag != FALSE:
        _raise_if(ctx, flag, error, text)


def if_statement(
    test: Atom,
    then: list[Stmt],
    orelse: list[Stmt],
    yes: Many[Atom],
    no: Many[Atom],
    targets: Many[Var],
    ctx: Lowering,
) -> If:
    """An `If` with these blocks, at the line being worked on."""
    return If(
        test,
        Block(tuple(then), tuple(yes)),
        Block(tuple(orelse), tuple(no)),
        tuple(targets),
        ctx.builder.origin,
    )


# -- branches -----------------------------------------------------------------------------------


def branch(
    ctx: Lowering,
    test: bool | Atom,
    then: Callable[[], None],
    orelse: Callable[[], None],
    live: frozenset[str] | None,
) -> None:
    """Run one of two continuations; afterwards the state is the join of both."""
    if isinstance(test, bool):
        (then if test else orelse)()
        return
    before = ctx.state
    sides = []
    for run in (then, orelse):
        ctx.state = before.copy()
        with ctx.builder.block() as body:
            ctx.until_dead(run)
        sides.append(Side(body, ctx.state))
    ctx.state = before
    join(ctx, test, sides[0], sides[1], live)


def join(ctx: Lowering, test: Atom, yes: Side, no: Side, live: frozenset[str] | None) -> None:
    """Write the `If` and make the state after it; names not in `live` are forgotten."""
    merge = Merge(ctx, yes, no, live)
    if yes.state.dead and no.state.dead:
        ctx.state = yes.state
        ctx.builder.add(if_statement(test, yes.body, no.body, (), (), (), ctx))
        return
    env: dict[str, Value] = {}
    names = dict.fromkeys([*yes.state.env, *no.state.env])
    for name in names:
        if live is None or name in live or name.startswith("<"):
            sides = (yes.state.env.get(name), no.state.env.get(name))
            env[name] = merge.values(*sides, name)
            if isinstance(env[name], Conflict) and name not in ctx.frame.facts.always:
                env[name] = merge.where_it_stays(*sides, name) or env[name]
    state = merge.finish(env)
    ctx.builder.add(
        if_statement(test, yes.body, no.body, yes.results, no.results, merge.targets, ctx)
    )
    ctx.state = state


# -- conditions with values ---------------------------------------------------------------------


def conditional(
    ctx: Lowering,
    test: gast.AST,
    body: gast.AST,
    orelse: gast.AST,
    node: gast.AST,
    hint: str = "",
) -> Value:
    """`body if test else orelse`."""
    return choose(
        ctx,
        expressions.truth(ctx, expressions.evaluate(ctx, test), node),
        lambda: expressions.evaluate(ctx, body),
        lambda: expressions.evaluate(ctx, orelse),
        hint,
    )


def choose(
    ctx: Lowering,
    test: bool | Atom,
    then: Callable[[], Value],
    orelse: Callable[[], Value],
    hint: str = "",
) -> Value:
    """The value of one of two continuations."""
    if isinstance(test, bool):
        return (then if test else orelse)()
    slot = f"<{hint}>" if hint else UNNAMED
    branch(
        ctx,
        test,
        lambda: ctx.name(slot, then()),
        lambda: ctx.name(slot, orelse()),
        None,
    )
    return ctx.state.env.pop(slot, Conflict("is not defined here"))


def short_circuit(ctx: Lowering, is_and: bool, values: list[gast.AST], node: gast.AST) -> Value:
    """`a and b`, `a or b`: the value of the last operand that was looked at."""
    first = expressions.evaluate(ctx, values[0])
    if len(values) == 1:
        return first
    return _either(ctx, is_and, first, lambda: short_circuit(ctx, is_and, values[1:], node), node)


def both(ctx: Lowering, first: Value, second: Callable[[], Value], node: gast.AST) -> Value:
    """`first and second`, where `second` is evaluated only if it is looked at."""
    return _either(ctx, True, first, second, node)


def either(ctx: Lowering, first: Value, second: Callable[[], Value], node: gast.AST) -> Value:
    """`first or second`, where `second` is evaluated only if it is looked at."""
    return _either(ctx, False, first, second, node)


def _either(
    ctx: Lowering, is_and: bool, first: Value, second: Callable[[], Value], node: gast.AST
) -> Value:
    test = expressions.truth(ctx, first, node)
    if isinstance(test, bool):
        return second() if test == is_and else first
    if is_and:
        return choose(ctx, test, second, lambda: _settled(first, False))
    return choose(ctx, test, lambda: _settled(first, True), second)


def _settled(first: Value, outcome: bool) -> Value:
    """The first operand where it decides: for a bool, its value is known there."""
    if isinstance(first, Number) and first.kind == BOOL:
        return Number(Const(outcome), BOOL)
    return first
