"""What has been written but not put down yet: nests and lines that may still move past each other.

A statement joins the latest nest over its space that it can reach: it may move up past what it
neither reads from nor writes to.  Numbers and allocations are put down as early as they can be, so
that they do not keep nests apart.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from srcad.loops.items import Item
from srcad.loops.nests import Nest

CONTROL = ("if ", "for ", "while ", "else:", "return", "raise", "with ", "break", "    ", "pass")


@dataclass
class Line:
    """One plain statement."""

    text: str
    reads: frozenset[str]
    writes: frozenset[str]
    note: list[str] = field(default_factory=list)


Element = Nest | Line


def plain_line(text: str) -> Line | None:
    """A statement that may wait; None for control flow, which may not."""
    if text.startswith(CONTROL) or text.startswith(("#", '"""')):
        return None
    try:
        tree = ast.parse(text).body[0]
    except SyntaxError:
        return None
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    writes: set[str] = set()
    match tree:
        case ast.Assign(targets=targets):
            for target in targets:
                writes |= _written(target)
        case ast.AugAssign(target=target):
            writes |= _written(target)
        case _:
            return None
    return Line(text, frozenset(names), frozenset(writes))


def _written(target: ast.expr) -> set[str]:
    match target:
        case ast.Name(id=name):
            return {name}
        case ast.Subscript(value=value):
            return _written(value)
        case ast.Tuple(elts=elements):
            return set().union(*map(_written, elements))
    return set()


def touched(element: Element) -> tuple[set[str], set[str]]:
    """The names that an element reads, and those that it writes."""
    if isinstance(element, Line):
        return set(element.reads), set(element.writes)
    reads: set[str] = set()
    writes = element.written()
    for item in element.items():
        reads |= item.names()
    for text in element.before:
        line = plain_line(text.strip())
        if line is not None:
            reads |= line.reads
            writes |= line.writes
        else:
            reads |= {n.id for n in ast.walk(_parsed(text)) if isinstance(n, ast.Name)}
    for length in element.lengths:
        reads |= {n.id for n in ast.walk(length) if isinstance(n, ast.Name)}
    return reads, writes


def _parsed(text: str) -> ast.AST:
    stripped = text.strip()
    try:
        return ast.parse(stripped + " pass" if stripped.endswith(":") else stripped)
    except SyntaxError:
        return ast.Module([], [])


def commute(
    first: tuple[set[str], set[str]],
    second: tuple[set[str], set[str]],
    alias: Callable[[str, str], bool],
) -> bool:
    """Whether two elements may change places."""
    reads_a, writes_a = first
    reads_b, writes_b = second
    return not (
        any(alias(x, y) for x in writes_a for y in reads_b | writes_b)
        or any(alias(x, y) for x in writes_b for y in reads_a)
    )


def item_touches(item: Item, ready: list[str]) -> tuple[set[str], set[str]]:
    """What an item and the lines before it read and write."""
    reads, writes = item.names(), {item.target}
    for text in ready:
        line = plain_line(text.strip())
        if line is not None:
            reads |= line.reads
            writes |= line.writes
    return reads, writes
