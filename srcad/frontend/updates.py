"""Writing to arrays: NumPy's functions that do it, and what NumPy checks before it does."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    attributes,
    control,
    expressions,
    masked,
    memory,
    outside,
    statements,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import Array, Static, Value
from srcad.ir.nodes import Const, Operand, Var
from srcad.rules.indexing import add_at

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def _target(ctx: Lowering, args: list[Value], node: gast.AST) -> Array:
    array = outside.resolve(ctx, args[0], node) if args else Static(None)
    if not isinstance(array, Array):
        ctx.refuse("only an array can be written to", node, error=UnsupportedType)
    return array


def plain(
    ctx: Lowering,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    count: int,
    node: gast.AST,
) -> Array:
    """The array that a function with so many arguments writes to."""
    if kwargs or len(args) != count:
        ctx.refuse(f"this form of `{name}` cannot be differentiated yet", node)
    return _target(ctx, args, node)


def add_or_subtract_at(negative: bool, name: str):  # type: ignore[no-untyped-def]
    """`np.add.at(x, index, value)`: unlike `x[index] += value`, repeated indices add up."""

    def handler(
        ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
    ) -> Value:
        array = plain(ctx, name, args, kwargs, 3, node)
        place = expressions.place_of(ctx, args[1], node)
        value = statements.storable(ctx, args[2], node)
        try:
            if negative:
                value = ctx.builder.emit(operator.neg, value)
            old = memory.read(ctx, array)
            part = ctx.builder.emit(add_at, old, place, value, hint=old.hint)
        except EvaluationFails as failure:
            return control.fail(ctx, failure.cause)
        if array.path:
            memory.replace_content(ctx, array, part, node)
        else:
            memory.check_write(ctx, array.cell, node)
            ctx.state.memory[array.cell] = part
        return Static(None)

    return handler


def copyto(ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`np.copyto(x, value)`, under a mask if there is one."""
    where = kwargs.get("where")
    if masked.is_everything(where):
        kwargs = {key: value for key, value in kwargs.items() if key != "where"}
    elif set(kwargs) == {"where"} and where is not None:
        array = plain(ctx, "copyto", args, {}, 2, node)
        return masked.copy_where(ctx, array, args[1], where, node)
    array = plain(ctx, "copyto", args, kwargs, 2, node)
    value = statements.storable(ctx, args[1], node)
    memory.write(ctx, array, Const(Ellipsis), value, node)
    return Static(None)


def fill_diagonal(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`np.fill_diagonal(x, value)` of a square matrix."""
    array = plain(ctx, "fill_diagonal", args, kwargs, 2, node)
    value = statements.storable(ctx, args[1], node)
    var = memory.read(ctx, array)
    square = array.kind.rank == 2 and ctx.sizes.equal(*var.shape)
    given: Operand = value if not isinstance(value, tuple) else Const(None)
    shape = getattr(given, "shape", ())
    fits = given != Const(None) and (
        not shape or (len(shape) == 1 and ctx.sizes.equal(shape[0], var.shape[0]))
    )
    if not (square and fits):
        ctx.refuse(
            "`fill_diagonal` is followed for square matrices, with a number or one row",
            node,
            "write it as a loop over the diagonal",
        )
    count = expressions.operand(ctx, attributes.length(ctx, var, 0))
    place = ctx.builder.emit(np.arange, count)
    memory.write(ctx, array, (place, place), value, node)
    return Static(None)


# -- what NumPy checks of an operation in place ---------------------------------------------------


def check_shape(ctx: Lowering, function: Any, old: Var, value: Operand) -> None:
    """An in-place operation keeps the shape of an array, or raises what NumPy raises."""
    if function is operator.matmul or not (old.kind.rank and isinstance(value, Var)):
        return
    if value.kind.rank <= old.kind.rank:
        pairs = zip(reversed(old.shape), reversed(value.shape), strict=False)
        if all(ctx.sizes.equal(a, b) is not False or ctx.sizes.is_one(b) for a, b in pairs):
            return
    left, right = ([ctx.sizes.constant(dim) for dim in var.shape] for var in (old, value))
    if None in (*left, *right):
        return
    # Arrays of these shapes with one byte of memory: only the error is wanted.
    made = [
        np.ndarray(shape, np.bool_, bytearray(1), strides=(0,) * len(shape))  # type: ignore[arg-type]
        for shape in (left, right)
    ]
    try:
        np.logical_or(made[0], made[1], out=made[0])
    except ValueError as error:
        raise EvaluationFails(error) from None


def check_casting(old: Var, new: Var, function: Any) -> None:
    """An in-place operation keeps the dtype of an array, or raises where NumPy does."""
    if old.kind.is_array and not np.can_cast(new.kind.dtype, old.kind.dtype, "same_kind"):
        name = getattr(function, "__name__", "operation")
        raise EvaluationFails(
            TypeError(
                f"Cannot cast ufunc '{name}' output from dtype('{new.kind.dtype}') to "
                f"dtype('{old.kind.dtype}') with casting rule 'same_kind'"
            )
        )


HANDLERS = {
    np.add.at: add_or_subtract_at(False, "np.add.at"),
    np.subtract.at: add_or_subtract_at(True, "np.subtract.at"),
    np.copyto: copyto,
    np.fill_diagonal: fill_diagonal,
}
