"""One statement backwards: the contributions of a primitive to the bars of its arguments."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from srcad.frontend.lower import apply_body
from srcad.ir.nodes import Atom, Const, Let, Operand, ShapeOf, Var
from srcad.ir.walk import items_of
from srcad.rules.indexing import add_at, getitem, setitem
from srcad.rules.registry import PRIMITIVES
from srcad.runtime.arrays import last_written, masked, unbroadcast
from srcad.transforms.bars import ZERO, Reverse
from srcad.transforms.partials import arguments_of, as_dtype, is_singular, reverse_body, times


def contributions(state: Reverse, stmt: Let, bar: Atom) -> Iterator[tuple[Atom, Atom]]:
    """Pairs of an active argument and what the bar of the result adds to its bar."""
    primitive = stmt.primitive
    if primitive.options.get("variadic"):
        yield from _variadic(state, stmt, bar)
        return
    if primitive.text == "*" and stmt.args[0] is stmt.args[1]:
        twice = state.builder.emit(operator.mul, Const(2.0), stmt.args[0])
        assert isinstance(stmt.args[0], Var)
        square_bar = times(state.builder, bar, twice)
        yield stmt.args[0], as_dtype(state.builder, square_bar, stmt.args[0])
        return
    arguments = arguments_of(stmt)
    body, given, whole = reverse_body(stmt, bar)
    result = apply_body(state.builder, body, given, stmt.origin)
    results = result if isinstance(result, tuple) else (result,)
    singular = is_singular(stmt, state.active.__contains__)
    for name, contribution in zip(primitive.params, results, strict=False):
        arg = arguments.get(name)
        if not isinstance(arg, Var) or arg not in state.active or contribution is None:
            continue
        if primitive.form == "elementwise" and not whole:
            contribution = times(state.builder, bar, contribution)
        if singular:
            contribution = state.builder.emit(masked, bar, contribution)
        if primitive.form == "elementwise":
            contribution = unbroadcast_to(state, contribution, arg)
        yield arg, as_dtype(state.builder, contribution, arg)


def _variadic(state: Reverse, stmt: Let, bar: Atom) -> Iterator[tuple[Atom, Atom]]:
    """Primitives over a tuple of arrays: one application of the body for each item."""
    body = stmt.primitive.reverse
    assert body is not None
    first = stmt.args[0]
    assert isinstance(first, tuple)
    names = [name for name in stmt.primitive.params if name != "position"]
    given: dict[str, Operand] = dict(zip(names, stmt.args, strict=False))
    given.update(dict(stmt.kwargs))
    given["ans_bar"] = bar
    for place, arg in _items(first, ()):
        if isinstance(arg, Var) and arg in state.active:
            position: Any = Const(place[0]) if len(place) == 1 else tuple(Const(p) for p in place)
            result = apply_body(state.builder, body, {**given, "position": position}, stmt.origin)
            yield arg, as_dtype(state.builder, result, arg)


def _items(operand: tuple[Operand, ...], place: tuple[int, ...]) -> Iterator[Any]:
    for position, item in enumerate(operand):
        if isinstance(item, tuple):
            yield from _items(item, (*place, position))
        else:
            yield (*place, position), item


_UNBROADCAST = PRIMITIVES[unbroadcast]
CHECKED_UNBROADCAST = replace(_UNBROADCAST, options={**_UNBROADCAST.options, "checked": True})
"""For bars of elementwise statements, whose lengths compiled code checks in the forward sweep."""


def unbroadcast_to(state: Reverse, bar: Atom, like: Var) -> Atom:
    """Sum a bar over the axes that its primal was broadcast along."""
    if not isinstance(bar, Var) or not bar.kind.rank:
        return bar
    rank = like.kind.rank
    if not rank:
        return state.builder.emit(np.sum, bar)
    extra = bar.kind.rank - rank
    sizes = state.builder.sizes
    summed: list[int] = []
    unknown = False
    for axis in range(rank):
        ours, theirs = like.shape[axis], bar.shape[axis + extra]
        if sizes.equal(ours, theirs):
            continue
        if sizes.is_one(ours):  # also where it is not known how long the bar is
            summed.append(axis)
        else:
            unknown = True
    if unknown:
        if summed:
            places = Const(tuple(axis + extra for axis in summed))
            bar = state.builder.emit(np.sum, bar, axis=places, keepdims=Const(True))
        return state.builder.emit(CHECKED_UNBROADCAST, bar, ShapeOf(like))
    if extra:
        leading = Const(tuple(range(extra)) if extra > 1 else 0)
        bar = state.builder.emit(np.sum, bar, axis=leading)
    if summed:
        axes = Const(tuple(summed) if len(summed) > 1 else summed[0])
        bar = state.builder.emit(np.sum, bar, axis=axes, keepdims=Const(True))
    return bar


# -- reads and writes of parts of arrays ---------------------------------------------------------


def _is_fancy(index: Operand) -> bool:
    items = items_of(index)
    return any(
        isinstance(item, Var) and item.kind.is_array and not item.kind.is_bool for item in items
    ) or any(isinstance(item, tuple) for item in items)


def _is_all_of_a_number(array: Var, index: Operand) -> bool:
    """Whether `array[index]` is all of a 0-d array, whose bar may be a number."""
    whole = index in ((), Const(Ellipsis), (Const(Ellipsis),))
    return not array.kind.rank and whole


def _getitem(state: Reverse, stmt: Let, bar: Atom) -> None:
    array, index = stmt.args
    assert isinstance(array, Var)
    bar = as_dtype(state.builder, bar, array)
    if _is_all_of_a_number(array, index):
        state.accumulate(array, bar)
        return
    before = state.bars.get(array)
    hint = f"{array.hint}_bar" if array.hint else ""
    if before is None or before == ZERO:
        zeros = state.builder.emit(
            np.zeros, ShapeOf(array), Const(np.dtype(array.kind.dtype)), hint=hint
        )
        function = add_at if _is_fancy(index) else setitem
        state.bars[array] = state.builder.emit(function, zeros, index, bar, hint=hint)
    else:
        state.bars[array] = state.builder.emit(add_at, before, index, bar, hint=hint)


def _setitem(state: Reverse, stmt: Let, bar: Atom) -> None:
    array, index, value = stmt.args
    assert isinstance(array, Var)
    if isinstance(value, Var) and value in state.active:
        function = last_written if _is_fancy(index) else getitem
        part = state.builder.emit(function, bar, index)
        part_bar = as_dtype(state.builder, unbroadcast_to(state, part, value), value)
        state.accumulate(value, part_bar)
    if array in state.active:
        hint = f"{array.hint}_bar" if array.hint else ""
        cleared = state.builder.emit(setitem, bar, index, ZERO, hint=hint)
        state.accumulate(array, cleared)


def _add_at(state: Reverse, stmt: Let, bar: Atom) -> None:
    array, index, value = stmt.args
    assert isinstance(array, Var)
    if isinstance(value, Var) and value in state.active:
        part = state.builder.emit(getitem, bar, index)
        state.accumulate(value, as_dtype(state.builder, unbroadcast_to(state, part, value), value))
    state.accumulate(array, bar)


def _assign(state: Reverse, stmt: Let, bar: Atom) -> None:
    value = stmt.args[1]
    if isinstance(value, Var) and value in state.active:
        state.accumulate(value, as_dtype(state.builder, unbroadcast_to(state, bar, value), value))


def _cast(state: Reverse, stmt: Let, bar: Atom) -> None:
    value = stmt.args[0]
    if isinstance(value, Var) and value in state.active:
        state.accumulate(value, as_dtype(state.builder, bar, value))


SPECIAL: dict[str, Callable[[Any, Let, Atom], None]] = {
    "getitem": _getitem,
    "setitem": _setitem,
    "add_at": _add_at,
    "assign": _assign,
    "cast": _cast,
}
