"""Comparisons that an adjoint needs of each trip: a byte for the answer, not two numbers."""

import numpy as np
import pytest

import srcad
from tests.along import check_gradient

ENGINES = ("numpy", "numba")


def closest(path):
    for k in range(path.shape[0]):
        path[:] = np.minimum(path, path[:, k, np.newaxis] + path[k, :])
    return np.sum(path**2)


def ramps(x, y, steps):
    for k in range(steps):
        x = np.maximum(1.1 * x - y, 0.1 * y * k)
    return np.sum(x * x)


def both_needed(x, steps):
    total = 0.0
    for _ in range(steps):
        t = x * x
        total = total + np.sum(np.maximum(t, x) * t * x)
        x = np.sin(x)
    return total


def ties(x, y, steps):
    for _ in range(steps):
        x = np.maximum(x, y)
    return np.sum(x)


def clipped(x, steps):
    for _ in range(steps):
        x = np.clip(1.5 * x, 0.2, 0.9) + 0.1 * x
    return np.sum(x)


def numbers(x, y, steps):
    for _ in range(steps):
        x = np.maximum(x * y, np.minimum(x, 0.5)) + 0.25 * y
    return x


def in_branches(x, steps):
    for k in range(steps):
        if k % 2 == 0:
            x = np.maximum(x * 1.2, 0.4)
        else:
            x = np.minimum(x, 1.0 - 0.1 * x)
    return np.sum(x**2)


def until(x):
    while np.sum(x) < 9.0:
        x = np.maximum(1.3 * x, 0.7)
    return np.sum(x**2)


X = np.array([0.3, 0.55, 0.8, 1.1])
PATH = np.random.default_rng(3).uniform(0.1, 1.0, (5, 5))
PROGRAMS = [
    (closest, (PATH,)),
    (ramps, (X, 0.3 + X[::-1] ** 2, 4)),
    (both_needed, (X, 3)),
    (clipped, (X, 4)),
    (numbers, (0.7, 0.9, 5)),
    (in_branches, (X, 5)),
    (until, (X,)),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_gradients(function, args, engine):
    check_gradient(function, args, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_equal_numbers_share_one_half_each(engine):
    f = srcad.differentiable(engine=engine)(ties)
    x_bar, y_bar = srcad.grad(f, argnums=(0, 1))(np.array([1.0, 2.0, 3.0]), np.full(3, 2.0), 3)
    # Of two that are equal, x keeps half in each of three trips.
    np.testing.assert_array_equal(x_bar, [0.0, 0.125, 1.0])
    np.testing.assert_array_equal(y_bar, [1.0, 0.875, 0.0])


@pytest.mark.parametrize("engine", ENGINES)
def test_nan_is_no_choice(engine):
    f = srcad.differentiable(engine=engine)(ties)
    x = np.array([np.nan, 1.0])
    x_bar, y_bar = srcad.grad(f, argnums=(0, 1))(x, np.array([0.0, 2.0]), 1)
    np.testing.assert_array_equal(x_bar, [0.0, 0.0])
    np.testing.assert_array_equal(y_bar, [0.0, 1.0])


def test_the_outcome_is_kept_and_not_the_numbers():
    (loop,) = srcad.explain(closest, PATH).loops
    assert [taped.trip.bytes for taped in loop.taped] == [25, 25, 25]
    assert {taped.why for taped in loop.taped} == {"a decision, which is taken once"}


def test_where_the_numbers_are_kept_anyway_they_are_compared_again():
    (loop,) = srcad.explain(both_needed, X, 3).loops
    assert all(taped.trip.bytes == 8 * X.size for taped in loop.taped)
