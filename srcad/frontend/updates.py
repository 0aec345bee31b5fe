"""NumPy's functions that write to their first argument."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import control, expressions, memory, objects, statements
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import Array, Static, Value
from srcad.ir.nodes import Const, Operand
from srcad.rules.indexing import add_at

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def _target(ctx: Lowering, args: list[Value], node: gast.AST) -> Array:
    array = objects.resolve(ctx, args[0], node) if args else Static(None)
    if not isinstance(array, Array):
        ctx.refuse("only an array can be written to", node, error=UnsupportedType)
    return array


def _plain(
    ctx: Lowering, name: str, args: list[Value], kwargs: dict[str, Value], count: int, node: gast.AST
) -> Array:
    if kwargs or len(args) != count:
        ctx.refuse(f"this form of `{name}` cannot be differentiated yet", node)
    return _target(ctx, args, node)


def add_or_subtract_at(negative: bool, name: str):  # type: ignore[no-untyped-def]
    """`np.add.at(x, index, value)`: unlike `x[index] += value`, repeated indices add up."""

    def handler(
        ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
    ) -> Value:
        array = _plain(ctx, name, args, kwargs, 3, node)
        place = expressions.place_of(ctx, args[1], node)
        value = statements.storable(ctx, args[2], node)
        try:
            if negative:
                value = ctx.builder.emit(operator.neg, value)
            part = ctx.builder.emit(add_at, memory.read(ctx, array), place, value)
        except EvaluationFails as failure:
            return control.fail(ctx, failure.cause)
        memory.replace_content(ctx, array, part, node)
        return Static(None)

    return handler


def copyto(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`np.copyto(x, value)`."""
    array = _plain(ctx, "copyto", args, kwargs, 2, node)
    value = statements.storable(ctx, args[1], node)
    memory.write(ctx, array, Const(Ellipsis), value, node)
    return Static(None)


def fill_diagonal(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`np.fill_diagonal(x, value)` of a square matrix."""
    array = _plain(ctx, "fill_diagonal", args, kwargs, 2, node)
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
    count = expressions.operand(ctx, objects.length(ctx, var, 0))
    place = ctx.builder.emit(np.arange, count)
    memory.write(ctx, array, (place, place), value, node)
    return Static(None)


HANDLERS = {
    np.add.at: add_or_subtract_at(False, "np.add.at"),
    np.subtract.at: add_or_subtract_at(True, "np.subtract.at"),
    np.copyto: copyto,
    np.fill_diagonal: fill_diagonal,
}
