"""Sums that wait for the trip before: which are taken in another order, and which never."""

import numpy as np
import pytest

import srcad


def relaxed(u, f):
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            u[i, j] = (u[i - 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j]) / 4.0
    return np.sum(u**2)


def first_term(x):
    s = 1.0
    for i in range(x.shape[0]):
        s = s * 0.5 - x[i] - x[i] * x[i]
    return s


def last_is_negative(x):
    s = 1.0
    for i in range(x.shape[0]):
        s = 3.0 * (x[i] - s * x[i] + x[i] ** 2)
    return s


def downwards(x, y):
    for i in range(x.shape[0] - 2, -1, -1):
        x[i] = 0.5 * (x[i + 1] + y[i] + y[i + 1])
    return x[0] * x[0]


def with_its_own(x, y):
    for i in range(1, x.shape[0]):
        x[i] = x[i] + 0.3 * x[i - 1] + y[i]
    return np.sum(x**2)


def compensated(x):
    s = 0.0
    lost = 0.0
    for i in range(x.shape[0]):
        term = x[i] - lost
        t = s + term
        lost = (t - s) - term
        s = t
    return s


def compensated_in_arrays(x, s, lost):
    for i in range(1, x.shape[0]):
        term = x[i] - lost[i - 1]
        s[i] = s[i - 1] + term
        lost[i] = (s[i] - s[i - 1]) - term
    return s[-1]


def two_wait(x):
    s, before = 1.0, 2.0
    for i in range(x.shape[0]):
        s, before = s + before + x[i], 0.5 * s
    return s


def swapped(u, v):
    for j in range(1, u.shape[1]):
        v[:, j] = 0.0
        u, v = v, u
    for i in range(1, u.shape[0]):
        for j in range(1, u.shape[1]):
            v[i, j] = u[i, j - 1] + v[i, j - 1] + v[i, j]
            u, v = v, u
    return np.sum(u**2)


def its_own_row(u):
    for i in range(2, u.shape[0]):
        u[i] = u[i - 1] + u[i - 2] + u[i]
    return np.sum(u**2)


U = np.linspace(0.1, 2.0, 20).reshape(4, 5)
X = np.linspace(-1.0, 1.5, 7)

CHANGED = [
    (
        relaxed,
        (U, U[::-1].copy()),
        "u[i, j - 1] / 4.0 + (u[i - 1, j] + u[i, j + 1] - f[i, j]) / 4.0",
    ),
    (first_term, (X,), "s = s * 0.5 - (x[i] + x[i] * x[i])"),
    (last_is_negative, (X,), "3.0 * (x[i] + x[i] ** 2 - s * x[i])"),
    (with_its_own, (X, X + 1.0), "x[i] + y[i] + 0.3 * x[i - 1]"),
    (downwards, (X, X + 1.0), "0.5 * x2[i + 1] + 0.5 * (y[i] + y[i + 1])"),
]

KEPT = [
    (swapped, (U, U + 1.0), "u[i, j - 1] + v[i, j - 1] + v[i, j]"),
    (compensated, (X,), "lost = t - s - term"),
    (compensated_in_arrays, (X, 0 * X, 0 * X), "lost2[i] = s2[i] - s2[i - 1] - term"),
    (two_wait, (X,), "s + before + x[i]"),
    (its_own_row, (X,), "u[i - 1] + u[i - 2] + u[i]"),
]


@pytest.mark.parametrize(("function", "args", "text"), CHANGED + KEPT)
def test_order_of_a_sum(function, args, text):
    assert text in srcad.source(function, *args, level="loops")


@pytest.mark.parametrize(("function", "args", "text"), CHANGED)
def test_gradient_of_a_sum_in_another_order(function, args, text):
    made = srcad.differentiable(engine="numba")(function)
    direction = [np.cos(np.arange(arg.size)).reshape(arg.shape) for arg in args]
    gradients = srcad.grad(made, argnums=tuple(range(len(args))))(*args)
    slope = sum(np.sum(bar * way) for bar, way in zip(gradients, direction, strict=True))
    there = [arg + 1e-40j * way for arg, way in zip(args, direction, strict=True)]
    np.testing.assert_allclose(slope, np.imag(function(*there)) / 1e-40, rtol=1e-13)


def test_a_compensated_sum_stays_exact():
    x = np.full(1000, 1e-16)
    x[0] = 1.0
    made = srcad.differentiable(engine="numba")(compensated)
    assert srcad.value_and_grad(made)(x)[0] == compensated(x) == 1.0 + 999e-16
