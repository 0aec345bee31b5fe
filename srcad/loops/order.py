"""Which inner loops may run in any order: those whose trips keep to elements of their own."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

Element = tuple[str, list[ast.expr]]
"""An element of an array: its name and the parts of the index."""


def own_elements(
    stores: Sequence[Element],
    values: Sequence[ast.expr],
    counter: str,
    alias: Callable[[str, str], bool],
) -> bool:
    """Whether no trip of a loop touches an element that another trip writes.

    Args:
        stores: the elements that a trip writes.
        values: the expressions that it computes.
        counter: the counter of the loop.
        alias: whether two names may be the same memory.
    """
    touched = [*stores, *(element for value in values for element in elements(value))]
    bare = {name for value in values for name in _bare(value)}
    for name, index in stores:
        if any(alias(name, other) for other in bare):
            return False
        if not any(_counts(part, counter) for part in index):
            return False
        key = text_of(index)
        for other, other_index in touched:
            if alias(name, other) and (name != other or text_of(other_index) != key):
                return False
    return True


def elements(value: ast.expr) -> Iterator[Element]:
    """The elements that an expression reads."""
    for node in ast.walk(value):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            inside = node.slice
            yield node.value.id, inside.elts if isinstance(inside, ast.Tuple) else [inside]


def text_of(index: list[ast.expr]) -> tuple[str, ...]:
    """An index as text, part by part, to be compared with others."""
    return tuple(ast.unparse(part) for part in index)


def _bare(value: ast.expr) -> Iterator[str]:
    """Names that stand for themselves, not for one of their elements or attributes."""
    inside = {
        id(node.value)
        for node in ast.walk(value)
        if isinstance(node, ast.Subscript | ast.Attribute)
    }
    for node in ast.walk(value):
        if isinstance(node, ast.Name) and id(node) not in inside:
            yield node.id


def _counts(part: ast.expr, counter: str) -> bool:
    """Whether an index is another one in every trip: `j`, `j + 1`, `n - 1 - 2 * j`."""
    match part:
        case ast.Name(id=name):
            return name == counter
        case ast.BinOp(left, ast.Add() | ast.Sub(), right):
            inside = _mentions(left, counter), _mentions(right, counter)
            return inside != (True, True) and (_counts(left, counter) or _counts(right, counter))
        case ast.BinOp(ast.Constant(value=int(factor)), ast.Mult(), right):
            return factor != 0 and _counts(right, counter)
        case ast.BinOp(left, ast.Mult(), ast.Constant(value=int(factor))):
            return factor != 0 and _counts(left, counter)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _counts(operand, counter)
    return False


def _mentions(part: ast.expr, counter: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == counter for node in ast.walk(part))
