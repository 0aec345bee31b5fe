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
    outer: Sequence[str] = (),
) -> bool:
    """Whether no trip of a loop touches an element that another trip writes.

    Args:
        stores: the elements that a trip writes.
        values: the expressions that it computes.
        counter: the counter of the loop.
        alias: whether two names may be the same memory.
        outer: counters of loops around it that begin with 0.
    """
    touched = [*stores, *(element for value in values for element in elements(value))]
    bare = {name for value in values for name in _bare(value)}
    for name, index in stores:
        if any(alias(name, other) for other in bare):
            return False
        if not any(counts(part, counter) for part in index):
            return False
        key = text_of(index)
        for other, other_index in touched:
            other_key = text_of(other_index)
            if name == other and (key == other_key or in_other_rows(key, other_key, outer)):
                continue
            if alias(name, other):
                return False
    return True


def in_other_rows(first: tuple[str, ...], second: tuple[str, ...], outer: Sequence[str]) -> bool:
    """Whether two places in an array differ along an axis as long as `outer` stand still.

    They are counters from 0 on, so that no place counts from the end of the axis.
    """
    for one, two in zip(first, second, strict=False):
        a, b = _ahead(one), _ahead(two)
        if a is not None and b is not None and a[0] == b[0] in outer and a[1] != b[1]:
            return True
    return False


def _ahead(text: str) -> tuple[str, int] | None:
    """The counter and the number in `i`, `i + 2`."""
    match ast.parse(text, mode="eval").body:
        case ast.Name(id=name):
            return name, 0
        case ast.BinOp(ast.Name(id=name), ast.Add(), ast.Constant(value=int(number))):
            return name, number
    return None


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


def counts(part: ast.expr, counter: str) -> bool:
    """Whether an index is another one in every trip: `j`, `j + 1`, `n - 1 - 2 * j`."""
    match part:
        case ast.Name(id=name):
            return name == counter
        case ast.BinOp(left, ast.Add() | ast.Sub(), right):
            inside = mentions(left, counter), mentions(right, counter)
            return inside != (True, True) and (counts(left, counter) or counts(right, counter))
        case ast.BinOp(ast.Constant(value=int(factor)), ast.Mult(), right):
            return factor != 0 and counts(right, counter)
        case ast.BinOp(left, ast.Mult(), ast.Constant(value=int(factor))):
            return factor != 0 and counts(left, counter)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return counts(operand, counter)
    return False


def mentions(part: ast.expr, counter: str) -> bool:
    """Whether an expression reads a counter."""
    return any(isinstance(node, ast.Name) and node.id == counter for node in ast.walk(part))
