"""Arrays made of several: `np.concatenate`, `np.stack` and their kin.

The first argument of all of them is a tuple.  A body is the transpose for one item of it, the one
at `position`.
"""

from __future__ import annotations

import numpy as np

from srcad.rules.registry import PRIMITIVES, linear, shape_rule
from srcad.rules.shaping import dims
from srcad.runtime.arrays import doubled

# `position` is no parameter of the functions themselves, so theirs are not renamed to keywords.
VARIADIC = {"variadic": True, "positional": 9}


def part(bar, axis, start, stop):
    """`bar` from `start` to `stop` along an axis; None for the ends."""
    if axis == 0:
        return bar[start:stop]
    if axis == 1:
        return bar[:, start:stop]
    if axis == -1 or axis == bar.ndim - 1:
        return bar[..., start:stop]
    return np.swapaxes(np.swapaxes(bar, 0, axis)[start:stop], 0, axis)


def row(bar, axis, position):
    """One row along an axis."""
    if axis == 0:
        return bar[position]
    if axis == 1:
        return bar[:, position]
    if axis == -1 or axis == bar.ndim - 1:
        return bar[..., position]
    return np.moveaxis(bar, axis, 0)[position]


def before(arrays, position, axis):
    """How long the items before one are in all; None for nothing."""
    if position == 0:
        return None
    return whole(arrays[:position], axis)


def up_to(arrays, position, axis):
    """Where an item ends; None for the last one."""
    if position == len(arrays) - 1:
        return None
    return whole(arrays[: position + 1], axis)


def whole(arrays, axis):
    """How long some items are in all: by halves, for the depth to which helpers nest is bounded."""
    if len(arrays) == 1:
        return extent(arrays[0], axis)
    half = (len(arrays) + 1) // 2
    return whole(arrays[:half], axis) + whole(arrays[half:], axis)


def extent(x, axis):
    """How long an item is along an axis of the result; it may lack that axis."""
    if axis is None:
        return x.size
    if axis >= x.ndim:
        return 1
    return x.shape[axis]


@linear(np.concatenate, options=VARIADIC)
def concatenate(ans_bar, arrays, position, axis=0):
    x = arrays[position]
    start = before(arrays, position, axis)
    stop = up_to(arrays, position, axis)
    if axis is None:
        return np.reshape(ans_bar[start:stop], x.shape)
    return part(ans_bar, axis, start, stop)


@linear(np.stack, options=VARIADIC)
def stack(ans_bar, arrays, position, axis=0):
    return row(ans_bar, axis, position)


@linear(np.hstack, options=VARIADIC)
def hstack(ans_bar, arrays, position):
    x = arrays[position]
    if ans_bar.ndim == 1:
        if x.ndim == 0:
            return ans_bar[index(arrays, position, 0)]
        return ans_bar[before(arrays, position, 0) : up_to(arrays, position, 0)]
    return ans_bar[:, before(arrays, position, 1) : up_to(arrays, position, 1)]


@linear(np.vstack, options=VARIADIC)
def vstack(ans_bar, arrays, position):
    x = arrays[position]
    if x.ndim == 0:
        return ans_bar[position, 0]
    start = rows_before(arrays, position)
    if x.ndim == 1:
        return ans_bar[start]
    return ans_bar[start : start + x.shape[0]]


def rows_before(arrays, position):
    if position == 0:
        return 0
    return rows(arrays[:position])


def rows(arrays):
    """How many rows of the result are made of some items; one of a single axis is a row."""
    if len(arrays) > 1:
        half = (len(arrays) + 1) // 2
        return rows(arrays[:half]) + rows(arrays[half:])
    if arrays[0].ndim < 2:
        return 1
    return arrays[0].shape[0]


@linear(np.column_stack, options=VARIADIC)
def column_stack(ans_bar, arrays, position):
    x = arrays[position]
    if x.ndim == 0:
        return ans_bar[0, position]
    if x.ndim == 1:
        return ans_bar[:, index(arrays, position, 1)]
    return ans_bar[:, before(arrays, position, 1) : up_to(arrays, position, 1)]


def index(arrays, position, axis):
    """Where an item of length 1 is."""
    if position == 0:
        return 0
    return whole(arrays[:position], axis)


@linear(np.array, options=VARIADIC)
def array(ans_bar, items, position, dtype=None, copy=True):
    """In nested tuples `position` is the path to an item, `(0, 1)`; of an array it is `()`."""
    if position == ():
        return ans_bar
    return ans_bar[position]


@linear(doubled, text="doubled")
def doubled_transpose(ans_bar, rows):
    return ans_bar[: ans_bar.shape[0] // 2]


DOUBLED = PRIMITIVES[doubled]
"""An array with as many rows again: a list that grows has no more room."""


# Shapes of the results


def total(lengths):
    """A sum of lengths, some of them symbolic."""
    number = 0
    symbolic = None
    for length in lengths:
        if length is None:
            return None
        if isinstance(length, int):
            number += length
        else:
            symbolic = length if symbolic is None else symbolic + length
    return number if symbolic is None else symbolic + number


def joined(shapes, axis):
    axis %= len(shapes[0])
    length = total(shape[axis] for shape in shapes)
    return tuple(length if a == axis else d for a, d in enumerate(shapes[0]))


@shape_rule(doubled)
def doubled_shape(sizes, rows):
    return (None, *rows.shape[1:])


@shape_rule(np.concatenate)
def concatenate_shape(sizes, arrays, axis=0):
    return None if axis is None else joined([dims(x) for x in arrays], axis)


@shape_rule(np.stack)
def stack_shape(sizes, arrays, axis=0):
    shape = list(dims(arrays[0]))
    shape.insert(axis % (len(shape) + 1), len(arrays))
    return tuple(shape)


@shape_rule(np.hstack)
def hstack_shape(sizes, arrays):
    shapes = [dims(x) or (1,) for x in arrays]
    return joined(shapes, 0 if len(shapes[0]) == 1 else 1)


@shape_rule(np.vstack)
def vstack_shape(sizes, arrays):
    return joined([(*(1,) * (2 - len(dims(x))), *dims(x)) for x in arrays], 0)


@shape_rule(np.column_stack)
def column_stack_shape(sizes, arrays):
    shapes = [dims(x) or (1,) for x in arrays]
    return joined([(*s, 1) if len(s) == 1 else s for s in shapes], 1)


@shape_rule(np.array)
def array_shape(sizes, items, dtype=None, copy=True):
    if isinstance(items, tuple):
        return (len(items), *(array_shape(sizes, items[0]) or ())) if items else (0,)
    return dims(items)
