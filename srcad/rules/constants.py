"""Functions that make arrays, and functions whose results carry no derivative.

A shape rule sees an int either as a Python int, a `Dim`, or a `Shaped` whose `size` is its symbolic
value; a length that it cannot tell is None.  Comparisons, rounding and the like are with the
operators and the elementwise functions.
"""

from __future__ import annotations

import numpy as np

from srcad.ir.primitives import Primitive
from srcad.rules.registry import constant, forward_of, rule, shape_rule
from srcad.runtime.arrays import unbroadcast

# Symbolic lengths


def length(value):
    """A length as given by an argument: an int, a `Dim`, or None if it is not known."""
    if isinstance(value, int | np.integer):
        return int(value)
    if hasattr(value, "terms"):  # a Dim, from the shape of another array
        return value
    return getattr(value, "size", None)


def lengths(shape):
    """A shape as given by an argument: one int or a tuple of them."""
    if isinstance(shape, tuple):
        return tuple(length(item) for item in shape)
    if getattr(shape, "shape", ()):  # an array of ints: only its length is known
        return None
    return (length(shape),)


def shape_of(value):
    """The shape of an argument that may be an array, a number or a shape."""
    return value if isinstance(value, tuple) else getattr(value, "shape", ())


# Fresh arrays

constant(np.zeros, np.ones, np.empty, np.zeros_like, np.ones_like, np.empty_like)
constant(np.eye, np.identity, np.tri, np.indices)


@shape_rule(np.zeros, np.ones, np.empty)
def zeros_shape(sizes, shape, dtype=None, order="C"):
    return lengths(shape)


@shape_rule(np.zeros_like, np.ones_like, np.empty_like)
def zeros_like_shape(sizes, a, dtype=None, order="K", subok=True, shape=None):
    return shape_of(a) if shape is None else lengths(shape)


@shape_rule(np.eye, np.tri)
def eye_shape(sizes, N, M=None, k=0, dtype=None):
    return length(N), length(N if M is None else M)


@shape_rule(np.identity)
def identity_shape(sizes, n, dtype=None):
    return length(n), length(n)


@shape_rule(np.indices)
def indices_shape(sizes, dimensions, dtype=int, sparse=False):
    axes = None if sparse else lengths(dimensions)
    return None if axes is None else (len(axes), *axes)


# Arrays that are linear in what they are made from


def gathered(bar, value):
    """The bar of a value that was spread over an array: the sum over where it went."""
    if np.ndim(value) == 0:
        return np.sum(bar)
    return unbroadcast(bar, np.shape(value))


@rule(np.full)
def full(ans_bar, shape, fill_value, dtype=None, order="C"):
    return None, gathered(ans_bar, fill_value)


@forward_of(np.full)
def full_forward(ans, shape, fill_value, dtype=None, order="C", *, fill_value_dot):
    return np.full_like(ans, fill_value_dot)


@rule(np.full_like)
def full_like(ans_bar, a, fill_value, dtype=None, order="K", subok=True, shape=None):
    return None, gathered(ans_bar, fill_value)


@forward_of(np.full_like)
def full_like_forward(
    ans, a, fill_value, dtype=None, order="K", subok=True, shape=None, *, fill_value_dot
):  # fmt: skip
    return np.full_like(ans, fill_value_dot)


@shape_rule(np.full)
def full_shape(sizes, shape, fill_value, dtype=None, order="C"):
    return lengths(shape)


@shape_rule(np.full_like)
def full_like_shape(sizes, a, fill_value, dtype=None, order="K", subok=True, shape=None):
    return shape_of(a) if shape is None else lengths(shape)


def fractions(shape, num, endpoint):
    """How far each row of a linspace is on its way from start to stop: from 0 to 1."""
    if len(shape) == 1:
        return np.linspace(0.0, 1.0, num, endpoint)
    return np.linspace(np.zeros(shape[1:]), 1.0, num, endpoint)


