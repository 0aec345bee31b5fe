"""Sums, means and extrema, as loop nests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from srcad.emit.printer import expression
from srcad.ir.dims import ONE
from srcad.ir.nodes import Const, Let, Var
from srcad.loops import fusion
from srcad.loops.elements import NotScalar, Unsupported
from srcad.loops.items import Item

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


def axes_of(stmt: Let) -> tuple[int, ...] | None:
    """The axes that a reduction runs over; None for all."""
    array = stmt.args[0]
    assert isinstance(array, Var)
    axis = dict(stmt.kwargs).get("axis", Const(None))
    if len(stmt.args) > 1:
        axis = stmt.args[1]
    if isinstance(axis, tuple):
        axis = Const(tuple(item.value for item in axis if isinstance(item, Const)))
    assert isinstance(axis, Const)
    if axis.value is None:
        return None
    axes = axis.value if isinstance(axis.value, tuple) else (axis.value,)
    return tuple(int(a) % array.kind.rank for a in axes)


def over_axes(writer: LoopWriter, stmt: Let, name: str, into: bool = False) -> bool:
    """A sum over some axes: zeros, then one accumulation over the whole space.

    With `into`, it is added to what the array holds.
    """
    array = stmt.args[0]
    if not isinstance(array, Var) or not array.kind.rank:
        return False
    keeps = dict(stmt.kwargs).get("keepdims", Const(False)) == Const(True)
    axes = axes_of(stmt)
    if axes is None:
        axes = tuple(range(array.kind.rank))
    rank = array.kind.rank
    elements = writer.elements()
    counters, index = writer.indices(list(array.shape))
    try:
        lengths = [elements.length(array, axis) for axis in range(rank)]
        value = elements.element(array, index)
    except NotScalar:
        return False
    kept = [c for i, c in enumerate(index) if i not in axes]
    if keeps:
        kept = [ast.Constant(0) if i in axes else c for i, c in enumerate(index)]
    places: list[int] = []
    for axis, dim in enumerate(array.shape):
        if axis in axes and not keeps:
            continue
        stays = axis not in axes and dim != ONE
        places.append(sum(d != ONE for d in array.shape[:axis]) if stays else -1)
    item = Item("add", name, kept, value, None, stmt.target.kind.dtype)
    if into and any(writer.alias(other, name) for other in item.names()):
        return False
    item.zeros = None if into else places
    writer.pinned.add(name)
    fusion.push(writer, item, list(array.shape), lengths, elements, counters, [])
    return True


def whole(writer: LoopWriter, stmt: Let) -> ast.expr:
    """A reduction over a whole array, as a loop before the statement."""
    array = stmt.args[0]
    assert isinstance(array, Var)
    if dict(stmt.kwargs).get("axis", Const(None)) != Const(None) and array.kind.rank > 1:
        axes = axes_of(stmt)
        if axes is not None and len(axes) < array.kind.rank:
            raise Unsupported("a reduction over some axes", stmt.origin)
    elements = writer.elements()
    rank = array.kind.rank
    counters, index = writer.indices(list(array.shape))
    try:
        lengths = [elements.length(array, axis) for axis in range(rank)]
        value = elements.element(array, index)
    except NotScalar:
        if array not in writer.folding.lets:
            raise Unsupported("a reduction of such an array", stmt.origin) from None
        writer.materialise(array)
        return whole(writer, stmt)
    text = stmt.primitive.text
    dtype = stmt.target.kind.dtype
    hint = {"np.sum": "total", "np.mean": "total"}.get(text, "extreme")
    name = writer.fresh(hint)
    if text in ("np.sum", "np.mean"):
        start = "0.0" if dtype == "float64" else ("0" if dtype == "int64" else f"np.{dtype}(0)")
        item = Item("sum", name, [], value, None, dtype)
        before = [f"{name} = {start}"]
    else:
        kind: Any = "max" if "max" in text else "min"
        item = Item(kind, name, [], value, None, dtype)
        first: list[ast.expr] = [ast.Constant(0)] * rank
        writer.helpers.add("Bail")
        empty = " or ".join(f"{expression(n)} == 0" for n in lengths)
        start_value = expression(writer.elements().element(array, first))
        before = [f"if {empty}:", "    raise Bail", f"{name} = {start_value}"]
    fusion.push(writer, item, list(array.shape), lengths, elements, counters, before)
    node: ast.expr = ast.Name(name, ast.Load())
    if text == "np.mean":
        count: ast.expr = lengths[0]
        for other in lengths[1:]:
            count = ast.BinOp(count, ast.Mult(), other)
        node = ast.BinOp(node, ast.Div(), count)
        node = elements.converted(node, stmt.target.kind, "/")
    return node
