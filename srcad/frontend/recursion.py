"""Recursion: calls are inlined, so what ends them has to be known while specialising."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import gast

from srcad.frontend import memory
from srcad.frontend.values import (
    Array,
    Closure,
    Foreign,
    Items,
    Mapping,
    Number,
    Record,
    Ref,
    Static,
    Value,
)
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering
    from srcad.frontend.source import Source

REPEATS = 8
"""How often a function may call itself with nothing known about its arguments that is new."""


def check(
    ctx: Lowering, source: Source, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> None:
    """Refuse recursion that only the data end: calls in calls that all look the same from here."""
    above = [frame for frame in ctx.frames if frame.source.node is source.node]
    if len(above) < REPEATS:
        return
    facts = [_facts(ctx, value) for value in (*args, *kwargs.values())]
    if any([_facts(ctx, v) for v in frame.given] != facts for frame in above[-REPEATS:]):
        return
    last = max(i for i, frame in enumerate(ctx.frames) if frame.source.node is source.node)
    others = dict.fromkeys(frame.source.name for frame in ctx.frames[last + 1 :])
    others.pop(source.name, None)
    how = f"itself by way of `{'`, `'.join(others)}`" if others else "itself"
    ctx.refuse(
        f"`{source.name}` calls {how} as often as its data say, which is not known before the "
        "program runs",
        node,
        "write it as a loop, or count the depth down to a constant",
    )


def refuse_depth(ctx: Lowering, name: str, node: gast.AST) -> NoReturn:
    """Refuse calls within calls without end."""
    ctx.refuse(
        f"`{name}` is called {len(ctx.frames) - 1} calls deep, which is as deep as calls are "
        "followed",
        node,
        "write the recursion as a loop",
    )


def _facts(ctx: Lowering, value: Value) -> Any:
    """What is known about an argument: what may end the recursion."""
    match value:
        case Number(atom=Const(value=constant)):
            return ("constant", type(constant), repr(constant))
        case Number(kind=kind):
            return ("number", kind, ctx.builder.size(value.atom))
        case Static(value=constant) | Foreign(value=constant):
            return ("static", id(constant))
        case Items(items=items):
            return tuple(_facts(ctx, item) for item in items)
        case Ref(identity=identity):
            match ctx.state.heap.get(identity):
                case Mapping(items=pairs) | Record(fields=pairs):
                    return tuple((key, _facts(ctx, item)) for key, item in pairs)
                case content:
                    return tuple(_facts(ctx, item) for item in getattr(content, "items", ()))
        case Closure(source=source, receiver=receiver):
            return ("function", id(source), receiver and _facts(ctx, receiver))
        case Array(kind=kind):
            return ("array", kind, memory.read(ctx, value).shape)
    return type(value).__name__


__all__ = ["check", "refuse_depth"]
