"""Assignments of loop nests, and additions to one element that are made as one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from srcad.ir.nodes import Var
from srcad.loops.order import elements, text_of

LONGEST = 16
"""Operations that the terms of one accumulation may have together."""

Alias = Callable[[str, str], bool]
"""Whether two names may be the same memory."""

Kind = Literal["define", "store", "add", "sum", "max", "min"]


@dataclass
class Item:
    """One assignment in the body of a nest."""

    kind: Kind
    target: str
    index: list[ast.expr]
    value: ast.expr
    var: Var | None = None
    dtype: str = "float64"
    live_after: frozenset[Var] = frozenset()
    shape: list[ast.expr] = field(default_factory=list)
    zeros: list[int] | None = None
    """Axes of the space that a sum keeps (-1 for length 1): it starts from zeros of that shape."""

    def reads(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The elements that the value reads: the array and the text of the index."""
        for name, index in elements(self.value):
            yield name, text_of(index)

    def names(self) -> set[str]:
        """Every name in the value and the index."""
        every = [self.value, *self.index]
        return {n.id for e in every for n in ast.walk(e) if isinstance(n, ast.Name)}

    def own_key(self) -> tuple[str, ...]:
        """The text of the index that is written."""
        return text_of(self.index)

    @property
    def is_reduction(self) -> bool:
        """Whether the item ends in one number."""
        return self.kind in ("sum", "max", "min") and not self.index


def together(segment: list[Item], item: Item, ordered: bool, alias: Alias) -> Item:
    """What is added to an element, and what was assigned or added to it before, in one.

    Args:
        segment: the assignments of an inner loop, of which the earlier one is taken out.
        item: the one to join them.
        ordered: whether what is added has to be added term by term.
        alias: whether two names may be the same memory.
    """
    for place in range(len(segment) - 1, -1, -1):
        other = segment[place]
        if other.target != item.target:
            if _touches(other, item.target, alias):
                return item
            continue
        if other.is_reduction or not _can_be_one(other, item):
            return item
        if ordered and (other.kind == "add" or _is_zero(other.value)):
            return item  # `0.0 + x` is not `x` where that is -0.0
        changed = {item.target, *(later.target for later in segment[place + 1 :])}
        reads = {*other.names(), *(item.names() & {item.target})}
        if any(alias(name, target) for name in reads for target in changed):
            return item
        del segment[place]
        return _joined(other, item)
    return item


def taken_along(segments: list[list[Item]], item: Item, alias: Alias) -> Item:
    """An addition with an earlier one to the same element, which can wait until then.

    Args:
        segments: the inner loops, of which the earlier addition is taken out.
        item: the later addition.
        alias: whether two names may be the same memory.
    """
    if item.kind != "add":
        return item
    later: list[Item] = []
    for segment in reversed(segments):
        for other in reversed(segment):
            same = other.kind == "add" and other.target == item.target
            if same and other.zeros is None and _can_be_one(other, item):
                if any(meet(other, behind, alias) for behind in (item, *later)):
                    return item
                segment[:] = [kept for kept in segment if kept is not other]
                segments[:] = [kept for kept in segments if kept]
                return _joined(other, item)
            later.append(other)
    return item


def _can_be_one(first: Item, second: Item) -> bool:
    """Whether the second of two assignments adds to the element of the first."""
    return (
        second.kind == "add"
        and second.zeros is None
        and first.dtype == second.dtype
        and second.dtype in ("float64", "complex128")
        and first.own_key() == second.own_key()
        and _length(first) + _length(second) <= LONGEST
    )


def _joined(first: Item, second: Item) -> Item:
    known = first.var is not None and second.var is not None
    value = _sum(first.value, second.value)
    var = second.var if known else None
    return replace(first, value=value, var=var, live_after=second.live_after)


def meet(first: Item, second: Item, alias: Alias) -> bool:
    """Whether two assignments have to stay in their order."""
    if first.kind == second.kind == "add" and not (
        _reads(first, second.target, alias) or _reads(second, first.target, alias)
    ):
        return False
    return _touches(first, second.target, alias) or _touches(second, first.target, alias)


def _reads(item: Item, name: str, alias: Alias) -> bool:
    return any(alias(other, name) for other in item.names())


def _touches(item: Item, name: str, alias: Alias) -> bool:
    """Whether an item reads or writes an array."""
    return any(alias(other, name) for other in (item.target, *item.names()))


def _sum(first: ast.expr, second: ast.expr) -> ast.expr:
    if _is_zero(first):
        return second
    for term, other in ((second, first), (first, second)):
        match term:
            case ast.UnaryOp(ast.USub(), subtracted):
                return ast.BinOp(other, ast.Sub(), subtracted)
    return ast.BinOp(first, ast.Add(), second)


def _is_zero(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _length(item: Item) -> int:
    return sum(isinstance(node, ast.BinOp | ast.Call) for node in ast.walk(item.value))
