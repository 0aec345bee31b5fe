"""Reading lists whose length is known only at run time: their items, and arrays made of them."""

from __future__ import annotations

import operator
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import attributes, calls, control, expressions, memory, objects, outside
from srcad.frontend.values import (
    Array,
    Form,
    Items,
    Number,
    Ref,
    Rows,
    Sequence,
    SliceValue,
    Static,
    Value,
)
from srcad.ir.kinds import INT, Kind, python_type
from srcad.ir.nodes import Atom, Const, Slice, Var
from srcad.rules.indexing import getitem

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

JOINING = frozenset(
    {np.stack, np.concatenate, np.vstack, np.hstack, np.dstack, np.column_stack, np.block}
)


def is_rows(ctx: Lowering, value: Value) -> bool:
    """Whether a value is a list of unknown length."""
    return isinstance(value, Ref) and isinstance(ctx.state.heap[value.identity], Rows)


def truth(ctx: Lowering, held: Rows) -> bool | Var:
    """Whether there are items."""
    size = ctx.builder.size(held.count.atom)
    known = None if size is None else ctx.sizes.at_least(size, 1)
    return known if known is not None else ctx.builder.emit(operator.gt, held.count.atom, Const(0))


def unpacked(ctx: Lowering, value: Value, wanted: int) -> list[Value]:
    """The items of a list that has to have so many."""
    assert isinstance(value, Ref)
    held = ctx.state.heap[value.identity]
    assert isinstance(held, Rows)
    right = ctx.builder.emit(operator.eq, held.count.atom, Const(wanted))
    message = f"not enough or too many values to unpack (expected {wanted})"
    control.require(ctx, right, ValueError, message)
    return [_row(ctx, held, Const(i)) for i in range(wanted)]


def sample(ctx: Lowering, held: Rows) -> tuple[Value, ...]:
    """Something like the items of a list."""
    if held.form[0] == "number":
        return (Number(Const(held.kind.example()), held.kind),)
    return (_item(ctx, held, ctx.builder.emit(getitem, memory.content(ctx, held.cell), Const(0))),)


def is_full(ctx: Lowering, held: Rows) -> bool:
    """Whether the array has no rows beyond the items."""
    length = memory.content(ctx, held.cell).shape[0]
    return ctx.builder.size(held.count.atom) == length


def filled(ctx: Lowering, held: Rows) -> Var:
    """The rows that are items."""
    buffer = memory.content(ctx, held.cell)
    if is_full(ctx, held):
        return buffer
    return ctx.builder.emit(getitem, buffer, Slice(None, held.count.atom), hint=buffer.hint)


def array(ctx: Lowering, held: Rows, node: gast.AST, message: str = "") -> Array:
    """`np.array(items)`; `message` is what NumPy says where there are none."""
    buffer = memory.content(ctx, held.cell)
    for axis, _ in enumerate(takewhile(("tuple", "list").__contains__, ("list", *held.form))):
        count = attributes.length(ctx, buffer, axis) if axis else held.count
        # Without items, NumPy makes an array of floats with one axis.
        asked = bool(message) and not axis
        if asked or buffer.kind.rank > axis + 1 or held.kind.dtype != "float64":
            size = ctx.builder.size(count.atom)
            if size is None or not ctx.sizes.at_least(size, 1):
                if asked:
                    some = ctx.builder.emit(operator.gt, count.atom, Const(0))
                    control.require(ctx, some, ValueError, message)
                else:
                    none = ctx.builder.emit(operator.eq, count.atom, Const(0))
                    without = "a list without items is made an array with rows"
                    control.refuse_if(ctx, none, without, "ask first whether it has any")
    made = memory.new_array(ctx, filled(ctx, held))
    assert isinstance(made, Array)
    return made