@rule(np.linspace)
def linspace(ans_bar, start, stop, num=50, endpoint=True, retstep=False, dtype=None):
    stop_part = ans_bar * fractions(ans_bar.shape, num, endpoint)
    return gathered(ans_bar - stop_part, start), gathered(stop_part, stop)


@forward_of(np.linspace)
def linspace_forward(
    start, stop, num=50, endpoint=True, retstep=False, dtype=None, *, start_dot, stop_dot
):
    return np.linspace(start_dot, stop_dot, num, endpoint)


@shape_rule(np.linspace)
def linspace_shape(sizes, start, stop, num=50, endpoint=True, retstep=False, dtype=None):
    ends = sizes.broadcast([shape_of(start), shape_of(stop)])
    return (length(num), *ends)


@rule(np.arange)
def arange(ans_bar, start, stop=None, step=None, dtype=None):
    # `arange(stop)` has one argument, and the end decides nothing but the length.
    if stop is None:
        return None, None, None
    if step is None:
        return np.sum(ans_bar), None, None
    return np.sum(ans_bar), None, np.sum(ans_bar * np.arange(ans_bar.shape[0]))


@forward_of(np.arange)
def arange_forward(
    ans, start, stop=None, step=None, dtype=None, start_dot=None, stop_dot=None, step_dot=None
):
    if stop is None:
        return np.zeros_like(ans)
    moved = np.zeros_like(ans) if start_dot is None else np.full_like(ans, start_dot)
    if step_dot is None:
        return moved
    return moved + step_dot * np.arange(ans.shape[0])


@shape_rule(np.arange)
def arange_shape(sizes, start, stop=None, step=None, dtype=None):
    first, last, by = (0, start, 1) if stop is None else (start, stop, 1 if step is None else step)
    if all(isinstance(value, int | float) for value in (first, last, by)):
        return (len(np.arange(first, last, by)),)
    first, last = length(first), length(last)
    if first is None or last is None or by != 1:
        return (None,)
    # At least one of them is a Dim, which is what can be added to.
    extent = -first + last if isinstance(last, int) else last - first
    forward = sizes.at_least(extent, 0)
    return (None if forward is None else extent if forward else 0,)


# Numbers of trips: Python's own functions of two ints

LARGER = Primitive("max", max, "constant")
SMALLER = Primitive("min", min, "constant")


# Positions and counts

constant(np.argmax, np.argmin, np.nanargmax, np.nanargmin, decides=True)
constant(np.argsort, np.any, np.all, np.count_nonzero, decides=True)
constant(np.searchsorted, np.digitize, np.flatnonzero, np.isin, decides=True)
constant(np.nonzero, np.argwhere, np.argpartition, decides=True)
constant(np.allclose, np.array_equal, np.array_equiv, decides=True)
constant(np.iscomplexobj, np.isrealobj, np.isscalar)


def reduced(shape, axis, keepdims):
    """The shape of a reduction of an array along constant axes."""
    if axis is None:
        return (1,) * len(shape) if keepdims else ()
    gone = {a % len(shape) for a in (axis if isinstance(axis, tuple) else (axis,))}
    if keepdims:
        return tuple(1 if i in gone else dim for i, dim in enumerate(shape))
    return tuple(dim for i, dim in enumerate(shape) if i not in gone)


@shape_rule(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all)
def position_shape(sizes, a, axis=None, out=None, keepdims=False):
    return reduced(shape_of(a), axis, keepdims)


@shape_rule(np.count_nonzero)
def count_shape(sizes, a, axis=None, keepdims=False):
    return reduced(shape_of(a), axis, keepdims)


@shape_rule(np.argsort, np.argpartition)
def order_shape(sizes, a, *args, axis=-1, **kwargs):
    return None if axis is None or args else shape_of(a)


@shape_rule(np.searchsorted)
def searchsorted_shape(sizes, a, v, side="left", sorter=None):
    return shape_of(v)


@shape_rule(np.digitize, np.isin)
def elements_shape(sizes, x, *args, **kwargs):
    return shape_of(x)
