"""Arrays in other shapes and orders: nothing is computed, elements move.

`options["positional"]` is how many arguments stay positional where others become keywords.
"""

from __future__ import annotations

import numpy as np

from srcad.rules.constants import length, lengths
from srcad.rules.registry import linear, shape_rule
from srcad.runtime.arrays import onto_diagonal, unbroadcast

# The same elements in the same order


def reshaped(bar, x):
    if x.ndim == 0:
        return np.sum(bar)
    return np.reshape(bar, x.shape)


# Called on arrays of one element, as inference does, a shape of other lengths is refused; and
# `squeeze` drops every axis.  `example` is what such a call returns instead.
def reshape_example(x, shape):
    return np.ones((1,) * (len(shape) if isinstance(shape, tuple) else 1), np.asarray(x).dtype)


@linear(np.reshape, view=True, options={"example": reshape_example, "positional": 2})
def reshape(ans_bar, x, shape):
    return reshaped(ans_bar, x)


@linear(np.ravel, view=True)
def ravel(ans_bar, x):
    if x.ndim == 1:
        return ans_bar
    return reshaped(ans_bar, x)


@linear(np.expand_dims, view=True, options={"positional": 2})
def expand_dims(ans_bar, x, axis):
    return reshaped(ans_bar, x)


@linear(np.squeeze, view=True)
def squeeze(ans_bar, x, axis=None):
    return reshaped(ans_bar, x)


@linear(np.atleast_1d, np.atleast_2d, view=True)
def at_least(ans_bar, x):
    return reshaped(ans_bar, x)


@linear(np.copy)
def copy(ans_bar, x, order="K", subok=False):
    return ans_bar


@linear(np.asarray, view=True)
def asarray(ans_bar, x, dtype=None, order=None):
    return ans_bar


@linear(np.ascontiguousarray, view=True)
def ascontiguousarray(ans_bar, x, dtype=None):
    if x.ndim == 0:
        return np.sum(ans_bar)
    return ans_bar


@linear(np.broadcast_to, view=True, options={"positional": 2})
def broadcast_to(ans_bar, x, shape):
    return unbroadcast(ans_bar, x.shape)


# Axes in another order


def inverse_permutation(axes, axis, rank):
    """Where axis `axis` and those after it went."""
    if axis == rank:
        return ()
    return (position(axes, axis, 0, rank), *inverse_permutation(axes, axis + 1, rank))


def position(axes, axis, start, rank):
    if axes[start] == axis or axes[start] == axis - rank:
        return start
    return position(axes, axis, start + 1, rank)


@linear(np.transpose, view=True, options={"positional": 2})
def transpose(ans_bar, x, axes=None):
    if axes is None:
        if x.ndim < 2:
            return ans_bar
        return ans_bar.T
    return np.transpose(ans_bar, inverse_permutation(axes, 0, x.ndim))


@linear(np.swapaxes, view=True, options={"positional": 3})
def swapaxes(ans_bar, x, axis1, axis2):
    return np.swapaxes(ans_bar, axis1, axis2)


@linear(np.moveaxis, view=True, options={"positional": 3})
def moveaxis(ans_bar, x, source, destination):
    return np.moveaxis(ans_bar, destination, source)


@linear(np.flip, view=True, options={"positional": 2})
def flip(ans_bar, x, axis=None):
    if axis is None:
        return np.flip(ans_bar)
    return np.flip(ans_bar, axis)


@linear(np.roll, options={"positional": 2})
def roll(ans_bar, x, shift, axis=None):
    if axis is None:
        return np.roll(ans_bar, opposite(shift))
    return np.roll(ans_bar, opposite(shift), axis=axis)


def opposite(shift):
    if not isinstance(shift, tuple):
        return -shift
    if len(shift) == 0:
        return ()
    return (-shift[0], *opposite(shift[1:]))


# Diagonals and triangles


@linear(
    np.diag,
    view=True,
    options={"positional": 2, "view_if": lambda x, result: result.rank < x.rank},
)
def diag(ans_bar, x, k=0):
    if x.ndim == 2:
        return on_diagonal(ans_bar, x, k)
    if k == 0:
        return np.diagonal(ans_bar)
    return np.diagonal(ans_bar, k)


@linear(np.diagonal, view=True, options={"positional": 4})
def diagonal(ans_bar, x, offset=0, axis1=0, axis2=1):
    if x.ndim == 2 and axis1 == 0 and axis2 == 1:
        return on_diagonal(ans_bar, x, offset)
    return onto_diagonal(ans_bar, x.shape, offset, axis1, axis2)


def on_diagonal(bar, x, offset):
    if offset == 0:
        return onto_diagonal(bar, x.shape)
    return onto_diagonal(bar, x.shape, offset)


@linear(onto_diagonal, text="onto_diagonal", options={"positional": 5})
def onto_diagonal_transposed(ans_bar, bar, shape, offset=0, axis1=0, axis2=1):
    return np.diagonal(ans_bar, offset, axis1, axis2)


@linear(np.trace, options={"positional": 4})
def trace(ans_bar, x, offset=0, axis1=0, axis2=1):
    if x.ndim == 2 and axis1 == 0 and axis2 == 1:
        return ans_bar * ones_on_diagonal(x, offset)
    return onto_diagonal(np.expand_dims(ans_bar, -1), x.shape, offset, axis1, axis2)


def ones_on_diagonal(x, offset):
    if x.dtype == np.float64 and offset == 0:
        return np.eye(x.shape[0], x.shape[1])
    return np.eye(x.shape[0], x.shape[1], offset, dtype=x.dtype)


@linear(np.tril, options={"positional": 2})
def tril(ans_bar, x, k=0):
    if x.ndim == 1:  # a row, repeated
        return np.sum(np.tril(ans_bar, k), axis=0)
    return np.tril(ans_bar, k)


