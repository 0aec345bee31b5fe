"""`debug_nans`: the line and the variable where what is not finite first enters."""

import sys

import numpy as np
import pytest

import srcad
from srcad import ArgumentError, NotFinite, debug_nans


def logarithm(z):
    w = z - 2.0
    y = np.log(w)
    return y


def iterated(x, n):
    best = -np.inf
    total = 0.0
    for _ in range(n):
        x = x * 0.7
        total = total + np.sum(logarithm(x))
        best = max(best, total)
    return best


def in_place(x):
    y = np.ones(3)
    y[1:] = 1.0 / x[1:]
    return np.sum(y)


def rooted(x):
    y = x - 1.0
    z = np.sqrt(y)
    return np.sum(z * 3.0)


def at_once(x):
    return np.sum(np.log(x))


def in_a_list(x):
    parts = []
    for i in range(3):
        parts.append(1.0 / np.float64(x[i]))
    return sum(parts)


FOUND = [
    (iterated, (np.array([4.0, 9.0]), 3), "`w`|`y`", "y = np.log(w)", False),
    (in_place, (np.array([0.0, 2.0, 0.0]),), "`y`", "y[1:] = 1.0 / x[1:]", False),
    (at_once, (np.array([1.0, -1.0]),), "the result", "return np.sum(np.log(x))", False),
    (in_a_list, (np.array([1.0, 0.0, 2.0]),), "`parts`", "parts.append(", False),
    (rooted, (np.array([1.0, 2.0]),), "`y_bar`", "z = np.sqrt(y)", True),
]


@pytest.mark.parametrize(("function", "args", "name", "line", "backward"), FOUND)
def test_the_line_and_the_variable(function, args, name, line, backward):
    with pytest.raises(NotFinite, match=name) as caught:
        debug_nans(function)(*args)
    assert caught.value.origin.text.strip().startswith(line)
    assert caught.value.origin.file == "test_debugging.py"
    assert ("backward" in caught.value.message) is backward
    assert isinstance(caught.value, FloatingPointError)


def chosen(x):
    return np.sum(np.where(x > 0.0, np.sqrt(np.where(x > 0.0, x, 1.0)), 0.0))


CLEAN = [
    (iterated, (np.array([30.0, 50.0]), 3)),
    (chosen, (np.array([0.0, 2.0]),)),
    (rooted, (np.array([1.5, 2.0]),)),
]


@pytest.mark.parametrize(("function", "args"), CLEAN)
def test_what_is_finite_is_returned(function, args):
    before = sys.gettrace()
    assert debug_nans(function)(*args) == function(*args)
    assert sys.gettrace() is before


def test_arguments_are_left_alone_and_checked():
    def spoils(x):
        x[0] = 3.0
        return np.sum(x)

    x = np.array([1.0, 2.0])
    assert debug_nans(srcad.differentiable(spoils))(x) == 5.0
    np.testing.assert_array_equal(x, [1.0, 2.0])
    with pytest.raises(ArgumentError, match="nan already"):
        debug_nans(spoils)(np.array([np.nan]))
    with pytest.raises(ArgumentError, match="callable"):
        debug_nans(3)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        debug_nans(spoils)()


def test_the_tracer_is_put_back_after_an_error():
    before = sys.gettrace()
    with pytest.raises(NotFinite):
        debug_nans(at_once)(np.array([-1.0]))
    assert sys.gettrace() is before
