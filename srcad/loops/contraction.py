"""Arrays that only one loop nest needs and that are cheap: computed again where they are read."""

from __future__ import annotations

import ast
import copy
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srcad.loops.items import Item
    from srcad.loops.nests import Nest

CHEAP = 2
"""Operations that are rather done again in another inner loop than kept in an array for it."""

PLAIN = (
    *(ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Name, ast.Constant, ast.Tuple),
    *(ast.Add, ast.Sub, ast.Mult, ast.unaryop, ast.Load),
)
"""What such operations are written in: a quotient takes as long as many of them."""


def inlined(nest: Nest, needed: set[str]) -> list[list[Item]]:
    """The inner loops of a nest, with cheap arrays of its own computed again where they are read.

    `needed` are the names that other code reads.
    """
    segments = nest.segments
    if len(segments) < 2 or len(nest.counters) != 1:
        return segments
    last = nest.after
    for item in list(nest.items()):
        own = item.var is not None and item.var not in last and item.target not in needed
        if own and item.kind == "define" and item.dtype == "float64" and _is_repeatable(nest, item):
            again = _Again(item)
            segments = [
                [replace(o, value=again.visit(copied(o.value))) for o in segment if o is not item]
                for segment in segments
            ]
            segments = [segment for segment in segments if segment]
            nest.segments = segments
    return segments


def _is_repeatable(nest: Nest, item: Item) -> bool:
    """Whether an array can be computed again element by element, wherever the nest reads it."""
    nodes = list(ast.walk(item.value))
    if not all(isinstance(node, PLAIN) for node in nodes):
        return False
    if sum(isinstance(node, ast.BinOp) for node in nodes) > CHEAP:
        return False
    others = [other for other in nest.items() if other is not item]
    if any(nest.alias(name, other.target) for other in others for name in item.names()):
        return False
    if any(other.target == item.target or item.target in _in_index(other) for other in others):
        return False
    key = item.own_key()
    reads = [(o, read) for o in others for name, read in o.reads() if name == item.target]
    here = next(segment for segment in nest.segments if any(o is item for o in segment))
    elsewhere = any(all(o is not other for other in here) for o, _ in reads)
    return elsewhere and all(read == key for _, read in reads)


def _in_index(item: Item) -> set[str]:
    return {n.id for part in item.index for n in ast.walk(part) if isinstance(n, ast.Name)}


class _Again(ast.NodeTransformer):
    """Puts the expression that an array is computed by in the place of its elements."""

    def __init__(self, item: Item) -> None:
        self.item = item

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == self.item.target:
            return copied(self.item.value)
        return self.generic_visit(node)


def copied(node: ast.expr) -> ast.expr:
    """An expression that can be changed."""
    return copy.deepcopy(node)
