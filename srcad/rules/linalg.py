"""Linear systems, inverses, determinants and factors.

All of them also take stacks of matrices.
"""

from __future__ import annotations

import numpy as np

from srcad.rules.products import matrix_vector
from srcad.rules.reductions import conjugate
from srcad.rules.registry import forward_of, rule, shape_rule
from srcad.runtime.arrays import cofactors, unbroadcast


def transposed(a):
    if a.ndim == 2:
        return a.T
    return np.swapaxes(a, -1, -2)


@rule(np.linalg.solve, costly=True)
def solve(ans_bar, ans, a, b):
    if a.ndim == 2 and b.ndim == 1:
        b_bar = np.linalg.solve(a.T, ans_bar)
        return -np.outer(b_bar, ans), b_bar
    if a.ndim == 2 and b.ndim == 2:
        b_bar = np.linalg.solve(a.T, ans_bar)
        return -b_bar @ ans.T, b_bar
    if b.ndim == 1:
        b_bar = np.squeeze(np.linalg.solve(transposed(a), np.expand_dims(ans_bar, -1)), -1)
        a_bar = -np.expand_dims(b_bar, -1) * np.expand_dims(ans, -2)
        return a_bar, unbroadcast(b_bar, b.shape)
    b_bar = np.linalg.solve(transposed(a), ans_bar)
    a_bar = -b_bar @ transposed(ans)
    return unbroadcast(a_bar, a.shape), unbroadcast(b_bar, b.shape)


@forward_of(np.linalg.solve)
def solve_forward(ans, a, b, a_dot=None, b_dot=None):
    vectors = a.ndim > 2 and b.ndim == 1
    change = b_dot
    if a_dot is not None:
        through = matrix_vector(a_dot, ans) if vectors else a_dot @ ans
        change = -through if b_dot is None else b_dot - through
    if vectors:
        return matrix_vector(np.linalg.inv(a), change)
    return np.linalg.solve(a, change)


@rule(np.linalg.inv, costly=True)
def inv(ans_bar, ans, a):
    return -transposed(ans) @ ans_bar @ transposed(ans)


@forward_of(np.linalg.inv)
def inv_forward(ans, a, a_dot):
    return -ans @ a_dot @ ans


def each(scalars, a):
    """One number for each matrix of a stack, as a factor of the matrices."""
    if a.ndim == 2:
        return scalars
    return np.expand_dims(scalars, (-1, -2))


@rule(np.linalg.det, costly=True)
def det(ans_bar, a):
    return each(ans_bar, a) * cofactors(a)


@forward_of(np.linalg.det)
def det_forward(a, a_dot):
    return np.sum(cofactors(a) * a_dot, axis=(-2, -1))


@rule(cofactors, text="cofactors", costly=True)
def cofactors_bar(ans_bar, ans, a):
    """Only for regular matrices: a singular one raises `LinAlgError` here."""
    inverse = transposed(np.linalg.inv(a))
    determinant = each(np.linalg.det(a), a)
    through_determinant = each(np.sum(ans_bar * ans, axis=(-2, -1)), a) * inverse
    return through_determinant - determinant * (inverse @ transposed(ans_bar) @ inverse)


@forward_of(cofactors)
def cofactors_forward(ans, a, a_dot):
    inverse = transposed(np.linalg.inv(a))
    determinant = each(np.linalg.det(a), a)
    through_determinant = each(np.sum(ans * a_dot, axis=(-2, -1)), a) * inverse
    return through_determinant - determinant * (inverse @ transposed(a_dot) @ inverse)


def lower_half(a):
    """The lower triangle, its diagonal halved: what is left of `a` in `x + x.T == a`."""
    half = np.tril(np.ones(a.shape[-2:], a.dtype)) - 0.5 * np.eye(a.shape[-1], dtype=a.dtype)
    return half * a


# NumPy reads the lower triangle only, so the upper one has no effect on the result: its bar is 0.
# (jax makes the argument symmetric first, and shares the bar between the two.)
@rule(np.linalg.cholesky, costly=True)
def cholesky(ans_bar, ans, a):
    inverse = np.linalg.inv(ans)
    middle = lower_half(transposed(ans) @ ans_bar)
    bar = transposed(inverse) @ middle @ conjugate(inverse)
    return lower_half(bar + conjugate(transposed(bar)))


@forward_of(np.linalg.cholesky)
def cholesky_forward(ans, a, a_dot):
    inverse = np.linalg.inv(ans)
    half = lower_half(a_dot)
    symmetric = half + conjugate(transposed(half))
    return ans @ lower_half(inverse @ symmetric @ conjugate(transposed(inverse)))


@shape_rule(np.linalg.solve)
def solve_shape(sizes, a, b):
    if len(b.shape) == 1:
        return a.shape[:-1]
    stacks = sizes.broadcast([a.shape[:-2], b.shape[:-2]])
    return (*stacks, a.shape[-1], b.shape[-1])


@shape_rule(np.linalg.inv, np.linalg.cholesky, cofactors)
def same_shape(sizes, a):
    return a.shape


@shape_rule(np.linalg.det)
def det_shape(sizes, a):
    return a.shape[:-2]
