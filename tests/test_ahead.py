"""Functions of tapes that are computed before the loop of an adjoint."""

import math

import numpy as np
import pytest

import srcad


def orbit(x, steps):
    s, total = 1.0, 0.0
    for i in range(steps):
        s = np.sin(s) * x[i % 3] + 0.5
        total += s * s
    return total


def with_math(x, steps):
    s = x[0]
    for i in range(steps):
        s = math.cos(s) * x[1] - 0.2 * s * s
    return s


def on_one_path(x, steps):
    s = x[0]
    for i in range(steps):
        if i % 2 == 0:
            s = np.sin(s) * x[1]
        else:
            s = s * x[2]
    return s


def the_first_few(x, steps):
    s = 1.0
    for i in range(steps):
        s = s * np.sin(x[i])
    return s


def left_early(x, steps):
    s = x[0]
    for _ in range(steps):
        s = np.sin(s) * x[1]
        if s < -10.0:
            break
    return s


X = np.array([0.7, -1.2, 0.4])


@pytest.mark.parametrize(
    ("function", "taken"),
    [
        (orbit, True),
        (with_math, True),
        (on_one_path, False),
        (the_first_few, False),
        (left_early, False),
    ],
)
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_functions_of_tapes(function, taken, steps):
    assert ("_ahead[" in srcad.source(function, X, 3, level="loops")) == taken
    value, bar = srcad.value_and_grad(srcad.differentiable(engine="numba")(function))(X, steps)
    assert value == pytest.approx(function(X, steps), rel=1e-13)
    for place in range(3):
        there = X.copy()
        there[place] += 1e-6
        back = 2.0 * X - there
        slope = (function(there, steps) - function(back, steps)) / 2e-6
        assert bar[place] == pytest.approx(slope, abs=1e-8)
