"""Putting items in order: `sorted`, `sort`, and `max` and `min` by a key."""

from __future__ import annotations

import builtins
import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    calls,
    comprehensions,
    control,
    expressions,
    intervals,
    iterations,
    memory,
    objects,
    outside,
    rows,
    sequences,
)
from srcad.frontend.values import (
    Array,
    Items,
    Iteration,
    Number,
    Ref,
    Rows,
    Sequence,
    SliceValue,
    Static,
    Value,
    is_none,
)
from srcad.ir.kinds import INT, python_type
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]


# -- the best by a key ----------------------------------------------------------------------------


def extreme_of(ctx: Lowering, op: gast.AST, items: Args, key: Value, node: gast.AST) -> Value:
    """`max(items, key=key)` of items that are known one by one."""
    best = Items((items[0], calls.call(ctx, key, [items[0]], {}, node)))
    for value in items[1:]:
        measure = calls.call(ctx, key, [value], {}, node)
        compared = expressions.compare(ctx, op, measure, best.items[1], node)
        test = expressions.truth(ctx, compared, node)
        pair, before = Items((value, measure)), best
        chosen = control.choose(ctx, test, lambda p=pair: p, lambda p=before: p)  # type: ignore[misc]
        assert isinstance(chosen, Items)
        best = chosen
    return best.items[0]


def extreme(ctx: Lowering, name: str, value: Value, key: Value, node: gast.AST) -> Value:
    """`max(items, key=key)` of items that a loop goes through."""
    value = outside.resolve(ctx, value, node)
    if isinstance(value, Iteration) and value.kind == "range":
        sequence: Value = value
        count = intervals.length(ctx, value, node)
    else:
        sequence = _held(ctx, value, node)
        count = calls.call_python(ctx, len, [sequence], {}, node)
    some = expressions.compare(ctx, gast.Gt(), count, expressions.literal(0), node)
    atom = expressions.operand(ctx, some)
    control.require(ctx, atom, ValueError, sequences.EMPTY[name])  # type: ignore[arg-type]
    if ctx.state.dead:
        return value
    rest = SliceValue(expressions.literal(1), None, None)
    first, others = _first(ctx, sequence, node), expressions.subscript(ctx, sequence, rest, node)
    measure = calls.call(ctx, key, [first], {}, node)
    return comprehensions.fold(ctx, f"{name} by key", others, [first, measure, key], node)


def _first(ctx: Lowering, sequence: Value, node: gast.AST) -> Value:
    if isinstance(sequence, Iteration):
        return Number(iterations.counted(ctx, sequence, node)[0].start, INT)
    return expressions.subscript(ctx, sequence, expressions.literal(0), node)


def _held(ctx: Lowering, value: Value, node: gast.AST) -> Ref:
    """Items of unknown number as a list of alike items."""
    found = calls.call_python(ctx, list, [value], {}, node)
    assert isinstance(found, Ref)
    return found


# -- sorting --------------------------------------------------------------------------------------


