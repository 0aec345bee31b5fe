"""Sums, means, products, extrema and norms along axes."""

from __future__ import annotations

import numpy as np

from srcad.rules.registry import elementwise, expand, forward_of, linear, rule, shape_rule
from srcad.runtime.arrays import masked, product_of_others, recurrence, unbroadcast


def beside(reduced, x, axis, keepdims):
    """What was reduced from `x`, with axes put back where broadcasting alone would go wrong."""
    if axis is None or keepdims:
        return reduced
    if isinstance(axis, tuple):
        if len(axis) == x.ndim:
            return reduced
        return np.expand_dims(reduced, axis)
    # Broadcasting puts a leading axis back by itself.
    if axis == 0 or axis == -x.ndim:
        return reduced
    return np.expand_dims(reduced, axis)


def spread(bar, x, axis, keepdims):
    """The bar of a sum, repeated along the axes that were summed."""
    if x.ndim == 0:
        return bar
    return np.broadcast_to(beside(bar, x, axis, keepdims), x.shape)


def count(x, axis):
    """How many elements were reduced to one."""
    if axis is None:
        return x.size
    if isinstance(axis, tuple):
        if len(axis) == 0:
            return 1
        if len(axis) == 1:
            return x.shape[axis[0]]
        return x.shape[axis[0]] * count(x, axis[1:])
    return x.shape[axis]


def total(x, axis, keepdims):
    """`np.sum` without the arguments that say nothing."""
    if axis is None and keepdims:
        return np.sum(x, keepdims=True)
    if axis is None:
        return np.sum(x)
    if keepdims:
        return np.sum(x, axis=axis, keepdims=True)
    return np.sum(x, axis=axis)


def centred(x, axis):
    if axis is None:
        return x - np.mean(x)
    return x - np.mean(x, axis=axis, keepdims=True)


def freedom(x, axis, ddof):
    """What a sum of squares is divided by."""
    if ddof == 0:
        return count(x, axis)
    return count(x, axis) - ddof


def conjugate(x):
    """The conjugate, without a trace of it in the adjoints of real programs."""
    if x.dtype.kind == "c":
        return np.conjugate(x)
    return x


def real(x):
    if x.dtype.kind == "c":
        return np.real(x)
    return x


@linear(np.sum)
def sum(ans_bar, x, axis=None, dtype=None, keepdims=False):
    return spread(ans_bar, x, axis, keepdims)


@linear(np.mean)
def mean(ans_bar, x, axis=None, dtype=None, keepdims=False):
    return spread(ans_bar / count(x, axis), x, axis, keepdims)


@linear(unbroadcast, text="unbroadcast", view=True, options={"positional": 2})
def unbroadcast_transposed(ans_bar, bar, shape):
    return np.broadcast_to(ans_bar, bar.shape)


@elementwise(masked, text="masked")
def masked_partials(ans_bar, bar, value):
    # A bar that is zero here need not be so close by: only what is infinite is no derivative.
    return None, masked((bar != 0) | np.isfinite(value), ans_bar)


def ties(hit, x, axis, keepdims):
    """How many elements are the extremum, in the dtype of x: an int64 would widen float32."""
    if x.dtype == np.float64:
        return total(hit, axis, keepdims)
    return total(np.where(hit, np.ones_like(x), 0.0), axis, keepdims)


# The mask is a decision: an `x` that was computed a second time may differ in its last bit.
@rule(np.max, np.amax, np.min, np.amin, options={"exact": ("x",)})
def extremum(ans_bar, ans, x, axis=None, keepdims=False):
    """Ties share the bar evenly, as in jax."""
    if x.ndim == 0:
        return ans_bar
    hit = x == beside(ans, x, axis, keepdims)
    share = ans_bar / ties(hit, x, axis, keepdims)
    return np.where(hit, beside(share, x, axis, keepdims), 0.0)


@forward_of(np.max, np.amax, np.min, np.amin)
def extremum_forward(ans, x, axis=None, keepdims=False, *, x_dot):
    if x.ndim == 0:
        return x_dot
    hit = x == beside(ans, x, axis, keepdims)
    return total(np.where(hit, x_dot, 0.0), axis, keepdims) / ties(hit, x, axis, keepdims)


@expand(np.ptp)
def ptp(x, axis=None, keepdims=False):
    return np.max(x, axis=axis, keepdims=keepdims) - np.min(x, axis=axis, keepdims=keepdims)


@expand(np.average, options={"fixed": ("axis", "keepdims")})
def average(x, axis=None, weights=None, keepdims=False):
    x = np.asarray(x)
    if weights is None:
        return np.mean(x, axis=axis, keepdims=keepdims)
    factors = weights_along(np.asarray(weights), x, axis)
    sums = np.sum(x * factors, axis=axis, keepdims=keepdims)
    return sums / np.sum(np.broadcast_to(factors, x.shape), axis=axis, keepdims=keepdims)


def weights_along(weights, x, axis):
    """Weights as factors of `x`: those of one axis may be given alone."""
    if weights.ndim == x.ndim or axis is None:
        return weights
    return np.reshape(weights, (-1, *(1,) * (x.ndim - 1 - axis % x.ndim)))


