"""Looking for values in containers: `in`, `index`, `count`, and when tuples and lists are equal."""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import calls, comprehensions, control, expressions, objects, outside
from srcad.frontend.values import (
    Array,
    Items,
    Iteration,
    Mapping,
    Number,
    Ref,
    Rows,
    Sequence,
    Static,
    Text,
    Value,
)
from srcad.ir.nodes import Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Truth = bool | Var


def contains(ctx: Lowering, container: Value, wanted: Value, node: gast.AST) -> Truth:
    """`wanted in container`: known now, or a bool variable."""
    known = _known(ctx, container, wanted, node)
    if known is not None:
        return known
    container, wanted = (outside.resolve(ctx, value, node) for value in (container, wanted))
    match container:
        case Array():
            same = expressions.compare(ctx, gast.Eq(), container, wanted, node)
            return expressions.truth(ctx, calls.call_python(ctx, np.any, [same], {}, node), node)
        case Iteration(kind="range", parts=parts):
            return _in_range(ctx, list(parts), wanted, node)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Mapping):
                keys = [expressions.literal(key) for key, _ in content.items]
                return any_equal(ctx, keys, wanted, node)
            if isinstance(content, Rows):
                return _in_rows(ctx, container, wanted, node)
    if isinstance(container, Static) and isinstance(container.value, str):
        return objects.static(ctx, wanted, node) in container.value
    items = objects.try_iterate(ctx, container, node)
    if items is None and isinstance(container, Static):
        items = [expressions.literal(item) for item in sorted(container.value, key=repr)]
    if items is None:
        what = objects.describe(ctx, container)
        ctx.refuse(f"`in` with {what} cannot be differentiated yet", node, error=UnsupportedType)
    return any_equal(ctx, items, wanted, node)


def any_equal(ctx: Lowering, items: Args, wanted: Value, node: gast.AST) -> Truth:
    """Whether one of the items is that value, or equals it."""
    tests = [is_equal(ctx, item, wanted, node) for item in items]
    return True if True in tests else _folded(ctx, operator.or_, tests, False)


def _folded(ctx: Lowering, function: Any, tests: list[Truth], empty: bool) -> Truth:
    """Tests put together; those that are known have no say."""
    found: Truth = empty
    for test in tests:
        if isinstance(test, Var):
            found = ctx.builder.emit(function, found, test) if isinstance(found, Var) else test
    return found


def _known(ctx: Lowering, container: Value, wanted: Value, node: gast.AST) -> bool | None:
    """The answer where both are known while specialising."""
    try:
        value = objects.static(ctx, wanted, node)
        container = outside.resolve(ctx, container, node)
        if isinstance(container, Ref):
            content = ctx.state.heap[container.identity]
            if not isinstance(content, Mapping | Sequence):
                return None
            if isinstance(content, Mapping):
                held: Any = dict(content.items)
            else:
                held = [objects.static(ctx, item, node) for item in content.items]
        else:
            held = objects.static(ctx, container, node)
    except UnsupportedType:
        return None
    try:
        return value in held
    except TypeError as error:
        control.fail(ctx, error)
        return False


def _in_range(ctx: Lowering, parts: Args, wanted: Value, node: gast.AST) -> Truth:
    if not isinstance(wanted, Number):
        return False
    parts = [expressions.literal(0), *parts] if len(parts) == 1 else parts
    start, stop, step = (*parts, expressions.literal(1))[:3]
    stride = objects.static(ctx, step, node)
    first, last = (gast.GtE(), gast.Lt()) if stride > 0 else (gast.LtE(), gast.Gt())
    tests = [
        expressions.compare(ctx, first, wanted, start, node),
        expressions.compare(ctx, last, wanted, stop, node),
    ]
    if stride not in (1, -1) or not wanted.kind.is_integral:
        away = expressions.binary(ctx, operator.sub, wanted, start, node)
        rest = expressions.binary(ctx, operator.mod, away, expressions.literal(stride), node)
        tests.append(expressions.compare(ctx, gast.Eq(), rest, expressions.literal(0), node))
    return _every(ctx, [expressions.truth(ctx, test, node) for test in tests])


