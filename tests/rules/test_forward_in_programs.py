"""Every sample of a rule as a program of one line: forward mode is the transpose of reverse."""

import numpy as np
import pytest

import srcad
from srcad.rules.evaluate import is_active
from tests.rules.samples import SAMPLES, cases, inner, random_like, run, tree_map
from tests.rules.test_rules_in_programs import flat, program, tolerance

EVERY = cases(SAMPLES)
COMPILED = EVERY[::6]


def compared(primitive, sample, engine, path, rng):
    """The program of a sample, its primals and its result, compared."""
    if primitive.function.__module__ == "srcad.rules.indexing" or "indexes" in primitive.options:
        pytest.skip("what subscripts are lowered to; no program calls it")
    ans, args, kwargs = run(primitive, sample)
    function, primals = program(primitive.function, args, kwargs, path)
    check(srcad.differentiable(engine=engine)(function), primals, ans, rng)
    return function, primals, ans


def check(function, primals, ans, rng):
    """Compare <ans_bar, jvp(dots)> with <vjp(ans_bar), dots>."""
    dots = tuple(random_like(primal, rng) for primal in primals)
    out, ans_dot = srcad.jvp(function, primals, dots)
    tree_map(np.testing.assert_allclose, out, ans)
    tree_map(alike, ans_dot, ans)
    ans_bar = random_like(ans, rng)
    bars = srcad.vjp(function, *primals)[1](ans_bar)
    pairs = zip(flat(ans_bar), flat(ans_dot), flat(ans), strict=True)
    moving = [(bar, dot) for bar, dot, leaf in pairs if is_active(leaf)]  # not the rank of a matrix
    given = inner([bar for bar, _ in moving], [dot for _, dot in moving])
    pulled = inner(flat(bars), flat(dots))
    rtol = 1e-3 * tolerance(primals)
    scale = sum(float(np.sum(np.abs(b * d))) for b, d in zip(flat(bars), flat(dots), strict=True))
    np.testing.assert_allclose(given, pulled, rtol=rtol, atol=rtol * (1.0 + scale))


def alike(dot, value):
    if is_active(value):
        assert np.shape(dot) == np.shape(value)
        assert np.asarray(dot).dtype == np.asarray(value).dtype


@pytest.mark.parametrize(("primitive", "sample"), EVERY)
def test_forward_is_the_transpose_of_reverse(primitive, sample, tmp_path, rng):
    compared(primitive, sample, "numpy", tmp_path / "sample.py", rng)


@pytest.mark.slow
@pytest.mark.parametrize(("primitive", "sample"), COMPILED)
def test_compiled_forward_is_the_transpose_of_reverse(primitive, sample, tmp_path, rng):
    compared(primitive, sample, "numba", tmp_path / "sample.py", rng)


@pytest.mark.slow
@pytest.mark.parametrize(("primitive", "sample"), EVERY)
def test_one_argument_may_move_alone(primitive, sample, tmp_path, rng):
    """The tangents of the others are not zero: there are none."""
    whole, primals, ans = compared(primitive, sample, "numpy", tmp_path / "sample.py", rng)
    if len(primals) < 2:
        pytest.skip("there is no other")
    for place, primal in enumerate(primals):
        before, after = primals[:place], primals[place + 1 :]

        def alone(x, whole=whole, before=before, after=after):
            return whole(*before, x, *after)

        check(srcad.differentiable(engine="numpy")(lambda x: alone(x)), [primal], ans, rng)
