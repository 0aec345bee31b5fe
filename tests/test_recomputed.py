"""`checkpoint`: the same derivatives, of which less is remembered."""

import numpy as np
import pytest

import srcad
from srcad import MissingRule, checkpoint, grad, hvp, jvp

U = np.linspace(0.1, 2.0, 6)


def cool(u, rate, steps=5, scale=1.0):
    for _ in range(steps):
        u = u - rate * np.sin(u) * scale
    return u


again = checkpoint(cool)


def remembered(u, rate):
    for _ in range(4):
        u = cool(u, rate)
    return np.sum(u**2)


def recomputed(u, rate):
    for _ in range(4):
        u = again(u, rate)
    return np.sum(u**2)


@pytest.mark.parametrize("engine", ["numpy", pytest.param("numba", marks=pytest.mark.slow)])
def test_the_gradient_is_the_same(engine):
    found = grad(srcad.differentiable(engine=engine)(recomputed), argnums=(0, 1))(U, 0.1)
    step = 1e-30
    by_rate = remembered(U, 0.1 + 1j * step).imag / step
    by_u = [remembered(U + 1j * step * axis, 0.1).imag / step for axis in np.eye(6)]
    np.testing.assert_allclose(found[0], by_u, rtol=1e-12)
    assert found[1] == pytest.approx(by_rate, rel=1e-12)


def test_less_is_remembered():
    whole = srcad.explain(remembered, U, 0.1).total.bytes
    blocks = srcad.explain(recomputed, U, 0.1).total.bytes
    assert blocks < whole / 5
    assert "np.sin(u)" in srcad.source(recomputed, U, 0.1).partition("def recomputed_bwd")[2]


def test_forwards_and_twice():
    dots = np.cos(U), 0.3
    expected = jvp(remembered, (U, 0.1), dots)[1]
    assert jvp(recomputed, (U, 0.1), dots)[1] == pytest.approx(expected, rel=1e-13)
    expected = hvp(remembered, (U, 0.1), dots)
    found = hvp(recomputed, (U, 0.1), dots)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-12)
    assert found[1] == pytest.approx(expected[1], rel=1e-12)


def test_calls_are_those_of_the_function():
    np.testing.assert_array_equal(again(U, 0.1), cool(U, 0.1))
    found = grad(lambda u: np.sum(again(u, 0.1, 2, scale=3.0)))(U)
    expected = grad(lambda u: np.sum(cool(u, 0.1, 2, scale=3.0)))(U)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_trees():
    @checkpoint
    def step(params, u):
        return {"u": u * params["w"][0] - np.sin(u), "n": np.sum(u)}

    def loss(params, u):
        for _ in range(3):
            out = step(params, u)
            u = out["u"]
        return np.sum(u) + out["n"]

    def plain(w, u):
        for _ in range(3):
            n = np.sum(u)
            u = u * w - np.sin(u)
        return np.sum(u) + n

    found, _ = grad(loss, argnums=(0, 1))({"w": [0.7]}, U)
    assert found["w"][0] == pytest.approx(plain(0.7 + 1e-30j, U).imag / 1e-30, rel=1e-12)


OUTSIDE = np.array([1.0, 2.0])


def test_what_is_not_an_argument_is_refused():
    def outer(a):
        held = {"a": a}
        return inner(OUTSIDE, held) * held["a"]

    @checkpoint
    def inner(x, held):
        return np.sum(x * held["a"])

    assert grad(outer)(0.5) == pytest.approx(3.0)  # d/da a^2 (1 + 2)

    with pytest.raises((MissingRule, srcad.UnsupportedSyntax)):
        grad(lambda a: checkpoint(lambda x: np.sum(a * x))(OUTSIDE))(0.5)