def _every(ctx: Lowering, tests: list[Truth]) -> Truth:
    return False if False in tests else _folded(ctx, operator.and_, tests, True)


def _in_rows(ctx: Lowering, container: Value, wanted: Value, node: gast.AST) -> Truth:
    """`wanted in items` of a list whose length is known only at run time."""
    if isinstance(wanted, Number) and wanted.kind.is_inexact:
        strange = expressions.compare(ctx, gast.NotEq(), wanted, wanted, node)
        message = "whether a list holds a nan is a question of which object it is"
        flag = expressions.operand(ctx, strange)
        control.refuse_if(ctx, flag, message, "ask np.isnan")  # type: ignore[arg-type]
    found = comprehensions.fold(ctx, "in", container, [wanted], node)
    return expressions.truth(ctx, found, node)


def index(ctx: Lowering, items: Args, wanted: Value, node: gast.AST) -> Value:
    """`items.index(wanted)`: the first item that is it or equals it."""

    def look(place: int) -> Value:
        if place == len(items):
            return control.fail(ctx, ValueError("list.index(x): x not in list"))
        test = is_equal(ctx, items[place], wanted, node)
        return control.choose(
            ctx, test, lambda: expressions.literal(place), lambda: look(place + 1)
        )

    return look(0)


def count(ctx: Lowering, items: Args, wanted: Value, node: gast.AST) -> Value:
    """`items.count(wanted)`."""
    total: Value = expressions.literal(0)
    for item in items:
        test = is_equal(ctx, item, wanted, node)
        one = control.choose(
            ctx, test, lambda: expressions.literal(1), lambda: expressions.literal(0)
        )
        total = expressions.binary(ctx, operator.add, total, one, node)
    return total


def is_equal(ctx: Lowering, item: Value, wanted: Value, node: gast.AST) -> Truth:
    """Whether a value is another one, or equals it, as containers compare what they hold."""
    return expressions.truth(ctx, _equal(ctx, item, wanted, node), node)


def _equal(ctx: Lowering, item: Value, wanted: Value, node: gast.AST) -> Value:
    if item is wanted:
        return expressions.literal(True)
    if isinstance(item, Number) and isinstance(wanted, Number) and item.atom == wanted.atom:
        return expressions.literal(True)
    return expressions.compare(ctx, gast.Eq(), item, wanted, node)


def equality(ctx: Lowering, left: Value, right: Value, node: gast.AST) -> Truth | None:
    """`left == right` of what is not two numbers or arrays; None where that is not known here."""
    if _surely_differ(left, right):
        return False
    found = [_items_of(ctx, value) for value in (left, right)]
    if found[0] is None or found[1] is None:
        return None
    (first, a), (second, b) = found[0], found[1]
    if first is not second or len(a) != len(b):
        return False
    same: Value = expressions.literal(True)
    for x, y in zip(a, b, strict=True):  # those behind the first that differ are not compared
        same = control.both(ctx, same, partial(_equal, ctx, x, y, node), node)
    return expressions.truth(ctx, same, node)


def _items_of(ctx: Lowering, value: Value) -> tuple[Any, tuple[Value, ...]] | None:
    match value:
        case Items(items=items):
            return tuple, items
        case Ref(identity=identity) if isinstance(content := ctx.state.heap[identity], Sequence):
            return type(content.deque) if content.deque else list, content.items
    return None


def _surely_differ(left: Value, right: Value) -> bool:
    """Whether two values are of types that are never equal, such as a number and a string."""
    kinds = []
    # A number of NumPy's is compared with the items of a tuple.
    all_python = not any(
        isinstance(value, Number) and not value.kind.is_python for value in (left, right)
    )
    for value in (left, right):
        match value:
            case Number():
                kinds.append("number")
            case Static(value=str()) | Text():  # NumPy's are strings, too
                kinds.append("str")
            case Static(value=bytes()):
                kinds.append("bytes")
            case Static(value=None):
                kinds.append("None")
            case Items(shape_of=None) if all_python:
                kinds.append("tuple")
            case _:
                return False
    return kinds[0] != kinds[1]


__all__ = [
    "any_equal",
    "contains",
    "count",
    "equality",
    "index",
    "is_equal",
]
