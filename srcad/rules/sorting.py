"""Sorting, and what is found by it: medians, percentiles, values between samples.

| point                                | derivative                                            |
| ------------------------------------ | ----------------------------------------------------- |
| `sort` of equal elements             | they keep the order in which they stand               |
| `median` of an even number           | one half to each of the two in the middle             |
| `median`, `percentile` of equal ones | to the one that a stable sort puts there              |
| `interp` at a sample                 | the slope after it; at the last one, before it        |
| `interp` beyond the ends             | 0 by the point                                        |
"""

from __future__ import annotations

import numpy as np

from srcad.rules.indexing import add_at
from srcad.rules.rearranging import take_along_axis
from srcad.rules.reductions import beside, count, reduced, total
from srcad.rules.registry import expand, forward_of, rule, shape_rule

# Equal elements are sorted in the order in which they stand, so bars go where jax sends them.


@expand(np.sort, options={"fixed": ("axis",)})
def sort(x, axis=-1, kind=None):
    x = np.asarray(x)
    if axis is None:
        x = np.ravel(x)
        return x[np.argsort(x, kind="stable")]
    if x.ndim == 1:
        return x[np.argsort(x, kind="stable")]
    return take_along_axis(x, np.argsort(x, axis=axis, kind="stable"), axis)


# Percentiles.  Which elements they are made of is a decision, like the mask of a maximum.


def ranks(x, axis):
    """The place of each element among those that it is sorted with."""
    if isinstance(axis, tuple):
        raise NotImplementedError("medians over several axes have no rule: reshape them into one")
    if axis is None and x.ndim > 1:
        return np.reshape(ranks(np.ravel(x), 0), x.shape)
    if axis is None or x.ndim == 1:
        return np.argsort(np.argsort(x, kind="stable"))
    return np.argsort(np.argsort(x, axis=axis, kind="stable"), axis=axis)


def share(x, place, axis):
    """How much each element has of what stands at a place, sorted: between two it is divided."""
    if x.dtype == np.float64:
        return np.maximum(0.0, 1.0 - np.abs(ranks(x, axis) - place))
    return np.maximum(0.0, 1.0 - np.abs(ranks(x, axis) - place)).astype(x.dtype)


def rise(x, place, axis, keepdims):
    """How fast what stands at a place grows with the place."""
    order = ranks(x, axis)
    low = np.minimum(np.floor(place), max(count(x, axis) - 2, 0))
    jumps = np.where(order == low + 1, x, 0.0) - np.where(order == low, x, 0.0)
    return total(jumps, axis, keepdims)


@rule(np.median, costly=True, options={"exact": ("x",), "positional": 1})
def median(ans_bar, x, axis=None, keepdims=False):
    if x.ndim == 0:
        return ans_bar
    middle = 0.5 * (count(x, axis) - 1)
    return beside(ans_bar, x, axis, keepdims) * share(x, middle, axis)


@forward_of(np.median)
def median_forward(x, axis=None, keepdims=False, *, x_dot):
    if x.ndim == 0:
        return x_dot
    return total(share(x, 0.5 * (count(x, axis) - 1), axis) * x_dot, axis, keepdims)


def need_one(q):
    if np.ndim(q) != 0:
        raise NotImplementedError(
            "np.quantile of several quantiles at once has no rule: call it once for each"
        )


@rule(np.quantile, costly=True, options={"exact": ("x",), "positional": 2})
def quantile(ans_bar, x, q, axis=None, keepdims=False):
    need_one(q)
    place = q * (count(x, axis) - 1)
    x_bar = beside(ans_bar, x, axis, keepdims) * share(x, place, axis)
    return x_bar, np.sum(ans_bar * rise(x, place, axis, keepdims)) * (count(x, axis) - 1)


@forward_of(np.quantile)
def quantile_forward(x, q, axis=None, keepdims=False, *, x_dot, q_dot=None):
    need_one(q)
    place = q * (count(x, axis) - 1)
    moved = total(share(x, place, axis) * x_dot, axis, keepdims)
    if q_dot is None:
        return moved
    return moved + rise(x, place, axis, keepdims) * q_dot * (count(x, axis) - 1)


@rule(np.percentile, costly=True, options={"exact": ("x",), "positional": 2})
def percentile(ans_bar, x, q, axis=None, keepdims=False):
    need_one(q)
    x_bar, q_bar = quantile(ans_bar, x, q / 100.0, axis, keepdims)
    return x_bar, q_bar / 100.0


