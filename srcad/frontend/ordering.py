"""`sorted`, `max` and `min` by a key: the keys are an array, and NumPy finds the places."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import calls, control, expressions, iterations, objects, sequences
from srcad.frontend.values import Array, Items, Iteration, Number, Ref, Sequence, SliceValue, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def refuse_nan(ctx: Lowering, array: Array, node: gast.AST) -> None:
    """Raise where one of some keys is NaN: Python's order then depends on how it sorts."""
    if not array.kind.is_inexact:
        return
    strange = calls.call_python(ctx, np.isnan, [array], {}, node)
    any_strange = calls.call_python(ctx, np.any, [strange], {}, node)
    sound = expressions.negate(ctx, expressions.truth(ctx, any_strange, node))
    atom: Any = expressions.operand(ctx, sound)
    control.require(ctx, atom, ValueError, "nan has no place in the order of a list")


def _keys(ctx: Lowering, value: Value, key: Value, node: gast.AST) -> Array:
    """The keys of all items, as an array of numbers."""
    found = calls.call_python(ctx, list, [Iteration("map", (key, value))], {}, node)
    array = calls.call_python(ctx, np.array, [found], {}, node)
    if not isinstance(array, Array) or array.kind.rank != 1 or array.kind.is_complex:
        ctx.refuse("only numbers can be keys here", node, error=UnsupportedType)
    refuse_nan(ctx, array, node)
    return array


def sorted_by(
    ctx: Lowering,
    value: Value,
    items: list[Value] | None,
    key: Value,
    backwards: bool,
    node: gast.AST,
) -> Value:
    """`sorted(value, key=key, reverse=backwards)`."""
    keys: Value = _keys(ctx, value if items is None else Items(tuple(items)), key, node)
    turned = SliceValue(None, None, expressions.literal(-1))
    if backwards:  # equal ones keep their order, also when it goes down
        keys = expressions.subscript(ctx, keys, turned, node)
    order = calls.call_python(ctx, np.argsort, [keys], {"kind": sequences.STABLE}, node)
    if backwards:
        last = calls.call_python(ctx, len, [keys], {}, node)
        last = expressions.binary(ctx, operator.sub, last, expressions.literal(1), node)
        order = expressions.subscript(ctx, order, turned, node)
        order = expressions.binary(ctx, operator.sub, last, order, node)
    if items is None:
        whole = value if isinstance(value, Array) else _listed(ctx, value, node)
        return calls.call_python(
            ctx, list, [expressions.subscript(ctx, whole, order, node)], {}, node
        )
    places = [
        expressions.subscript(ctx, order, expressions.literal(i), node) for i in range(len(items))
    ]
    return Ref(ctx.heap(Sequence(tuple(_picked(ctx, items, place, node) for place in places))))


def _listed(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    found = calls.call_python(ctx, list, [value], {}, node)
    return calls.call_python(ctx, np.array, [found], {}, node)


def _picked(ctx: Lowering, items: list[Value], place: Value, node: gast.AST) -> Value:
    """The item at a place that is known only at run time."""
    if all(isinstance(item, Items) and len(item.items) == len(items[0].items) for item in items):  # type: ignore[union-attr]
        columns = zip(*(item.items for item in items if isinstance(item, Items)), strict=True)
        kind = items[0].type  # type: ignore[union-attr]
        return Items(tuple(_picked(ctx, list(column), place, node) for column in columns), kind)
    kinds = {item.kind if isinstance(item, Number) else None for item in items}
    if len(kinds) > 1 or None in kinds:
        ctx.refuse(
            "which of these comes first is not known before the program runs",
            node,
            "sort numbers, or tuples of numbers of one kind",
            UnsupportedType,
        )
    array = calls.call_python(ctx, np.array, [Items(tuple(items))], {}, node)
    found = expressions.subscript(ctx, array, place, node)
    (only,) = kinds
    if only is not None and only.is_python:
        return sequences.as_python(ctx, found, node)
    return found


def extreme_by(
    ctx: Lowering, name: str, args: list[Value], key: Value, default: Value | None, node: gast.AST
) -> Value:
    """`max(items, key=key)`, `min(first, second, key=key)`."""
    value = Items(tuple(args)) if len(args) > 1 else objects.resolve(ctx, args[0], node)
    items = objects.try_iterate(ctx, value, node)
    if items is not None:
        if not items:
            return default or control.fail(ctx, ValueError(sequences.EMPTY[name]))
        return _best(ctx, name, items, key, node)
    if default is not None:
        ctx.refuse(f"`{name}` with `default=` needs a number of items that is known here", node)
    keys = _keys(ctx, value, key, node)
    count = calls.call_python(ctx, len, [keys], {}, node)
    some: Any = expressions.operand(
        ctx, expressions.compare(ctx, gast.Gt(), count, expressions.literal(0), node)
    )
    control.require(ctx, some, ValueError, sequences.EMPTY[name])
    find = np.argmax if name == "max" else np.argmin
    place = calls.call_python(ctx, find, [keys], {}, node)
    assert isinstance(place, Number)
    if isinstance(value, Array):
        return expressions.subscript(ctx, value, place, node)
    _, element = iterations.from_zero(ctx, value, node)
    return element(place.atom)


def _best(ctx: Lowering, name: str, items: list[Value], key: Value, node: gast.AST) -> Value:
    op = gast.Gt() if name == "max" else gast.Lt()
    best: Value = Items((items[0], calls.call(ctx, key, [items[0]], {}, node)))
    for item in items[1:]:
        level = calls.call(ctx, key, [item], {}, node)
        assert isinstance(best, Items)
        test = expressions.truth(
            ctx, expressions.compare(ctx, op, level, best.items[1], node), node
        )
        pair = Items((item, level))
        best = control.choose(ctx, test, lambda v=pair: v, lambda v=best: v)  # type: ignore[misc]
    assert isinstance(best, Items)
    return best.items[0]


__all__ = ["extreme_by", "refuse_nan", "sorted_by"]
