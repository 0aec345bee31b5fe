"""Ranges of which only the run tells how long they are: their lengths, parts, and lists of them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import calls, expressions, iterations, memory, objects, rows, trips
from srcad.frontend.values import Array, Iteration, Number, Rows, SliceValue, Value
from srcad.ir.kinds import INT
from srcad.ir.nodes import Const, Range

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def _bounds(ctx: Lowering, value: Iteration, node: gast.AST) -> Range:
    found, _ = iterations.counted(ctx, value, node)
    return found


def length(ctx: Lowering, value: Iteration, node: gast.AST) -> Value:
    """`len(range(...))`."""
    return Number(trips.trips_of(ctx, _bounds(ctx, value, node)), INT)


def listed(ctx: Lowering, value: Iteration, node: gast.AST) -> Value:
    """`list(range(...))`: ints of Python's."""
    made = calls.call_python(ctx, np.arange, list(value.parts), {}, node)
    assert isinstance(made, Array)
    like = Rows(made.cell, Number(Const(0), INT), INT, ("number",))
    return rows.listed(ctx, memory.read(ctx, made), like)


def item(ctx: Lowering, value: Iteration, index: Value, node: gast.AST) -> Value:
    """`range(...)[index]` for the parts of a range that a range can be written for."""
    bounds = _bounds(ctx, value, node)
    forward = bounds.step == Const(1)
    if isinstance(index, SliceValue) and (forward or bounds.step == Const(-1)):
        lower, upper, step = (
            None if part is None else objects.static(ctx, part, node)
            for part in (index.lower, index.upper, index.step)
        )
        start, stop = Number(bounds.start, INT), Number(bounds.stop, INT)
        stride = 1 if forward else -1
        if (lower, upper, step) == (None, None, -1):
            last = _moved(ctx, stop, -stride, node)
            parts = (last, _moved(ctx, start, -stride, node), expressions.literal(-stride))
            return Iteration("range", parts)
        if (lower is None or lower >= 0) and (upper is None or upper < 0) and step in (None, 1):
            first = _moved(ctx, start, stride * (lower or 0), node)
            last = _moved(ctx, stop, stride * (upper or 0), node)
            return Iteration("range", (first, last, expressions.literal(stride)))
    ctx.refuse(
        "this part of a range whose length is not known here cannot be differentiated yet",
        node,
        "write its bounds: range(start, stop, step)",
        UnsupportedType,
    )


def _moved(ctx: Lowering, bound: Number, by: int, node: gast.AST) -> Value:
    if not by:
        return bound
    function: Any = operator.add if by > 0 else operator.sub
    return expressions.binary(ctx, function, bound, expressions.literal(abs(by)), node)


__all__ = ["item", "length", "listed"]