@forward_of(np.percentile)
def percentile_forward(x, q, axis=None, keepdims=False, *, x_dot, q_dot=None):
    if q_dot is None:
        return quantile_forward(x, q / 100.0, axis, keepdims, x_dot=x_dot)
    return quantile_forward(x, q / 100.0, axis, keepdims, x_dot=x_dot, q_dot=q_dot / 100.0)


# Values between samples


def segment(x, xp):
    """Between which samples a point is: at a sample, after it; beyond the ends, the last ones."""
    return np.clip(np.searchsorted(xp, x, side="right") - 1, 0, xp.shape[0] - 2)


def between(xp, low):
    """How far apart the samples around a point are; 1 for one sample alone, where slopes are 0."""
    return xp[low + 1] - xp[low] + (xp.shape[0] == 1)


@rule(np.interp, options={"positional": 5})
def interp(ans_bar, x, xp, fp, left=None, right=None, period=None):
    """Beyond the ends the result is constant: no bar for x."""
    if period is not None:
        raise NotImplementedError("np.interp with a period has no rule: reduce x with % first")
    low = segment(x, xp)
    width = between(xp, low)
    part = np.clip((x - xp[low]) / width, 0.0, 1.0)
    slope = (fp[low + 1] - fp[low]) / width
    within = np.where((x >= xp[0]) & (x <= xp[-1]), ans_bar, 0.0)
    x_bar = within * slope
    bar, left_bar, right_bar = ends(ans_bar, x, xp, left, right)
    xp_bar = np.zeros(xp.shape, xp.dtype)
    xp_bar = add_at(xp_bar, low, x_bar * (part - 1.0))
    xp_bar = add_at(xp_bar, low + 1, -x_bar * part)
    fp_bar = np.zeros(fp.shape, fp.dtype)
    fp_bar = add_at(fp_bar, low, bar * (1.0 - part))
    fp_bar = add_at(fp_bar, low + 1, bar * part)
    return x_bar, xp_bar, fp_bar, left_bar, right_bar


def ends(bar, x, xp, left, right):
    """What of a bar goes to samples, and what to the values given for points beyond them."""
    left_bar, right_bar = None, None
    if left is not None:
        left_bar = np.sum(np.where(x < xp[0], bar, 0.0))
        bar = np.where(x < xp[0], 0.0, bar)
    if right is not None:
        right_bar = np.sum(np.where(x > xp[-1], bar, 0.0))
        bar = np.where(x > xp[-1], 0.0, bar)
    return bar, left_bar, right_bar


@forward_of(np.interp)
def interp_forward(
    x, xp, fp, left=None, right=None, period=None,
    x_dot=None, xp_dot=None, fp_dot=None, left_dot=None, right_dot=None,
):  # fmt: skip
    if period is not None:
        raise NotImplementedError("np.interp with a period has no rule: reduce x with % first")
    low = segment(x, xp)
    width = between(xp, low)
    part = np.clip((x - xp[low]) / width, 0.0, 1.0)
    slope = (fp[low + 1] - fp[low]) / width
    moved = np.zeros_like(part)
    if fp_dot is not None:
        moved = fp_dot[low] * (1.0 - part) + fp_dot[low + 1] * part
    if left is not None:
        moved = np.where(x < xp[0], 0.0 if left_dot is None else left_dot, moved)
    if right is not None:
        moved = np.where(x > xp[-1], 0.0 if right_dot is None else right_dot, moved)
    shift = np.zeros_like(part) if x_dot is None else x_dot
    if xp_dot is not None:
        shift = shift - xp_dot[low] * (1.0 - part) - xp_dot[low + 1] * part
    return moved + np.where((x >= xp[0]) & (x <= xp[-1]), slope * shift, 0.0)


@shape_rule(np.median)
def median_shape(sizes, x, axis=None, keepdims=False):
    return reduced(sizes, x, axis, None, keepdims)


@shape_rule(np.quantile, np.percentile)
def quantile_shape(sizes, x, q, axis=None, keepdims=False):
    several = isinstance(q, tuple) or len(getattr(q, "shape", ())) > 0
    return None if several else reduced(sizes, x, axis, None, keepdims)


@shape_rule(np.interp)
def interp_shape(sizes, x, *samples, **given):
    return getattr(x, "shape", ())