def ordered(ctx: Lowering, args: Args, kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`sorted(items)`: numbers are put in order as NumPy's stable sort does."""
    value = sequences.result(outside.resolve(ctx, args[0], node))
    backwards = bool(objects.static(ctx, kwargs.get("reverse", Static(False)), node))
    key = kwargs.get("key", Static(None))
    if isinstance(value, Static) and isinstance(value.value, set | frozenset):
        value = Items(tuple(expressions.literal(item) for item in value.value))
    items = objects.try_iterate(ctx, value, node)
    if items is None:
        return _ordered_rows(ctx, value, key, backwards, node)
    by = items if is_none(key) else [calls.call(ctx, key, [item], {}, node) for item in items]
    if all(_is_known(item) for item in by):
        known = [objects.static(ctx, item, node) for item in by]
        places = range(len(known))
        try:
            order = builtins.sorted(places, key=known.__getitem__, reverse=backwards)
        except TypeError as error:
            return control.fail(ctx, error)
        return Ref(ctx.heap(Sequence(tuple(items[place] for place in order))))
    permutation = _order(ctx, Items(tuple(by)), backwards, node)
    if ctx.state.dead:
        return permutation
    return Ref(ctx.heap(Sequence(tuple(_permuted(ctx, items, permutation, node)))))


def _is_known(value: Value) -> bool:
    match value:
        case Number(atom=Const()) | Static():
            return True
        case Items(items=items):
            return all(_is_known(item) for item in items)
    return False


def _order(ctx: Lowering, by: Value, backwards: bool, node: gast.AST) -> Value:
    """The places of items in the order of their keys; those of equal keys keep theirs."""
    array = calls.call_python(ctx, np.array, [by], {}, node)
    if not isinstance(array, Array) or array.kind.rank != 1 or array.kind.is_complex:
        ctx.refuse(
            "only numbers can be sorted, or items by a key that is a number",
            node,
            error=UnsupportedType,
        )
    if array.kind.is_inexact:
        strange = calls.call_python(ctx, np.isnan, [array], {}, node)
        some = expressions.operand(ctx, calls.call_python(ctx, np.any, [strange], {}, node))
        message = "nan has no place in the order of a list"
        control.refuse_if(ctx, some, message, "leave it out, or use np.sort")  # type: ignore[arg-type]
    turned = SliceValue(None, None, expressions.literal(-1))
    source = expressions.subscript(ctx, array, turned, node) if backwards else array
    order = calls.call_python(ctx, np.argsort, [source], {"kind": Static("stable")}, node)
    if not backwards:
        return order
    count = calls.call_python(ctx, len, [array], {}, node)
    last = expressions.binary(ctx, operator.sub, count, expressions.literal(1), node)
    backward = expressions.subscript(ctx, order, turned, node)
    return expressions.binary(ctx, operator.sub, last, backward, node)


def _permuted(ctx: Lowering, items: Args, order: Value, node: gast.AST) -> Args:
    """Items of one structure in another order: each part of them is gathered by itself."""
    first = items[0]
    if all(isinstance(item, Items) and item.type is tuple for item in items):
        widths = {len(item.items) for item in items if isinstance(item, Items)}
        if len(widths) == 1:
            parts = zip(*(item.items for item in items if isinstance(item, Items)), strict=True)
            columns = [_permuted(ctx, list(part), order, node) for part in parts]
            return [Items(row) for row in zip(*columns, strict=True)]
    resolved = [outside.resolve(ctx, item, node) for item in items]
    kinds = {item.kind for item in resolved if isinstance(item, Number | Array)}
    alike = len({type(item) for item in resolved}) == 1 and kinds
    if not alike or (len(kinds) > 1 and isinstance(resolved[0], Array)):
        ctx.refuse(
            f"items with {objects.describe(ctx, first)} in them cannot be put in an order that "
            "is known only at run time",
            node,
            "sort tuples of numbers and of arrays of one shape, or sort places: np.argsort(keys)",
            UnsupportedType,
        )
    if all(_is_known(item) and item == first for item in items):
        return items
    stacked = calls.call_python(ctx, np.stack, [Items(tuple(resolved))], {}, node)
    moved = expressions.subscript(ctx, stacked, order, node)
    places = [expressions.literal(i) for i in range(len(items))]
    found = [expressions.subscript(ctx, moved, place, node) for place in places]
    if isinstance(resolved[0], Number):
        if not all(kind.is_python for kind in kinds):
            return found
        assert isinstance(moved, Array)
        plain: Any = python_type(moved.kind.scalar())
        return [calls.call_python(ctx, plain, [item], {}, node) for item in found]
    shared = frozenset(cell for item in resolved for cell in memory.cells(ctx.state, item))
    return [memory.new_array(ctx, memory.read(ctx, item), shared) for item in found]  # type: ignore[arg-type]


def _ordered_rows(
    ctx: Lowering, value: Value, key: Value, backwards: bool, node: gast.AST
) -> Value:
    """Items of which only the run tells how many they are."""
    whole = _held(ctx, value, node)
    held = ctx.state.heap[whole.identity]
    assert isinstance(held, Rows)
    by: Value = whole
    if not is_none(key):
        by = comprehensions.fold(ctx, "keys", whole, [key], node)
    order = _order(ctx, by, backwards, node)
    if ctx.state.dead:
        return order
    array = memory.new_array(ctx, rows.filled(ctx, held))
    moved = expressions.subscript(ctx, array, order, node)
    assert isinstance(moved, Array)
    return rows.listed(ctx, memory.read(ctx, moved), held)


__all__ = ["extreme", "extreme_of", "ordered"]
