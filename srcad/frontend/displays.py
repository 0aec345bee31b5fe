"""Displays: `[a, *b]`, `(a, b)`, `{a, b}` and `{"key": a, **d}`, and the arguments of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend import calls, comprehensions, cursors, expressions, objects
from srcad.frontend.values import Items, Mapping, Ref, Sequence, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def sequence(ctx: Lowering, node: gast.Tuple | gast.List | gast.Set) -> Value:
    """The value of a tuple, a list or a set that is written out."""
    items = tuple(cursors.kept(ctx, item, node) for item in elements_of(ctx, node.elts))
    if isinstance(node, gast.List):
        return Ref(ctx.heap(Sequence(items)))
    if isinstance(node, gast.Set):
        return calls.call_python(ctx, set, [Items(items)], {}, node)
    return Items(items)


def elements_of(ctx: Lowering, elements: list[gast.AST]) -> list[Value]:
    """The values of expressions, starred ones taken apart."""
    values: list[Value] = []
    for element in elements:
        if isinstance(element, gast.Starred):
            found = comprehensions.items_of(ctx, element.value)
            found = cursors.taken(ctx, found, element)
            values += objects.iterate(ctx, found, element)
        else:
            values.append(expressions.evaluate(ctx, element))
    return values


def dictionary(ctx: Lowering, keys: list[Any], values: list[Any], node: gast.AST) -> Value:
    """The value of a dict that is written out."""
    pairs: dict[Any, Value] = {}
    for key, value in zip(keys, values, strict=True):
        if key is None:
            made = calls.call_python(ctx, dict, [expressions.evaluate(ctx, value)], {}, node)
            pairs.update(objects.pairs_of(ctx, made))
            continue
        known = objects.static(ctx, expressions.evaluate(ctx, key), key)
        pairs[known] = cursors.kept(ctx, expressions.evaluate(ctx, value), node)
    return Ref(ctx.heap(Mapping(tuple(pairs.items()))))
