"""Python's functions of sequences: `zip` and `map`, `sum` and `max`, `sorted` and their kin."""

from __future__ import annotations

import builtins
import itertools
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.frontend import (
    attributes,
    calls,
    comprehensions,
    control,
    expressions,
    growing,
    intervals,
    memory,
    objects,
    ordering,
    outside,
    rows,
    shaping,
)
from srcad.frontend.counts import note_largest
from srcad.frontend.values import (
    Array,
    Items,
    Iteration,
    Ref,
    Rows,
    Sequence,
    SliceValue,
    Static,
    Value,
    is_none,
)
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]
Handler = Callable[["Lowering", Args, Kwargs, gast.AST], Value]


# -- iterations -----------------------------------------------------------------------------------


def _iteration(kind: str) -> Handler:
    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        if unknown := set(kwargs) - ({"start"} if kind == "enumerate" else {"strict"}):
            ctx.refuse(f"`{min(unknown)}=` of `{kind}` cannot be differentiated yet", node)
        parts = [outside.resolve(ctx, arg, node) for arg in args]
        if "start" in kwargs:
            parts.append(kwargs["start"])
        if "strict" in kwargs and objects.static(ctx, kwargs["strict"], node):
            _check_lengths(ctx, kind, parts[kind == "map" :], node)
        return Iteration(kind, tuple(parts))

    return handler


def _check_lengths(ctx: Lowering, kind: str, parts: Args, node: gast.AST) -> None:
    """`zip(a, b, strict=True)`: what is of unequal length is an error."""
    first, *others = (calls.call_python(ctx, len, [part], {}, node) for part in parts)
    for place, length in enumerate(others, start=2):
        for op, word in ((gast.Lt(), "shorter"), (gast.Gt(), "longer")):
            wrong = expressions.compare(ctx, op, length, first, node)
            test = expressions.truth(ctx, wrong, node)
            before = "argument 1" if place == 2 else f"arguments 1-{place - 1}"
            message = f"{kind}() argument {place} is {word} than {before}"
            fits: Any = expressions.operand(ctx, expressions.negate(ctx, test))
            control.require(ctx, fits, ValueError, message)


