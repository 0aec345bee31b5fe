"""Methods of ufuncs: `outer`, `reduce` and `accumulate`, written with functions that have rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.rules.constants import shape_of
from srcad.rules.rearranging import take_along_axis
from srcad.rules.reductions import beside, reduced, total
from srcad.rules.registry import constant, expand, forward_of, rule, shape_rule
from srcad.runtime.arrays import log_sum_exp, running_argmax, running_argmin

# Every pair of elements

PAIRED: tuple[np.ufunc, ...] = (
    np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum, np.hypot,
    np.arctan2, np.logaddexp,
)  # fmt: skip
COMPARED: tuple[np.ufunc, ...] = (
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and,
    np.logical_or, np.logical_xor,
)  # fmt: skip


def outer_of(function):
    def outer(a, b):
        a, b = np.asarray(a), np.asarray(b)
        if a.ndim == 1 and b.ndim == 1:
            return function(a[:, None], b)
        return function(np.reshape(a, (*a.shape, *(1,) * b.ndim)), b)

    return outer


for _function in PAIRED:
    expand(_function.outer, text=f"np.{_function.__name__}.outer")(outer_of(_function))

for _function in COMPARED:
    constant(_function.outer, text=f"np.{_function.__name__}.outer", decides=True)
    constant(_function.reduce, text=f"np.{_function.__name__}.reduce", decides=True)

# Reductions: along the first axis, where nothing is said

REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logaddexp: log_sum_exp,
}


def reduce_of(function):
    def reduce(array, axis=0, dtype=None, out=None, keepdims=False):
        if dtype is not None or out is not None:
            raise NotImplementedError("`reduce` with a dtype has no rule: convert the array first")
        if keepdims:
            return function(np.asarray(array), axis=axis, keepdims=True)
        return function(np.asarray(array), axis=axis)

    return reduce


for _function, _whole in REDUCTIONS.items():
    expand(
        _function.reduce,
        text=f"np.{_function.__name__}.reduce",
        options={"fixed": ("axis", "keepdims")},
    )(reduce_of(_whole))


def share(ans, x, axis, keepdims):
    """The part of each term in the sum; infinite ones have all of it."""
    whole = beside(ans, x, axis, keepdims)
    return np.where(x == whole, 1.0, np.exp(x - whole))


@rule(log_sum_exp, text="np.logaddexp.reduce", costly=True)
def log_sum_exp_bar(ans_bar, ans, x, axis=0, keepdims=False):
    return beside(ans_bar, x, axis, keepdims) * share(ans, x, axis, keepdims)


@forward_of(log_sum_exp)
def log_sum_exp_forward(ans, x, axis=0, keepdims=False, *, x_dot):
    return total(share(ans, x, axis, keepdims) * x_dot, axis, keepdims)


@shape_rule(log_sum_exp)
def log_sum_exp_shape(sizes, x, axis=0, keepdims=False):
    return reduced(sizes, x, axis, None, keepdims)


# Running results


@expand(np.add.accumulate, text="np.add.accumulate", options={"fixed": ("axis",)})
def add_accumulate(array, axis=0):
    return np.cumsum(np.asarray(array), axis=axis)


@expand(np.multiply.accumulate, text="np.multiply.accumulate", options={"fixed": ("axis",)})
def multiply_accumulate(array, axis=0):
    return np.cumprod(np.asarray(array), axis=axis)


constant(running_argmax, text="running_argmax", decides=True)
constant(running_argmin, text="running_argmin", decides=True)


@expand(np.maximum.accumulate, text="np.maximum.accumulate", options={"fixed": ("axis",)})
def maximum_accumulate(array, axis=0):
    x = np.asarray(array)
    return elements(x, running_argmax(x, axis), axis)


@expand(np.minimum.accumulate, text="np.minimum.accumulate", options={"fixed": ("axis",)})
def minimum_accumulate(array, axis=0):
    x = np.asarray(array)
    return elements(x, running_argmin(x, axis), axis)


def elements(x, places, axis):
    if x.ndim == 1:
        return x[places]
    return take_along_axis(x, places, axis)


@shape_rule(running_argmax, running_argmin)
def running_shape(sizes, x, axis):
    return shape_of(x)
