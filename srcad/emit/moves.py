"""Values that change names all at once, as assignments that come one after the other."""

from __future__ import annotations

import ast
from collections.abc import Sequence

Move = tuple[str, str]
"""A name, and the text of its new value."""


def in_order(moves: Sequence[Move]) -> list[list[Move]]:
    """Order moves so that every name is read before it is given away.

    Args:
        moves: what is to happen at once; no name is given twice.

    Returns:
        What to write, line by line: one move, or those that only a tuple can exchange.

    >>> in_order([("a", "b"), ("c", "a")])
    [[('c', 'a')], [('a', 'b')]]
    >>> in_order([("a", "b"), ("b", "a"), ("c", "b")])
    [[('c', 'b')], [('a', 'b'), ('b', 'a')]]
    """
    left = [move for move in moves if move[0] != move[1]]
    reads = {move: _names(move[1]) for move in left}
    lines = []
    while left:
        closed = [_before(move, left, reads) for move in left]
        first = min(closed, key=len)
        lines.append([move for move in left if move in first])
        left = [move for move in left if move not in first]
    return lines


def _before(move: Move, moves: list[Move], reads: dict[Move, set[str]]) -> set[Move]:
    """The move, and those that have to come before it or with it."""
    found: set[Move] = set()
    stack = [move]
    while stack:
        here = stack.pop()
        found.add(here)
        stack += [m for m in moves if here[0] in reads[m] and m != here and m not in found]
    return found


def _names(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
