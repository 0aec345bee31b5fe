"""Dicts: their methods, and items of a key that is known only at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import calls, control, expressions, objects, searching
from srcad.frontend.values import Items, Mapping, Number, Ref, Static, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Pairs = dict[Any, Value]


def call_method(
    ctx: Lowering,
    identity: int,
    content: Mapping,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    """A method of a dict."""
    pairs = dict(content.items)
    if name == "update" and len(args) < 2:
        for more in args:
            pairs.update(given(ctx, more, node))
        _change(ctx, identity, {**pairs, **kwargs})
        return Static(None)
    if kwargs:
        ctx.refuse(f"`{name}` with keywords cannot be differentiated yet", node)
    match name, args:
        case "keys", []:
            return Items(tuple(expressions.literal(key) for key in pairs))
        case "values", []:
            return Items(tuple(pairs.values()))
        case "items", []:
            return Items(
                tuple(Items((expressions.literal(key), value)) for key, value in pairs.items())
            )
        case "get", [key, *default]:
            return item(ctx, content, key, default[0] if default else Static(None), node)
        case "copy", []:
            return Ref(ctx.heap(Mapping(content.items)))
        case "setdefault", [key, *default]:
            known = objects.static(ctx, key, node)
            if known not in pairs:
                pairs[known] = default[0] if default else Static(None)
                _change(ctx, identity, pairs)
            return _at(pairs, known)
        case "pop", [key, *default]:
            known = objects.static(ctx, key, node)
            if known not in pairs:
                return default[0] if default else control.fail(ctx, KeyError(known))
            _change(ctx, identity, {k: v for k, v in pairs.items() if k != known})
            return _at(pairs, known)
        case "clear", []:
            _change(ctx, identity, {})
            return Static(None)
    ctx.refuse(
        f"the dict method `{name}` cannot be differentiated yet", node, error=UnsupportedType
    )


def _at(pairs: Pairs, key: Any) -> Value:
    found: Value = pairs[key]
    return found


def _change(ctx: Lowering, identity: int, pairs: Pairs) -> None:
    ctx.change(identity, Mapping(tuple(pairs.items())))


def given(ctx: Lowering, value: Value, node: gast.AST) -> Pairs:
    """What `dict` and `update` are given: a dict, or pairs of keys and values."""
    value = objects.resolve(ctx, value, node)
    if isinstance(value, Ref) and isinstance(ctx.state.heap.get(value.identity), Mapping):
        return calls.pairs_of(ctx, value, node)
    found: Pairs = {}
    for pair in objects.iterate(ctx, value, node):
        parts = objects.iterate(ctx, pair, node)
        if len(parts) != 2:
            control.fail(ctx, ValueError("a pair of a key and a value is needed"))
            break
        found[objects.static(ctx, parts[0], node)] = parts[1]
    return found


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


__all__ = ["call_method", "given", "item"]
