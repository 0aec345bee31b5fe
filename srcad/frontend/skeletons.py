"""Containers of values as Python's own containers, with holes where the numbers and arrays are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from srcad import trees
from srcad.frontend import outside, value_trees
from srcad.frontend.values import Foreign, Items, Mapping, Record, Ref, Sequence, Static, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


class Hole:
    """Stands for leaf number `index` of a value that was taken apart."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


def apart(ctx: Lowering, value: Value, found: list[Value]) -> Any:
    """The containers of a value; its leaves are appended to those found already."""
    value = outside.resolve(ctx, value)
    content: Any = ctx.state.heap[value.identity] if isinstance(value, Ref) else value
    match content:
        case Static(value=None):
            return None
        case Items(items=items, type=kind):
            parts = [apart(ctx, item, found) for item in items]
            return tuple(parts) if kind is tuple else kind(*parts)
        case Sequence(items=items, deque=None):
            return [apart(ctx, item, found) for item in items]
        case Mapping(items=pairs):
            return {key: apart(ctx, item, found) for key, item in pairs}
        case Record(type=kind, fields=fields) if dataclasses.is_dataclass(kind):
            return _record(kind, {name: apart(ctx, item, found) for name, item in fields})
        case Foreign(value=thing) if value_trees.is_record(thing):
            wrapped = value_trees.outside_fields(ctx, content)
            return _record(type(thing), {name: apart(ctx, part, found) for name, part in wrapped})
    found.append(value)
    return Hole(len(found) - 1)


def together(ctx: Lowering, tree: Any, parts: list[Value]) -> Value:
    """New containers like those of a value, around these leaves."""
    match tree:
        case Hole():
            return parts[tree.index]
        case tuple():
            return Items(tuple(together(ctx, part, parts) for part in tree), type(tree))
        case list():
            return Ref(ctx.heap(Sequence(tuple(together(ctx, part, parts) for part in tree))))
        case dict():
            pairs = tuple((key, together(ctx, part, parts)) for key, part in tree.items())
            return Ref(ctx.heap(Mapping(pairs)))
        case None:
            return Static(None)
    fields = tuple((name, together(ctx, part, parts)) for name, part in vars(tree).items())
    return Ref(ctx.heap(Record(type(tree), fields)))


def shifted(tree: Any, first: int) -> Any:
    """The same tree with its holes counted from `first`."""
    holes, structure = trees.flatten(tree)
    return trees.unflatten(structure, [Hole(first + hole.index) for hole in holes])  # type: ignore[attr-defined]


def filled(tree: Any, leaves: list[Any]) -> Any:
    """The same containers around Python objects."""
    holes, structure = trees.flatten(tree)
    return trees.unflatten(structure, [leaves[hole.index] for hole in holes])  # type: ignore[attr-defined]


def leaf_paths(tree: Any, root: str) -> tuple[list[int], list[str]]:
    """The holes of a tree in the order of `trees.flatten`, and the expressions for them."""
    holes, structure = trees.flatten(tree)
    return [hole.index for hole in holes], trees.paths(structure, root)  # type: ignore[attr-defined]


def _record(kind: Any, fields: dict[str, Any]) -> Any:
    made: Any = object.__new__(kind)
    for name, part in fields.items():
        object.__setattr__(made, name, part)
    return made
