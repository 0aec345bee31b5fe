"""Products of a vector with a matrix that is only an expression: never put into memory."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from srcad.ir.dims import ONE
from srcad.ir.nodes import Let, Operand, Var
from srcad.loops import fusion
from srcad.loops.elements import NotScalar
from srcad.loops.items import Item

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


def fused(writer: LoopWriter, stmt: Let, name: str, into: bool = False) -> bool:
    """Write `name = matrix @ vector` as a nest over the elements of the matrix.

    Only where the matrix would have to be computed first; one that is in memory is BLAS's. With
    `into`, it is `name += matrix @ vector`.
    """
    if stmt.primitive.text not in ("@", "np.dot", "np.matmul"):
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
    if held is None or not writer.is_elementwise(held) or held.primitive.text == "getitem":
        return False
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


def _rank(operand: Operand) -> int:
    return operand.kind.rank if isinstance(operand, Var) else 0
