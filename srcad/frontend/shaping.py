"""NumPy's functions that give an array another form: the same memory where that is certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.frontend import calls, control, expressions, memory, methods, objects, outside, rows
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import Array, Items, Number, Ref, Static, Step, Value, is_none
from srcad.ir.nodes import Const
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]
Handler = Callable[["Lowering", Args, Kwargs, gast.AST], Value]


def as_array(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    """An argument of a function of NumPy: a list or tuple as an array."""
    value = outside.resolve(ctx, value, node)
    if isinstance(value, Items | Ref):
        return calls.call_python(ctx, np.array, [value], {}, node)
    return value


def reshape(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.reshape`: a view where the array is contiguous, else a copy."""
    value = as_array(ctx, args[0], node)
    shape = args[1] if len(args) > 1 else kwargs.get("shape", kwargs.get("newshape"))
    if shape is None or set(kwargs) - {"shape", "newshape", "order"}:
        ctx.refuse("this form of reshape cannot be differentiated yet", node)
    shape = outside.resolve(ctx, shape, node)
    if isinstance(shape, Number):
        shape = Items((shape,))
    if _by_columns(ctx, args[2] if len(args) > 2 else kwargs.get("order"), node):
        # The transpose, in the order of rows, has the elements in the order of columns.
        backwards = Items(tuple(objects.iterate(ctx, shape, node)[::-1]))
        rows = reshape(ctx, [transpose(ctx, [value], {}, node), backwards], {}, node)
        return transpose(ctx, [rows], {}, node)
    place = expressions.operand(ctx, shape, node)
    return _view(ctx, value, "reshape", (place,), np.reshape, node)


