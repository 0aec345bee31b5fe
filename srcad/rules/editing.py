"""Arrays with elements put in or taken out, and geometric sequences."""

from __future__ import annotations

import math

import numpy as np

from srcad.rules.rearranging import gathered
from srcad.rules.registry import expand

# Elements put in, and taken out


@expand(np.delete, options={"fixed": ("axis",)})
def delete(arr, obj, axis=None):
    arr = np.asarray(arr)
    if axis is None:
        return kept(np.ravel(arr), obj, 0)
    return kept(arr, obj, axis % arr.ndim)


def kept(x, obj, axis):
    """What is left along an axis without some places: an int, a slice, a list or a mask."""
    mask = np.ones(x.shape[axis], np.bool_)
    if isinstance(obj, tuple):
        mask[np.asarray(obj)] = False
    else:
        mask[obj] = False
    return gathered(x, np.flatnonzero(mask), axis)


@expand(np.insert, options={"fixed": ("axis",)})
def insert(arr, obj, values, axis=None):
    arr = np.asarray(arr)
    if axis is None:
        return inserted(np.ravel(arr), obj, np.ravel(values))
    if arr.ndim == 1:
        return inserted(arr, obj, np.ravel(values))
    if arr.ndim != 2 or np.ndim(values) > 1 or np.ndim(obj) != 0:
        raise NotImplementedError("this form of np.insert has no rule: use np.concatenate")
    if axis % 2 == 1:
        return insert_row(arr.T, obj, values).T
    return insert_row(arr, obj, values)


def insert_row(x, place, values):
    row = np.broadcast_to(np.asarray(values, x.dtype), (1, x.shape[1]))
    return np.concatenate((x[:place], row, x[place:]), axis=0)


def inserted(x, obj, values):
    if np.ndim(obj) == 0:
        return np.concatenate((x[:obj], values.astype(x.dtype), x[obj:]))
    places = np.asarray(obj)
    places = np.where(places < 0, places + x.shape[0], places)
    # Each one moves on by those that are put in before it.
    places = places + np.argsort(np.argsort(places, kind="stable"))
    result = np.empty(x.shape[0] + places.shape[0], x.dtype)
    mask = np.ones(x.shape[0] + places.shape[0], np.bool_)
    mask[places] = False
    result[places] = values
    result[mask] = x
    return result


@expand(np.diagflat, options={"fixed": ("k",)})
def diagflat(v, k=0):
    return np.diag(np.ravel(v), k)


# Jumps of angles


@expand(np.unwrap)
def unwrap(p, discont=None, axis=-1, period=None):
    p = np.asarray(p)
    if axis != -1 and axis != p.ndim - 1:
        raise NotImplementedError("np.unwrap along this axis has no rule: transpose before it")
    if period is not None or discont is not None:
        raise NotImplementedError("np.unwrap with a period of its own has no rule: scale before it")
    steps = p[..., 1:] - p[..., :-1]
    short = np.mod(steps + math.pi, 2 * math.pi) - math.pi
    short = np.where((short == -math.pi) & (steps > 0), math.pi, short)
    correction = np.where(np.abs(steps) < math.pi, 0.0, short - steps)
    result = p + 0.0
    result[..., 1:] = p[..., 1:] + np.cumsum(correction, axis=-1)
    return result


# Geometric sequences


@expand(np.logspace, options={"fixed": ("num", "endpoint", "axis")})
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    if dtype is not None or axis != 0:
        raise NotImplementedError("this form of np.logspace has no rule: write base ** np.linspace")
    return np.power(base, np.linspace(start, stop, num, endpoint))


@expand(np.geomspace, options={"fixed": ("num", "endpoint", "axis")})
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    if dtype is not None or axis != 0 or np.ndim(start) + np.ndim(stop) > 0:
        raise NotImplementedError("this form of np.geomspace has no rule: use np.exp and np.log")
    start, stop = np.float64(start), np.float64(stop)
    sign = np.sign(start)
    first, last = start / sign, stop / sign
    result = logspace(np.log10(first), np.log10(last), num, endpoint)
    if num > 0:
        result[0] = first
    if num > 1 and endpoint:
        result[-1] = last
    return result * sign
