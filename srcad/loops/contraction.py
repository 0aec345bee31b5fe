"""Arrays that only one loop nest needs: a number a trip, a row, or what they are computed from."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from srcad.ir.nodes import Var

if TYPE_CHECKING:
    from srcad.loops.nests import Item, Nest

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
    last = [item.live_after for item in nest.items()][-1]
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


def contractible(nest: Nest) -> dict[str, tuple[str, str]]:
    """Arrays that only this nest needs: one number a trip, or one row."""
    found: dict[str, tuple[str, str]] = {}
    last = [item.live_after for item in nest.items()][-1]
    for number, segment in enumerate(nest.segments):
        for item in segment:
            if item.kind != "define" or item.var is None or item.var in last:
                continue
            same = [other for other in nest.items() if other.target == item.target]
            if not _replaceable(nest, item, same, segment, last):
                continue
            places = {
                n
                for n, other_segment in enumerate(nest.segments)
                for other in other_segment
                for name, key in other.reads()
                if name == item.target
            }
            plain = item.own_key()
            exact = all(
                key == plain
                for other in nest.items()
                for name, key in other.reads()
                if name == item.target
            )
            if not exact:
                continue
            if places <= {number} or len(same) > 1:
                found[item.target] = ("number", item.dtype)
            elif len(nest.counters) > 1:
                found[item.target] = ("row", item.dtype)
    return found


def _replaceable(
    nest: Nest, item: Item, same: list[Item], segment: list[Item], last: frozenset[Var]
) -> bool:
    """Whether an array that is changed after it was made can still be one number a trip."""
    if len(same) == 1:
        return True
    key = item.own_key()
    return all(
        other in segment
        and other.own_key() == key
        and other.kind in ("define", "add", "store")
        and (other.var is not None and other.var not in last)
        for other in same
    ) and not any(
        name == item.target
        for other in nest.items()
        if other not in segment
        for name, _ in other.reads()
    )


class Contract(ast.NodeTransformer):
    """Puts numbers and rows in the place of the elements of contracted arrays."""

    def __init__(
        self,
        contracted: dict[str, tuple[str, str]],
        counters: list[str],
        own: Callable[[str], str],
    ) -> None:
        self.contracted = contracted
        self.counters = counters
        self.own = own

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self.contracted:
            name = node.value.id
            if self.contracted[name][0] == "number":
                stem = f"{name}_{''.join(self.counters) or 'here'}"
                return ast.Name(self.own(stem), ast.Load())
            inner = ast.Name(self.counters[-1], ast.Load())
            row = ast.Name(self.own(f"{name}_row"), ast.Load())
            return ast.Subscript(row, inner, ast.Load())
        return self.generic_visit(node)


def copied(node: ast.expr) -> ast.expr:
    """An expression that can be changed."""
    return copy.deepcopy(node)
