"""`raise` and `assert`: errors of the program, which come through as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import MissingRule
from srcad.frontend import control, expressions, objects, trying
from srcad.frontend.values import Text
from srcad.ir.nodes import Const, Effect

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def lower_assert(ctx: Lowering, test: gast.AST, message: gast.AST | None, stmt: gast.AST) -> None:
    """`assert test, message`."""
    condition = expressions.truth(ctx, expressions.evaluate(ctx, test), test)
    if condition is True:
        return

    def raises() -> None:
        if throw(ctx, AssertionError):
            return
        args = () if message is None else (_message(ctx, message),)
        ctx.builder.add(Effect("raise", AssertionError, args, (), (), ctx.builder.origin))
        ctx.state.dead = True

    live = ctx.frame.facts.live_after(stmt)
    control.branch(ctx, condition, lambda: None, raises, live)


def _message(ctx: Lowering, node: gast.AST) -> Any:
    value = expressions.evaluate(ctx, node)
    return value.var if isinstance(value, Text) else expressions.operand(ctx, value, node)


def lower_raise(ctx: Lowering, stmt: gast.Raise) -> None:
    """`raise Kind(...)`."""
    if stmt.exc is None:
        ctx.refuse("a bare `raise` cannot be differentiated", stmt)
    if isinstance(stmt.exc, gast.Call):
        kind = objects.static(ctx, expressions.evaluate(ctx, stmt.exc.func), stmt)
        if isinstance(kind, type) and issubclass(kind, BaseException) and throw(ctx, kind):
            return
        args = tuple(_message(ctx, arg) for arg in stmt.exc.args)
    else:
        kind = objects.static(ctx, expressions.evaluate(ctx, stmt.exc), stmt)
        args = ()
    if kind is NotImplementedError and (ctx.within_rule or ctx.fixed_origin):
        text = str(args[0].value) if args and isinstance(args[0], Const) else "no rule"
        message, _, hint = text.partition(": ")
        ctx.refuse(message, stmt, hint or None, MissingRule)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        if isinstance(kind, BaseException):
            kind, args = type(kind), tuple(Const(a) for a in kind.args)
        else:
            control.fail(ctx, TypeError("exceptions must derive from BaseException"))
            return
    if throw(ctx, kind):
        return
    ctx.builder.add(Effect("raise", kind, args, (), (), ctx.builder.origin))
    ctx.state.dead = True


def throw(ctx: Lowering, kind: type[BaseException]) -> bool:
    """Leave for the handler that catches an exception; False if nobody does."""
    flag = trying.flag_for(ctx, kind)
    if flag is not None:
        ctx.state.left[flag] = True
    return flag is not None


__all__ = ["lower_assert", "lower_raise"]
