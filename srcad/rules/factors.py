"""Factors of matrices: determinants as logarithms, eigenvalues, `qr`, pseudo-inverses.

A function of several results is written as one that puts them into one array, one below the other,
and the parts are taken out of it: there is one factorisation, and one rule.
"""

from __future__ import annotations

import numpy as np
from numpy.linalg._linalg import EighResult, QRResult, SlogdetResult, SVDResult

from srcad.rules.linalg import each, lower_half, transposed
from srcad.rules.registry import PRIMITIVES, constant, expand, forward_of, rule, shape_rule
from srcad.runtime.arrays import (
    is_not_definite,
    is_singular,
    log_abs_det,
    masked,
    matrix_rank,
    packed_eigh,
    packed_qr,
    packed_svd,
    sign_of_det,
)


def need_real(a):
    """Factors of complex matrices have other derivatives."""
    if a.dtype.kind == "c":
        raise NotImplementedError(
            "factors of complex matrices have no rule: write real and imaginary parts as blocks"
        )


# Logarithms of determinants


@expand(np.linalg.slogdet)
def slogdet(a):
    return SlogdetResult(sign_of_det(a), log_abs_det(a))


@rule(log_abs_det, text="log_abs_det", costly=True)
def log_abs_det_bar(ans_bar, a):
    """Of a singular matrix there is none: `LinAlgError`."""
    need_real(a)
    return each(ans_bar, a) * transposed(np.linalg.inv(a))


@forward_of(log_abs_det)
def log_abs_det_forward(a, a_dot):
    return np.sum(transposed(np.linalg.inv(a)) * a_dot, axis=(-2, -1))


constant(sign_of_det, text="sign_of_det", decides=True)
constant(matrix_rank, text="matrix_rank", decides=True)
constant(is_singular, text="is_singular", decides=True)
constant(is_not_definite, text="is_not_definite", decides=True)
SINGULAR, NOT_DEFINITE = PRIMITIVES[is_singular], PRIMITIVES[is_not_definite]

# Symmetric matrices.  NumPy reads the lower triangle only, so the bar of the upper one is 0.


def onto_lower(bar):
    """The bar of a symmetric matrix, for its lower triangle."""
    return lower_half(bar + transposed(bar))


def symmetric(a):
    lower = np.tril(a)
    return lower + transposed(np.tril(a, -1))


def gaps(values):
    """One over the differences of eigenvalues; inf where two are equal, 0 on the diagonal."""
    rows, columns = np.expand_dims(values, -2), np.expand_dims(values, -1)
    itself = np.eye(values.shape[-1], dtype=values.dtype)
    return 1.0 / (rows - columns + itself) - itself


@rule(np.linalg.eigvalsh, costly=True)
def eigvalsh(ans_bar, a):
    need_real(a)
    vectors = packed_eigh(a)[..., 1:, :]
    return onto_lower(vectors * np.expand_dims(ans_bar, -2) @ transposed(vectors))


@forward_of(np.linalg.eigvalsh)
def eigvalsh_forward(a, a_dot):
    vectors = packed_eigh(a)[..., 1:, :]
    return np.sum(vectors * (symmetric(a_dot) @ vectors), axis=-2)


@expand(np.linalg.eigh)
def eigh(a):
    packed = packed_eigh(a)
    return EighResult(packed[..., 0, :], packed[..., 1:, :])


@rule(packed_eigh, text="packed_eigh", costly=True)
def packed_eigh_bar(ans_bar, ans, a):
    """Eigenvectors of equal eigenvalues have no derivative: inf or nan, unless their bar is 0."""
    need_real(a)
    vectors, vectors_bar = ans[..., 1:, :], ans_bar[..., 1:, :]
    turned = transposed(vectors) @ vectors_bar
    turned = np.where(turned == 0.0, 0.0, turned * gaps(ans[..., 0, :]))
    inner = turned + np.eye(a.shape[-1], dtype=a.dtype) * np.expand_dims(ans_bar[..., 0, :], -2)
    return onto_lower(vectors @ inner @ transposed(vectors))


