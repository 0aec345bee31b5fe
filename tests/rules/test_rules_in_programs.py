"""Every sample of a rule as a program of one line, differentiated in both engines."""

import importlib.util

import numpy as np
import pytest
from fuzzing.engines import Truth
from fuzzing.level import check_loops

import srcad
from srcad.rules.evaluate import is_active, reverse
from tests.rules.samples import SAMPLES, cases, dots_of, inner, random_like, run, slope, tree_map

pytestmark = pytest.mark.skipif(not hasattr(srcad, "vjp"), reason="srcad.vjp is not there yet")


def written(value, primals, constants):
    """The text of an argument: a parameter if it is active, a literal or a global if not."""
    if isinstance(value, tuple | list):
        items = [written(item, primals, constants) for item in value]
        return f"({', '.join(items)},)" if items else "()"
    if is_active(value):
        primals.append(value)
        return f"x{len(primals) - 1}"
    if value is None or isinstance(value, int | str):
        return repr(value)
    constants[f"c{len(constants)}"] = value
    return f"c{len(constants) - 1}"


def program(function, args, kwargs, path):
    """A module with `function(*args, **kwargs)` as a function of what is active in `args`."""
    primals, constants = [], {"function": function}
    parts = [written(arg, primals, constants) for arg in args]
    # A float among the keywords is held fixed.
    for key, value in kwargs.items():
        constants[key] = value
        parts.append(f"{key}={key}")
    names = ", ".join(f"x{k}" for k in range(len(primals)))
    path.write_text(f"def program({names}):\n    return function({', '.join(parts)})\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vars(module).update(constants)
    return module.program, primals


def flat(bars):
    if isinstance(bars, tuple | list):
        return [leaf for bar in bars for leaf in flat(bar)]
    return [] if bars is None else [bars]


EVERY = cases(SAMPLES)
COMPILED = EVERY[::2]
"""To compile a program takes a hundred times as long as to run what would be compiled on paper."""


@pytest.mark.parametrize(("primitive", "sample"), EVERY)
def test_rule_in_a_program(primitive, sample, tmp_path, rng):
    ans_bar, bars, pullback, primals, ans = differentiated(
        primitive, sample, "numpy", tmp_path, rng
    )
    check_loops(Truth(tuple(primals), ans, ans_bar, bars, pullback, tolerance(primals)), {})


@pytest.mark.parametrize(("primitive", "sample"), COMPILED)
def test_rule_in_a_numba_program(primitive, sample, tmp_path, rng):
    differentiated(primitive, sample, "numba", tmp_path, rng)


def tolerance(primals):
    return 1e-9 if all(np.asarray(p).dtype.itemsize >= 8 for p in flat(primals)) else 2e-3


def differentiated(primitive, sample, engine, tmp_path, rng):
    """Compare a program of one line with the rule by itself."""
    if primitive.function.__module__ == "srcad.rules.indexing" or "indexes" in primitive.options:
        pytest.skip("what subscripts are lowered to; no program calls it")
    ans, args, kwargs = run(primitive, sample)
    function, primals = program(primitive.function, args, kwargs, tmp_path / "sample.py")
    ans_bar = random_like(ans, rng)
    out, pull = srcad.differentiable(engine=engine)(function).vjp(*primals)
    tree_map(np.testing.assert_allclose, out, ans)
    bars = pull(ans_bar)
    for bar, primal in zip(bars, primals, strict=True):
        assert np.shape(bar) == np.shape(primal)
        assert np.asarray(bar).dtype == np.asarray(primal).dtype
    if primitive.form == "expand":  # it has no rule of its own to be compared with
        dots = dots_of(args, rng)
        exact = inner(ans_bar, slope(primitive, args, kwargs, dots))
        np.testing.assert_allclose(inner(bars, flat(dots)), exact, rtol=1e-7, atol=1e-8)
    else:
        expected = flat(reverse(primitive, ans_bar, ans, args, kwargs))
        for bar, wanted in zip(bars, expected, strict=True):
            rtol = 1e-12 if np.asarray(wanted).dtype.itemsize >= 8 else 1e-5
            np.testing.assert_allclose(bar, wanted, rtol=rtol, atol=rtol)
    return ans_bar, bars, pull, primals, ans
