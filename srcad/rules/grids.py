"""`np.ix_` and `np.block`, written with functions that have rules."""

from __future__ import annotations

import numpy as np

from srcad.rules.registry import expand


@expand(np.ix_)
def ix_(*args):
    return along_axes(args, 0)


def along_axes(args, place):
    """Each index along an axis of its own."""
    if place == len(args):
        return ()
    index = np.asarray(args[place])
    if index.dtype.kind == "b":
        index = np.flatnonzero(index)
    ones = len(args) - 1 - place
    shape = (*(1,) * place, index.shape[0], *(1,) * ones)
    return (np.reshape(index, shape), *along_axes(args, place + 1))


@expand(np.block)
def block(nested):
    depth = depth_of(nested)
    if depth == 0:
        return np.array(nested)
    return blocks(nested, depth, max(depth, widest(nested)))


def depth_of(arrays):
    if not isinstance(arrays, list):
        return 0
    return 1 + depth_of(arrays[0])


def widest(arrays):
    """The largest number of axes of any block."""
    if not isinstance(arrays, list):
        return np.ndim(arrays)
    if len(arrays) == 1:
        return widest(arrays[0])
    return max(widest(arrays[0]), widest(arrays[1:]))


def blocks(arrays, depth, rank):
    """Blocks side by side along the axis of their depth, counted from the last one."""
    if not isinstance(arrays, list):
        return with_axes(np.asarray(arrays), rank)
    if len(arrays) == 0:
        raise ValueError("List at arrays cannot be empty")
    return np.concatenate(joined(arrays, depth - 1, rank), axis=rank - depth)


def joined(arrays, depth, rank):
    if len(arrays) == 0:
        return ()
    return (blocks(arrays[0], depth, rank), *joined(arrays[1:], depth, rank))


def with_axes(x, rank):
    """At least so many axes, the new ones in front."""
    if x.ndim >= rank:
        return x
    return np.reshape(x, (*(1,) * (rank - x.ndim), *x.shape))
