"""Recursion: calls are inlined, so what ends them has to be known while specialising."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import gast

from srcad.frontend import memory, trying
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


def goes_too_deep(
    ctx: Lowering, source: Source, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> bool:
    """Whether a call is one of too many in one another that all look the same from here.

    Only data end such a recursion.  Where a function calls itself once, with floats and arrays, as
    in the reflection formula of the gamma function, so many calls are followed, and the program
    raises an error where the data ask for more.
    """
    above = [frame for frame in ctx.frames if frame.source.node is source.node]
    if len(above) < REPEATS:
        return False
    values = (*args, *kwargs.values())
    facts = [_facts(ctx, value) for value in values]
    if any([_facts(ctx, v) for v in frame.given] != facts for frame in above[-REPEATS:]):
        return False
    last = max(i for i, frame in enumerate(ctx.frames) if frame.source.node is source.node)
    others = dict.fromkeys(frame.source.name for frame in ctx.frames[last + 1 :])
    others.pop(source.name, None)
    once = sum(_names(call, source.name) for call in gast.walk(source.node)) == 1
    counts = any(isinstance(value, Number) and value.kind.is_integral for value in values)
    if once and not others and not counts and trying.flag_for(ctx, RecursionError) is None:
        return True
    how = f"itself by way of `{'`, `'.join(others)}`" if others else "itself"
    ctx.refuse(
        f"`{source.name}` calls {how} as often as its data say, which is not known before the "
        "program runs",
        node,
        "write it as a loop, or count the depth down to a constant",
    )


def too_deep(name: str) -> RecursionError:
    """What the program raises where the data ask for more calls than were followed."""
    return RecursionError(
        f"`{name}` calls itself more than {REPEATS} calls deep, which is as deep as srcad follows "
        "a recursion that the data end: write it as a loop"
    )


def refuse_depth(ctx: Lowering, name: str, node: gast.AST) -> NoReturn:
    """Refuse calls within calls without end."""
    ctx.refuse(
        f"`{name}` is called {len(ctx.frames) - 1} calls deep, which is as deep as calls are "
        "followed",
        node,
        "write the recursion as a loop",
    )


def decided(ctx: Lowering, op: gast.AST, left: Value, right: Value) -> bool | None:
    """The outcome of a comparison of ints that may end a recursion, if it follows from the call.

    A recursion is followed to its end, so that the ints that end it are those of this call: others
    are specialised anew.  None where a comparison has nothing to do with that, or is of data.
    """
    if not (isinstance(left, Number) and isinstance(right, Number)) or not _is_recursive(ctx):
        return None
    if not (left.kind.is_python and right.kind.is_python):
        return None
    sizes = [ctx.builder.size(value.atom) for value in (left, right)]
    if sizes[0] is None or sizes[1] is None:
        return None
    a, b = sizes[0], sizes[1]
    match op:
        case gast.Eq() | gast.NotEq():
            equal = ctx.sizes.equal(a, b)
            return None if equal is None else equal == isinstance(op, gast.Eq)
        case gast.GtE() | gast.Lt():
            least = ctx.sizes.at_least(a, b)
            return None if least is None else least == isinstance(op, gast.GtE)
        case gast.LtE() | gast.Gt():
            most = ctx.sizes.at_least(b, a)
            return None if most is None else most == isinstance(op, gast.LtE)
    return None


def _is_recursive(ctx: Lowering) -> bool:
    """Whether the function at hand calls itself, as far as its text or the calls tell."""
    source = ctx.frame.source
    if sum(frame.source.node is source.node for frame in ctx.frames) > 1:
        return True
    return ctx.once(_calls_itself, source.node)


def _calls_itself(node: gast.AST) -> bool:
    """Whether a function's text has a call of its own name."""
    name = getattr(node, "name", "<lambda>")
    return any(_names(call, name) for call in gast.walk(node))


def _names(node: gast.AST, name: str) -> bool:
    """Whether this calls `name`, or `self.name`."""
    match node:
        case gast.Call(func=gast.Name(id=called)):
            return bool(called == name)
        case gast.Call(func=gast.Attribute(value=gast.Name(id="self"), attr=called)):
            return bool(called == name)
    return False


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


__all__ = ["decided", "goes_too_deep", "refuse_depth", "too_deep"]