@forward_of(packed_eigh)
def packed_eigh_forward(ans, a, a_dot):
    vectors = ans[..., 1:, :]
    inner = transposed(vectors) @ symmetric(a_dot) @ vectors
    values = np.expand_dims(np.diagonal(inner, 0, -2, -1), -2)
    return np.concatenate((values, vectors @ (inner * gaps(ans[..., 0, :]))), axis=-2)


# q times r, with as many rows as columns or more


@expand(np.linalg.qr)
def qr(a, mode="reduced"):
    if mode == "r":
        return packed_qr(a)[..., a.shape[-2] :, :]
    if mode != "reduced":
        raise NotImplementedError("np.linalg.qr of this mode has no rule: reduced and r have one")
    packed = packed_qr(a)
    return QRResult(packed[..., : a.shape[-2], :], packed[..., a.shape[-2] :, :])


@rule(packed_qr, text="packed_qr", costly=True)
def packed_qr_bar(ans_bar, ans, a):
    need_real(a)
    rows = a.shape[-2]
    q, r = ans[..., :rows, :], ans[..., rows:, :]
    q_bar, r_bar = ans_bar[..., :rows, :], np.triu(ans_bar[..., rows:, :])
    middle = r @ transposed(r_bar) - transposed(q_bar) @ q
    lower = np.tril(middle, -1)
    inner = q_bar + q @ (lower + transposed(lower) + np.eye(a.shape[-1], dtype=a.dtype) * middle)
    return transposed(np.linalg.solve(r, transposed(inner)))


@forward_of(packed_qr)
def packed_qr_forward(ans, a, a_dot):
    rows = a.shape[-2]
    q, r = ans[..., :rows, :], ans[..., rows:, :]
    change = a_dot @ np.linalg.inv(r)
    inner = transposed(q) @ change
    lower = np.tril(inner, -1)
    turned = lower - transposed(lower)
    return np.concatenate((change - q @ inner + q @ turned, (inner - turned) @ r), axis=-2)


# Pseudo-inverses and least squares, of matrices whose rank does not change


def pinv_parts(ans, a):
    """What is left of the identity outside of the rows and of the columns of a matrix."""
    rows = np.eye(a.shape[-2], dtype=a.dtype) - a @ ans
    columns = np.eye(a.shape[-1], dtype=a.dtype) - ans @ a
    return rows, columns


@rule(np.linalg.pinv, costly=True)
def pinv(ans_bar, ans, a):
    need_real(a)
    rows, columns = pinv_parts(ans, a)
    t, bar_t = transposed(ans), transposed(ans_bar)
    return -t @ ans_bar @ t + rows @ bar_t @ ans @ t + t @ ans @ bar_t @ columns


@forward_of(np.linalg.pinv)
def pinv_forward(ans, a, a_dot):
    rows, columns = pinv_parts(ans, a)
    t, dot_t = transposed(ans), transposed(a_dot)
    return -ans @ a_dot @ ans + ans @ t @ dot_t @ rows + columns @ dot_t @ t @ ans


