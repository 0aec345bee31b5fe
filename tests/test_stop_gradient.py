"""`stop_gradient`: values that derivatives take to be constant; the truth are closed forms."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import srcad
from srcad import jvp, stop_gradient, vjp

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))
X = np.array([0.3, -1.2, 0.8])


@dataclass
class Layer:
    weight: object
    name: str


class Pair(NamedTuple):
    left: object
    right: object


def by(engine, function):
    return srcad.differentiable(engine=engine)(function)


def normalised(x):
    return np.sum(x / stop_gradient(np.sqrt(np.sum(x * x))))


def in_loop(x, n):
    y = x
    for _ in range(n):
        y = y * stop_gradient(y) + np.sin(x)
    return np.sum(y)


def of_trees(x):
    tree = {"a": [x * 2.0, 3.0], "b": Pair(x, None), "c": Layer(np.exp(x), "c"), "d": (2, True)}
    held = stop_gradient(tree)
    assert held["d"] == (2, True)
    assert held["b"].right is None
    return np.sum(x * held["a"][0] * held["a"][1] + x * held["b"].left + x * held["c"].weight)


def of_lists(x):
    found = []
    for value in x:
        if value > 0.0:
            found.append(value * value)
    total = 0.0
    for moving, constant in zip(found, stop_gradient(found), strict=True):
        total += moving * constant
    return total


def straight_through(x):
    return np.sum(x + stop_gradient(np.round(x * x) - x)) ** 2


def test_it_gives_back_what_it_is_given():
    tree = {"a": [X, 2.0], "b": (None, "text"), "c": Layer(X, "w")}
    made = stop_gradient(tree)
    assert made == tree
    assert made["a"][0] is X
    assert made["c"].weight is X
    assert made["a"] is not tree["a"]


@each_engine
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (normalised, lambda x: np.ones(3) / np.sqrt(np.sum(x * x))),
        (of_trees, lambda x: 6.0 * x + x + np.exp(x)),
        (of_lists, lambda x: np.where(x > 0.0, 2.0 * x**3, 0.0)),
        (straight_through, lambda x: 2.0 * np.sum(np.round(x * x)) * np.ones(3)),
    ],
)
def test_both_modes_take_it_for_a_constant(engine, function, expected, rng):
    direction = rng.normal(size=3)
    value, gradient = srcad.value_and_grad(by(engine, function))(X)
    np.testing.assert_allclose(value, function(X), rtol=1e-14)
    np.testing.assert_allclose(gradient, expected(X), rtol=1e-12)
    value, dot = jvp(by(engine, function), (X,), (direction,))
    np.testing.assert_allclose(value, function(X), rtol=1e-14)
    np.testing.assert_allclose(dot, np.sum(expected(X) * direction), rtol=1e-12)


@each_engine
def test_in_a_loop_each_trip_has_its_own_constant(engine):
    y, slope = X, np.ones(3)
    for _ in range(4):
        y, slope = y * y + np.sin(X), slope * y + np.cos(X)
    np.testing.assert_allclose(srcad.grad(by(engine, in_loop))(X, 4), slope, rtol=1e-12)
    _, dot = jvp(by(engine, in_loop), (X, 4), (np.ones(3), None))
    np.testing.assert_allclose(dot, np.sum(slope), rtol=1e-12)


@each_engine
def test_a_function_that_stops_everything_has_derivative_zero(engine):
    value, pullback = vjp(by(engine, lambda x, k: stop_gradient((x * k, k))), X, 2.0)
    np.testing.assert_array_equal(value[0], 2.0 * X)
    x_bar, k_bar = pullback((np.ones(3), 1.0))
    np.testing.assert_array_equal(x_bar, np.zeros(3))
    assert k_bar == 0.0


@each_engine
def test_a_number_that_does_not_move_is_pushed_as_a_number(engine):
    for function in (stop_gradient, lambda x: np.floor(x)):
        value, dot = jvp(by(engine, function), (2.0,), (1.0,))
        assert (value, dot) == (2.0, 0.0)
        assert isinstance(value, float)


@each_engine
def test_what_is_written_over_the_constant_moves_again(engine):
    def f(x):
        y = stop_gradient(np.sin(x))
        y += x
        y[0] = x[1] * x[1]
        return np.sum(y * x)

    expected = 2.0 * X + np.sin(X)
    expected[0] = X[1] ** 2
    expected[1] += 2.0 * X[1] * X[0]
    np.testing.assert_allclose(srcad.grad(by(engine, f))(X), expected, rtol=1e-12)


def test_memory_that_two_names_share_is_not_written():
    def f(x):
        y = stop_gradient(x)
        y += 1.0
        return np.sum(y * x)

    with pytest.raises(srcad.UnsafeMutation, match="memory that `x` may share"):
        srcad.grad(f)(X)


def test_functions_and_iterators_are_no_trees():
    def f(x):
        return stop_gradient(lambda y: y * x)(2.0)

    with pytest.raises(srcad.UnsupportedType, match="no tree of numbers"):
        srcad.grad(f)(1.0)


def test_the_text_says_it_where_it_is_read():
    text = srcad.source(normalised, X)
    assert "from srcad.runtime.arrays import stop_gradient" in text
    assert "import stop_gradient" not in srcad.source(normalised, X, level="loops")
    again = {}
    exec(text, again)
    value, saved = again["normalised_fwd"](X)
    np.testing.assert_allclose(value, normalised(X))
    np.testing.assert_allclose(
        again["normalised_bwd"](saved, 1.0), np.ones(3) / np.sqrt(np.sum(X * X))
    )