@rule(np.var)
def var(ans_bar, x, axis=None, dtype=None, ddof=0, keepdims=False):
    scaled = beside(2.0 * ans_bar, x, axis, keepdims)
    return scaled * conjugate(centred(x, axis)) / freedom(x, axis, ddof)


@forward_of(np.var)
def var_forward(x, axis=None, dtype=None, ddof=0, keepdims=False, *, x_dot):
    product = real(conjugate(centred(x, axis)) * x_dot)
    return 2.0 * total(product, axis, keepdims) / freedom(x, axis, ddof)


@rule(np.std)
def std(ans_bar, ans, x, axis=None, dtype=None, ddof=0, keepdims=False):
    scaled = beside(masked(ans_bar, ans_bar / ans), x, axis, keepdims)
    return scaled * conjugate(centred(x, axis)) / freedom(x, axis, ddof)


@forward_of(np.std)
def std_forward(ans, x, axis=None, dtype=None, ddof=0, keepdims=False, *, x_dot):
    product = total(real(conjugate(centred(x, axis)) * x_dot), axis, keepdims)
    return masked(product, product / ans) / freedom(x, axis, ddof)


def others(x, axis):
    """The product of all other elements that are reduced into the same one."""
    if axis is None:
        if x.ndim == 1:
            return product_of_others(x, 0)
        return np.reshape(product_of_others(np.ravel(x), 0), x.shape)
    if isinstance(axis, tuple):
        if len(axis) == 1:
            return product_of_others(x, axis[0])
        rows = np.prod(x, axis=axis[0], keepdims=True)
        return product_of_others(x, axis[0]) * others(rows, axis[1:])
    return product_of_others(x, axis)


@rule(np.prod)
def prod(ans_bar, x, axis=None, dtype=None, keepdims=False):
    """Not `ans / x`, which is nan where an element is zero."""
    if x.ndim == 0:
        return ans_bar
    return beside(ans_bar, x, axis, keepdims) * others(x, axis)


@forward_of(np.prod)
def prod_forward(x, axis=None, dtype=None, keepdims=False, *, x_dot):
    if x.ndim == 0:
        return x_dot
    return total(others(x, axis) * x_dot, axis, keepdims)


@rule(product_of_others, text="product_of_others")
def product_of_all_but_two(ans_bar, x, axis):
    """Row i of `rows` has x_i replaced by 1, so column j is the product of all but x_i and x_j."""
    itself = np.eye(x.shape[axis], dtype=np.bool_)
    rows = np.where(itself, 1.0, np.expand_dims(np.moveaxis(x, axis, -1), -2))
    pairs = np.where(itself, 0.0, product_of_others(rows, -1))
    weighted = pairs * np.expand_dims(np.moveaxis(ans_bar, axis, -1), -2)
    return np.moveaxis(np.sum(weighted, axis=-1), -1, axis)


@forward_of(product_of_others)
def product_of_others_forward(x, axis, *, x_dot):
    # The matrix of second derivatives is symmetric: the tangent is what the bar would be.
    return product_of_all_but_two(x_dot, x, axis)


@linear(np.cumsum)
def cumsum(ans_bar, x, axis=None, dtype=None):
    if x.ndim == 1:
        return np.flip(np.cumsum(np.flip(ans_bar)))
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(ans_bar))), x.shape)
    return np.flip(np.cumsum(np.flip(ans_bar, axis), axis=axis), axis)


@rule(np.cumprod)
def cumprod(ans_bar, ans, x, axis=None, dtype=None):
    """Not by dividing, which is nan where an element is zero: each bar is made of the next one."""
    if axis is None and x.ndim > 1:
        return np.reshape(cumprod(ans_bar, ans, np.ravel(x), 0), x.shape)
    along = 0 if x.ndim == 1 else axis
    after = np.roll(np.flip(x, along), 1, axis=along)
    reached = np.flip(recurrence(np.flip(ans_bar, along), after, along), along)
    return reached * product_before(ans, along)


def product_before(ans, axis):
    """The running product up to the element before; 1 at the first."""
    if axis != 0:
        return np.moveaxis(product_before(np.moveaxis(ans, axis, 0), 0), 0, axis)
    before = np.ones_like(ans)
    before[1:] = ans[:-1]
    return before


@forward_of(np.cumprod)
def cumprod_forward(ans, x, axis=None, dtype=None, *, x_dot):
    if axis is None and x.ndim > 1:
        return cumprod_forward(ans, np.ravel(x), 0, x_dot=np.ravel(x_dot))
    along = 0 if x.ndim == 1 else axis
    return recurrence(x_dot * product_before(ans, along), x, along)


@rule(recurrence, text="recurrence")
def recurrence_bar(ans_bar, ans, b, x, axis):
    """The same backwards, with each factor one place further."""
    after = np.roll(np.flip(x, axis), 1, axis=axis)
    b_bar = np.flip(recurrence(np.flip(ans_bar, axis), after, axis), axis)
    before = np.roll(ans, 1, axis=axis) * not_first(x, axis)
    return b_bar, b_bar * before


