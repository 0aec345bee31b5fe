"""Scalar loops as nests: right for every way to index, and only where trips do not meet."""

import random
import re

import numpy as np
import pytest
from fuzzing.case import Case
from fuzzing.checks import check

import srcad

PLACES = ("i", "i", "i + 1", "i - 1", "i + 2", "n - 1 - i", "2 * i", "i // 2", "k[i]", "i - n", "0")
"""Indices of which some count from the end, meet in two trips, or do not move."""


def text_of(seed):
    """A random function with loops that add and store, in one or two dimensions."""
    draw = random.Random(seed)

    def place():
        return draw.choice(PLACES)

    def value():
        pair = f"x[{place()}]", f"x[{place()}]"
        return draw.choice(("{} * {}", "np.sin({}) + 0.3 * {}", "0.5 * {}")).format(*pair)

    def statement(pad):
        target = f"y[{place()}]"
        kinds = [
            f"{target} += {value()}",
            f"{target} += {value()}",
            f"{target} -= 0.5 * {target}",
            f"{target} = {value()}",
            f"y[i] *= x[{place()}]",
            f"s += {value()}",
            f"s -= y[{place()}] * x[i]",
            f"z[{place()}, i] += {value()}",
            f"z[i, {place()}] += y[{place()}]",
            f"t = {value()}\n{pad}y[i] += t\n{pad}y[i + 1] -= t * t",
        ]
        return pad + draw.choice(kinds)

    lines = ["def f(x, y, z, k, n):", "    s = 0.0"]
    for _ in range(draw.randint(1, 2)):
        way = draw.choice(("range(n)", "range(1, n - 1)", "range(n - 1, 0, -1)", "range(1, n, 2)"))
        lines.append(f"    for i in {way}:")
        lines += [statement("        ") for _ in range(draw.randint(1, 3))]
        if draw.random() < 0.4:
            inner = draw.choice(("range(n)", "range(1, n - 1)", "range(i)", "range(i, n)"))
            lines.append(f"        for j in {inner}:")
            for _ in range(draw.randint(1, 3)):
                rows = draw.choice(("i", "i + 1", "j")), draw.choice(("j", "j + 1", "0"))
                lines.append(f"            z[{rows[0]}, {rows[1]}] += x[j] * z[i, {place()}] * 0.1")
    lines.append("    return s + np.sum(y * y) + np.sum(z * z * z)")
    return "import numpy as np\n\n\n" + "\n".join(lines) + "\n"


def arguments(generator, n):
    sizes = ((2 * n + 3,), (2 * n + 3,), (2 * n + 3, 2 * n + 3))
    arrays = (generator.uniform(0.2, 0.9, size) for size in sizes)
    return *arrays, generator.integers(0, 3, 2 * n + 3), n


@pytest.mark.parametrize(
    "start",
    [pytest.param(start, marks=pytest.mark.slow if start else ()) for start in range(0, 120, 12)],
)
def test_random_loops(start):
    reached = 0
    for seed in range(start, start + 12):
        generator = np.random.default_rng(seed)
        calls = tuple(arguments(generator, n) for n in (4, 1, 0, 7))
        outcome = check(Case(seed, text_of(seed), calls))
        assert outcome.failure is None, (outcome.failure, text_of(seed))
        assert outcome.refusal is None, outcome.refusal
        reached += outcome.counts["loop level"]
    assert reached > 24


def three_neighbours(u, v):
    for i in range(1, len(u) - 1):
        v[i] = u[i - 1] * 0.3 + u[i] + u[i + 1] ** 2
    return np.sum(v**3)


def common_factor(a, x):
    for i in range(len(x)):
        x[i] = a * x[i] + np.sin(a)
    return np.sum(x**2)


def two_axes(u, v):
    for i in range(1, u.shape[0] - 1):
        for j in range(1, u.shape[1] - 1):
            v[i, j] = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] * u[i, j + 1]
    return np.sum(v**2)


@pytest.mark.parametrize(
    "function, args",
    [
        (three_neighbours, (np.linspace(0.1, 1.0, 9), np.ones(9))),
        (common_factor, (0.7, np.linspace(1.0, 2.0, 9))),
        (two_axes, (np.linspace(0.1, 1.0, 30).reshape(5, 6), np.ones((5, 6)))),
    ],
)
def test_loops_that_only_accumulate_are_nests(function, args):
    text = srcad.source(function, *args, level="loops")
    assert "independent(" in text
    found = srcad.grad(srcad.differentiable(engine="numba")(function), argnums=(0, 1))(*args)
    expected = srcad.grad(srcad.differentiable(engine="numpy")(function), argnums=(0, 1))(*args)
    for bar, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(bar, other, rtol=1e-12)


def sweep(u):
    for i in range(1, len(u)):
        u[i] = u[i] + 0.5 * u[i - 1]
    return np.sum(u**2)


def around_the_end(u, v):
    for i in range(len(u)):
        v[i] = u[i - 1] * u[i] + u[i]
    return np.sum(v**2)


def compensated(x):
    s, c = 0.0, 0.0
    for i in range(len(x)):
        y = x[i] - c
        t = s + y
        c = (t - s) - y
        s = t
    return s


@pytest.mark.parametrize(
    "function, args",
    [
        (sweep, (np.linspace(0.1, 1.0, 9),)),
        (around_the_end, (np.linspace(0.1, 1.0, 9), np.ones(9))),
        (compensated, (np.linspace(0.1, 1.0, 9),)),
    ],
)
def test_loops_whose_trips_meet_stay(function, args):
    text = srcad.source(function, *args, level="loops")
    assert re.search(r"for i in range\(.*, -1\):", text[text.index("_bwd(") :])
