"""Slices: where they start and stop, as Python clips them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from srcad.ir.dims import Dim
from srcad.ir.nodes import Const, Operand, Slice, Var
from srcad.loops.elements import NotScalar
from srcad.loops.syntax import minus, plus

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


def bounds(
    writer: LoopWriter, array: Var, axis: int, item: Slice
) -> tuple[ast.expr, ast.expr, int]:
    """Where a slice starts and stops, as Python clips it."""
    key = (array, axis, item)
    if key in writer.bounds:
        return writer.bounds[key]
    step = item.step.value if isinstance(item.step, Const) else 1 if item.step is None else None
    if isinstance(item.step, Var):
        assert writer.builder is not None
        known = writer.builder.size(item.step)
        step = None if known is None else writer.sizes.constant(known)
    if not isinstance(step, int) or step == 0:
        raise NotScalar
    elements = writer.elements()
    length = elements.length(array, axis)
    dim = array.shape[axis]
    if step > 0:
        start = _bound(writer, item.lower, ast.Constant(0), length, dim)
        stop = _bound(writer, item.upper, length, length, dim)
    else:
        start, stop = _backward(writer, item, length)
    if step == 1 and _may_be_empty(writer, item, dim):
        writer.helpers.add("not_before")
        stop = ast.Call(ast.Name("not_before", ast.Load()), [stop, start], [])
    found = (start, stop, step)
    writer.bounds[key] = found
    return found


def _backward(writer: LoopWriter, item: Slice, length: ast.expr) -> tuple[ast.expr, ast.expr]:
    """The bounds of a slice with a negative step."""
    minus_one = ast.UnaryOp(ast.USub(), ast.Constant(1))
    found = []
    for bound, default in ((item.lower, minus(length, ast.Constant(1))), (item.upper, minus_one)):
        if bound is None:
            found.append(default)
            continue
        writer.helpers.add("clipped_back")
        name = ast.Name("clipped_back", ast.Load())
        found.append(ast.Call(name, [writer.scalar(bound), length], []))
    return found[0], found[1]


def _may_be_empty(writer: LoopWriter, item: Slice, dim: Dim) -> bool:
    assert writer.builder is not None
    if item.lower is None:
        return False
    low = writer.builder.size(item.lower)
    high = dim if item.upper is None else writer.builder.size(item.upper)
    if low is None or high is None:
        return True
    if writer.sizes.at_least(low, 0) is False:
        low = low + dim
    if writer.sizes.at_least(high, 0) is False:
        high = high + dim
    return not writer.sizes.at_least(high, low)


def _bound(
    writer: LoopWriter,
    bound: Operand | None,
    default: ast.expr,
    length: ast.expr,
    dim: Dim,
) -> ast.expr:
    assert writer.builder is not None
    if bound is None:
        return default
    size = writer.builder.size(bound)
    node = writer.scalar(bound)
    if size is not None:
        if writer.sizes.at_least(size, 0):
            if writer.sizes.at_least(dim, size):
                return node
        elif writer.sizes.at_least(size, 0) is False and writer.sizes.at_least(dim + size, 0):
            return plus(length, node)
    writer.helpers.add("clipped")
    return ast.Call(ast.Name("clipped", ast.Load()), [node, length], [])
