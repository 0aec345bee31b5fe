"""`target op= value`: in place on arrays and lists, a rebinding otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend import (
    attributes,
    classes,
    control,
    dunders,
    expressions,
    growing,
    memory,
    outside,
    statements,
    updates,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import Array, Ref, Value
from srcad.ir.nodes import Const
from srcad.ir.walk import is_basic
from srcad.rules.indexing import getitem

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def lower_augmented(ctx: Lowering, stmt: gast.AugAssign) -> None:
    """`target op= value`: in place on arrays, a rebinding otherwise."""
    match stmt.target:
        case gast.Name(id=identifier):
            current = outside.resolve(ctx, expressions.load(ctx, identifier, stmt.target), stmt)
            value = expressions.evaluate(ctx, stmt.value)
            _unless_gone(ctx, stmt, lambda: _augment_name(ctx, stmt, current, value))
        case gast.Subscript(value=base_node, slice=index_node):
            base = outside.resolve(ctx, expressions.evaluate(ctx, base_node), stmt)
            index = expressions.index_of(ctx, index_node)
            if isinstance(base, Array):
                _augment_elements(ctx, stmt, base, index)
                return
            current = expressions.subscript(ctx, base, index, stmt.target)
            value = expressions.evaluate(ctx, stmt.value)
            _unless_gone(ctx, stmt, lambda: _augment_item(ctx, stmt, base, current, value))
        case gast.Attribute(value=base_node, attr=name):
            base = expressions.evaluate(ctx, base_node)
            current = outside.resolve(ctx, attributes.attribute(ctx, base, name, stmt), stmt)
            value = expressions.evaluate(ctx, stmt.value)

            def stored() -> None:
                if (result := _augmented(ctx, stmt, current, value)) is not None:
                    classes.store(ctx, base, name, result, stmt)

            _unless_gone(ctx, stmt, stored)


def _unless_gone(ctx: Lowering, stmt: gast.AugAssign, then: Callable[[], None]) -> None:
    if not ctx.state.dead:
        statements.unless_raised(ctx, stmt, then)


def _augmented(
    ctx: Lowering, stmt: gast.AugAssign, current: Value, value: Value, hint: str = ""
) -> Value | None:
    """What is to be stored after `current op= value`; None where it happened in place."""
    function = expressions.BINARY[type(stmt.op)]
    if isinstance(current, Array):
        _update_in_place(ctx, function, current, value, stmt)
        return None
    told = dunders.binary(ctx, function, current, value, stmt, "__i")
    return told or expressions.binary(ctx, function, current, value, stmt, hint)


def _augment_name(ctx: Lowering, stmt: gast.AugAssign, current: Value, value: Value) -> None:
    is_object = dunders.owner(ctx, current) is not None
    if isinstance(current, Ref) and isinstance(stmt.op, gast.Add) and not is_object:
        growing.extend(ctx, current.identity, value, stmt)
    elif (result := _augmented(ctx, stmt, current, value, stmt.target.id)) is not None:
        statements.bind(ctx, stmt.target, result, stmt)


def _augment_item(
    ctx: Lowering, stmt: gast.AugAssign, base: Value, current: Value, value: Value
) -> None:
    if (result := _augmented(ctx, stmt, current, value)) is not None:
        statements.store(ctx, base, stmt.target.slice, result, stmt.target)


def _augment_elements(ctx: Lowering, stmt: gast.AugAssign, base: Array, index: Value) -> None:
    """`array[index] op= value`: Python reads the element first, then evaluates the value."""
    function = expressions.BINARY[type(stmt.op)]
    place = expressions.place_of(ctx, index, stmt)
    before = memory.read(ctx, base)
    try:
        first = ctx.builder.emit(getitem, before, place)
    except EvaluationFails as failure:
        control.fail(ctx, failure.cause)
        return
    value = expressions.evaluate(ctx, stmt.value)

    def written() -> None:
        try:
            old = first
            if old.kind.is_array and is_basic(place):
                old = ctx.builder.emit(getitem, memory.read(ctx, base), place)
            added = statements.storable(ctx, value, stmt)
            new = ctx.builder.emit(function, old, added)
            updates.check_shape(ctx, function, old, added)
            updates.check_casting(old, new, function)
            memory.write(ctx, base, place, new, stmt)
        except EvaluationFails as failure:
            control.fail(ctx, failure.cause)

    _unless_gone(ctx, stmt, written)


def _update_in_place(
    ctx: Lowering, function: Any, array: Array, value: Value, stmt: gast.AugAssign
) -> None:
    old = memory.read(ctx, array)
    try:
        added = statements.storable(ctx, value, stmt)
        new = ctx.builder.emit(function, old, added)
        updates.check_shape(ctx, function, old, added)
        updates.check_casting(old, new, function)
    except EvaluationFails as failure:
        control.fail(ctx, failure.cause)
        return
    if not new.kind.is_array:  # a 0-d array: its operations give numbers, its memory stays
        memory.write(ctx, array, Const(Ellipsis), new, stmt)
        return
    memory.replace_content(ctx, array, new, stmt)