def ravel(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.ravel`: a view where the array is contiguous, else a copy."""
    if len(args) > 2 or set(kwargs) - {"order"}:
        ctx.refuse("this form of ravel cannot be differentiated yet", node)
    value = as_array(ctx, args[0], node)
    if _by_columns(ctx, args[1] if len(args) > 1 else kwargs.get("order"), node):
        value = transpose(ctx, [value], {}, node)
    return _view(ctx, value, "ravel", (), np.ravel, node)


def _by_columns(ctx: Lowering, order: Value | None, node: gast.AST) -> bool:
    """Whether elements are read in the order of columns; that of memory is not known here."""
    letter = "C" if order is None else objects.static(ctx, order, node)
    if letter not in ("C", "F"):
        ctx.refuse("elements in the order of memory are not followed", node, 'use "C" or "F"')
    return bool(letter == "F")


def _view(
    ctx: Lowering,
    value: Value,
    operation: str,
    extra: tuple[Any, ...],
    function: Any,
    node: gast.AST,
) -> Value:
    """A view where the layout is known to allow it, else an array that may share memory."""
    try:
        if not isinstance(value, Array):
            result = ctx.builder.emit(function, expressions.operand(ctx, value, node), *extra)
            return memory.new_array(ctx, result)
        certain = operation in ("transpose", "swapaxes", "expand_dims", "squeeze")
        if certain or ctx.is_contiguous(value):
            return memory.view(ctx, value, Step(operation, extra))
        result = ctx.builder.emit(function, memory.read(ctx, value), *extra)
        return memory.new_array(ctx, result, frozenset({value.cell}))
    except EvaluationFails as failure:
        return control.fail(ctx, failure.cause)


def transpose(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.transpose`: always a view."""
    value = as_array(ctx, args[0], node)
    axes = args[1] if len(args) > 1 else kwargs.get("axes")
    if is_none(axes):
        if isinstance(value, Array) and value.kind.rank < 2:
            return value
        return _view(ctx, value, "transpose", (), np.transpose, node)
    assert axes is not None
    order = tuple(Const(int(a)) for a in objects.static(ctx, axes, node))
    return _view(ctx, value, "transpose", (order,), np.transpose, node)


def _axis_view(operation: str, function: Any) -> Handler:
    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        value = as_array(ctx, args[0], node)
        given = [*args[1:], *kwargs.values()]
        if not given and operation == "squeeze" and isinstance(value, Array):
            var = memory.read(ctx, value)
            axes = tuple(i for i, d in enumerate(var.shape) if ctx.sizes.is_one(d))
            return _view(ctx, value, operation, (Const(axes),), function, node)
        fixed = tuple(Const(objects.static(ctx, v, node)) for v in given)
        return _view(ctx, value, operation, fixed, function, node)

    return handler


def _rows_as_arrays(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    """Lists that stand beside arrays are made arrays: then their lengths may be what they are."""
    if isinstance(value, Array | Number) or rows.is_rows(ctx, value):
        return value
    items = objects.try_iterate(ctx, value, node) or []
    items = [outside.resolve(ctx, item, node) for item in items]
    arrays = [isinstance(item, Array) and item.kind.rank > 0 for item in items]
    lists = [isinstance(item, Items | Ref) for item in items]
    if not any(arrays) or not any(lists):
        return value
    return Items(
        tuple(
            calls.call_python(ctx, np.array, [item], {}, node) if listed else item
            for item, listed in zip(items, lists, strict=True)
        )
    )


def asarray(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.asarray`: the array itself, unless it has to be converted."""
    value = outside.resolve(ctx, args[0], node)
    dtype = kwargs.get("dtype", args[1] if len(args) > 1 else None)
    if set(kwargs) - {"dtype"} or len(args) > 2:
        ctx.refuse("this form of asarray cannot be differentiated yet", node)
    if not isinstance(value, Array):
        return array(ctx, args, kwargs, node)
    if is_none(dtype) or np.dtype(objects.static(ctx, dtype, node)) == value.kind.dtype:  # type: ignore[arg-type]
        return value
    return methods.astype(ctx, value, [dtype], node)  # type: ignore[list-item]


def ascontiguousarray(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.ascontiguousarray`: the array itself or a copy, as its layout is; never 0-d."""
    value = asarray(ctx, args, kwargs, node)
    if not isinstance(value, Array):
        return value
    if not value.kind.rank:
        return reshape(ctx, [value, expressions.literal(1)], {}, node)
    if ctx.is_contiguous(value):
        return value
    result = ctx.builder.emit(np.ascontiguousarray, memory.read(ctx, value))
    return memory.new_array(ctx, result, frozenset({value.cell}))


def array(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.array`: a new array from an array, a number or nested lists."""
    value = outside.resolve(ctx, args[0], node)
    dtype = kwargs.get("dtype", args[1] if len(args) > 1 else None)
    if set(kwargs) - {"dtype"} or len(args) > 2:
        ctx.refuse("this form of np.array cannot be differentiated yet", node)
    if isinstance(value, Number):
        shape = Items(())
        made = calls.call_python(ctx, np.full, [shape, value], {}, node)
        return made if is_none(dtype) else _converted(ctx, made, dtype, node)
    primitive = primitive_of(np.copy if isinstance(value, Array) else np.array)
    if primitive is None:
        calls.missing(ctx, np.array, node)
    operand = expressions.operand(ctx, _rows_as_arrays(ctx, value, node), node)
    try:
        made = memory.new_array(ctx, ctx.builder.emit(primitive, operand))
    except EvaluationFails as failure:
        return control.fails(ctx, failure.cause, primitive, node)
    return made if is_none(dtype) else _converted(ctx, made, dtype, node)


def _converted(ctx: Lowering, made: Value, dtype: Value | None, node: gast.AST) -> Value:
    wanted = np.dtype(objects.static(ctx, dtype, node))  # type: ignore[arg-type]
    if isinstance(made, Array) and wanted == np.dtype(made.kind.dtype):
        return made
    return methods.astype(ctx, made, [Static(wanted)], node)


HANDLERS: dict[Any, Handler] = {
    np.reshape: reshape,
    np.ravel: ravel,
    np.transpose: transpose,
    np.swapaxes: _axis_view("swapaxes", np.swapaxes),
    np.expand_dims: _axis_view("expand_dims", np.expand_dims),
    np.squeeze: _axis_view("squeeze", np.squeeze),
    np.asarray: asarray,
    np.ascontiguousarray: ascontiguousarray,
    np.array: array,
}