@expand(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    if rcond is not None:
        raise NotImplementedError("np.linalg.lstsq with rcond has no rule: leave it out")
    x = np.linalg.pinv(a) @ b
    return x, misfit(a, b, x), matrix_rank(a), np.linalg.svdvals(a)


def misfit(a, b, x):
    """The sums of squares that are left; empty where the system can be solved exactly."""
    left = np.sum((b - a @ x) ** 2, axis=0, keepdims=b.ndim == 1)
    if a.shape[0] <= a.shape[1] or matrix_rank(a) < a.shape[1]:
        return left[:0]
    return left


# Singular values and their vectors


@rule(np.linalg.svdvals, costly=True)
def svdvals(ans_bar, a):
    need_real(a)
    _, left, right = svd_parts(packed_svd(a), a)
    return (left * np.expand_dims(ans_bar, -2)) @ transposed(right)


@forward_of(np.linalg.svdvals)
def svdvals_forward(a, a_dot):
    _, left, right = svd_parts(packed_svd(a), a)
    return np.sum(left * (a_dot @ right), axis=-2)


@expand(np.linalg.svd, options={"fixed": ("full_matrices", "compute_uv")})
def svd(a, full_matrices=True, compute_uv=True):
    if not compute_uv:
        return np.linalg.svdvals(a)
    if full_matrices:
        raise NotImplementedError(
            "np.linalg.svd with full_matrices has no rule: use full_matrices=False"
        )
    values, left, right = svd_parts(packed_svd(a), a)
    return SVDResult(left, values, transposed(right))


def svd_parts(packed, a):
    """Singular values, and the vectors of the left and of the right as columns."""
    rows = a.shape[-2]
    return packed[..., 0, :], packed[..., 1 : 1 + rows, :], packed[..., 1 + rows :, :]


def weights(values):
    """One over the differences of squares; inf where two are equal, 0 on the diagonal."""
    return gaps(values**2)


def weighed(part, values):
    """A part of a matrix times `weights`; nothing stays nothing."""
    return np.where(part == 0.0, 0.0, part * weights(values))


@rule(packed_svd, text="packed_svd", costly=True)
def packed_svd_bar(ans_bar, ans, a):
    """Vectors of equal singular values have no derivative: inf or nan, unless their bar is 0."""
    need_real(a)
    values, left, right = svd_parts(ans, a)
    values_bar, left_bar, right_bar = svd_parts(ans_bar, a)
    size = np.expand_dims(values, -2)
    turned_left = transposed(left) @ left_bar
    turned_right = transposed(right) @ right_bar
    inner = (
        weighed(turned_left - transposed(turned_left), values) * size
        + np.expand_dims(values, -1) * weighed(turned_right - transposed(turned_right), values)
        + np.eye(values.shape[-1], dtype=a.dtype) * np.expand_dims(values_bar, -2)
    )
    outside_left = left_bar - left @ turned_left
    outside_right = right_bar - right @ turned_right
    bar = left @ inner @ transposed(right)
    bar = bar + masked(outside_left, outside_left / size) @ transposed(right)
    return bar + left @ transposed(masked(outside_right, outside_right / size))


@forward_of(packed_svd)
def packed_svd_forward(ans, a, a_dot):
    values, left, right = svd_parts(ans, a)
    size = np.expand_dims(values, -2)
    inner = transposed(left) @ a_dot @ right
    scaled, other = inner * size, transposed(inner) * size
    left_dot = left @ weighed(scaled + transposed(scaled), values)
    right_dot = right @ weighed(other + transposed(other), values)
    beyond_left = a_dot @ right - left @ inner
    beyond_right = transposed(a_dot) @ left - right @ transposed(inner)
    return np.concatenate(
        (
            np.expand_dims(np.diagonal(inner, 0, -2, -1), -2),
            left_dot + masked(beyond_left, beyond_left / size),
            right_dot + masked(beyond_right, beyond_right / size),
        ),
        axis=-2,
    )


@shape_rule(log_abs_det, sign_of_det, matrix_rank)
def number_shape(sizes, a):
    return a.shape[:-2]


@shape_rule(np.linalg.eigvalsh)
def eigenvalues_shape(sizes, a):
    return a.shape[:-1]


@shape_rule(packed_eigh)
def packed_eigh_shape(sizes, a):
    n = a.shape[-1]
    return (*a.shape[:-2], n + 1, n)


@shape_rule(packed_qr)
def packed_qr_shape(sizes, a):
    rows, n = a.shape[-2:]
    return (*a.shape[:-2], n + rows if hasattr(n, "terms") else rows + n, n)


@shape_rule(np.linalg.pinv)
def pinv_shape(sizes, a):
    return (*a.shape[:-2], a.shape[-1], a.shape[-2])