def _product(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    repeat = objects.static(ctx, kwargs["repeat"], node) if "repeat" in kwargs else 1
    pools = [outside.resolve(ctx, arg, node) for arg in args]
    # It copies what it is given, before the first trip: later writes are not seen.
    pools = [
        memory.new_array(ctx, memory.read(ctx, pool))
        if isinstance(pool, Array) and pool.kind.rank == 1
        else pool
        for pool in pools
    ]
    return Iteration("product", tuple(pools) * repeat)


def _indices(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.ndindex(2, 3)` or `np.ndindex(x.shape)`."""
    if len(args) == 1 and isinstance(args[0], Items | Ref):
        args = objects.iterate(ctx, args[0], node)
    return Iteration("product", tuple(Iteration("range", (length,)) for length in args))


def _enumerated(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.ndenumerate(x)`."""
    array = shaping.as_array(ctx, args[0], node)
    shape = attributes.attribute(ctx, array, "shape", node)
    raveled = shaping.ravel(ctx, [array], {}, node)
    return Iteration("zip", (_indices(ctx, [shape], {}, node), raveled))


def kept(ctx: Lowering, function: Value, items: Args, node: gast.AST) -> Args:
    """The items that `filter` keeps, where that is known."""
    found = []
    for item in items:
        chosen = item if is_none(function) else calls.call(ctx, function, [item], {}, node)
        test = expressions.truth(ctx, chosen, node)
        if not isinstance(test, bool):
            ctx.refuse(
                "`filter` by a condition on data cannot be differentiated",
                node,
                "write it as a list: [v for v in x if ...]",
            )
        if test:
            found.append(item)
    return found


# -- folds ----------------------------------------------------------------------------------------


def _sum(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    start = kwargs.get("start", args[1] if len(args) > 1 else expressions.literal(0))
    items = _known_items(ctx, args[0], node)
    if items is None:
        return comprehensions.fold(ctx, "sum", args[0], [start], node)
    for value in items:
        start = expressions.binary(ctx, operator.add, start, value, node)
    return start


def _extreme(name: str) -> Handler:
    op = gast.Gt() if name == "max" else gast.Lt()

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        default, key = kwargs.get("default"), kwargs.get("key")
        if set(kwargs) - {"default", "key"} or (default and len(args) > 1):
            ctx.refuse(f"this form of `{name}` cannot be differentiated yet", node)
        items = list(args) if len(args) > 1 else _known_items(ctx, args[0], node)
        if items == []:
            return default or control.fail(ctx, ValueError(EMPTY[name]))
        value = result(outside.resolve(ctx, args[0], node))
        if key is not None and not is_none(key):
            if items is not None:
                return ordering.extreme_of(ctx, op, items, key, node)
            if default is None:
                return ordering.extreme(ctx, name, value, key, node)
        if isinstance(value, Ref) and isinstance(held := ctx.state.heap[value.identity], Rows):
            return _extreme_of_rows(ctx, name, held, default, node)
        if items is None and default is not None and key is None:
            whole = calls.call_python(ctx, list, [args[0]], {}, node)
            return handler(ctx, [whole], kwargs, node)
        if items is None:
            if kwargs:
                ctx.refuse(
                    f"`{name}` with `default=` needs a number of items that is known here", node
                )
            return comprehensions.fold(ctx, name, args[0], [], node)
        best = items[0]
        for value in items[1:]:
            test = expressions.truth(ctx, expressions.compare(ctx, op, value, best, node), node)
            best = control.choose(ctx, test, lambda v=value: v, lambda v=best: v)  # type: ignore[misc]
        if name == "max":
            note_largest(ctx, best, items)
        return best

    return handler


def _extreme_of_rows(
    ctx: Lowering, name: str, held: Rows, default: Value | None, node: gast.AST
) -> Value:
    """`max` and `min` of a list of which only the run tells whether it has items."""

    def found() -> Value:
        first = rows.item(ctx, held, expressions.literal(0), node)
        others = rows.item(ctx, held, SliceValue(expressions.literal(1), None, None), node)
        return comprehensions.fold(ctx, f"{name} of others", others, [first], node)

    some = rows.truth(ctx, held)
    if default is not None:
        return control.choose(ctx, some, found, lambda: default)
    if some is not True:
        atom = Const(False) if some is False else some
        control.require(ctx, atom, ValueError, EMPTY[name])
    return Static(None) if ctx.state.dead else found()


def _decision(name: str) -> Handler:
    """`any` and `all`: the first item that decides is the last one looked at."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        return comprehensions.fold(ctx, name, args[0], [], node)

    return handler


def _known_items(ctx: Lowering, value: Value, node: gast.AST) -> Args | None:
    """The items to go through one by one; None where a loop is to do it."""
    value = result(outside.resolve(ctx, value, node))
    if isinstance(value, Array) or _goes_over_array(ctx, value):
        return None
    return objects.try_iterate(ctx, value, node)


def result(value: Value) -> Value:
    """What a function of `itertools` made, as the list of its items."""
    is_written = isinstance(value, Iteration) and value.kind == "written"
    return value.parts[0] if isinstance(value, Iteration) and is_written else value


def _goes_over_array(ctx: Lowering, value: Value) -> bool:
    if not isinstance(value, Iteration) or value.kind == "filter":
        return False
    through = value.parts[:1] if value.kind == "written" else value.parts
    parts = [outside.resolve(ctx, part) for part in through]
    return any(isinstance(part, Array) or _goes_over_array(ctx, part) for part in parts)


# -- other sequences ------------------------------------------------------------------------------


def _sequence(make: str) -> Handler:
    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        value = result(outside.resolve(ctx, args[0], node)) if args else Items(())
        if rows.is_rows(ctx, value):
            return growing.copied(ctx, value, node)
        if _goes_over_array(ctx, value):
            return comprehensions.fold(ctx, "list", value, [], node)
        found = objects.try_iterate(ctx, value, node)
        if found is None and isinstance(value, Array) and value.kind.rank:
            return rows.of_array(ctx, value)
        if found is None and isinstance(value, Iteration) and value.kind == "range":
            return intervals.listed(ctx, value, node)
        if found is None and isinstance(value, Iteration):
            return comprehensions.fold(ctx, "list", value, [], node)
        items = tuple(objects.iterate(ctx, value, node) if found is None else found)
        return Items(items) if make == "tuple" else Ref(ctx.heap(Sequence(items)))

    return handler


def _sorted(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    return ordering.ordered(ctx, args, kwargs, node)


def _set(make: type) -> Handler:
    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        items = objects.iterate(ctx, args[0], node) if args else []
        return Static(make(objects.static(ctx, item, node) for item in items))

    return handler


def _message_of(function: Any) -> str:
    try:
        function([])
    except ValueError as error:
        return str(error)
    raise AssertionError(function)


EMPTY = {"max": _message_of(max), "min": _message_of(min)}
"""What Python says of the extremes of nothing; it has changed its words."""


def _from_iterator(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.fromiter(iterable, dtype)`: a vector of all its numbers."""
    given = {**dict(zip(("iter", "dtype"), args, strict=False)), **kwargs}
    if len(args) > 2 or given.keys() != {"iter", "dtype"}:
        ctx.refuse("this form of `np.fromiter` cannot be differentiated yet", node, "use np.array")
    items = calls.call_python(ctx, list, [given["iter"]], {}, node)
    if ctx.state.dead:
        return items
    made = calls.call_python(ctx, np.array, [items], {"dtype": given["dtype"]}, node)
    if isinstance(made, Array) and made.kind.rank != 1 and not ctx.state.dead:
        ctx.refuse("`np.fromiter` of anything but numbers cannot be differentiated", node)
    return made


HANDLERS: dict[Any, Handler] = {
    np.fromiter: _from_iterator,
    range: _iteration("range"),
    zip: _iteration("zip"),
    enumerate: _iteration("enumerate"),
    reversed: _iteration("reversed"),
    map: _iteration("map"),
    filter: _iteration("filter"),
    itertools.product: _product,
    np.ndindex: _indices,
    np.ndenumerate: _enumerated,
    builtins.sum: _sum,
    builtins.max: _extreme("max"),
    builtins.min: _extreme("min"),
    any: _decision("any"),
    all: _decision("all"),
    tuple: _sequence("tuple"),
    list: _sequence("list"),
    set: _set(set),
    frozenset: _set(frozenset),
    sorted: _sorted,
}
