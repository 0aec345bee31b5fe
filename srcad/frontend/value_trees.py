"""Trees of abstract values: containers, with numbers and arrays for leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from srcad.errors import UnsupportedType
from srcad.frontend import growing, memory, objects, outside
from srcad.frontend.values import (
    Array,
    Foreign,
    Items,
    Mapping,
    Number,
    Record,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering, Syntax

Leaf = Callable[[Number | Array], Value]
Others = Literal["refused", "constant", "kept"]
"""What becomes of what is neither a leaf nor a container.

It is an error, unless it is None; or strings and objects from outside stay as they are; or
everything does, and objects of the user's plain classes are containers, too.
"""

Structure = tuple[Any, tuple[tuple[Any, "Structure | None"], ...]]
"""What a container is, and the keys and structures of its parts; None stands for leaves."""


def changed(
    ctx: Lowering, value: Value, leaf: Leaf, node: Syntax, others: Others = "refused"
) -> Value:
    """A tree with other leaves: its containers are new ones.

    Args:
        ctx: the lowering.
        value: the tree.
        leaf: gives the new one for each number and array, in order.
        node: where this happens, for errors.
        others: what becomes of all else.

    Raises:
        UnsupportedType: for what is no tree of numbers and arrays, naming the user's line.
    """
    value = outside.resolve(ctx, value, node)

    def inner(part: Value) -> Value:
        return changed(ctx, part, leaf, node, others)

    match value:
        case Number() | Array():
            return leaf(value)
        case Items(items=items, type=kind):
            return Items(tuple(map(inner, items)), kind)
        case Ref(identity=identity):
            content: Any = ctx.state.heap[identity]
            match content:
                case Sequence(items=items):
                    return Ref(ctx.heap(replace(content, items=tuple(map(inner, items)))))
                case Mapping(items=pairs):
                    pairs = tuple((key, inner(item)) for key, item in pairs)
                    return Ref(ctx.heap(replace(content, items=pairs)))
                case Record(type=kind, fields=fields) if others == "kept" or is_dataclass(kind):
                    fields = tuple((name, inner(item)) for name, item in fields)
                    return Ref(ctx.heap(Record(kind, fields)))
                case Rows():
                    return _rows(ctx, value, leaf, node)
        case Foreign() if others == "refused" and is_record(value.value):
            fields = tuple((name, inner(part)) for name, part in outside_fields(ctx, value))
            return Ref(ctx.heap(Record(type(value.value), fields)))
        case Static() | Foreign() if others == "constant" or is_none(value):
            return value
    if others == "kept":
        return value
    ctx.refuse(
        f"{objects.describe(ctx, value)} is no tree of numbers and arrays",
        node,
        "give it numbers, arrays, and tuples, lists, dicts or dataclasses of them",
        UnsupportedType,
    )


def _rows(ctx: Lowering, value: Ref, leaf: Leaf, node: Syntax) -> Value:
    """A list whose length is known only at run time: its array is changed as a whole."""
    made = growing.copied(ctx, value, node)
    assert isinstance(made, Ref)
    content = ctx.state.heap[made.identity]
    assert isinstance(content, Rows)
    held = ctx.state.memory[content.cell]
    other = leaf(Array(content.cell, held.kind))
    assert isinstance(other, Array)
    ctx.state.memory[content.cell] = memory.read(ctx, other)
    return made


def leaves(
    ctx: Lowering, value: Value, node: Syntax, others: Others = "refused"
) -> list[Number | Array]:
    """The numbers and arrays of a tree, in order."""
    found: list[Number | Array] = []

    def note(leaf: Number | Array) -> Value:
        found.append(leaf)
        return leaf

    changed(ctx, value, note, node, others)
    return found


def parts(ctx: Lowering, value: Value) -> tuple[Any, dict[Any, Value]] | None:
    """What a container is, and what it holds by index, key or field; None for all else."""
    match value:
        case Static(value=None):
            return type(None), {}
        case Items(items=items, type=kind):
            names = getattr(kind, "_fields", None) or range(len(items))
            return kind, dict(zip(names, items, strict=True))
        case Ref(identity=identity):
            match ctx.state.heap[identity]:
                case Sequence(items=items, deque=deque):
                    return "list" if deque is None else "deque", dict(enumerate(items))
                case Mapping(items=pairs):
                    return "dict", dict(pairs)
                case Record(type=kind, fields=fields):
                    return kind, dict(fields)
        case Foreign() if is_record(value.value):
            return type(value.value), dict(outside_fields(ctx, value))
    return None


def structure(ctx: Lowering, value: Value) -> Structure | None:
    """The containers of a tree as they are now."""
    found = parts(ctx, outside.resolve(ctx, value))
    if found is None:
        return None
    kind, held = found
    return kind, tuple((key, structure(ctx, part)) for key, part in held.items())


def arranged(ctx: Lowering, value: Value, like: Structure | None) -> list[Value] | None:
    """The leaves of a tree in the order of another one; None if that has another structure.

    Keys of dicts may be in another order, and None may stand for a leaf.
    """
    value = outside.resolve(ctx, value)
    found = parts(ctx, value)
    if like is None:
        return [value] if found is None or is_none(value) else None
    if found is None:
        return None
    (kind, held), (wanted, inside) = found, like
    if kind != wanted or held.keys() != dict(inside).keys():
        return None
    made: list[Value] = []
    for key, part in inside:
        leaf = arranged(ctx, held[key], part)
        if leaf is None:
            return None
        made += leaf
    return made


def is_record(thing: object) -> bool:
    """Whether a Python object is an instance of a dataclass."""
    return is_dataclass(thing) and not isinstance(thing, type)


def outside_fields(ctx: Lowering, value: Foreign) -> list[tuple[str, Value]]:
    """The fields of an instance of a dataclass that the program has from outside."""
    return [
        (name, outside.wrap(ctx, getattr(value.value, name), (*value.path, ("attr", name))))
        for name in (field.name for field in dataclasses.fields(value.value))
    ]
