"""The items of a loop that is written out trip by trip: each is read when its turn comes.

What the body of an earlier trip wrote to an array, a list or a dict that the loop goes through is
seen by the later ones, as in Python.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import (
    calls,
    cursors,
    expressions,
    memory,
    objects,
    outside,
    replaced,
    sequences,
)
from srcad.frontend.liveness import free_reads, stores
from srcad.frontend.values import (
    Array,
    Closure,
    Items,
    Iteration,
    Mapping,
    Maybe,
    Method,
    Number,
    Partial,
    Ref,
    Rows,
    Sequence,
    Value,
)
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Frame, Lowering

Turn: TypeAlias = Callable[[], Value]

VIEWS = ("keys", "values", "items")
"""The views of a dict: they can be gone through many times, and see what becomes of the dict."""


def turns(ctx: Lowering, value: Value, node: gast.AST | None) -> list[Turn] | None:
    """What reads each item of a value; None if their number is not known while specialising."""
    value = outside.resolve(ctx, value, node)
    match value:
        case Iteration(kind=kind, parts=parts):
            return _of_iteration(ctx, kind, parts, node or gast.Pass())
        case Ref(identity=identity) if isinstance(held := ctx.state.heap[identity], Sequence):
            return [_item(ctx, value, i, node or gast.Pass()) for i in range(len(held.items))]
        case Array(kind=kind_of_array):
            length = memory.read(ctx, value).shape[0] if kind_of_array.rank else None
            count = None if length is None else ctx.sizes.constant(length)
            if count is None or count > 64:
                return None
            return [_item(ctx, value, i, node or gast.Pass()) for i in range(count)]
    return _fixed(objects.try_iterate(ctx, value, node))


def _fixed(items: list[Value] | None) -> list[Turn] | None:
    return None if items is None else [partial(_same, item) for item in items]


def _same(item: Value) -> Value:
    return item


def _item(ctx: Lowering, value: Value, position: int, node: gast.AST) -> Turn:
    return lambda: expressions.subscript(ctx, value, expressions.literal(position), node)


def _of_iteration(
    ctx: Lowering, kind: str, parts: tuple[Value, ...], node: gast.AST
) -> list[Turn] | None:
    if kind == "range":
        if not all(isinstance(p, Number) and isinstance(p.atom, Const) for p in parts):
            return None
        bounds = [objects.static(ctx, part, node) for part in parts]
        return _fixed([expressions.literal(i) for i in range(*bounds)])
    if kind == "written":
        return turns(ctx, parts[0], node)
    if kind in ("rest", "advancing"):
        return _rest(ctx, kind, parts, node)
    if kind in VIEWS:
        return _of_view(ctx, kind, parts[0])
    if kind in ("filter", "product"):
        return _fixed(_at_once(ctx, kind, parts, node))
    apart = parts[1:] if kind == "map" else parts if kind == "zip" else parts[:1]
    columns = [turns(ctx, part, node) for part in apart]
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return None
    if kind == "reversed":
        return known[0][::-1]
    rows = [partial(_row, row) for row in zip(*known, strict=False)]
    if kind == "enumerate":
        start = objects.static(ctx, parts[1], node) if len(parts) > 1 else 0
        numbers = [expressions.literal(start + i) for i in range(len(known[0]))]
        return [partial(_pair, n, turn) for n, turn in zip(numbers, known[0], strict=True)]
    if kind == "map":
        return [partial(_called, ctx, parts[0], row, node) for row in rows]
    return list(rows) if kind == "zip" else None


def _rest(ctx: Lowering, kind: str, parts: tuple[Value, ...], node: gast.AST) -> list[Turn] | None:
    """What a cursor has left; a loop over it moves it."""
    *_, through, place = parts
    whole = turns(ctx, through, node)
    if whole is None:
        return None
    start = objects.static(ctx, place, node)
    if kind == "rest" or not isinstance(parts[0], Ref):
        return whole[start:]
    first = expressions.literal(0)
    assert isinstance(first, Number)
    read = cursors.advancing(ctx, parts[0].identity, first, lambda i: whole[i.value](), node)
    return [partial(read, Const(i)) for i in range(start, len(whole))]


def _row(row: tuple[Turn, ...]) -> Items:
    return Items(tuple(turn() for turn in row))


def _pair(number: Value, turn: Turn) -> Value:
    return Items((number, turn()))


def _called(ctx: Lowering, function: Value, row: Callable[[], Items], node: gast.AST) -> Value:
    return calls.call(ctx, function, list(row().items), {}, node)


def _of_view(ctx: Lowering, kind: str, value: Value) -> list[Turn]:
    assert isinstance(value, Ref)
    held = ctx.state.heap[value.identity]
    assert isinstance(held, Mapping)

    def read(key: object) -> Value:
        now = ctx.state.heap[value.identity]
        assert isinstance(now, Mapping)
        found = None if kind == "keys" else dict(now.items)[key]
        name = expressions.literal(key)
        return name if found is None else found if kind == "values" else Items((name, found))

    return [partial(read, key) for key, _ in held.items]


def _at_once(
    ctx: Lowering, kind: str, parts: tuple[Value, ...], node: gast.AST
) -> list[Value] | None:
    """`filter`, whose tests have to be known before, and `product`, which copies its pools."""
    apart = parts[1:] if kind == "filter" else parts
    columns = [objects.try_iterate(ctx, part, node) for part in apart]
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return None
    if kind == "product":
        return [Items(row) for row in itertools.product(*known)]
    return sequences.kept(ctx, parts[0], known[0], node)


def steady(ctx: Lowering, value: Value, node: gast.AST) -> Callable[[], None]:
    """What refuses, after a loop, where its body has written to what was read before it."""
    before = dict(_early(ctx, value, False))
    for place, name in before:
        if place == "name" and name in stores([node]):
            _refuse_early(ctx, node)

    def check() -> None:
        if ctx.state.dead:
            return
        for (place, number), content in before.items():
            now: Any = ctx.state.memory if place == "memory" else ctx.state.heap
            if place != "name" and now.get(number) is not content:
                _refuse_early(ctx, node)

    return check


def _refuse_early(ctx: Lowering, node: gast.AST) -> NoReturn:
    ctx.refuse(
        "this loop writes to what it goes through, which is read before it begins",
        node,
        "go through a copy, or write it with indices: for i in range(len(x))",
        UnsupportedType,
    )


Known: TypeAlias = tuple[tuple[str, Any], object]
"""An array, a list or a name, and what it holds."""


def _early(ctx: Lowering, value: Value, early: bool) -> Iterator[Known]:
    """What is read before a loop begins that goes through a value: arrays, lists, names."""
    match outside.resolve(ctx, value):
        case Iteration(kind=kind, parts=parts):
            for part in parts:
                yield from _early(ctx, part, early or kind in ("filter", "written"))
        case Array(cell=cell) if early:
            yield ("memory", cell), ctx.state.memory.get(cell)
        case Ref(identity=identity) if early:
            yield ("heap", identity), ctx.state.heap.get(identity)
        case Closure() as closure if early:
            yield from _read_by(ctx, closure, set())


def _read_by(ctx: Lowering, value: Value, done: set[Any]) -> Iterator[Known]:
    """What a function reads when it is called, by way of all that it can reach."""
    match value:
        case Array(cell=cell):
            yield ("memory", cell), ctx.state.memory.get(cell)
        case Ref(identity=identity) if identity not in done:
            done.add(identity)
            content = ctx.state.heap.get(identity)
            yield ("heap", identity), content
            for part in replaced.parts(content):
                yield from _read_by(ctx, part, done)
            if isinstance(content, Rows):
                yield ("memory", content.cell), ctx.state.memory.get(content.cell)
        case Items(items=items) | Iteration(parts=items):
            for part in items:
                yield from _read_by(ctx, part, done)
        case Method(receiver=inner) | Maybe(value=inner):
            yield from _read_by(ctx, inner, done)
        case Partial(function=function, args=args, kwargs=kwargs):
            for part in (function, *args, *(part for _, part in kwargs)):
                yield from _read_by(ctx, part, done)
        case Closure() if id(value) not in done:
            done.add(id(value))
            if value.receiver is not None:
                yield from _read_by(ctx, value.receiver, done)
            if value.scope is not None:
                for name in sorted(free_reads(value.source.node)):
                    yield from _of_name(ctx, name, value.scope, done)


def _of_name(ctx: Lowering, name: str, scope: Frame | None, done: set[Any]) -> Iterator[Known]:
    """A name that a function reads of those around it."""
    while scope is not None:
        if name in scope.boxes:
            yield ("heap", scope.boxes[name]), ctx.state.heap.get(scope.boxes[name])
            return
        env = ctx.state.env if scope is ctx.frame else scope.env
        if scope is ctx.frame:
            yield ("name", name), None
        if name in env:
            yield from _read_by(ctx, outside.resolve(ctx, env[name]), done)
            return
        scope = scope.scope
