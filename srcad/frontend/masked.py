"""Writing to some elements of an array: under a mask, at flat places, or all of them in order."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import gast
import numpy as np

from srcad.frontend import (
    attributes,
    calls,
    control,
    expressions,
    memory,
    shaping,
    updates,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import Array, Number, Static, Step, Value
from srcad.ir.nodes import Const, Operand, Var
from srcad.ir.primitives import Primitive

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def _same_shape(ctx: Lowering, left: Array, right: Array) -> bool:
    first, second = memory.read(ctx, left).shape, memory.read(ctx, right).shape
    return len(first) == len(second) and all(
        ctx.sizes.equal(a, b) is True for a, b in zip(first, second, strict=True)
    )


def _stretched(ctx: Lowering, value: Value, target: Array, node: gast.AST) -> Array:
    """An array in the shape of another."""
    if isinstance(value, Array) and _same_shape(ctx, value, target):
        return value
    shape = attributes.attribute(ctx, target, "shape", node)
    made = calls.call_python(ctx, np.broadcast_to, [value, shape], {}, node)
    assert isinstance(made, Array)
    return made


def _mask(ctx: Lowering, value: Value, target: Array, node: gast.AST) -> Array:
    mask = shaping.as_array(ctx, value, node)
    if not isinstance(mask, Array) or not mask.kind.is_bool:
        ctx.refuse("a mask has to be an array of bools here", node)
    return _stretched(ctx, mask, target, node)


def _chosen(ctx: Lowering, value: Value, mask: Array, node: gast.AST) -> Value:
    """The elements of a value under a mask; a number stays one."""
    value = shaping.as_array(ctx, value, node)
    if not isinstance(value, Array) or not value.kind.rank:
        return value
    return expressions.subscript(ctx, _stretched(ctx, value, mask, node), mask, node)


def _store(ctx: Lowering, target: Array, index: Value, value: Value, node: gast.AST) -> None:
    place = expressions.place_of(ctx, index, node)
    stored: Operand = expressions.operand(ctx, value, node)
    try:
        memory.write(ctx, target, place, stored, node)
    except EvaluationFails as failure:
        control.fail(ctx, failure.cause)


def ufunc_where(
    ctx: Lowering,
    primitive: Primitive,
    args: list[Value],
    kwargs: dict[str, Value],
    where: Value,
    out: Value | None,
    node: gast.AST,
) -> Value:
    """`np.log(x, where=mask, out=y)`: computed where the mask holds, and only there."""
    if not isinstance(primitive.function, np.ufunc) or kwargs:
        ctx.refuse("`where=` of this function cannot be differentiated yet", node)
    if not isinstance(out, Array):
        ctx.refuse(
            "`where=` without `out=` leaves elements that nobody has written",
            node,
            "give it `out=`",
        )
    mask = _mask(ctx, where, out, node)
    parts = [_chosen(ctx, arg, mask, node) for arg in args]
    result = calls.call_python(ctx, primitive.function, parts, {}, node)
    made = expressions.operand(ctx, result, node)
    if isinstance(made, Var):
        try:
            updates.check_casting(memory.read(ctx, out), made, primitive.function)
        except EvaluationFails as failure:
            return control.fail(ctx, failure.cause)
    _store(ctx, out, mask, result, node)
    return out


def copy_where(ctx: Lowering, target: Array, value: Value, where: Value, node: gast.AST) -> Value:
    """`np.copyto(y, values, where=mask)`, and `np.putmask` with as many values."""
    mask = _mask(ctx, where, target, node)
    _store(ctx, target, mask, _chosen(ctx, value, mask, node), node)
    return Static(None)


def putmask(ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`np.putmask(y, mask, values)`, with a number or an array of the shape of `y`."""
    target = updates.plain(ctx, "putmask", args, kwargs, 3, node)
    values = shaping.as_array(ctx, args[2], node)
    if isinstance(values, Array) and values.kind.rank and not _same_shape(ctx, values, target):
        ctx.refuse(
            "`putmask` is followed for a number, or for as many values as elements",
            node,
            "write `y[mask] = values`",
        )
    return copy_where(ctx, target, values, args[1], node)


def place(ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`np.place(y, mask, values)`: values go to where the mask holds, one after another."""
    target = updates.plain(ctx, "place", args, kwargs, 3, node)
    mask = _mask(ctx, args[1], target, node)
    values = shaping.as_array(ctx, args[2], node)
    if isinstance(values, Array) and values.kind.rank:
        count = calls.call_python(ctx, np.count_nonzero, [mask], {}, node)
        values = calls.call_python(ctx, np.ravel, [values], {}, node)
        positions = calls.call_python(ctx, np.arange, [count], {}, node)
        size = attributes.attribute(ctx, values, "size", node)
        positions = expressions.binary(ctx, operator.mod, positions, size, node)
        values = expressions.subscript(ctx, values, positions, node)
    _store(ctx, target, mask, values, node)
    return Static(None)


def put(ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`np.put(y, places, values)`, with a number or a value for each place."""
    target = updates.plain(ctx, "put", args, kwargs, 3, node)
    index = shaping.as_array(ctx, args[1], node)
    values = shaping.as_array(ctx, args[2], node)
    if isinstance(values, Array) and values.kind.rank:
        same = isinstance(index, Array) and index.kind.rank and _same_shape(ctx, values, index)
        if not same and not (isinstance(index, Array) and index.kind.rank == values.kind.rank == 1):
            ctx.refuse("`put` is followed for a number, or a value for each place", node)
    _store(ctx, flat(ctx, target), index, values, node)
    return Static(None)


def flat(ctx: Lowering, array: Array) -> Array:
    """`y.flat`: all elements in their order, written through to `y`."""
    if array.kind.rank == 1:
        return array
    made = memory.view(ctx, array, Step("ravel"))
    assert isinstance(made, Array)
    return made


def store_flat(ctx: Lowering, array: Array, value: Value, node: gast.AST) -> None:
    """`y.flat = values`: one for each element, or one number for all."""
    target = flat(ctx, array)
    given = shaping.as_array(ctx, value, node)
    if isinstance(given, Array) and given.kind.rank:
        if array.cell in {given.cell, *ctx.state.aliases.get(given.cell, ())}:
            message = "`y.flat = values` of values of `y` itself is not followed"
            ctx.refuse(message, node, "copy them first: values.copy()")
        given = shaping.ravel(ctx, [given], {}, node)
        assert isinstance(given, Array)
        sizes = [attributes.length(ctx, memory.read(ctx, v), 0) for v in (target, given)]
        other = ctx.builder.emit(operator.ne, *(size.atom for size in sizes))
        message = "`y.flat = values` is followed for as many values as elements"
        control.refuse_if(ctx, other, message, "use `y[...] = values`, or np.resize")
    if ctx.state.dead:
        return
    memory.write(ctx, target, Const(Ellipsis), expressions.operand(ctx, given, node), node)


def sort_in_place(
    ctx: Lowering, array: Array, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`y.sort()`."""
    result = calls.call_python(ctx, np.sort, [array, *args], kwargs, node)
    memory.write(ctx, array, Const(Ellipsis), expressions.operand(ctx, result, node), node)
    return Static(None)


def is_everything(where: Value | None) -> bool:
    """Whether a mask is left out or `True`."""
    return where is None or (isinstance(where, Number) and where.atom == Const(True))


HANDLERS = {np.putmask: putmask, np.place: place, np.put: put}
