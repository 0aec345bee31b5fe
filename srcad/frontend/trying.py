"""`try`: an exception that a handler catches is a way to leave the block, as `return` is one.

Each handler has a flag among the ways to leave. A `raise` that it catches sets the flag, and so
does an operation that raises, where a test before it can tell (`x < 0.0` before `math.sqrt(x)`).
The handler is a branch on its flag. What may raise something that is caught without such a test is
refused. Exceptions that nobody catches stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedSyntax
from srcad.frontend import control, expressions, merge, objects, raises, statements
from srcad.frontend.context import Unreachable
from srcad.frontend.values import Conflict, Flag, Maybe, State
from srcad.ir.nodes import Atom, Block, Const, Let, Stmt
from srcad.ir.walk import statements as all_statements

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Classes = tuple[type[BaseException], ...]
WAY_OUT = "test for it with `if` before, or put the `try` around the call of the gradient"
SIMPLE = (gast.Assign, gast.AnnAssign, gast.AugAssign, gast.Expr, gast.Return, gast.Assert)


@dataclass(frozen=True, eq=False)
class Attempt:
    """A `try` whose body is being lowered: the flags of its handlers, and what they catch."""

    flags: tuple[str, ...]
    catches: tuple[Classes, ...]


def lower_try(ctx: Lowering, stmt: gast.Try) -> None:
    """`try: ... except ...: ... else: ... finally: ...`."""
    live = ctx.frame.facts.live_after(stmt)
    for inner in [n for part in stmt.finalbody for n in gast.walk(part)]:
        if isinstance(inner, gast.Return | gast.Break | gast.Continue):
            ctx.refuse("leaving a `finally` by itself would swallow exceptions", inner, WAY_OUT)
    caught = _body(ctx, stmt) if stmt.handlers else _unguarded(ctx, stmt.body)
    if stmt.orelse and not ctx.state.leaves and True not in caught.values():
        ctx.state.left |= caught
        if ctx.state.may_leave:
            statements.unless_left(ctx, lambda: statements.run_block(ctx, stmt.orelse), live)
        else:
            statements.run_block(ctx, stmt.orelse)
        caught = {flag: _plain(ctx.state.left.pop(flag, False)) for flag in caught}
    for handler, flag in zip(stmt.handlers, caught.values(), strict=True):
        if flag is True:
            _handle(ctx, handler)
        elif flag is not False:
            after = live | ctx.frame.facts.always
            ends = handler is stmt.handlers[-1] and isinstance(stmt.body[-1], gast.Return)
            other = partial(_returned, ctx) if ends else lambda: None
            control.branch(ctx, flag, partial(_handle, ctx, handler), other, after)
    if stmt.finalbody and not ctx.state.dead:
        _finally(ctx, stmt)


def _unguarded(ctx: Lowering, body: list[gast.stmt]) -> dict[str, Flag]:
    statements.run_block(ctx, body)
    return {}


def _body(ctx: Lowering, stmt: gast.Try) -> dict[str, Flag]:
    """Lower what is tried; the flags of the handlers after it."""
    depth = len(ctx.attempts)
    catches = tuple(_classes(ctx, handler) for handler in stmt.handlers)
    names = [f"caught_{i + 1}" if i else "caught" for i in range(len(catches))]
    attempt = Attempt(tuple(f"{n}_{depth}" if depth else n for n in names), catches)
    ctx.attempts.append(attempt)
    try:
        with ctx.builder.block() as written:
            statements.run_block(ctx, stmt.body)
    finally:
        ctx.attempts.pop()
    for let in all_statements(Block(tuple(written))):
        if isinstance(let, Let):
            for kind, _ in raises.possible(ctx, let):
                if (let, kind) not in ctx.tested and any(
                    raises.catches(kind, classes) for classes in catches
                ):
                    raise UnsupportedSyntax(_refusal(let), let.origin, WAY_OUT)
    for made in written:
        ctx.builder.add(made)
    return {flag: _plain(ctx.state.left.pop(flag, False)) for flag in attempt.flags}


def _refusal(let: Let) -> str:
    return f"`{let.primitive.text}` may raise here what this `try` catches"


def _plain(flag: Flag) -> Flag:
    return bool(flag.value) if isinstance(flag, Const) else flag


def _classes(ctx: Lowering, handler: gast.ExceptHandler) -> Classes:
    if handler.type is None:
        return (BaseException,)
    found = objects.static(ctx, expressions.evaluate(ctx, handler.type), handler.type)
    return found if isinstance(found, tuple) else (found,)


def _handle(ctx: Lowering, handler: gast.ExceptHandler) -> None:
    ctx.state.left = {}
    ctx.state.env.pop(statements.RESULT, None)
    name = handler.name.id if isinstance(handler.name, gast.AST) else handler.name
    if name is not None:
        ctx.name(name, Conflict("is an exception, which is not followed"))
    statements.run_block(ctx, handler.body)
    if name is not None:
        ctx.state.env.pop(name, None)


def _returned(ctx: Lowering) -> None:
    """Where nothing was raised in a body that ends with `return`, it has returned."""
    if [way for way, flag in ctx.state.left.items() if flag is not False] == ["returned"]:
        ctx.state.left["returned"] = True
        result = ctx.state.env.get(statements.RESULT)
        if isinstance(result, Maybe):
            ctx.state.env[statements.RESULT] = result.value


def _finally(ctx: Lowering, stmt: gast.Try) -> None:
    """Run the end of a `try`, on every way that does not raise: nothing else can be seen of it."""
    left, ctx.state.left = ctx.state.left, {}
    quiet, ctx.quiet = ctx.quiet, True
    try:
        statements.run_block(ctx, stmt.finalbody)
    finally:
        ctx.quiet = quiet
    ctx.state.left = {**left, **ctx.state.left}


def trust(ctx: Lowering, written: list[Stmt], index: Atom) -> None:
    """Note that what statements read or write at an index is there: srcad wrote it."""
    for let in written:
        indexes = isinstance(let, Let) and let.primitive.text in ("getitem", "setitem")
        if isinstance(let, Let) and indexes and let.args[1] == index:
            ctx.tested.add((let, IndexError))


# -- raising inside a `try` ---------------------------------------------------------------------


def flag_for(ctx: Lowering, kind: type[BaseException]) -> str | None:
    """The flag of the handler that catches an exception; None if nobody does."""
    attempts: list[Attempt] = ctx.attempts
    for attempt in reversed(attempts):
        for flag, classes in zip(attempt.flags, attempt.catches, strict=True):
            if raises.catches(kind, classes):
                return flag
    return None


def leave(ctx: Lowering, flag: str) -> None:
    """Go to a handler from the middle of a statement."""
    if len(ctx.builder.stack) != ctx.frame.level:
        ctx.refuse("an exception is raised and caught on one way through this", None, WAY_OUT)
    ctx.state.left[flag] = True
    raise Unreachable


def pass_on(ctx: Lowering, left: dict[str, Flag], node: gast.AST) -> None:
    """Hand the exceptions that a function may leave by to the statement that calls it."""
    raised = {k: v for k, v in left.items() if k.startswith("caught") and v is not False}
    if not raised:
        return
    if len(ctx.builder.stack) != ctx.frame.level or ctx.frame.tail is not node:
        ctx.refuse(
            "an exception of this call is caught by a `try` around it",
            node,
            "make the call a statement of its own: `name = function(...)`",
        )
    ctx.state.left = {**ctx.state.left, **raised}
    if True in raised.values():
        raise Unreachable


def run(ctx: Lowering, stmt: gast.stmt, rest: Sequence[gast.stmt]) -> bool:
    """Run a statement inside a `try`, with tests before what may raise."""
    if not isinstance(stmt, SIMPLE):
        ctx.frame.level, ctx.frame.tail = len(ctx.builder.stack), None
        return statements.run(ctx, stmt, rest)
    before, calls = ctx.state.copy(), ctx.inlined
    with ctx.builder.block() as written:
        value = getattr(stmt, "value", None)
        ctx.frame.level, ctx.frame.tail = len(ctx.builder.stack), value
        with suppress(Unreachable):
            statements.run(ctx, stmt, rest)
    moved = calls != ctx.inlined and any(
        ctx.state.heap.get(identity) is not content for identity, content in before.heap.items()
    )
    _tested(ctx, stmt, written, before, ctx.state, moved)
    return False


def _tested(
    ctx: Lowering, stmt: gast.stmt, written: list[Stmt], before: State, after: State, moved: bool
) -> None:
    """Write statements down, with a branch to the handler before each that may raise."""
    for position, let in enumerate(written):
        found = _test(ctx, let)
        if found is not None:
            flag, kind, make = found
            assert isinstance(let, Let)
            mutated = any(
                isinstance(s, Let) and s.primitive.form == "mutation" for s in written[:position]
            )
            if make is None or moved or mutated:
                raise UnsupportedSyntax(_refusal(let), let.origin, WAY_OUT)
            test = make(ctx, let)
            ctx.tested.add((let, kind))
            left = before.copy()
            left.left[flag] = True
            if test == merge.TRUE:
                ctx.state = left
                return
            with ctx.builder.block() as others:
                _tested(ctx, stmt, written[position:], before, after, moved)
            ctx.state, no = before, merge.Side(others, ctx.state)
            live = ctx.frame.facts.live_after(stmt)
            control.join(ctx, test, merge.Side([], left), no, live)
            return
        ctx.builder.add(let)
    ctx.state = after


def _test(ctx: Lowering, let: Stmt) -> tuple[str, type[BaseException], raises.Test | None] | None:
    if not isinstance(let, Let):
        return None
    for kind, make in raises.possible(ctx, let):
        flag = flag_for(ctx, kind)
        if flag is not None and (let, kind) not in ctx.tested:
            return flag, kind, make
    return None


__all__ = ["Attempt", "flag_for", "leave", "lower_try", "pass_on", "run", "trust"]
