"""Bars that are exactly zero contribute zero, whatever they are divided by: without a branch."""

from __future__ import annotations

import ast
import math


def divided(bar: ast.expr, value: ast.expr) -> ast.expr | None:
    """`bar / x` where the bar is not zero and 0 where it is, as `bar / where(bar != 0.0, x, 1.0)`.

    A branch would keep a loop from being taken in vectors, or make it choose between two of them.

    Args:
        bar: the element of a bar.
        value: what it contributes where it is not zero.

    Returns:
        The expression; None if `value` is not a multiple of the bar divided by what is computed
        without errors of its own.
    """
    match value:
        case ast.BinOp(left, ast.Div(), right) if _is_multiple(left, bar) and _is_harmless(right):
            test = ast.Compare(bar, [ast.NotEq()], [ast.Constant(0.0)])
            arguments: list[ast.expr] = [test, right, ast.Constant(1.0)]
            return ast.BinOp(
                left, ast.Div(), ast.Call(ast.Name("where", ast.Load()), arguments, [])
            )
    return None


def _is_multiple(value: ast.expr, bar: ast.expr) -> bool:
    """Whether a value is a finite number times the bar, and so 0 where that is."""
    match value:
        case ast.UnaryOp(ast.USub(), operand):
            return _is_multiple(operand, bar)
        case ast.BinOp(ast.Constant(float() | int() as factor), ast.Mult(), right):
            return math.isfinite(factor) and _is_multiple(right, bar)
        case ast.BinOp(left, ast.Mult(), ast.Constant(float() | int() as factor)):
            return math.isfinite(factor) and _is_multiple(left, bar)
    return ast.dump(value) == ast.dump(bar)


def _is_harmless(value: ast.expr) -> bool:
    """Whether a divisor may be computed for bars that are zero, too."""
    match value:
        case ast.Name() | ast.Constant() | ast.Subscript():
            return True
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult(), right):
            return _is_harmless(left) and _is_harmless(right)
        case ast.Call(ast.Attribute(ast.Name("np"), "sqrt"), [argument]):
            return _is_harmless(argument)
    return False
