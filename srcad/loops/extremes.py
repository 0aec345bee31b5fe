"""Maxima and minima over some axes of an array, as loop nests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from srcad.emit.printer import expression
from srcad.ir.nodes import Const, Let, Var
from srcad.loops import fusion, reductions
from srcad.loops.complexes import is_ordering
from srcad.loops.elements import NotScalar
from srcad.loops.items import Item

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


def over_axes(writer: LoopWriter, stmt: Let, name: str) -> bool:
    """Write `np.max(x, axis)`: start from the first element, then run over all of them.

    A nan wins against everything, as in NumPy.  False if the statement has no such form.
    """
    array = stmt.args[0]
    axes = reductions.axes_of(stmt)
    if not isinstance(array, Var) or axes is None or len(axes) == array.kind.rank:
        return False
    if is_ordering(stmt):
        return False
    rank = array.kind.rank
    keeps = dict(stmt.kwargs).get("keepdims", Const(False)) == Const(True)
    if array in writer.folding.lets and array.kind.rank:
        writer.materialise(array)
    elements = writer.elements()
    counters, index = writer.indices(list(array.shape))
    dims = [d for i, d in enumerate(array.shape) if i not in axes]
    # Nests are fused whose counters have the same names: the first ones, in order.
    outer, outside = writer.indices(dims)
    left = iter(outside)
    first: list[ast.expr] = [ast.Constant(0) if i in axes else next(left) for i in range(rank)]
    kept = [ast.Constant(0) if i in axes else c for i, c in enumerate(index)]
    if not keeps:
        kept = [c for i, c in enumerate(index) if i not in axes]
    try:
        lengths = [elements.length(array, axis) for axis in range(rank)]
        start = elements.element(array, first)
        value = elements.element(array, index)
    except NotScalar:
        return False
    sizes = [lengths[i] for i in range(rank) if i not in axes]
    if keeps:
        sizes = [ast.Constant(1) if i in axes else n for i, n in enumerate(lengths)]
    writer.helpers.add("Bail")
    empty = " or ".join(f"{expression(lengths[i])} == 0" for i in axes)
    dtype = stmt.target.kind.dtype
    before = [f"if {empty}:", "    raise Bail"]
    begin = Item("define", name, first if keeps else outside, start, None, dtype)
    extents = [n for i, n in enumerate(lengths) if i not in axes]
    fusion.push(writer, begin, dims, extents, elements, outer, before)
    begin.shape = sizes
    kind: Any = "max" if "max" in stmt.primitive.text else "min"
    item = Item(kind, name, kept, value, None, dtype)
    fusion.push(writer, item, list(array.shape), lengths, elements, counters, [])
    return True
