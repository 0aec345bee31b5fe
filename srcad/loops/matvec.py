"""Products with vectors as loops: parts of arrays are read where they are, and not copied."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from srcad.ir.dims import ONE
from srcad.ir.nodes import Let, Operand, Slice, Var
from srcad.ir.walk import items_of
from srcad.loops import fusion
from srcad.loops.calls import BLAS
from srcad.loops.elements import NotScalar, has_arrays
from srcad.loops.items import Item
from srcad.loops.nests import zero
from srcad.loops.syntax import product

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter

PRODUCTS = ("@", "np.dot", "np.matmul")


def inner(writer: LoopWriter, stmt: Let) -> ast.expr | None:
    """The product of two vectors, as a loop before the statement; None if it is none of floats."""
    if stmt.primitive.text not in (*PRODUCTS, "np.inner") or len(stmt.args) != 2:
        return None
    left, right = stmt.args
    dtype = stmt.target.kind.dtype
    if not (_rank(left) == _rank(right) == 1) or dtype not in BLAS:
        return None
    assert isinstance(left, Var)
    assert isinstance(right, Var)
    if {left.kind.dtype, right.kind.dtype} != {dtype}:
        return None
    elements = writer.elements()
    counters, index = writer.indices(list(left.shape))
    try:
        value = product(elements.at(left, index), elements.at(right, index), left.kind, right.kind)
        lengths = [elements.length(left, 0), elements.length(right, 0)]
    except NotScalar:
        return None
    if not writer.sizes.equal(left.shape[0], right.shape[0]):
        elements.checks.append((lengths[0], lengths[1]))
    name = writer.fresh("total")
    item = Item("sum", name, [], value, None, dtype)
    before = [f"{name} = {zero(dtype)}"]
    fusion.push(writer, item, list(left.shape), lengths[:1], elements, counters, before)
    return ast.Name(name, ast.Load())


def fused(writer: LoopWriter, stmt: Let, name: str, into: bool = False) -> bool:
    """Write `name = matrix @ vector` as a nest over the elements of the matrix.

    Only where the matrix would have to be computed or copied first; one that is in memory as a
    whole is BLAS's. With `into`, it is `name += matrix @ vector`.
    """
    if stmt.primitive.text not in PRODUCTS or stmt.target.kind.dtype not in BLAS:
        return False
    left, right = stmt.args
    if _rank(left) == 2 and _rank(right) == 1:
        matrix, vector, sums_rows = left, right, False
    elif _rank(left) == 1 and _rank(right) == 2:
        matrix, vector, sums_rows = right, left, True
    else:
        return False
    assert isinstance(matrix, Var)
    assert isinstance(vector, Var)
    held = writer.folding.lets.get(matrix)
    if held is not None and held.primitive.text == "np.transpose" and len(held.args) == 1:
        source = held.args[0]
        if not isinstance(source, Var):
            return False
        matrix, sums_rows = source, not sums_rows
        held = writer.folding.lets.get(matrix)
    if held is None or not writer.is_elementwise(held):
        return False
    if not (_is_part(writer, vector) and (sums_rows or _runs_along(writer, vector))):
        writer.materialise(vector)
    elements = writer.elements()
    counters, index = writer.indices(list(matrix.shape))
    try:
        lengths = [elements.length(matrix, axis) for axis in range(2)]
        value = elements.element(matrix, index)
        along, kept = (index[0], index[1]) if sums_rows else (index[1], index[0])
        weight = elements.at(vector, [along])
        length = elements.length(vector, 0)
    except NotScalar:
        return False
    inner, outer = (0, 1) if sums_rows else (1, 0)
    if not writer.sizes.equal(matrix.shape[inner], vector.shape[0]):
        elements.checks.append((lengths[inner], length))
    product = ast.BinOp(value, ast.Mult(), weight)
    place = sum(dim != ONE for dim in matrix.shape[:outer]) if matrix.shape[outer] != ONE else -1
    item = Item("add", name, [kept], product, None, stmt.target.kind.dtype)
    if into and any(writer.alias(other, name) for other in item.names()):
        return False
    item.zeros = None if into else [place]
    writer.pinned.add(name)
    fusion.push(writer, item, list(matrix.shape), lengths, elements, counters, [])
    return True


def _is_part(writer: LoopWriter, vector: Var) -> bool:
    """Whether a vector is part of an array, which can be read where it is."""
    held = writer.folding.lets.get(vector)
    return held is not None and held.primitive.text == "getitem" and not has_arrays(held.args[1])


def _runs_along(writer: LoopWriter, vector: Var) -> bool:
    """Whether part of an array is along the last axis, where elements lie side by side."""
    array, index = writer.folding.lets[vector].args
    items = items_of(index)
    whole = isinstance(array, Var) and len(items) == array.kind.rank
    return whole and isinstance(items[-1], Slice) and items[-1].step is None


def _rank(operand: Operand) -> int:
    return operand.kind.rank if isinstance(operand, Var) else 0
