"""Dicts: their items, also of a key that is known only at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend import control, expressions, objects, searching
from srcad.frontend.values import Mapping, Number, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Pairs = dict[Any, Value]


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


__all__ = ["item"]