@forward_of(recurrence)
def recurrence_forward(ans, b, x, axis, b_dot=None, x_dot=None):
    if x_dot is None:
        return recurrence(b_dot, x, axis)
    before = np.roll(ans, 1, axis=axis) * not_first(x, axis)
    moved = x_dot * before
    return recurrence(moved if b_dot is None else b_dot + moved, x, axis)


def not_first(x, axis):
    """0 for the first row along an axis, 1 for the others."""
    rows = np.ones_like(np.moveaxis(x, axis, 0))
    rows[0] = 0.0
    return np.moveaxis(rows, 0, axis)


# Without what is not a number


def filled(x, value):
    return np.where(np.isnan(x), value, x)


def unless_nan(extreme, x, axis, keepdims):
    """NaN where there was no number at all."""
    if axis is not None or keepdims:
        return np.where(np.all(np.isnan(x), axis=axis, keepdims=keepdims), np.nan, extreme)
    if np.all(np.isnan(x)):
        return extreme * np.nan
    return extreme


@expand(np.nansum, options={"fixed": ("axis", "keepdims")})
def nansum(x, axis=None, keepdims=False):
    return np.sum(filled(x, 0.0), axis=axis, keepdims=keepdims)


@expand(np.nanprod, options={"fixed": ("axis", "keepdims")})
def nanprod(x, axis=None, keepdims=False):
    return np.prod(filled(x, 1.0), axis=axis, keepdims=keepdims)


@expand(np.nanmean, options={"fixed": ("axis", "keepdims")})
def nanmean(x, axis=None, keepdims=False):
    numbers = np.sum(~np.isnan(x), axis=axis, keepdims=keepdims)
    return np.sum(filled(x, 0.0), axis=axis, keepdims=keepdims) / numbers.astype(x.dtype)


@expand(np.nanmax, options={"fixed": ("axis", "keepdims")})
def nanmax(x, axis=None, keepdims=False):
    largest = np.max(filled(x, -np.inf), axis=axis, keepdims=keepdims)
    return unless_nan(largest, x, axis, keepdims)


@expand(np.nanmin, options={"fixed": ("axis", "keepdims")})
def nanmin(x, axis=None, keepdims=False):
    smallest = np.min(filled(x, np.inf), axis=axis, keepdims=keepdims)
    return unless_nan(smallest, x, axis, keepdims)


@rule(np.linalg.norm)
def norm(ans_bar, ans, x, ord=None, axis=None, keepdims=False):
    """At zero the derivative does not exist: nan, as in jax, unless the bar is zero."""
    if ord == 1 and (x.ndim == 1 or isinstance(axis, int)) and x.dtype.kind != "c":
        return beside(ans_bar, x, axis, keepdims) * np.sign(x)
    if not is_euclidean(x, ord, axis):
        raise NotImplementedError("np.linalg.norm of this order has no rule")
    return beside(masked(ans_bar, ans_bar / ans), x, axis, keepdims) * conjugate(x)


@forward_of(np.linalg.norm)
def norm_forward(ans, x, ord=None, axis=None, keepdims=False, *, x_dot):
    if ord == 1 and (x.ndim == 1 or isinstance(axis, int)) and x.dtype.kind != "c":
        return total(np.sign(x) * x_dot, axis, keepdims)
    if not is_euclidean(x, ord, axis):
        raise NotImplementedError("np.linalg.norm of this order has no rule")
    product = total(real(conjugate(x) * x_dot), axis, keepdims)
    return masked(product, product / ans)


def is_euclidean(x, ord, axis):
    """Whether the norm is the root of the sum of the squares."""
    if ord is None or ord == "fro":
        return True
    return ord == 2 and (x.ndim == 1 or isinstance(axis, int))


@shape_rule(np.sum, np.mean, np.max, np.amax, np.min, np.amin, np.prod)
def reduced(sizes, x, axis=None, dtype=None, keepdims=False):
    rank = len(x.shape)
    axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    gone = {a % rank for a in axes}
    if keepdims:
        return tuple(1 if a in gone else d for a, d in enumerate(x.shape))
    return tuple(d for a, d in enumerate(x.shape) if a not in gone)


@shape_rule(np.var, np.std)
def reduced_with_ddof(sizes, x, axis=None, dtype=None, ddof=0, keepdims=False):
    return reduced(sizes, x, axis, dtype, keepdims)


@shape_rule(np.linalg.norm)
def reduced_to_norm(sizes, x, ord=None, axis=None, keepdims=False):
    return reduced(sizes, x, axis, None, keepdims)


@shape_rule(np.cumsum, np.cumprod)
def accumulated(sizes, x, axis=None, dtype=None):
    return x.shape if axis is not None or len(x.shape) == 1 else None


@shape_rule(product_of_others)
def same(sizes, x, axis):
    return x.shape


@shape_rule(recurrence)
def same_recurrence(sizes, b, x, axis):
    return b.shape


@shape_rule(unbroadcast)
def given(sizes, bar, shape):
    return tuple(length(n) for n in shape)


def length(n):
    """A length from a shape: an int, a symbolic length, or an int known only at run time."""
    return n.size if hasattr(n, "kind") else n
