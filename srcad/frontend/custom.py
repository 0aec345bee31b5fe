"""What a program tells its derivatives: `srcad.stop_gradient`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass, replace
from typing import TYPE_CHECKING, Any

import gast

from srcad import custom
from srcad.errors import UnsupportedType
from srcad.frontend import expressions, growing, memory, objects
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
)
from srcad.ir.nodes import Const, Var
from srcad.ir.primitives import Primitive
from srcad.rules.marks import STOP

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Leaf = Callable[[Number | Array], Value]


def _stop_gradient(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`stop_gradient(tree)`."""
    given = dict(zip(("tree",), args, strict=False)) | kwargs
    if len(args) + len(kwargs) != 1 or "tree" not in given:
        ctx.refuse("`stop_gradient` takes one argument, `tree`", node)
    return changed(ctx, given["tree"], lambda leaf: marked(ctx, STOP, leaf), node)


def marked(ctx: Lowering, mark: Primitive, leaf: Number | Array, *others: Const) -> Value:
    """A number or array that means something else to the derivative; the memory is the same."""
    atom = expressions.operand(ctx, leaf)
    if not leaf.kind.is_inexact or not isinstance(atom, Var):
        return leaf
    made = ctx.builder.emit(mark, atom, *others, hint=atom.hint)
    if atom in ctx.builder.contiguous:
        ctx.builder.contiguous.add(made)
    return memory.new_array(
        ctx, made, frozenset({leaf.cell}) if isinstance(leaf, Array) else frozenset()
    )


def changed(ctx: Lowering, value: Value, leaf: Leaf, node: gast.AST) -> Value:
    """A tree with other leaves: its containers are new ones."""
    value = objects.resolve(ctx, value, node)

    def inner(part: Value) -> Value:
        return changed(ctx, part, leaf, node)

    match value:
        case Number() | Array():
            return leaf(value)
        case Static() | Foreign():
            return value
        case Items(items=items):
            return Items(tuple(map(inner, items)), value.type)
        case Ref(identity=identity):
            content: Any = ctx.state.heap[identity]
            match content:
                case Sequence(items=items):
                    return Ref(ctx.heap(replace(content, items=tuple(map(inner, items)))))
                case Mapping(items=pairs):
                    pairs = tuple((key, inner(item)) for key, item in pairs)
                    return Ref(ctx.heap(replace(content, items=pairs)))
                case Record(type=kind, fields=fields) if is_dataclass(kind):
                    fields = tuple((name, inner(item)) for name, item in fields)
                    return Ref(ctx.heap(Record(kind, fields)))
                case Rows():
                    return _rows(ctx, value, leaf, node)
    ctx.refuse(
        f"{objects.describe(ctx, value)} is no tree of numbers and arrays",
        node,
        "give it numbers, arrays, and tuples, lists, dicts or dataclasses of them",
        UnsupportedType,
    )


def _rows(ctx: Lowering, value: Ref, leaf: Leaf, node: gast.AST) -> Value:
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


def _made_inside(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    ctx.refuse(
        "a function is given its rule inside of the function that is differentiated",
        node,
        "decorate it outside of the function, and pass what it needs as arguments",
    )


HANDLERS: dict[Any, Any] = {
    custom.stop_gradient: _stop_gradient,
    custom.custom_jvp: _made_inside,
    custom.custom_vjp: _made_inside,
}