def as_array(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    """An argument of a function of NumPy: a list of unknown length as an array."""
    if isinstance(value, Ref) and isinstance(held := ctx.state.heap[value.identity], Rows):
        return array(ctx, held, node)
    return value


def joined(
    ctx: Lowering, function: Any, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value | None:
    """`np.stack(items)` and its kin; None for functions that take an array in place of a list."""
    held = ctx.state.heap[args[0].identity] if isinstance(args[0], Ref) else None
    if not isinstance(held, Rows):
        return None
    given = {**dict(zip(("axis",), args[1:], strict=False)), **kwargs}
    if function in JOINING and (given or len(args) > 2):
        axis = objects.static(ctx, given.pop("axis", Static(None)), node)
        if function is np.stack and isinstance(axis, int) and axis and not given:
            whole = array(ctx, held, node, "need at least one array to stack")
            places = [expressions.literal(0), expressions.literal(axis)]
            return calls.call_python(ctx, np.moveaxis, [whole, *places], {}, node)
        if axis != 0 or given or len(args) > 2:
            ctx.refuse(
                "a list of unknown length cannot be joined in this way",
                node,
                "make it an array first: np.array(items)",
                UnsupportedType,
            )
    elif given:
        return None
    rank = memory.content(ctx, held.cell).kind.rank
    if function in (np.array, np.asarray):
        return array(ctx, held, node)
    if function is np.stack or (function is np.vstack and rank == 2):
        return array(ctx, held, node, "need at least one array to stack")
    message = "need at least one array to concatenate"
    if function is np.concatenate and rank == 1:
        message = "zero-dimensional arrays cannot be concatenated"
        return control.fail(ctx, ValueError(message))
    if function is np.hstack and rank == 1:
        return array(ctx, held, node, message)
    along_first = function is np.vstack or (function is np.hstack and rank == 2)
    if function is np.concatenate or along_first:
        whole = array(ctx, held, node, message)
        var = memory.read(ctx, whole)
        lengths = [attributes.length(ctx, var, axis) for axis in range(2, rank)]
        shape = Items((expressions.literal(-1), *lengths))
        return calls.call_python(ctx, np.reshape, [whole, shape], {}, node)
    if function is np.column_stack and rank == 2:
        whole = array(ctx, held, node, message)
        return calls.call_python(ctx, np.transpose, [whole], {}, node)
    if function in JOINING:
        ctx.refuse("a list of unknown length cannot be joined in this way", node)
    return None


def item(ctx: Lowering, held: Rows, index: Value, node: gast.AST) -> Value:
    """`items[index]`."""
    if isinstance(index, SliceValue):
        whole = memory.new_array(ctx, filled(ctx, held))
        part = expressions.subscript(ctx, whole, index, node)
        assert isinstance(part, Array)
        return listed(ctx, memory.read(ctx, part), held)
    word = "list" if held.deque is None else "deque"
    place = place_of(ctx, held, index, f"{word} index out of range")
    return place if isinstance(place, Number) else _row(ctx, held, place)


def listed(ctx: Lowering, var: Var, like: Rows) -> Ref:
    """A list of all the rows of an array."""
    cell = ctx.cell(var)
    ctx.grown.add(cell)
    memory.may_share(ctx.state, cell, frozenset({like.cell}))
    count = attributes.length(ctx, var, 0)
    held = replace(like, cell=cell, count=count, sites=frozenset(), deque=None)
    return Ref(ctx.heap(held))


def of_array(ctx: Lowering, value: Array) -> Value:
    """`list(x)` of an array: its elements, or its rows."""
    var = memory.read(ctx, value)
    kind = replace(var.kind, rank=var.kind.rank - 1)
    form: Form = ("array",) if kind.rank else ("number",)
    kind = kind if kind.rank else kind.scalar()
    like = Rows(value.cell, Number(Const(0), INT), kind, form, frozenset())
    return listed(ctx, var, like)


def row(ctx: Lowering, held: Rows, place: Atom) -> Value:
    """The item at a place that surely has one."""
    return _row(ctx, held, place)


def _row(ctx: Lowering, held: Rows, place: Any) -> Value:
    if ctx.state.dead:
        return Number(Const(0), INT)
    return _item(ctx, held, ctx.builder.emit(getitem, memory.content(ctx, held.cell), place))


def _item(ctx: Lowering, held: Rows, found: Var) -> Value:
    """An item of a list, of which a row is the content."""
    match held.form[0]:
        case "number":
            return _plain(ctx, found, held.kind)
        case "array":
            return memory.new_array(ctx, found, frozenset({held.cell}))
    length = found.shape[0]
    inner = replace(held, form=held.form[1:], sites=frozenset())
    if not length.is_constant:
        return inside(ctx, listed(ctx, found, inner))
    items = tuple(
        _item(ctx, inner, ctx.builder.emit(getitem, found, Const(i)))
        for i in range(length.constant)
    )
    return Items(items) if held.form[0] == "tuple" else inside(ctx, Ref(ctx.heap(Sequence(items))))


def inside(ctx: Lowering, item: Ref) -> Ref:
    """A list within a list of unknown length: what is written to it would not get there."""
    ctx.state.marks[item.identity] = "item"
    return item


def _plain(ctx: Lowering, found: Var, kind: Kind) -> Value:
    """A number as it was put in: one of Python's own is one again."""
    if not kind.is_python:
        return Number(found, found.kind)
    plain: Any = python_type(kind)
    return calls.call_python(ctx, plain, [Number(found, found.kind)], {}, gast.Pass())


def place_of(ctx: Lowering, held: Rows, index: Value, message: str) -> Any:
    """The row of an item, counted from the start; IndexError where there is none."""
    index = outside.resolve(ctx, index)
    if not isinstance(index, Number) or not (index.kind.is_integral or index.kind.is_bool):
        return control.fail(ctx, TypeError("list indices must be integers or slices"))
    atom, count = index.atom, held.count.atom
    where, many = ctx.builder.size(atom), ctx.builder.size(count)
    forward = None if where is None else ctx.sizes.at_least(where, 0)
    if is_full(ctx, held) and forward is not True:
        return atom  # NumPy counts from the end, and checks, as Python does
    emit = ctx.builder.emit
    if forward is None:
        back = emit(operator.add, atom, count)
        negative = emit(operator.lt, atom, Const(0))
        target = ctx.builder.fresh("", INT)
        ctx.builder.add(control.if_statement(negative, [], [], [back], [atom], (target,), ctx))
        atom, where = target, None
    elif not forward and isinstance(atom, Const):
        atom = emit(operator.sub, count, Const(-atom.value))  # type: ignore[operator]
        where = ctx.builder.size(atom)
    elif not forward:
        atom = emit(operator.add, count, atom)
        where = ctx.builder.size(atom)
    if forward is not True and not (where is not None and ctx.sizes.at_least(where, 0)):
        control.require(ctx, emit(operator.ge, atom, Const(0)), IndexError, message)
    below = None if where is None or many is None else ctx.sizes.at_least(many - where, 1)
    if not below and not is_full(ctx, held):
        control.require(ctx, emit(operator.lt, atom, count), IndexError, message)
    return atom
