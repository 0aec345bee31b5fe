"""Matrices that inner loops run down are laid out in columns, and come back in rows."""

import textwrap

import numpy as np
import pytest

import srcad
from srcad.emit.module import Text
from srcad.loops.columns import by_columns


def turned(source, saves=False):
    lines = tuple(textwrap.dedent(source).strip().splitlines())
    text = by_columns(Text("f", lines, {}, {}), saves)
    namespace = {"np": np, "independent": range}
    exec("\n".join(text.lines), namespace)  # noqa: S102
    return "\n".join(text.lines), namespace["f"]


DOWN = """
    def f(a, x):
        {before}
        out = np.zeros((a.shape[0], x.shape[0]))
        for t in range(3):
            for i in range(a.shape[1]):
                for k in range(a.shape[0]):
                    {inside}
        return {result}
"""


def written(before="n = a.shape[0]", inside="out[k, 0] += a[k, i]", result="out"):
    return DOWN.format(before=before, inside=inside, result=result)


def test_what_inner_loops_run_down_is_in_columns():
    text, function = turned(written())
    assert "a = np.asfortranarray(a)" in text
    assert "out = np.zeros((x.shape[0], a.shape[0])).T" in text
    assert "return np.ascontiguousarray(out)" in text
    a = np.arange(12.0).reshape(4, 3)
    found = function(a, np.zeros(2))
    np.testing.assert_array_equal(found[:, 0], 3.0 * a.sum(axis=1))
    assert found.flags.c_contiguous
    assert a.flags.c_contiguous


def test_what_is_saved_stays_in_columns():
    text, function = turned(written(result="1.0, (a, out)"), saves=True)
    assert "return 1.0, (a, out)" in text
    _, (a, out) = function(np.ones((4, 3)), np.zeros(2))
    assert a.flags.f_contiguous
    assert out.flags.f_contiguous


def test_a_copy_stays_a_copy():
    text, function = turned(written(before="a = a.copy()", inside="a[k, i] += 1.0", result="a"))
    assert "a = np.asfortranarray(a.copy())" in text
    for a in (np.ones((4, 3)), np.asfortranarray(np.ones((4, 3)))):
        np.testing.assert_array_equal(function(a, np.zeros(2)), np.full((4, 3), 4.0))
        np.testing.assert_array_equal(a, np.ones((4, 3)))


@pytest.mark.parametrize(
    "kept",
    [
        written(inside="out[0, 0] += a[k, i] + a[i, k]"),  # along rows, too
        written(inside="out[0, 0] += a[i, k]"),
        written(before="b = a", inside="out[0, 0] += a[k, i]"),  # under another name
        written(before="t = np.sum(a)", inside="out[0, 0] += a[k, i]"),
        written(inside="a = np.ones((4, 4)); out[0, 0] += a[k, i]"),  # made anew at each trip
        written(inside="out[0, 0] += a[0, i]"),
        written(inside="out[0, 0] += a[k, i]").replace("range(a.shape[0])", "range(3)"),
    ],
)
def test_rows_stay_rows(kept):
    text, _ = turned(kept)
    assert "a = np.asfortranarray" not in text
    assert ".T" not in text


def columns(a, b):
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            b[i, j] += np.dot(a[i:, i], b[i:, j])
    return np.sum(b**3)


def layouts(array):
    wide = np.zeros((2 * array.shape[0], 3 * array.shape[1]), array.dtype)
    wide[::2, ::3] = array
    yield array
    yield np.asfortranarray(array)
    yield wide[::2, ::3]
    yield array[::-1, ::-1].copy()[::-1, ::-1]


@pytest.mark.parametrize("shape", [(5, 4), (0, 3), (3, 0), (1, 1)], ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_gradients_of_every_layout(shape, dtype):
    generator = np.random.default_rng(3)
    a = generator.standard_normal((shape[0], shape[0])).astype(dtype)
    b = generator.standard_normal(shape).astype(dtype)
    tolerance = 2e-5 if dtype == "float32" else 1e-12
    expected = srcad.vjp(srcad.differentiable(engine="numpy")(columns), a.copy(), b.copy())
    bars = expected[1](expected[0])
    compiled = srcad.differentiable(engine="numba")(columns)
    for x in layouts(a):
        for y in layouts(b):
            before = x.copy(), y.copy()
            value, pull = srcad.vjp(compiled, x, y)
            for _ in range(2):  # nothing that was saved is changed
                for found, bar in zip(pull(value), bars, strict=True):
                    assert found.dtype == bar.dtype
                    np.testing.assert_allclose(
                        found, bar, rtol=2e-5 if dtype == "float32" else 1e-12
                    )
            np.testing.assert_array_equal(x, before[0])
            np.testing.assert_array_equal(y, before[1])
