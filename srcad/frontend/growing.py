"""Lists whose length is known only at run time: the first rows of an array, and how many they are.

A list that a loop appends to becomes an array before the loop.  Where the number of trips is known
there, the array has room for all that is appended, and often its rows are the trips; elsewhere it
is made twice as long whenever it is full.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import gast
import numpy as np

from srcad.errors import UnsafeMutation, UnsupportedType
from srcad.frontend import (
    attributes,
    calls,
    comprehensions,
    control,
    cursors,
    deques,
    expressions,
    memory,
    objects,
    outside,
    room,
    rows,
    trying,
    widening,
)
from srcad.frontend.values import (
    Array,
    Form,
    Items,
    Number,
    Ref,
    Rows,
    Sequence,
    State,
    Value,
)
from srcad.ir.dims import Dim
from srcad.ir.kinds import INT, Kind
from srcad.ir.nodes import Atom, Const, Slice, Var
from srcad.rules.indexing import getitem, setitem
from srcad.rules.joining import DOUBLED

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


ItemForm: TypeAlias = tuple[Form, Kind, tuple[Dim | None, ...]]
"""What an item is: its form, the kind of its numbers, its shape."""


class NeedsRows(Exception):
    """A list cannot stay a list of known items: a loop makes it longer, or has to index it."""

    def __init__(self, identity: int, forms: list[ItemForm | None]) -> None:
        super().__init__(identity)
        self.identity = identity
        self.forms = forms


def demand(ctx: Lowering, identity: int, samples: tuple[Value, ...], state: State) -> None:
    """Ask the loop being lowered to turn a list into rows, if one can.

    `samples` are items that it has had, in a state of the program.
    """
    content = ctx.state.heap.get(identity)
    some = samples or (isinstance(content, Sequence) and content.items)
    if some and ctx.growable and identity in ctx.growable[-1]:
        before, ctx.state = ctx.state, state
        forms = [form_of(ctx, sample) for sample in samples]
        ctx.state = before
        raise NeedsRows(identity, forms)


# -- what the items are -------------------------------------------------------------------------


def form_of(ctx: Lowering, value: Value) -> ItemForm | None:
    """What an item is: its form, the kind of its numbers, its shape."""
    match value:
        case Number(kind=kind):
            return ("number",), kind, ()
        case Array(kind=kind):
            return ("array",), kind, memory.read(ctx, value).shape
        case Items(items=items) if value.type is tuple:
            return _container(ctx, "tuple", items)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Sequence | Rows) and content.deque is not None:
                return None
            if isinstance(content, Sequence):
                return _container(ctx, "list", content.items)
            if isinstance(content, Rows):
                buffer = memory.content(ctx, content.cell)
                count = ctx.builder.size(content.count.atom)
                return ("list", *content.form), content.kind, (count, *buffer.shape[1:])
    return None


def _container(
    ctx: Lowering, outer: Literal["tuple", "list"], items: tuple[Value, ...]
) -> ItemForm | None:
    common = common_form(ctx, [form_of(ctx, item) for item in items])
    if common is None:
        return None
    inner, kind, shape = common
    return (outer, *inner), kind, (Dim(len(items)), *shape)


def common_form(ctx: Lowering, found: list[ItemForm | None]) -> ItemForm | None:
    """What all items are, if they are alike."""
    if not found or found[0] is None:
        return None
    form, kind, shape = found[0]
    for other in found[1:]:
        if other is None or other[0] != form or len(other[2]) != len(shape):
            return None
        if form[-1] == "array" and other[1] != kind:
            return None
        for a, b in zip(shape, other[2], strict=True):
            if a is None or b is None or not ctx.sizes.equal(a, b):
                return None
        kind = kind if kind == other[1] else widening.common(kind, other[1])
    return form, kind, shape


def make(
    ctx: Lowering, identity: int, forms: list[ItemForm | None], count: room.Room | None, hint: str
) -> None:
    """Turn a list into held, with the items that it has."""
    content = ctx.state.heap[identity]
    assert isinstance(content, Sequence)
    common = common_form(ctx, [*(form_of(ctx, item) for item in content.items), *forms])
    lengths = None if common is None else [room.length(ctx, dim) for dim in common[2]]
    if common is None or lengths is None or None in lengths:
        ctx.refuse(
            "this loop changes the length of a list whose items are not alike: numbers, "
            "or lists or arrays of one dtype and of one shape that is known before the loop",
            None,
            "store into an array made before the loop",
            UnsupportedType,
        )
    form, kind, _ = common
    start = len(content.items)
    length: Atom = Const(max(room.LEAST, 2 * start))
    if content.deque is not None and content.deque.most is not None:
        length, count = Const(content.deque.most), None
    elif count is not None:
        length = room.total(ctx, start, count)
    shape: Any = (length, *lengths) if lengths else length
    dtype = () if kind.dtype == "float64" else (Const(np.dtype(kind.dtype)),)
    buffer = ctx.builder.emit(np.empty, shape, *dtype, hint=hint)
    cell = ctx.cell(buffer)
    ctx.grown.add(cell)
    sites = frozenset() if count is None else count.sites
    made = Rows(cell, Number(Const(0), INT), kind, form, sites, content.deque)
    ctx.state.heap[identity] = made
    for item in content.items:
        _put(ctx, identity, made, item)
        made = ctx.state.heap[identity]  # type: ignore[assignment]


# -- changing the list --------------------------------------------------------------------------


def append(ctx: Lowering, identity: int, value: Value, node: gast.AST) -> None:
    """`items.append(value)`."""
    held, value = _alike(ctx, identity, value, node)
    if id(node) not in held.sites:
        held = _with_room(ctx, identity, held)
    _put(ctx, identity, held, value)


def insert(ctx: Lowering, identity: int, index: Value, value: Value, node: gast.AST) -> None:
    """`items.insert(0, value)`: all others move up by one."""
    held, value = _alike(ctx, identity, value, node)
    if objects.static(ctx, index, node) != 0:
        ctx.refuse(
            "into a list of unknown length, items can be inserted at its beginning only",
            node,
            "use `items.append(...)`, or store into an array made before the loop",
            UnsupportedType,
        )
    held = _with_room(ctx, identity, held)
    buffer, longer = memory.content(ctx, held.cell), _plus(ctx, held.count, 1)
    emit = ctx.builder.emit
    before = emit(getitem, buffer, Slice(None, held.count.atom))
    moved = emit(setitem, buffer, Slice(Const(1), longer.atom), before, hint=buffer.hint)
    ctx.state.memory[held.cell] = moved
    _put(ctx, identity, replace(held, count=Number(Const(0), INT)), value)
    ctx.state.heap[identity] = replace(held, count=longer)


def _alike(ctx: Lowering, identity: int, value: Value, node: gast.AST) -> tuple[Rows, Value]:
    """A list, and a value that is an item like its others."""
    ctx.check_change(identity)
    held = ctx.state.heap[identity]
    assert isinstance(held, Rows)
    value = outside.resolve(ctx, value, node)
    buffer = memory.content(ctx, held.cell)
    common = form_of(ctx, value)
    alike = common is not None and common[0] == held.form
    if alike and held.form[-1] != "array" and common is not None:
        alike = widening.common(common[1], held.kind) == held.kind
    elif common is not None:
        alike = alike and common[1] == held.kind
    if not alike or common is None:
        ctx.refuse(
            f"{objects.describe(ctx, value)} is appended to a list of other items",
            node,
            "give all items one kind, for example with float(...)",
            UnsupportedType,
        )
    for given, known in zip(common[2], buffer.shape[1:], strict=True):
        if given is None or not ctx.sizes.equal(given, known):
            ctx.refuse(
                "the items of this list are not known to have one shape",
                node,
                None,
                UnsupportedType,
            )
    return held, value


def _with_room(ctx: Lowering, identity: int, held: Rows) -> Rows:
    """The list with room for one more item, which no call is sure to find any longer."""
    if held.deque is not None and held.deque.most is not None:
        return held  # it has room for all that it may ever hold
    held = replace(held, sites=frozenset())
    ctx.state.heap[identity] = held
    _make_room(ctx, held, memory.content(ctx, held.cell))
    return held


def _put(ctx: Lowering, identity: int, held: Rows, value: Value) -> None:
    buffer = memory.content(ctx, held.cell)
    stored = _stored(ctx, value)
    # The list holds those lists themselves, of which only the numbers are kept.
    ctx.state.marks.update(dict.fromkeys(_lists(ctx, value), "item"))
    # It holds the arrays themselves: they must not change while the list is in use.
    memory.may_share(ctx.state, held.cell, frozenset(memory.cells(ctx.state, value)))
    changed = ctx.builder.emit(setitem, buffer, held.count.atom, stored, hint=buffer.hint)
    trying.trust(ctx, ctx.builder.stack[-1][-1:], held.count.atom)
    ctx.state.memory[held.cell] = changed
    ctx.state.heap[identity] = replace(held, count=_plus(ctx, held.count, 1))


def _lists(ctx: Lowering, value: Value) -> Iterator[int]:
    """The lists that an item is or holds."""
    items = value.items if isinstance(value, Items) else ()
    if isinstance(value, Ref):
        yield value.identity
        content = ctx.state.heap[value.identity]
        items = content.items if isinstance(content, Sequence) else ()
    for item in items:
        yield from _lists(ctx, item)


def _stored(ctx: Lowering, value: Value) -> Any:
    content = ctx.state.heap[value.identity] if isinstance(value, Ref) else None
    if isinstance(content, Rows):
        return rows.filled(ctx, content)
    if isinstance(value, Items | Ref):
        value = calls.call_python(ctx, np.array, [value], {}, gast.Pass())
    return expressions.operand(ctx, value)


def _plus(ctx: Lowering, count: Number, more: int) -> Number:
    if isinstance(count.atom, Const):
        return Number(Const(count.atom.value + more), INT)  # type: ignore[operator]
    function = operator.add if more > 0 else operator.sub
    hint = count.atom.hint
    return Number(ctx.builder.emit(function, count.atom, Const(abs(more)), hint=hint), INT)


def _make_room(ctx: Lowering, held: Rows, buffer: Var) -> None:
    """Twice as many held, if all are filled."""
    length = attributes.length(ctx, buffer, 0).atom
    full = ctx.builder.emit(operator.eq, held.count.atom, length)
    with ctx.builder.block() as body:
        longer = ctx.builder.emit(DOUBLED, buffer, hint=buffer.hint)
    shape = (None, *buffer.shape[1:])
    target = ctx.builder.fresh(buffer.hint, buffer.kind, shape)
    ctx.builder.add(control.if_statement(full, body, [], [longer], [buffer], (target,), ctx))
    ctx.state.memory[held.cell] = target


def extend(ctx: Lowering, identity: int, value: Value, node: gast.AST) -> None:
    """`items.extend(value)`."""
    refuse_iterated(ctx, identity, node)
    content = ctx.state.heap[identity]
    if isinstance(content, Sequence | Rows) and content.deque is not None:
        deques.extend(ctx, identity, "append", value, node)
        return
    value = cursors.taken(ctx, value, node)
    more = objects.try_iterate(ctx, value, node)
    if more is None:
        comprehensions.fold(ctx, "extend", value, [Ref(identity)], node)
    elif isinstance(content, Sequence):
        ctx.change(identity, Sequence((*content.items, *more)))
    else:
        for item_ in more:
            append(ctx, identity, item_, node)


def refuse_iterated(ctx: Lowering, identity: int, node: gast.AST) -> None:
    """Refuse to change a list while a loop goes through it."""
    if identity in ctx.iterated:
        ctx.refuse(
            "this changes a list while a loop goes through it",
            node,
            "go through a copy: list(items)",
            UnsafeMutation,
        )


def copied(ctx: Lowering, value: Value, node: gast.AST) -> Ref:
    """`list(items)`: another list of the same items."""
    assert isinstance(value, Ref)
    content = ctx.state.heap[value.identity]
    if isinstance(content, Rows):
        return rows.listed(ctx, rows.filled(ctx, content), content)
    return Ref(ctx.heap(Sequence(tuple(objects.iterate(ctx, value, node)))))


def pop(
    ctx: Lowering,
    identity: int,
    args: list[Value],
    node: gast.AST,
    message: str = "pop from empty list",
) -> Value:
    """`items.pop()` and `items.pop(0)`: the last item, or the first one."""
    ctx.check_change(identity)
    held = ctx.state.heap[identity]
    assert isinstance(held, Rows)
    index = objects.static(ctx, args[0], node) if args else -1
    if index not in (-1, 0):
        ctx.refuse(
            "only the first and the last item of a list of unknown length can be taken out",
            node,
            "use `items.pop()`, or keep an index",
            UnsupportedType,
        )
    found = rows.row(ctx, held, rows.place_of(ctx, held, Number(Const(index), INT), message))
    if ctx.state.dead:
        return found
    left = _plus(ctx, held.count, -1)
    if index == 0:
        if isinstance(found, Array):
            found = memory.new_array(ctx, ctx.builder.emit(np.copy, memory.read(ctx, found)))
        buffer, emit = memory.content(ctx, held.cell), ctx.builder.emit
        after = emit(getitem, buffer, Slice(Const(1), held.count.atom))
        moved = emit(setitem, buffer, Slice(None, left.atom), after, hint=buffer.hint)
        ctx.state.memory[held.cell] = moved
    ctx.state.heap[identity] = replace(held, count=left)
    return found


def store(ctx: Lowering, identity: int, index: Value, value: Value, node: gast.AST) -> None:
    """`items[index] = value`."""
    ctx.check_change(identity)
    held = ctx.state.heap[identity]
    assert isinstance(held, Rows)
    common = form_of(ctx, value)
    if held.form != ("number",) or common is None or common[0] != ("number",):
        ctx.refuse(
            "an item of a list of unknown length cannot be replaced",
            node,
            "make it an array first: np.array(items)",
            UnsupportedType,
        )
    if widening.common(common[1], held.kind) != held.kind:
        ctx.refuse(
            f"{objects.describe(ctx, value)} is put into a list of other items",
            node,
            "give all items one kind, for example with float(...)",
            UnsupportedType,
        )
    word = "list assignment" if held.deque is None else "deque"
    place = rows.place_of(ctx, held, index, f"{word} index out of range")
    if ctx.state.dead:
        return
    buffer = memory.content(ctx, held.cell)
    stored = expressions.operand(ctx, value, node)
    ctx.state.memory[held.cell] = ctx.builder.emit(setitem, buffer, place, stored, hint=buffer.hint)


def close(ctx: Lowering, identity: int) -> None:
    """After the loop that room was made for, no call of `append` is sure to find some."""
    held = ctx.state.heap.get(identity)
    if isinstance(held, Rows):
        ctx.state.heap[identity] = replace(held, sites=frozenset())


def combined(ctx: Lowering, function: Any, left: Value, right: Value) -> Value | None:
    """`+` of lists; None where an array makes the operation one of arrays."""
    if isinstance(left, Array) or isinstance(right, Array):
        return None
    if function is not operator.add or not (isinstance(left, Ref) and isinstance(right, Ref)):
        ctx.refuse(
            "this operation on a list of unknown length cannot be differentiated",
            None,
            "make it an array first: np.array(items)",
            UnsupportedType,
        )
    whole = copied(ctx, left, gast.Pass())
    extend(ctx, whole.identity, right, ctx.node)
    return whole
