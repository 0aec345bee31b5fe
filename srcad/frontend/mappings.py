"""Dicts: their items, also of a key that is known only at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import calls, control, expressions, objects, searching, stores
from srcad.frontend.values import Mapping, Number, Ref, Value, is_none

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Pairs = dict[Any, Value]


def default_dict(ctx: Lowering, args: list[Value], kwargs: Pairs, node: gast.AST) -> Value:
    """`collections.defaultdict(factory, pairs)`."""
    made = calls.call_python(ctx, dict, args[1:], kwargs, node)
    factory = None if not args or is_none(args[0]) else args[0]
    return Ref(ctx.heap(Mapping(tuple(objects.pairs_of(ctx, made).items()), factory)))


def subscript(ctx: Lowering, base: Ref, key: Value, node: gast.AST) -> Value:
    """`d[key]`; a `defaultdict` makes what it does not have."""
    content = ctx.state.heap[base.identity]
    assert isinstance(content, Mapping)
    if content.factory is None:
        return item(ctx, content, key, None, node)
    known = objects.static(ctx, key, node)
    if known not in dict(content.items):
        made = calls.call(ctx, content.factory, [], {}, node)
        stores.item(ctx, base, key, made, node)
        return made
    return item(ctx, content, key, None, node)


def item(
    ctx: Lowering, content: Mapping, key: Value, default: Value | None, node: gast.AST
) -> Value:
    """`d[key]`, or `d.get(key, default)`; a number of unknown value is compared with each key."""
    pairs = list(content.items)
    if not isinstance(key, Number) or objects.is_known(ctx, key):
        known = objects.static(ctx, key, node)
        try:
            found = dict(pairs).get(known, default)
        except TypeError as error:
            return control.fail(ctx, error)
        if found is None and hasattr(content.type, "__missing__") and content.factory is None:
            ctx.refuse(
                f"`{content.type.__name__}` decides what a key is that it does not have",
                node,
                "ask with `in` first, or use a plain dict",
                UnsupportedType,
            )
        return control.fail(ctx, KeyError(known)) if found is None else found

    def look(place: int) -> Value:
        if place == len(pairs):
            return (
                control.fail(ctx, KeyError("a key that the dict does not have"))
                if default is None
                else default
            )
        own, value = pairs[place]
        test = searching.is_equal(ctx, expressions.literal(own), key, node)
        return control.choose(ctx, test, lambda: value, lambda: look(place + 1))

    return look(0)


__all__ = ["default_dict", "item", "subscript"]