@linear(np.triu, options={"positional": 2})
def triu(ans_bar, x, k=0):
    if x.ndim == 1:
        return np.sum(np.triu(ans_bar, k), axis=0)
    return np.triu(ans_bar, k)


# Shapes of the results.  An axis is None where its length is only known at run time.


def dims(x):
    return getattr(x, "shape", ())


def product(items):
    """A product of lengths as (number, the lengths that are not numbers)."""
    number, rest = 1, []
    for item in items:
        if isinstance(item, int):
            number *= item
        elif item is not None and item.is_constant:
            number *= item.constant
        else:
            rest.append(item)
    return number, rest


def quotient(whole, parts):
    """The length of the axis that was given as -1, where it has a simple form."""
    number, rest = product(whole)
    divisor, others = product(parts)
    for other in others:
        if other is None or other not in rest:
            return None
        rest.remove(other)
    if not divisor or number % divisor or len(rest) > 1:
        return None
    return rest[0].scaled(number // divisor) if rest else number // divisor


@shape_rule(np.reshape)
def reshape_shape(sizes, x, shape):
    wanted = lengths(shape)
    if wanted is None:
        return None
    known = [d for d in wanted if not is_minus_one(d)]
    return tuple(quotient(dims(x), known) if is_minus_one(d) else d for d in wanted)


def is_minus_one(d):
    return d == -1 or (hasattr(d, "terms") and d.is_constant and d.constant == -1)


@shape_rule(np.ravel)
def ravel_shape(sizes, x):
    return (quotient(dims(x), ()),)


@shape_rule(np.expand_dims)
def expand_dims_shape(sizes, x, axis):
    axes = axis if isinstance(axis, tuple) else (axis,)
    rank = len(dims(x)) + len(axes)
    new = {a % rank for a in axes}
    old = iter(dims(x))
    return tuple(1 if a in new else next(old) for a in range(rank))


@shape_rule(np.squeeze)
def squeeze_shape(sizes, x, axis=None):
    if axis is None:
        return None
    gone = {a % len(x.shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return tuple(d for a, d in enumerate(x.shape) if a not in gone)


@shape_rule(np.atleast_1d)
def atleast_1d_shape(sizes, x):
    return dims(x) or (1,)


@shape_rule(np.atleast_2d)
def atleast_2d_shape(sizes, x):
    return (*(1,) * (2 - len(dims(x))), *dims(x))


@shape_rule(np.copy)
def copy_shape(sizes, x, order="K", subok=False):
    return dims(x)


@shape_rule(np.asarray)
def asarray_shape(sizes, x, dtype=None, order=None):
    return dims(x)


@shape_rule(np.ascontiguousarray)
def ascontiguousarray_shape(sizes, x, dtype=None):
    return dims(x) or (1,)


@shape_rule(np.broadcast_to)
def broadcast_to_shape(sizes, x, shape):
    return lengths(shape)


@shape_rule(np.transpose)
def transpose_shape(sizes, x, axes=None):
    return dims(x)[::-1] if axes is None else tuple(dims(x)[a] for a in axes)


@shape_rule(np.swapaxes)
def swapaxes_shape(sizes, x, axis1, axis2):
    shape = list(x.shape)
    shape[axis1], shape[axis2] = shape[axis2], shape[axis1]
    return tuple(shape)


@shape_rule(np.moveaxis)
def moveaxis_shape(sizes, x, source, destination):
    return tuple(x.shape[a] for a in moved_axes(len(x.shape), source, destination))


def moved_axes(rank, source, destination):
    """The axes of the argument in the order of the result."""
    sources = source if isinstance(source, tuple) else (source,)
    targets = destination if isinstance(destination, tuple) else (destination,)
    order = [a for a in range(rank) if a not in {s % rank for s in sources}]
    moves = zip(targets, sources, strict=True)
    for target, origin in sorted((to % rank, source % rank) for to, source in moves):
        order.insert(target, origin)
    return order


@shape_rule(np.flip)
def flip_shape(sizes, x, axis=None):
    return x.shape


@shape_rule(np.roll)
def roll_shape(sizes, x, shift, axis=None):
    return x.shape


@shape_rule(np.tril, np.triu)
def triangle_shape(sizes, x, k=0):
    return x.shape * 2 if len(x.shape) == 1 else x.shape


@shape_rule(np.diag)
def diag_shape(sizes, x, k=0):
    if len(x.shape) == 1:
        return (x.shape[0] + abs(k),) * 2 if isinstance(k, int) else None
    return (diagonal_length(sizes, x.shape[0], x.shape[1], k),)


@shape_rule(np.diagonal)
def diagonal_shape(sizes, x, offset=0, axis1=0, axis2=1):
    rank = len(x.shape)
    kept = [d for a, d in enumerate(x.shape) if a not in (axis1 % rank, axis2 % rank)]
    return (*kept, diagonal_length(sizes, x.shape[axis1], x.shape[axis2], offset))


def diagonal_length(sizes, rows, columns, offset):
    if not isinstance(offset, int):
        return None
    rows, columns = rows + min(offset, 0), columns - max(offset, 0)
    shorter = sizes.at_least(columns, rows)
    if shorter is None or not sizes.at_least(rows if shorter else columns, 0):
        return None
    return rows if shorter else columns


@shape_rule(onto_diagonal)
def onto_diagonal_shape(sizes, bar, shape, offset=0, axis1=0, axis2=1):
    return tuple(length(n) for n in shape)


@shape_rule(np.trace)
def trace_shape(sizes, x, offset=0, axis1=0, axis2=1):
    rank = len(x.shape)
    return tuple(d for a, d in enumerate(x.shape) if a not in (axis1 % rank, axis2 % rank))
