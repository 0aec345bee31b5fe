"""Functions that generated NumPy code calls by name; all of them leave their arguments alone.

The rules of those that may be differentiated again are beside those of NumPy's own functions.
"""

from __future__ import annotations

import numpy as np


def unbroadcast(bar, shape):
    """Sum a bar down to the shape that was broadcast.

    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    >>> unbroadcast(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    >>> float(unbroadcast(np.ones((2, 3)), ()))
    6.0
    """
    here = np.shape(bar)
    if here == shape:
        return bar
    if not shape:
        return np.sum(bar)
    extra = len(here) - len(shape)
    if extra < 0:  # an assignment drops leading axes of length 1 of the value
        return np.reshape(unbroadcast(bar, shape[-extra:]), shape)
    if extra:
        bar = np.sum(bar, axis=tuple(range(extra)))
    # An axis that has length 1 on both sides is left alone: summing it would only copy.
    pairs = enumerate(zip(here[extra:], shape, strict=True))
    stretched = tuple(axis for axis, (had, wants) in pairs if wants == 1 != had)
    return np.sum(bar, axis=stretched, keepdims=True) if stretched else bar


def masked(bar, value):
    """`value` where `bar` is not zero, else zero: an infinite partial does not make 0 into nan.

    >>> masked(np.array([0.0, 2.0]), np.array([np.nan, 3.0]))
    array([0., 3.])
    >>> masked(0.0, np.inf)
    0.0
    """
    if np.ndim(bar):
        return np.where(np.not_equal(bar, 0), value, 0)
    if bar != 0:
        return value.copy() if isinstance(value, np.ndarray) else value
    return np.zeros_like(value) if isinstance(value, np.ndarray) else type(value)(0)


def product_of_others(x, axis):
    """The product of all other elements along an axis, also where some are zero.

    >>> product_of_others(np.array([2.0, 0.0, 5.0]), 0)
    array([ 0., 10.,  0.])
    """
    before = np.ones_like(x)
    after = np.ones_like(x)
    rows, left, right = (np.moveaxis(array, axis, 0) for array in (x, before, after))
    np.cumprod(rows[:-1], axis=0, out=left[1:])
    np.cumprod(rows[:0:-1], axis=0, out=right[-2::-1])
    return before * after


def onto_diagonal(bar, shape, offset=0, axis1=0, axis2=1):
    """Zeros of the given shape with `bar` on the diagonal that `np.diagonal` reads.

    >>> onto_diagonal(np.array([1.0, 2.0]), (2, 3), 1)
    array([[0., 1., 0.],
           [0., 0., 2.]])
    """
    full = np.zeros(shape, np.asarray(bar).dtype)
    diagonal = np.diagonal(full, offset, axis1, axis2)
    diagonal.flags.writeable = True
    diagonal[...] = bar
    return full


def cofactors(a):
    """The derivative of `np.linalg.det`: `det(a) * inv(a).T`, also where `a` is singular.

    >>> np.round(cofactors(np.array([[2.0, 4.0], [1.0, 2.0]])), 12)
    array([[ 2., -1.],
           [-4.,  2.]])
    """
    u, s, vt = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    others = product_of_others(s, -1)
    return sign[..., None, None] * np.conj((u * others[..., None, :]) @ vt)


def last_written(bar, index):
    """What `x[index] = v` hands back to `v`: only the last writer of an element has an effect.

    >>> last_written(np.array([10.0, 20.0]), np.array([0, 0, 1]))
    array([ 0., 10., 20.])
    """
    places = np.arange(bar.size).reshape(bar.shape)[index]
    order = np.arange(places.size).reshape(places.shape)
    last = np.empty(bar.size, np.intp)
    last[places.ravel()] = order.ravel()
    return np.where(last[places] == order, bar[index], 0)


def doubled(rows):
    """An array with these rows and as many more, which are still to be written.

    >>> doubled(np.array([1.0, 2.0]))
    array([1., 2., 0., 0.])
    """
    return np.concatenate((rows, np.zeros_like(rows)))
