"""Items of lists, dicts and objects: written, and read where only the run tells which it is."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import (
    control,
    deques,
    expressions,
    growing,
    objects,
    searching,
)
from srcad.frontend.values import (
    Mapping,
    Number,
    Ref,
    Rows,
    Sequence,
    SliceValue,
    Value,
)
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def item(ctx: Lowering, base: Ref, index: Value, value: Value, node: gast.AST) -> None:
    """`base[index] = value`."""
    content = ctx.state.heap[base.identity]
    unknown = isinstance(index, Number) and not objects.is_known(ctx, index)
    match content:
        case Rows():
            growing.store(ctx, base.identity, index, value, node)
        case Mapping(items=pairs):
            key = objects.static(ctx, index, node)
            if key not in dict(pairs):
                growing.refuse_iterated(ctx, base.identity, node)
            changed = {**dict(pairs), key: value}
            ctx.change(base.identity, replace(content, items=tuple(changed.items())))
        case Sequence(items=items) if unknown and _is_alone(ctx, base, value):
            chosen = _at_any_place(ctx, items, index, value, node)
            ctx.change(base.identity, replace(content, items=tuple(chosen)))
        case Sequence(items=items):
            _store_in_list(ctx, base, content, index, value, node)
        case _:
            what = objects.describe(ctx, base)
            ctx.refuse(f"{what} does not support item assignment", node, error=UnsupportedType)


def _is_alone(ctx: Lowering, base: Ref, value: Value) -> bool:
    """Whether no loop is around that could unroll itself, or have rows for the list."""
    growing.demand(ctx, base.identity, (value,), ctx.state)
    return not ctx.growable


def read_at(ctx: Lowering, items: tuple[Value, ...], index: Value, node: gast.AST) -> Value:
    """`items[index]` where only the run tells which item that is."""
    place = _place(ctx, len(items), index, "list index out of range", node)

    def look(where: int) -> Value:
        if where == len(items) - 1:
            return items[where]
        test = searching.is_equal(ctx, expressions.literal(where), place, node)
        return control.choose(ctx, test, lambda: items[where], lambda: look(where + 1))

    return place if ctx.state.dead else look(0)


def _place(ctx: Lowering, length: int, index: Value, message: str, node: gast.AST) -> Value:
    """An index counted from the start; IndexError where there is no such item."""
    count = expressions.literal(length)
    below = expressions.compare(ctx, gast.Lt(), index, expressions.literal(0), node)
    place = control.choose(
        ctx,
        expressions.truth(ctx, below, node),
        lambda: expressions.binary(ctx, operator.add, index, count, node),
        lambda: index,
    )
    places = [expressions.literal(i) for i in range(length)]
    some = searching.any_equal(ctx, list(places), place, node)
    atom = Const(some) if isinstance(some, bool) else some
    control.require(ctx, atom, IndexError, message)
    return place


def _at_any_place(
    ctx: Lowering, items: tuple[Value, ...], index: Value, value: Value, node: gast.AST
) -> list[Value]:
    """The items after a write to one of them, of which only the run tells which."""
    place = _place(ctx, len(items), index, "list assignment index out of range", node)
    if ctx.state.dead:
        return list(items)
    found = []
    for where, old in enumerate(items):
        test = searching.is_equal(ctx, expressions.literal(where), place, node)
        found.append(control.choose(ctx, test, lambda: value, lambda o=old: o))  # type: ignore[misc]
    return found


def _store_in_list(
    ctx: Lowering, base: Ref, content: Sequence, index: Value, value: Value, node: gast.AST
) -> None:
    more: Any = value
    items = list(content.items)
    if isinstance(index, SliceValue):
        deques.refuse_slice(ctx, content)
        bounds = (
            None if part is None else objects.static(ctx, part, node)
            for part in (index.lower, index.upper, index.step)
        )
        key: Any = slice(*bounds)
        more = objects.iterate(ctx, value, node)
    else:
        key = objects.static(ctx, index, node)
    count = len(items)
    try:
        deques.like(content)[key] = more
        items[key] = more
    except (IndexError, TypeError, ValueError) as error:
        control.fail(ctx, error)
        return
    if len(items) != count:
        growing.refuse_iterated(ctx, base.identity, node)
    ctx.change(base.identity, replace(content, items=tuple(items)))


__all__ = ["item", "read_at"]
