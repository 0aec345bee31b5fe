"""Functions that repeat, pad, split and rearrange arrays, written in other primitives."""

from __future__ import annotations

import numpy as np

from srcad.rules.calculus import along
from srcad.rules.indexing import add_at
from srcad.rules.registry import expand, known, linear, shape_rule

# Rows and columns the other way round


@expand(np.flipud)
def flipud(x):
    return x[::-1]


@expand(np.fliplr)
def fliplr(x):
    return x[:, ::-1]


@expand(np.rot90, options={"fixed": ("k", "axes")})
def rot90(x, k=1, axes=(0, 1)):
    if k % 4 == 0:
        return x[:]
    if k % 4 == 2:
        return np.flip(np.flip(x, axes[0]), axes[1])
    if k % 4 == 1:
        return np.swapaxes(np.flip(x, axes[1]), axes[0], axes[1])
    return np.flip(np.swapaxes(x, axes[0], axes[1]), axes[1])


# Copies of the same elements


def counts(reps, rank):
    """How often to repeat each axis, at least as many as the array has."""
    if not isinstance(reps, tuple):
        return counts((reps,), rank)
    if len(reps) < rank:
        return counts((1, *reps), rank)
    return reps


@linear(np.tile, options={"positional": 2})
def tile(ans_bar, x, reps):
    repeated = counts(reps, x.ndim)
    shape = (*(1,) * (len(repeated) - x.ndim), *x.shape)
    apart = np.reshape(ans_bar, interleaved(repeated, shape))
    total = np.sum(apart, axis=places_of(len(repeated)))
    if len(repeated) == x.ndim:
        return total
    return np.reshape(total, x.shape)


def interleaved(left, right):
    """`(l0, r0, l1, r1, ...)`."""
    if len(left) == 0:
        return ()
    return (left[0], right[0], *interleaved(left[1:], right[1:]))


@known
def places_of(rank):
    """The axes of the repetitions: every second one."""
    return 0 if rank == 1 else tuple(range(0, 2 * rank, 2))


@linear(np.repeat, options={"positional": 2})
def repeat(ans_bar, x, repeats, axis=None):
    if axis is None and x.ndim != 1:
        return np.reshape(repeat(ans_bar, np.ravel(x), repeats, 0), x.shape)
    along = 0 if axis is None else axis % x.ndim
    if np.ndim(repeats) == 0:
        shape = (*x.shape[: along + 1], repeats, *x.shape[along + 1 :])
        return np.sum(np.reshape(ans_bar, shape), axis=along + 1)
    if along != 0:
        rows = repeat(np.moveaxis(ans_bar, along, 0), np.moveaxis(x, along, 0), repeats, 0)
        return np.moveaxis(rows, 0, along)
    return add_at(np.zeros(x.shape, x.dtype), np.repeat(np.arange(x.shape[0]), repeats), ans_bar)


@shape_rule(np.tile)
def tile_shape(sizes, x, reps):
    given = reps if isinstance(reps, tuple) else (reps,)
    shape = getattr(x, "shape", ())
    rank = max(len(given), len(shape))
    times = (*(1,) * (rank - len(given)), *given)
    lengths = (*(1,) * (rank - len(shape)), *shape)
    return tuple(scaled(d, n) for d, n in zip(lengths, times, strict=True))


@shape_rule(np.repeat)
def repeat_shape(sizes, x, repeats, axis=None):
    shape = getattr(x, "shape", ())
    if axis is None and len(shape) != 1:
        return None
    along = (0 if axis is None else axis) % len(shape)
    return tuple(scaled(d, repeats) if a == along else d for a, d in enumerate(shape))


def scaled(length, times):
    """A multiple of a length; None unless it is known how often."""
    if not isinstance(times, int):
        return None
    return length.scaled(times) if hasattr(length, "scaled") else length * times


def gathered(x, places, axis):
    """The rows at some places along an axis: new memory."""
    if axis == 0 or axis == -x.ndim:
        return x[places]
    if axis == 1:
        return x[:, places]
    if axis == -1 or axis == x.ndim - 1:
        return x[..., places]
    return np.swapaxes(np.swapaxes(x, 0, axis)[places], 0, axis)


