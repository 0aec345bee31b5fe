"""Trees of abstract values: their leaves, and the same tree with others."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from srcad.errors import UnsupportedType
from srcad.frontend import control, memory, objects
from srcad.frontend.values import (
    Array,
    Items,
    Mapping,
    Number,
    Record,
    Ref,
    Rows,
    Sequence,
    Value,
)
from srcad.ir.kinds import kind_of
from srcad.ir.nodes import Atom, Const, ShapeOf, Var
from srcad.rules.indexing import size

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering, Syntax


def mapped(
    ctx: Lowering, value: Value, change: Callable[[Number | Array], Value], node: Syntax
) -> Value:
    """A tree with other leaves; its lists, dicts and objects are new ones.

    Args:
        ctx: the lowering.
        value: numbers, arrays, and containers of them.
        change: gives a leaf for each number and array, in order.
        node: where this happens, for errors.
    """
    value = objects.resolve(ctx, value, node)
    match value:
        case Number() | Array():
            return change(value)
        case Items(items=items, type=kind):
            return Items(tuple(mapped(ctx, item, change, node) for item in items), kind)
        case Ref(identity=identity):
            match ctx.state.heap[identity]:
                case Sequence(items=items, deque=None):
                    made = tuple(mapped(ctx, item, change, node) for item in items)
                    return Ref(ctx.heap(Sequence(made)))
                case Mapping(items=pairs, factory=None):
                    named = ((key, mapped(ctx, item, change, node)) for key, item in pairs)
                    return Ref(ctx.heap(Mapping(tuple(named))))
                case Record(type=kind, fields=pairs):
                    named = ((key, mapped(ctx, item, change, node)) for key, item in pairs)
                    return Ref(ctx.heap(Record(kind, tuple(named))))
                case Rows():
                    ctx.refuse(
                        "a list whose length is known only at run time cannot be taken apart",
                        node,
                        "make an array of it: np.array(items)",
                        UnsupportedType,
                    )
    return value


def leaves(ctx: Lowering, value: Value, node: Syntax) -> list[Number | Array]:
    """The numbers and arrays of a tree, in order."""
    found: list[Number | Array] = []

    def note(leaf: Number | Array) -> Value:
        found.append(leaf)
        return leaf

    mapped(ctx, value, note, node)
    return found


def leaf_of(ctx: Lowering, atom: Atom) -> Value:
    """A number or array as a value of its own."""
    if isinstance(atom, Const):
        return Number(atom, kind_of(atom.value))
    return memory.new_array(ctx, atom)


def check_shape(ctx: Lowering, left: Var, right: Var, message: str, hint: str) -> bool:
    """Whether two arrays may have one shape; where only the run tells, it checks that."""
    if left.kind.rank != right.kind.rank:
        return False
    for axis, (one, other) in enumerate(zip(left.shape, right.shape, strict=True)):
        answer = ctx.sizes.equal(one, other)
        if answer is None:
            sides = (ctx.builder.emit(size, ShapeOf(var), Const(axis)) for var in (left, right))
            control.refuse_if(ctx, ctx.builder.emit(operator.ne, *sides), message, hint)
        elif not answer:
            return False
    return True
