"""Arrays of another length in each trip: where only that is read, the length alone is kept."""

import numpy as np
import pytest

import srcad
from tests.along import check_gradient

ENGINES = ("numpy", "numba")
X = np.array([0.3, -0.5, 0.8, 1.1, -0.2, 0.7])


def rings(x, radius, count):
    means = np.zeros(count)
    for i in range(count):
        inside = (radius >= i) & (radius < i + 1.5)
        means[i] = np.mean(x[inside])
    return np.sum(means**2)


def tails(x):
    total = 0.0
    for i in range(x.shape[0]):
        chosen = x[i:][x[i:] > 0.0]
        total = total + np.sum(chosen) * chosen.size
    return total


def once(x):
    return np.mean(x[x > 0.0]) ** 2


def while_long(x, y):
    k = 0
    total = 0.0
    while k < 3:
        kept = y[x > 0.2 * k]
        total = total + np.mean(kept) ** 2 * (k + 1.0)
        k += 1
    return total


def sometimes(x, y, steps):
    total = 0.0
    for k in range(steps):
        if k % 2 == 0:
            total = total + np.mean(y[x > 0.1 * k]) ** 2
        else:
            total = total * 1.5
    return total


PROGRAMS = [
    (rings, (X, np.array([0.1, 0.4, 1.2, 1.7, 2.2, 2.9]), 3)),
    (tails, (X,)),
    (once, (X,)),
    (while_long, (X, X**2 + 0.3 * X)),
    (sometimes, (X, X**2 - 0.1, 5)),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_gradients(function, args, engine):
    check_gradient(function, args, engine)


def test_the_length_is_kept_and_not_the_array():
    (loop,) = srcad.explain(lambda x: rings(x, PROGRAMS[0][1][1], 3), X).loops
    assert sorted(taped.trip.bytes for taped in loop.taped) == [X.size, 8]


def test_a_mask_is_a_branch_in_compiled_code():
    function, args = PROGRAMS[0]
    text = srcad.source(function, *args, level="loops")
    backward = text[text.index("def rings_bwd") : text.index("def rings_value_and_grad")]
    assert "objmode" not in backward


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bar_of_its_own_for_each_element_under_a_mask(engine):
    def spread(x, y):
        total = 0.0
        for k in range(3):
            chosen = x[y > 0.1 * k]
            total = total + np.sum(chosen**3)
        return total

    f = srcad.differentiable(engine=engine)(spread)
    x = np.array([0.5, -1.5, 2.0, 0.25])
    y = np.array([0.15, -1.0, 0.05, 3.0])
    times = np.array([2, 0, 1, 3])
    np.testing.assert_allclose(srcad.grad(f)(x, y), times * 3 * x**2, rtol=1e-14)