# Elements by their places


@expand(np.take, options={"fixed": ("axis", "mode")})
def take(x, indices, axis=None, mode="raise"):
    x = np.asarray(x)
    indices = np.asarray(indices)
    if indices.dtype == bool:
        indices = indices.astype(int)  # no mask: False and True are 0 and 1 here
    if axis is None:
        return taken(np.ravel(x), indices, 0, mode)
    return taken(x, indices, axis % x.ndim, mode)


def taken(x, indices, axis, mode):
    if mode == "wrap":
        return gathered(x, indices % x.shape[axis], axis)
    if mode == "clip":
        return gathered(x, np.clip(indices, 0, x.shape[axis] - 1), axis)
    return gathered(x, indices, axis)


@expand(np.take_along_axis, options={"fixed": ("axis",)})
def take_along_axis(x, indices, axis=-1):
    if axis is None:
        return np.ravel(x)[indices]
    return x[places_along(indices, axis % x.ndim, 0)]


def places_along(indices, axis, position):
    """An index for each axis: the given one along `axis`, elsewhere where an element stands."""
    if position == indices.ndim:
        return ()
    rest = places_along(indices, axis, position + 1)
    if position == axis:
        return (indices, *rest)
    shape = (-1, *(1,) * (indices.ndim - 1 - position))
    return (np.reshape(np.arange(indices.shape[position]), shape), *rest)


# Padding


@expand(np.pad, options={"fixed": ("pad_width", "mode")})
def pad(x, pad_width, mode="constant", constant_values=0):
    x = np.asarray(x)
    return padded(x, widths_of(pad_width, x.ndim), mode, constant_values, 0)


@known
def widths_of(given, rank):
    """The widths before and after each axis: `np.broadcast_to(given, (rank, 2))`."""
    if isinstance(given, dict):
        raise NotImplementedError("np.pad with a dict of widths has no rule: write a tuple")
    pairs = np.broadcast_to(np.asarray(given), (rank, 2))
    return tuple((int(before), int(after)) for before, after in pairs)


def padded(x, widths, mode, values, axis):
    if axis == len(widths):
        return x.copy()
    before, after = widths[axis]
    if before == 0 and after == 0:
        return padded(x, widths, mode, values, axis + 1)
    if mode == "constant":
        return framed(x, widths, values)
    places = source(np.arange(-before, x.shape[axis] + after), x.shape[axis], mode)
    if axis + 1 == len(widths):
        return gathered(x, places, axis)
    return padded(gathered(x, places, axis), widths, mode, values, axis + 1)


def source(places, n, mode):
    """Which element of an axis of length n is at places that may be beyond its ends."""
    if mode == "edge":
        return np.clip(places, 0, n - 1)
    if mode == "wrap":
        return places % n
    if mode == "reflect":
        period = max(2 * (n - 1), 1)
        return n - 1 - np.abs(n - 1 - places % period)
    if mode == "symmetric":
        return np.minimum(places % (2 * n), 2 * n - 1 - places % (2 * n))
    raise NotImplementedError(
        "np.pad of this mode has no rule: those that move elements have one (constant, edge, "
        "reflect, symmetric, wrap)"
    )


def framed(x, widths, value):
    if np.ndim(value) != 0:
        raise NotImplementedError("np.pad with several constant values has no rule: pad twice")
    shape = longer(x.shape, widths)
    if isinstance(value, int) and value == 0:  # a float may be active, and zero only now
        out = np.zeros(shape, x.dtype)
    else:
        out = np.full(shape, value, x.dtype)
    out[inside(x.shape, widths)] = x
    return out


def longer(shape, widths):
    if len(shape) == 0:
        return ()
    before, after = widths[0]
    return (shape[0] + (before + after), *longer(shape[1:], widths[1:]))


def inside(shape, widths):
    """Where the elements of the array are in the padded one."""
    if len(shape) == 0:
        return ()
    before = widths[0][0]
    return (slice(before, before + shape[0]), *inside(shape[1:], widths[1:]))


