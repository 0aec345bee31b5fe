"""What is added to one element again and again: at once in adjoints, one by one in the program."""

import numpy as np
import pytest

import srcad


def pulls(x, weights, steps):
    for _ in range(steps):
        apart = x[:, None] - x[None, :]
        x = x + 0.1 * ((apart * np.sin(apart)) @ weights) - 0.2 * ((apart**2) @ weights)
    return np.sum(x**2)


def rows_and_columns(a, steps):
    total = 0.0
    for _ in range(steps):
        both = np.sum(np.sin(a), axis=0) + np.sum(np.cos(a) * a, axis=1)
        a = a * (1.0 + 0.01 * both)
        total += np.sum(both**2)
    return total + np.sum(a)


def one_by_one(u, a, b):
    u += a
    u -= b
    return np.sum(u**2)


def read_in_between(x, y):
    x = x * y
    z = np.exp(x)
    return np.sum(x * np.sin(z) + z * np.cos(x))


X = np.linspace(-0.5, 0.7, 5)
PROGRAMS = [
    (pulls, (X, X + 1.0, 3)),
    (rows_and_columns, (np.outer(X, X + 0.3), 2)),
    (one_by_one, (X, X + 1.0, X**2)),
    (read_in_between, (X, X + 2.0)),
]


def backward(function, *args):
    text = srcad.source(function, *args, level="loops")
    return text[text.index("_bwd(") : text.index("_value_and_grad(")]


@pytest.mark.parametrize(("function", "args"), PROGRAMS)
@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_gradients(function, args, engine):
    floats = [place for place, arg in enumerate(args) if isinstance(arg, np.ndarray)]
    made = srcad.differentiable(engine=engine)(function)
    gradients = srcad.grad(made, argnums=tuple(floats))(*args)
    there, slope = list(args), 0.0
    for place, gradient in zip(floats, gradients, strict=True):
        way = np.cos(np.arange(args[place].size)).reshape(args[place].shape)
        there[place] = args[place] + 1e-40j * way
        slope += np.sum(gradient * way)
    np.testing.assert_allclose(slope, np.imag(function(*there)) / 1e-40, rtol=1e-12)


def test_products_are_added_where_they_are_wanted():
    lines = backward(pulls, X, X + 1.0, 3).splitlines()
    (line,) = (line for line in lines if "weights_bar[j]" in line)
    assert line.count("apart_ij") == 2


def kept_signs(u, a):
    u[:] = 0.0
    u += a
    return np.sum(np.arctan2(u, -1.0))


def test_the_program_keeps_the_signs_of_zeros():
    made = srcad.differentiable(engine="numba")(kept_signs)
    a = np.array([-0.0, 0.5])
    value, _ = srcad.value_and_grad(made, argnums=1)(np.ones(2), a)
    assert value == pytest.approx(kept_signs(np.ones(2), a))


def test_the_program_adds_in_its_own_order():
    text = srcad.source(one_by_one, *PROGRAMS[2][1], level="loops")
    forward = text[: text.index("_bwd(")]
    assert "a[i] - b[i]" not in forward
    assert "-= b[i]" in forward
