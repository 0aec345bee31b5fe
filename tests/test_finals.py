"""Values that the adjoint reads where loops left them, if nothing else was written there."""

import random

import numpy as np
import pytest

import srcad

SIDE = 12
"""Of the matrices: eight trips of a loop, and room for what is added to a counter."""


def place(draw, counters):
    """An index: a counter, forwards or backwards, and a small number."""
    offset = draw.randint(0, 2)
    if not counters or draw.random() < 0.2:
        return str(offset)
    turned = draw.choice(("", "", "", "n + 1 - "))
    return f"{turned}{draw.choice(counters)} + {offset}".replace(" + 0", "")


def part(draw, counters):
    """An index, or a slice."""
    at = place(draw, counters)
    return draw.choice((at, at, f":{at}", f"{at}:"))


def element(draw, counters, names="aaab"):
    return f"{draw.choice(names)}[{place(draw, counters)}, {place(draw, counters)}]"


def bounds(draw, counters):
    low = draw.choice(("0", "1", *counters, *(f"{c} + 1" for c in counters)))
    high = draw.choice(("n", "n - 1", *counters, *(f"{c} + 1" for c in counters)))
    ways = (
        f"range({low}, {high})",
        f"range({high} - 1, {low} - 1, -1)",
        f"range({low}, {high}, 2)",
    )
    return draw.choices(ways, (7, 2, 1))[0]


def block(draw, counters, depth):
    """A few statements: updates, loops whose bounds are counters, branches, names for values."""
    lines, pad = [], "    " * depth
    for _ in range(draw.randint(1, 3)):
        kind = draw.random()
        value = draw.choice(("{} * {}", "{} / (1.5 + {} ** 2)", "np.sin({}) + {}")).format(
            element(draw, counters), element(draw, counters)
        )
        if kind < 0.3 and len(counters) < 3:
            counter = "ijk"[len(counters)]
            lines.append(f"{pad}for {counter} in {bounds(draw, counters)}:")
            lines += block(draw, (*counters, counter), depth + 1)
        elif kind < 0.4:
            lines.append(f"{pad}if {element(draw, counters)} > 0.4:")
            lines += block(draw, counters, depth + 1)
        elif kind < 0.55:
            lines.append(f"{pad}t = {value}")
            lines.append(f"{pad}if {element(draw, counters, 'b')} > 0.5:")
            lines.append(f"{pad}    {element(draw, counters, 'a')} = t")
            lines.append(f"{pad}s += t * t")
        elif kind < 0.7:
            where = f"a[{part(draw, counters)}, {part(draw, counters)}]"
            lines.append(f"{pad}{where} *= np.cos({where}) * {element(draw, counters)}")
        else:
            sign = draw.choice(("=", "+=", "-=", "*="))
            lines.append(f"{pad}{element(draw, counters, 'a')} {sign} {value}")
    return lines


def nest(seed):
    """The text of a random function of two matrices."""
    draw = random.Random(seed)
    lines = ["def nest(a, b):", f"    n, s = {SIDE - 4}, 0.0", "    for i in range(0, n):"]
    lines += block(draw, ("i",), 2)
    if draw.random() < 0.5:
        lines += block(draw, (), 1)
    return "\n".join([*lines, "    return s + np.sum(a * a * 0.3 + a)", ""])


def loaded(text, path):
    path.write_text("import numpy as np\n\n\n" + text)
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space["nest"]


@pytest.mark.parametrize("start", range(0, 120, 10))
@pytest.mark.slow
def test_random_nests(start, tmp_path):
    """The gradient along a direction is that of a complex step, which is exact."""
    compared = 0
    for seed in range(start, start + 10):
        text = nest(seed)
        function = loaded(text, tmp_path / f"nest_{seed}.py")
        reference = loaded(text.replace("] >", "].real >"), tmp_path / f"reference_{seed}.py")
        generator = np.random.default_rng(seed)
        a, b, a_dot, b_dot = (generator.uniform(0.1, 1.0, (SIDE, SIDE)) for _ in range(4))
        step = 1e-30j
        with np.errstate(all="ignore"):
            expected = reference(a + step * a_dot, b + step * b_dot).imag / 1e-30
        if not np.isfinite(expected):
            continue
        out, pullback = srcad.differentiable(engine="numpy")(function).vjp(a, b)
        np.testing.assert_allclose(out, function(a.copy(), b.copy()), rtol=1e-12)
        a_bar, b_bar = pullback(1.0)
        found = np.sum(a_bar * a_dot) + np.sum(b_bar * b_dot)
        size = np.sum(np.abs(a_bar * a_dot)) + np.sum(np.abs(b_bar * b_dot))
        assert abs(found - expected) <= 1e-9 * (1.0 + size), text
        compared += 1
    assert compared


def cholesky(a):
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] -= np.dot(a[i, :j], a[j, :j])
            a[i, j] /= a[j, j]
        a[i, i] = np.sqrt(a[i, i] - np.dot(a[i, :i], a[i, :i]))
    return np.sum(np.tril(a) ** 3)


def history(y, rate):
    for k in range(y.shape[0] - 1):
        y[k + 1] = y[k] - rate * np.sin(y[k])
    return np.sum(y**2)


@pytest.mark.parametrize(
    ("function", "args"),
    ((cholesky, (np.eye(4) * 3.0 + 0.5,)), (history, (np.linspace(1.0, 2.0, 6), 0.1))),
)
def test_no_tapes(function, args):
    source = srcad.source(function, *args)
    assert "dot_tape" not in source
    assert "y_tape" not in source
    assert "a_tape" not in source


def stored_in_some_trips(x):
    a, total = np.zeros(5), 0.0
    for i in range(4):
        t = np.exp(x[i])
        if x[i] > 0.5:
            a[i] = t
        total += t * t * t
    return total + np.sum(a)


def test_a_value_that_is_stored_in_some_trips_only_is_taped():
    x = np.array([0.3, 0.7, 0.9, 0.2])
    expected = 3.0 * np.exp(3.0 * x) + np.where(x > 0.5, np.exp(x), 0.0)
    np.testing.assert_allclose(srcad.grad(stored_in_some_trips)(x), expected, rtol=1e-12)
