"""Products of vectors, matrices and stacks of matrices."""

from __future__ import annotations

import operator

import numpy as np

from srcad.rules.reductions import conjugate
from srcad.rules.registry import expand, multilinear, shape_rule
from srcad.runtime.arrays import unbroadcast


def matrix_vector(stack, vectors):
    """A stack of matrices times a stack of vectors."""
    return np.squeeze(stack @ np.expand_dims(vectors, -1), -1)


@multilinear(np.matmul, costly=True)
@multilinear(operator.matmul, text="@", costly=True)
def matmul(ans_bar, a, b):
    if a.ndim == 1 and b.ndim == 1:
        return ans_bar * b, ans_bar * a
    if a.ndim == 1 and b.ndim == 2:
        return b @ ans_bar, np.outer(a, ans_bar)
    if a.ndim == 2 and b.ndim == 1:
        return np.outer(ans_bar, b), a.T @ ans_bar
    if a.ndim == 2 and b.ndim == 2:
        return ans_bar @ b.T, a.T @ ans_bar
    # Stacks of matrices: the axes before the last two are broadcast.
    if a.ndim == 1:
        b_bar = np.expand_dims(a, -1) * np.expand_dims(ans_bar, -2)
        return unbroadcast(matrix_vector(b, ans_bar), a.shape), b_bar
    if b.ndim == 1:
        a_bar = np.expand_dims(ans_bar, -1) * b
        return a_bar, unbroadcast(matrix_vector(np.swapaxes(a, -1, -2), ans_bar), b.shape)
    a_bar = unbroadcast(ans_bar @ np.swapaxes(b, -1, -2), a.shape)
    return a_bar, unbroadcast(np.swapaxes(a, -1, -2) @ ans_bar, b.shape)


@multilinear(np.dot, costly=True)
def dot(ans_bar, a, b):
    if a.ndim == 0 or b.ndim == 0:
        return unbroadcast(ans_bar * b, a.shape), unbroadcast(ans_bar * a, b.shape)
    if b.ndim > 2:
        raise NotImplementedError("np.dot by an array of more than two axes has no rule: use @")
    return matmul(ans_bar, a, b)


@multilinear(np.inner, costly=True)
def inner(ans_bar, a, b):
    if a.ndim == 0 or b.ndim == 0:
        return unbroadcast(ans_bar * b, a.shape), unbroadcast(ans_bar * a, b.shape)
    if a.ndim == 1 and b.ndim == 1:
        return ans_bar * b, ans_bar * a
    if a.ndim == 1 and b.ndim == 2:
        return ans_bar @ b, np.outer(ans_bar, a)
    if a.ndim == 2 and b.ndim == 1:
        return np.outer(ans_bar, b), ans_bar @ a
    if a.ndim > 2 or b.ndim > 2:
        raise NotImplementedError("np.inner of arrays of more than two axes has no rule: use @")
    return ans_bar @ b, ans_bar.T @ a


@multilinear(np.outer)
def outer(ans_bar, a, b):
    """Both are read as vectors, whatever their rank."""
    return shaped_like(ans_bar @ flat(b), a), shaped_like(flat(a) @ ans_bar, b)


def shaped_like(vector, x):
    if x.ndim == 1:
        return vector
    if x.ndim == 0:
        return np.sum(vector)
    return np.reshape(vector, x.shape)


@expand(np.vdot)
def vdot(a, b):
    return np.dot(flat(conjugate(a)), flat(b))


def flat(x):
    if x.ndim == 1:
        return x
    return np.ravel(x)


@shape_rule(np.matmul, operator.matmul)
def matmul_shape(sizes, a, b):
    stacks = sizes.broadcast([a.shape[:-2], b.shape[:-2]])
    rows = a.shape[-2:-1] if len(a.shape) > 1 else ()
    columns = b.shape[-1:] if len(b.shape) > 1 else ()
    return (*stacks, *rows, *columns)


@shape_rule(np.dot)
def dot_shape(sizes, a, b):
    a_shape, b_shape = getattr(a, "shape", ()), getattr(b, "shape", ())
    if not a_shape or not b_shape:
        return a_shape or b_shape
    return (*a_shape[:-1], *b_shape[:-2], *(b_shape[-1:] if len(b_shape) > 1 else ()))


@shape_rule(np.inner)
def inner_shape(sizes, a, b):
    a_shape, b_shape = getattr(a, "shape", ()), getattr(b, "shape", ())
    if not a_shape or not b_shape:
        return a_shape or b_shape
    return (*a_shape[:-1], *b_shape[:-1])


@shape_rule(np.outer)
def outer_shape(sizes, a, b):
    shapes = (getattr(a, "shape", ()), getattr(b, "shape", ()))
    return tuple(1 if not s else s[0] if len(s) == 1 else None for s in shapes)
