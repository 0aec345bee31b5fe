"""Bars that are zero contribute zero: where that needs a branch, and where it does not."""

import ast

import numpy as np
import pytest

import srcad
from srcad.loops.masks import divided


def parsed(text):
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("b[i] / t[i]", "b[i] / where(b[i] != 0.0, t[i], 1.0)"),
        ("0.5 * b[i] / t", "0.5 * b[i] / where(b[i] != 0.0, t, 1.0)"),
        ("-(b[i] * 2.0) / np.sqrt(t)", "-(b[i] * 2.0) / where(b[i] != 0.0, np.sqrt(t), 1.0)"),
    ],
)
def test_divisors_are_chosen(value, written):
    assert ast.unparse(divided(parsed("b[i]"), parsed(value))) == written


@pytest.mark.parametrize(
    "value",
    [
        "b[i] * x[i] / t[i]",  # x may be infinite
        "b[i] * 1e1000 / t[i]",
        "c[i] / t[i]",
        "b[j] / t[i]",
        "b[i] / (t[i] / u[i])",  # would divide by zero all the same
        "b[i] / log(t[i])",
        "b[i] * np.cos(t[i])",
    ],
)
def test_values_that_need_a_branch(value):
    assert divided(parsed("b[i]"), parsed(value)) is None


def roots(x, weights):
    return np.sum(weights * np.sqrt(x)) + np.sum(np.arcsin(weights * x))


@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_a_bar_of_zero_at_a_root(engine):
    x, weights = np.array([0.0, 4.0, 0.0]), np.array([0.0, 0.1, 0.2])
    made = srcad.differentiable(engine=engine)(roots)
    bar = srcad.grad(made)(x, weights)
    expected = [0.0, 0.1 * 0.5 / 2.0 + 0.1 / np.sqrt(1.0 - 0.16), np.inf]
    np.testing.assert_allclose(bar, expected, rtol=1e-14)