# Several arrays of one


@expand(np.array_split, options={"fixed": ("indices_or_sections", "axis")})
def array_split(x, indices_or_sections, axis=0):
    if np.ndim(indices_or_sections) == 0:
        return sections(x, indices_or_sections, axis, 0)
    return between(x, (None, *indices_or_sections, None), axis)


@expand(np.split, options={"fixed": ("indices_or_sections", "axis")})
def split(x, indices_or_sections, axis=0):
    if np.ndim(indices_or_sections) == 0 and x.shape[axis] % indices_or_sections != 0:
        raise ValueError("array split does not result in an equal division")
    return array_split(x, indices_or_sections, axis)


@expand(np.vsplit, options={"fixed": ("indices_or_sections",)})
def vsplit(x, indices_or_sections):
    return split(x, indices_or_sections, 0)


@expand(np.hsplit, options={"fixed": ("indices_or_sections",)})
def hsplit(x, indices_or_sections):
    if x.ndim == 1:
        return split(x, indices_or_sections, 0)
    return split(x, indices_or_sections, 1)


def sections(x, count, axis, position):
    """So many parts, the first of them one longer where they cannot be equal."""
    n = x.shape[axis]
    start = position * (n // count) + min(position, n % count)
    stop = (position + 1) * (n // count) + min(position + 1, n % count)
    if position + 1 == count:
        return (along(x, axis, start, None),)
    return (along(x, axis, start, stop), *sections(x, count, axis, position + 1))


def between(x, bounds, axis):
    if len(bounds) < 2:
        return ()
    return (along(x, axis, bounds[0], bounds[1]), *between(x, bounds[1:], axis))


@expand(np.meshgrid, options={"fixed": ("indexing", "sparse", "copy")})
def meshgrid(*arrays, indexing="xy", sparse=False, copy=True):
    if indexing == "xy" and len(arrays) > 1:
        order = (1, 0, *range(2, len(arrays)))
    else:
        order = tuple(range(len(arrays)))
    if not copy:
        raise NotImplementedError("np.meshgrid with copy=False has no rule: leave it out")
    return grids(arrays, order, grid_shape(arrays, order, 0), sparse, 0)


def grid_shape(arrays, order, position):
    if position == len(arrays):
        return ()
    return (np.size(arrays[order[position]]), *grid_shape(arrays, order, position + 1))


def grids(arrays, order, shape, sparse, position):
    """Each array along its own axis of the grid."""
    if position == len(arrays):
        return ()
    rest = grids(arrays, order, shape, sparse, position + 1)
    axis = order[position]
    column = np.reshape(arrays[position], alone(len(arrays), axis))
    if sparse:
        return (np.copy(column), *rest)
    return (np.copy(np.broadcast_to(column, shape)), *rest)


@known
def alone(rank, axis):
    """The shape of an array along one axis of a grid."""
    return tuple(-1 if position == axis else 1 for position in range(rank))


# Arrays of more axes


@expand(np.atleast_3d)
def atleast_3d(x):
    x = np.asarray(x)
    if x.ndim == 0:
        return np.reshape(x, (1, 1, 1))
    if x.ndim == 1:
        return np.expand_dims(x, (0, 2))
    if x.ndim == 2:
        return np.expand_dims(x, 2)
    return x


@expand(np.dstack)
def dstack(arrays):
    return np.concatenate(deep(arrays), axis=2)


def deep(arrays):
    if len(arrays) == 0:
        return ()
    return (atleast_3d(arrays[0]), *deep(arrays[1:]))


@expand(np.append, options={"fixed": ("axis",)})
def append(x, values, axis=None):
    if axis is None:
        return np.concatenate((np.ravel(x), np.ravel(values)))
    return np.concatenate((x, values), axis=axis)


@expand(np.rollaxis, options={"fixed": ("axis", "start")})
def rollaxis(x, axis, start=0):
    axis = axis % x.ndim
    if start < 0:
        start = start + x.ndim
    if axis < start:
        start = start - 1
    return np.moveaxis(x, axis, start)
