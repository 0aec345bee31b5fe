"""Differences, integrals and slopes of sampled functions, written in other primitives."""

from __future__ import annotations

import numpy as np

from srcad.rules.registry import expand


def along(x, axis, start, stop):
    """`x[start:stop]` along one axis, written as a person would."""
    if axis == 0 or axis == -x.ndim:
        return x[start:stop]
    if axis == -1 or axis == x.ndim - 1:
        return x[..., start:stop]
    if axis == 1:
        return x[:, start:stop]
    return np.swapaxes(np.swapaxes(x, 0, axis)[start:stop], 0, axis)


def difference(x, axis):
    if x.dtype == np.bool_:
        return along(x, axis, 1, None) != along(x, axis, None, -1)
    return along(x, axis, 1, None) - along(x, axis, None, -1)


@expand(np.diff, options={"fixed": ("n", "axis")})
def diff(x, n=1, axis=-1, prepend=None, append=None):
    x = np.asarray(x)
    if x.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    if n < 0:
        raise ValueError("order must be non-negative")
    return differences(extended(x, axis, prepend, append), n, axis)


def differences(x, n, axis):
    if n == 0:
        return x
    return differences(difference(x, axis), n - 1, axis)


def extended(x, axis, prepend, append):
    """What `np.diff` is to take the differences of."""
    if prepend is not None and append is not None:
        parts = (slab(prepend, x, axis), x, slab(append, x, axis))
        return np.concatenate(parts, axis=axis)
    if prepend is not None:
        return np.concatenate((slab(prepend, x, axis), x), axis=axis)
    if append is not None:
        return np.concatenate((x, slab(append, x, axis)), axis=axis)
    return x


def slab(value, x, axis):
    """A number as an array that can be joined to `x`."""
    if np.ndim(value) == 0:
        return np.full_like(along(x, axis, 0, 1), value, dtype=np.asarray(value).dtype)
    return np.asarray(value)


@expand(np.ediff1d)
def ediff1d(x):
    x = np.ravel(x)
    return x[1:] - x[:-1]


def spacings(x, y, axis):
    """The distances between samples, as a factor of what is between those of `y`."""
    if x.ndim > 1:
        return difference(x, axis)
    steps = x[1:] - x[:-1]
    place = axis % y.ndim
    if place == y.ndim - 1:
        return steps
    return np.reshape(steps, (-1, *(1,) * (y.ndim - 1 - place)))


@expand(np.trapezoid, options={"fixed": ("axis",)})
def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = np.asarray(y)
    middle = along(y, axis, 1, None) + along(y, axis, None, -1)
    if x is None:
        return np.sum(dx * middle / 2.0, axis=axis)
    return np.sum(spacings(np.asarray(x), y, axis) * middle / 2.0, axis=axis)


@expand(np.polyval)
def polyval(p, x):
    """Horner's rule, one coefficient after the other, as NumPy does it."""
    y = np.zeros_like(x)
    for coefficient in np.asarray(p):
        y = y * x + coefficient
    return y


# Slopes


@expand(np.gradient, options={"fixed": ("axis", "edge_order")})
def gradient(f, *spacing, axis=None, edge_order=1):
    f = np.asarray(f)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if axis is None:
        return slopes(f, spacing, tuple(range(f.ndim)), edge_order)
    if isinstance(axis, tuple):
        return slopes(f, spacing, axis, edge_order)
    return slopes(f, spacing, (axis,), edge_order)


def slopes(f, spacing, axes, edge_order):
    """One array for one axis, else a tuple of them."""
    if len(spacing) == 1 and len(axes) > 1:
        if np.ndim(spacing[0]) != 0:
            raise TypeError("invalid number of arguments")
        return slopes(f, spacing * len(axes), axes, edge_order)
    if len(spacing) != 0 and len(spacing) != len(axes):
        raise TypeError("invalid number of arguments")
    if len(axes) == 1:
        return slope(f, step(spacing, 0), axes[0], edge_order)
    return each_slope(f, spacing, axes, edge_order, 0)


def each_slope(f, spacing, axes, edge_order, position):
    if position == len(axes):
        return ()
    here = slope(f, step(spacing, position), axes[position], edge_order)
    return (here, *each_slope(f, spacing, axes, edge_order, position + 1))


def step(spacing, position):
    if len(spacing) == 0:
        return 1.0
    return spacing[position]


def slope(f, h, axis, edge_order):
    """Central differences inside, one-sided ones at both ends."""
    if np.ndim(h) == 0:
        return slope_of_rows(np.moveaxis(f, axis, 0), h, axis, edge_order)
    return uneven_slope_of_rows(np.moveaxis(f, axis, 0), np.asarray(h), axis, edge_order)


def slope_of_rows(f, h, axis, edge_order):
    out = np.empty_like(f)
    out[1:-1] = (f[2:] - f[:-2]) / (2.0 * h)
    if edge_order == 1:
        out[0] = (f[1] - f[0]) / h
        out[-1] = (f[-1] - f[-2]) / h
    else:
        out[0] = (-1.5 / h) * f[0] + (2.0 / h) * f[1] + (-0.5 / h) * f[2]
        out[-1] = (0.5 / h) * f[-3] + (-2.0 / h) * f[-2] + (1.5 / h) * f[-1]
    return np.moveaxis(out, 0, axis)


def uneven_slope_of_rows(f, x, axis, edge_order):
    steps = x[1:] - x[:-1]
    left, right = before_and_after(steps, f)
    out = np.empty_like(f)
    out[1:-1] = (
        -right / (left * (left + right)) * f[:-2]
        + (right - left) / (left * right) * f[1:-1]
        + left / (right * (left + right)) * f[2:]
    )
    if edge_order == 1:
        out[0] = (f[1] - f[0]) / steps[0]
        out[-1] = (f[-1] - f[-2]) / steps[-1]
    else:
        first, second = steps[0], steps[1]
        out[0] = (
            -(2.0 * first + second) / (first * (first + second)) * f[0]
            + (first + second) / (first * second) * f[1]
            - first / (second * (first + second)) * f[2]
        )
        last, before = steps[-1], steps[-2]
        out[-1] = (
            last / (before * (before + last)) * f[-3]
            - (last + before) / (before * last) * f[-2]
            + (2.0 * last + before) / (last * (before + last)) * f[-1]
        )
    return np.moveaxis(out, 0, axis)


def before_and_after(steps, f):
    """The distances to the sample before and to the one after, as factors of rows of `f`."""
    if f.ndim == 1:
        return steps[:-1], steps[1:]
    shape = (-1, *(1,) * (f.ndim - 1))
    return np.reshape(steps[:-1], shape), np.reshape(steps[1:], shape)
