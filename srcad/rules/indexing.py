"""Reading and writing parts of arrays, and the conversions that a store makes."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcad.rules.registry import constant, linear, mutation, shape_rule
from srcad.runtime.arrays import last_written

getitem = operator.getitem


def setitem(x: Any, index: Any, value: Any) -> Any:
    """`x` with `x[index] = value`: a new array."""
    x = x.copy()
    x[index] = value
    return x


def add_at(x: Any, index: Any, value: Any) -> Any:
    """`x` with `value` added at `index`, repeated indices adding up: a new array."""
    x = x.copy()
    np.add.at(x, index, value)
    return x


def assign(x: Any, value: Any) -> Any:
    """`value` broadcast to the shape and converted to the dtype of `x`: a new array."""
    result = np.empty_like(x)
    result[...] = value
    return result


def cast(value: Any, dtype: Any) -> Any:
    """A number or array converted to a dtype, as a store does; real parts of complex ones."""
    if np.iscomplexobj(value) and np.dtype(dtype).kind != "c":
        value = np.real(value)
    return np.asarray(value).astype(dtype)[()]


def same(x: Any) -> Any:
    """The value itself, as one of its own: what an inner derivative is taken by."""
    return x


def size(shape: Any, axis: int) -> int:
    """The length of one axis, given a shape."""
    return int(shape[axis])


@linear(getitem, text="getitem", view=True, options={"indexes": True})
def getitem_transpose(ans_bar, x, index):
    return add_at(np.zeros(x.shape, x.dtype), index, ans_bar)


@mutation(setitem, text="setitem", options={"indexes": True})
def setitem_transpose(ans_bar, x, index, value):
    return setitem(ans_bar, index, 0.0), ans_bar[index]


@mutation(add_at, text="add_at", options={"indexes": True})
def add_at_transpose(ans_bar, x, index, value):
    return ans_bar, ans_bar[index]


@mutation(assign, text="assign")
def assign_transpose(ans_bar, x, value):
    return None, ans_bar


@linear(cast, text="cast")
def cast_transpose(ans_bar, value, dtype):
    return cast(ans_bar, value.dtype)


@linear(same, text="same", view=True)
def same_transpose(ans_bar, x):
    return ans_bar


constant(size, text="size")


@linear(last_written, text="last_written", options={"indexes": True})
def last_written_transpose(ans_bar, bar, index):
    return setitem(np.zeros(bar.shape, bar.dtype), index, ans_bar)


@shape_rule(cast)
def cast_shape(sizes, value, dtype):
    return getattr(value, "shape", ())


@shape_rule(same)
def same_shape(sizes, x):
    return getattr(x, "shape", ())


@shape_rule(getitem, last_written)
def getitem_shape(sizes, x, index):
    """The shape of `x[index]`; NumPy's rules for basic and integer-array indices."""
    items = index if isinstance(index, tuple) else (index,)
    used = sum(_axes(item) for item in items)
    if not any(item is Ellipsis for item in items):
        items = (*items, Ellipsis)
    shape: list[Any] = []
    arrays: list[Any] = []
    place = None
    axis = 0
    for item in items:
        if item is Ellipsis:
            rest = len(x.shape) - used
            shape += x.shape[axis : axis + rest]
            axis += rest
        elif item is None:
            shape.append(1)
        elif isinstance(item, slice):
            shape.append(_slice_length(sizes, item, x.shape[axis]))
            axis += 1
        else:
            if getattr(item, "shape", ()):
                if item.kind.is_bool:
                    return None
                if place is not None and place + 0 != len(shape):
                    return None  # separated by slices: NumPy moves the axes to the front
                place = len(shape) if place is None else place
                arrays.append(item.shape)
            axis += 1
    if place is not None:
        shape[place:place] = sizes.broadcast(arrays)
    return tuple(shape)


def _axes(item: Any) -> int:
    if item is None or item is Ellipsis:
        return 0
    kind = getattr(item, "kind", None)
    return kind.rank if kind is not None and kind.is_bool else 1


def _slice_length(sizes: Any, item: slice, length: Any) -> Any:
    bounds: list[Any] = []
    for bound in (item.start, item.stop):
        if bound is None:
            bounds.append(None)
            continue
        known = sizes.dim(bound)
        if known is None:
            return None
        bounds.append(known)
    step = 1 if item.step is None else item.step
    if not isinstance(step, int):
        return None
    return sizes.slice_length(bounds[0], bounds[1], step, length)
