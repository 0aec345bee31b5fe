"""Generators: functions with `yield`, and generator expressions that are kept or handed on.

What calls them makes an object that remembers the arguments. A loop over it is written out: the
statements of the generator, with the body of the loop at each `yield`. Functions that take all of
it, such as `list`, take the list that the same statements make.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedSyntax, UnsupportedType
from srcad.frontend import (
    calls,
    comprehensions,
    cursors,
    expressions,
    loops,
    objects,
    outside,
    statements,
    yields,
)
from srcad.frontend.context import Frame
from srcad.frontend.liveness import Liveness, free_reads, liveness_of
from srcad.frontend.source import Source
from srcad.frontend.values import (
    Closure,
    Conflict,
    Items,
    Iteration,
    Record,
    Ref,
    Static,
    Value,
)

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

MAX_DEPTH = 8
"""How many loops over generators are written into one another."""
IN_USE = Conflict("is a generator that a loop goes through or has left before its end")


class Generator:
    """The class of what a function with `yield` gives, in programs that are lowered."""


def content(ctx: Lowering, value: Value) -> Record | None:
    """What a value is that a generator function gave; None for anything else."""
    found = ctx.state.heap.get(value.identity) if isinstance(value, Ref) else None
    return found if isinstance(found, Record) and found.type is Generator else None


def is_generator(callee: Closure, source: Source) -> bool:
    """Whether a function has `yield` in it."""
    code = getattr(callee.function, "__code__", None)
    if code is not None and not code.co_flags & 0x20:
        return False
    return any(True for _ in yields.yields(source.node))


def made(
    ctx: Lowering,
    callee: Closure,
    source: Source,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    """What a function with `yield` gives: its statements run when that is gone through."""
    first = next(iter(yields.yields(source.node)))
    if len(ctx.frames) == 1:
        raise UnsupportedSyntax(
            "`yield` cannot be differentiated",
            source.origin(first),
            f"let `{source.name}` return a list or an array of all the values",
        )
    wrong = yields.unfollowed(source.node)
    if wrong is not None:
        raise UnsupportedSyntax(
            "what is sent to a generator, or returned by it, is not followed",
            source.origin(wrong),
            "let the function return a list",
        )
    calls.bind_arguments(ctx, source, callee, args, kwargs)  # raises what Python raises here
    fields: tuple[tuple[str, Value], ...] = (
        ("function", replace(callee, source=source)),
        ("fresh", Static(True)),
        ("args", Items(tuple(args))),
        *kwargs.items(),
    )
    return Ref(ctx.heap(Record(Generator, fields)))


def kept(ctx: Lowering, node: gast.GeneratorExp) -> Value:
    """A generator expression that is not gone through where it is made."""
    comprehensions.check(ctx, node)
    outer = ctx.frame.source
    through = outside.resolve(ctx, expressions.evaluate(ctx, node.generators[0].iter), node)
    simple = len(node.generators) == 1 and not node.generators[0].ifs
    if isinstance(through, Iteration):
        known = cursors.is_plain(through)
        simple = simple and known
        if not known:
            through = cursors.kept(ctx, through, node)
    if simple and not cursors.is_iterator(ctx, through):
        function = comprehensions.of_each(ctx, node)
        source = Source(function.name, outer.file, outer.path, function, outer.lines)
        closure = Closure(source, (), (), None, (), ctx.frame)
        return cursors.made(ctx, Iteration("map", (closure, through)))
    function = comprehensions.yielding(ctx, node)
    source = Source(function.name, outer.file, outer.path, function, outer.lines)
    closure = Closure(source, (), (), None, (), ctx.frame)
    return made(ctx, closure, source, [through], {}, node)


def _started(ctx: Lowering, value: Ref) -> tuple[Closure, list[Value], dict[str, Value]] | None:
    """The function and the arguments of a generator; None if it is at its end."""
    held = content(ctx, value)
    assert held is not None
    function, fresh, args, *named = held.fields
    if fresh[1].value is False:  # type: ignore[union-attr]
        return None
    assert isinstance(function[1], Closure)
    assert isinstance(args[1], Items)
    return function[1], list(args[1].items), dict(named)


def _end(ctx: Lowering, value: Ref) -> None:
    held = content(ctx, value)
    assert held is not None
    fields: dict[str, Value] = {**dict(held.fields), "fresh": Static(False)}
    ctx.change(value.identity, Record(Generator, tuple(fields.items())))


def collected(ctx: Lowering, value: Ref, node: gast.AST) -> Value:
    """The list of all that a generator yields."""
    started = _started(ctx, value)
    if started is None:
        return Items(())
    callee, args, kwargs = started
    _end(ctx, value)
    source = callee.source
    key = (id(source.node), "list", "generator")
    if key not in ctx.written_out:
        ctx.written_out[key] = yields.as_list(source.node)
    listed = replace(source, node=ctx.written_out[key])
    return calls.inline(ctx, replace(callee, source=listed), args, kwargs, node)


def collected_early(ctx: Lowering, value: Ref, node: gast.AST) -> Value:
    """The same list for `zip` and its kin, where nothing can tell that it is made before the loop.

    What the generator reads goes with it: a loop that writes to any of that is refused.
    """
    started = _started(ctx, value)
    if started is None:
        return Items(())
    callee, args, kwargs = started
    before = ctx.state.copy()
    found = collected(ctx, value, node)
    if ctx.state.dead:
        return found
    endless = any(isinstance(n, gast.While) for n in gast.walk(callee.source.node))
    same = all(ctx.state.memory.get(cell) is var for cell, var in before.memory.items())
    for identity, held in before.heap.items():
        same = same and (ctx.state.heap[identity] is held or identity == value.identity)
    if endless or not same:
        ctx.refuse(
            "this takes items of a generator that has not come to its end",
            node,
            "go through the generator itself with `for`, or make it a list: list(...)",
            UnsupportedType,
        )
    return Iteration("written", (found, callee, *args, *kwargs.values()))


# -- loops --------------------------------------------------------------------------------------


def lower_for(ctx: Lowering, node: gast.For, value: Ref) -> None:
    """`for target in generator: body`, with the statements of the generator around the body."""
    started = _started(ctx, value)
    if started is None:
        loops.go_through(ctx, node, Items(()))
        return
    callee, args, kwargs = started
    source, outer = callee.source, ctx.frame.source
    wrong = yields.unspliced(source.node, node)
    if wrong is not None or ctx.spliced >= MAX_DEPTH:
        ctx.refuse(
            "the generator of this loop cannot be written around the body of the loop",
            node.iter,
            "go through a list of it: for v in list(...)",
            UnsupportedType,
        )
    _end(ctx, value)
    after = ctx.state.heap[value.identity]
    ctx.state.heap[value.identity] = IN_USE
    env = calls.bind_arguments(ctx, source, callee, args, kwargs)
    free = _free(ctx, callee, node)
    names = _names(ctx, [*sorted(yields.locals_of(source.node)), *free], outer)
    key = (id(node), str(id(source.node)), " ".join(names.values()))
    if key not in ctx.written_out:
        holder: gast.FunctionDef = gast.parse("def loop(): pass").body[0]
        here = source.path == outer.path
        holder.body = yields.spliced(source.node, names, node, here)
        ctx.written_out[key] = holder
    body = ctx.written_out[key].body
    for name, given in {**env, **free}.items():
        ctx.name(names[name], given)
    liveness_of(body, ctx.frame.facts, node, outer.node)
    ctx.spliced += 1
    try:
        statements.run_block(ctx, body)
    finally:
        ctx.spliced -= 1
    if not ctx.state.dead:
        for name in names.values():
            ctx.state.env.pop(name, None)
        ctx.state.heap[value.identity] = IN_USE if yields.has_way_out(node) else after


def _names(ctx: Lowering, own: list[str], outer: Source) -> dict[str, str]:
    """What the variables of a generator are called in the function of the loop."""
    taken = yields.names_in(outer.node) | set(ctx.state.env)
    found: dict[str, str] = {}
    for name in own:
        shown = name
        while shown in taken:
            shown += "_"
        taken.add(shown)
        found[name] = shown
    return found


def _free(ctx: Lowering, callee: Closure, node: gast.For) -> dict[str, Value]:
    """What a generator reads that is not its own, where the function of the loop cannot see it."""
    if callee.scope is ctx.frame:
        return {}
    source = callee.source
    frame = Frame(source, Liveness(), callee.function, callee.path, callee.scope)
    found: dict[str, Value] = {}
    ctx.frames.append(frame)
    try:
        for name in sorted(free_reads(source.node) - yields.locals_of(source.node)):
            if callee.scope is not None and name in callee.scope.boxes:
                ctx.refuse(
                    f"a generator reads `{name}`, which functions assign",
                    node.iter,
                    "go through a list of it: for v in list(...)",
                    UnsupportedType,
                )
            found[name] = objects.lookup(ctx, name, node)
    finally:
        ctx.frames.pop()
    return found


__all__: list[Any] = ["collected", "content", "is_generator", "kept", "lower_for", "made"]
