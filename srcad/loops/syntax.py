"""Small pieces of syntax that loop nests are made of."""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy as np

from srcad.ir.kinds import Kind
from srcad.ir.nodes import Const, Let

Index = list[ast.expr]


OF_BOOLS: dict[str, ast.operator] = {"+": ast.BitOr(), "*": ast.BitAnd()}
"""What these are of NumPy's bools; compiled, they would make ints of them."""


def subscript(array: ast.expr, index: Index) -> ast.expr:
    """`array[index]`; a 0-d array is a number here."""
    if not index:
        return array
    key = index[0] if len(index) == 1 else ast.Tuple(list(index), ast.Load())
    return ast.Subscript(array, key, ast.Load())


def compiled(stmt: Let) -> Let:
    """A new array as compiled code has it: objects are of the kind that they are known to be."""
    dtype = np.dtype(stmt.target.kind.dtype)
    args = tuple(Const(dtype) if arg == Const(np.dtype(object)) else arg for arg in stmt.args)
    return replace(stmt, args=args)


def plus(left: ast.expr, right: ast.expr) -> ast.expr:
    """A sum of ints, with constants put together."""
    if isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub):
        return minus(left, right.operand)
    if isinstance(right, ast.Constant):
        value = right.value
        if value == 0:
            return left
        if isinstance(value, int) and value < 0:
            return minus(left, ast.Constant(-value))
        if isinstance(left, ast.Constant):
            return ast.Constant(left.value + value)  # type: ignore[operator]
        if isinstance(left, ast.BinOp) and isinstance(left.right, ast.Constant):
            known = left.right.value
            if isinstance(left.op, ast.Add):
                return plus(left.left, ast.Constant(known + value))  # type: ignore[operator]
            if isinstance(left.op, ast.Sub):
                return plus(left.left, ast.Constant(value - known))  # type: ignore[operator]
    if isinstance(left, ast.Constant):
        return plus(right, left)
    return ast.BinOp(left, ast.Add(), right)


def minus(left: ast.expr, right: ast.expr) -> ast.expr:
    """A difference of ints, with constants put together."""
    if isinstance(right, ast.Constant):
        if right.value == 0:
            return left
        if isinstance(left, ast.Constant):
            return ast.Constant(left.value - right.value)  # type: ignore[operator]
        if isinstance(left, ast.BinOp) and isinstance(left.right, ast.Constant):
            known = left.right.value
            if isinstance(left.op, ast.Sub):
                return ast.BinOp(left.left, ast.Sub(), ast.Constant(known + right.value))  # type: ignore[operator]
            if isinstance(left.op, ast.Add):
                return plus(left.left, ast.Constant(known - right.value))  # type: ignore[operator]
    return ast.BinOp(left, ast.Sub(), right)


def product(left: ast.expr, right: ast.expr, *kinds: Kind) -> ast.expr:
    """`left * right`; the other one where one is 1.0 and changes neither value nor dtype."""
    if kinds[0].dtype == kinds[1].dtype == "float64":
        for one, other in ((left, right), (right, left)):
            if isinstance(one, ast.Constant) and one.value == 1.0:
                return other
    return ast.BinOp(left, ast.Mult(), right)


def total(left: ast.expr, right: ast.expr) -> ast.expr:
    """`left + right` of numbers of any kind, `left - x` where the right one is `-x`."""
    if isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub):
        return ast.BinOp(left, ast.Sub(), right.operand)
    return ast.BinOp(left, ast.Add(), right)
