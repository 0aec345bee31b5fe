"""Functions that generated NumPy code calls by name; all of them leave their arguments alone.

The rules of those that may be differentiated again are beside those of NumPy's own functions.
"""

from __future__ import annotations

import numpy as np

from srcad.errors import Origin, UnsupportedType
from srcad.runtime.compiled import doubled as doubled


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


def stop_gradient(x):
    """`x` itself, of which a derivative sees a constant.

    >>> stop_gradient(3.0)
    3.0
    """
    return x


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


def with_real(z, x):
    """`z` with another real part, as `z.real = x` makes it.

    >>> with_real(1.0 + 2.0j, 5.0)
    (5+2j)
    """
    if not isinstance(z, np.ndarray):
        return type(z)(complex(x, z.imag))
    result = z.copy()
    result.real[...] = x
    return result


def with_imag(z, x):
    """`z` with another imaginary part, as `z.imag = x` makes it.

    >>> with_imag(1.0 + 2.0j, 5.0)
    (1+5j)
    """
    if not isinstance(z, np.ndarray):
        return type(z)(complex(z.real, x))
    result = z.copy()
    result.imag[...] = x
    return result


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


def recurrence(b, x, axis):
    """`y[0] = b[0]` and `y[k] = b[k] + x[k] * y[k - 1]` along an axis.

    >>> recurrence(np.array([1.0, 1.0, 1.0]), np.array([9.0, 2.0, 3.0]), 0)
    array([ 1.,  3., 10.])
    """
    result = b.copy()
    rows, factors = np.moveaxis(result, axis, 0), np.moveaxis(x, axis, 0)
    for k in range(1, rows.shape[0]):
        rows[k] += factors[k] * rows[k - 1]
    return result


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


def log_abs_det(a):
    """The logarithm of the absolute value of a determinant."""
    return np.linalg.slogdet(a)[1]


def sign_of_det(a):
    """The sign of a determinant."""
    return np.linalg.slogdet(a)[0]


def matrix_rank(a):
    """The rank that `np.linalg.lstsq` finds."""
    return np.linalg.lstsq(a, np.zeros(a.shape[0], a.dtype))[2]


def is_singular(a):
    """Whether `np.linalg.inv` and `np.linalg.solve` raise for a matrix.

    >>> is_singular(np.ones((2, 2))), is_singular(np.eye(2)), is_singular(np.ones((2, 3)))
    (True, False, True)
    """
    return _raises(np.linalg.inv, a)


def is_not_definite(a):
    """Whether `np.linalg.cholesky` raises for a matrix.

    >>> is_not_definite(-np.eye(2)), is_not_definite(np.eye(2))
    (True, False)
    """
    return _raises(np.linalg.cholesky, a)


def _raises(function, a):
    try:
        function(a)
    except np.linalg.LinAlgError:
        return True
    return False


def packed_eigh(a):
    """The eigenvalues of symmetric matrices as a row, and below it the eigenvectors as columns.

    >>> packed_eigh(np.diag([1.0, 2.0]))
    array([[1., 2.],
           [1., 0.],
           [0., 1.]])
    """
    values, vectors = np.linalg.eigh(a)
    return np.concatenate((values[..., None, :], vectors), axis=-2)


def packed_qr(a):
    """`q`, and below it `r`.

    >>> np.abs(packed_qr(np.diag([1.0, 2.0])))
    array([[1., 0.],
           [0., 1.],
           [1., 0.],
           [0., 2.]])
    """
    if a.shape[-2] < a.shape[-1]:
        raise NotImplementedError("np.linalg.qr of fewer rows than columns has no rule")
    return np.concatenate(np.linalg.qr(a), axis=-2)


def packed_svd(a):
    """The singular values as a row, below it the vectors of the left and of the right as columns.

    >>> packed_svd(np.diag([2.0, 1.0])).shape
    (5, 2)
    """
    left, values, right = np.linalg.svd(a, full_matrices=False)
    return np.concatenate((values[..., None, :], left, np.swapaxes(right, -1, -2)), axis=-2)


def as_before(made, dtype, rank, file, line):
    """What a function of a library returned, in memory of its own; rank None is for numbers.

    >>> as_before(np.arange(2.0), "float64", 1, "heat.py", 7)
    array([0., 1.])
    >>> as_before(1j, "float64", None, "heat.py", 7)
    Traceback (most recent call last):
    srcad.errors.UnsupportedType: this call returned complex128, and float64 when its program ...
      heat.py:7
      hint: give it arguments for which it always returns the same kind
    """
    here = np.asarray(made).dtype.name
    axes = made.ndim if isinstance(made, np.ndarray) else None
    if (here, axes) != (dtype, rank):
        now, then = (
            f"{d}{'' if r is None else f' of {r} axes'}" for d, r in ((here, axes), (dtype, rank))
        )
        raise UnsupportedType(
            f"this call returned {now}, and {then} when its program was differentiated",
            Origin(file, line, ""),
            "give it arguments for which it always returns the same kind",
        )
    return made if rank is None else np.array(made)


def log_sum_exp(x, axis=0, keepdims=False):
    """The logarithm of a sum of exponentials along an axis.

    >>> float(log_sum_exp(np.array([0.0, 0.0])))
    0.6931471805599453
    """
    return np.logaddexp.reduce(x, axis=axis, keepdims=keepdims)


def running_argmax(x, axis):
    """Where the largest element so far stands, the first of equal ones.

    >>> running_argmax(np.array([1.0, 3.0, 2.0, 3.0, 4.0]), 0)
    array([0, 1, 1, 1, 4])
    """
    return _where_it_changed(np.maximum.accumulate(x, axis=axis), axis)


def running_argmin(x, axis):
    """Where the smallest element so far stands, the first of equal ones.

    >>> running_argmin(np.array([3.0, 1.0, 2.0]), 0)
    array([0, 1, 1])
    """
    return _where_it_changed(np.minimum.accumulate(x, axis=axis), axis)


def _where_it_changed(best, axis):
    best = np.moveaxis(best, axis, 0)
    change = best[1:] != best[:-1]
    change &= ~(np.isnan(best[1:]) & np.isnan(best[:-1]))
    places = np.zeros(best.shape, np.intp)
    count = np.arange(1, best.shape[0]).reshape((-1, *(1,) * (best.ndim - 1)))
    places[1:] = np.where(change, count, 0)
    return np.moveaxis(np.maximum.accumulate(places, axis=0), 0, axis)
