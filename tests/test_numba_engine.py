"""What the Numba engine hands to the array level, and what it hands to Python."""

import copy
import warnings

import numpy as np
import pytest
from numba.core.errors import NumbaError
from numba.core.runtime import _nrt_python, rtsys

import srcad
from srcad.engines import boxing
from srcad.errors import CompilationError, EngineWarning
from tests import test_programs as corpus

VECTOR = np.array([0.5, -1.0, 2.0])


def raising(error):
    def compiled(*args):
        raise error

    return compiled


def pulled(function, *args, **options):
    """Return a pullback, and the engine that it runs on."""
    _, pullback = srcad.differentiable(**options)(function).vjp(*args)
    return pullback, pullback.specialisation.shared.engine


def same(got, expected):
    for one, other in zip(corpus.leaves(got), corpus.leaves(expected), strict=True):
        assert type(one) is type(other)
        assert np.asarray(one).dtype == np.asarray(other).dtype
        if np.asarray(one).dtype != corpus.FLOAT0:
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in corpus.RETURNING if name.endswith("-1")])
def test_the_array_level_goes_on_from_compiled_residuals(name, monkeypatch):
    function, args = corpus.PROGRAMS[name]
    pullback, engine = pulled(function, *copy.deepcopy(args), engine="numba")
    if hasattr(engine, "plain"):
        monkeypatch.setattr(engine, "bwd", raising(MemoryError()))
    for _ in range(2):
        same(pullback(corpus.cotangent(name)), corpus.gradient(name, "numpy"))


def test_backward_that_numba_refuses(monkeypatch):
    def refused(x):
        return np.sum(x * x) + x[0]

    pullback, engine = pulled(refused, VECTOR)
    monkeypatch.setattr(engine, "bwd", raising(NumbaError("no such thing")))
    monkeypatch.setattr(engine, "refused", False)
    with pytest.warns(EngineWarning, match="Numba cannot compile `refused`: no such thing"):
        (x_bar,) = pullback(1.0)
    np.testing.assert_array_equal(x_bar, 2.0 * VECTOR + [1.0, 0.0, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(pullback(1.0)[0], x_bar)


def test_backward_that_numba_refuses_and_must_not(monkeypatch):
    def strict(x):
        return np.sum(x * x) + x[1]

    pullback, engine = pulled(strict, VECTOR, engine="numba")
    monkeypatch.setattr(engine, "bwd", raising(NumbaError("no such thing")))
    monkeypatch.setattr(engine, "refused", False)
    with pytest.raises(CompilationError, match='(?s)no such thing.*use engine="numpy"') as caught:
        pullback(1.0)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("error", [ZeroDivisionError, MemoryError, np.linalg.LinAlgError, KeyError])
def test_what_the_array_level_raises_has_no_context(error, monkeypatch):
    def failing(x):
        return np.sum(x * x * x)

    pullback, engine = pulled(failing, VECTOR)
    monkeypatch.setattr(engine, "bwd", raising(error("compiled")))
    np.testing.assert_array_equal(pullback(1.0)[0], 3.0 * VECTOR**2)
    monkeypatch.setattr(engine.plain, "bwd", raising(error("array level")))
    with pytest.raises(error, match="array level") as caught:
        pullback(1.0)
    assert caught.value.__context__ is None


def test_errors_of_forward_have_no_context():
    def checked(x):
        if x[0] < 0.0:
            raise ValueError("negative")
        return np.sum(np.sqrt(x))

    function = srcad.differentiable(engine="numba")(checked)
    gradient = srcad.grad(function)
    for _ in range(4):
        gradient(np.ones(3))
        for call in (gradient, function.vjp):
            with pytest.raises(ValueError, match="negative") as caught:
                call(-np.ones(3))
            assert caught.value.__context__ is None


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("shape", [(0,), (1,), (3,), (2, 0), (2, 3, 4), (boxing.SMALL,)])
def test_arrays_as_python_gets_them(dtype, shape):
    def weighted(x, y):
        return np.sum((x * y[::-1]).real)

    generator = np.random.default_rng(5)
    x, y = (generator.normal(size=shape).astype(dtype) for _ in range(2))
    gradients = [
        srcad.value_and_grad(srcad.differentiable(engine=engine)(weighted), (0, 1))
        for engine in ("numpy", "numba")
    ]
    for _ in range(3):
        (plain, bars), (value, found) = (gradient(x, y) for gradient in gradients)
        assert type(value) is type(plain)
        np.testing.assert_allclose(value, plain, rtol=1e-4)
        for bar, expected in zip(found, bars, strict=True):
            assert type(bar) is np.ndarray
            assert bar.dtype == expected.dtype
            assert bar.flags.carray
            np.testing.assert_allclose(bar, expected, rtol=1e-5)
            bar[...] = 0.0
    before = found[0].copy()
    gradients[1](x, y)
    np.testing.assert_array_equal(found[0], before)


def test_without_numpys_functions_numba_makes_the_arrays(monkeypatch):
    def cubes(x):
        return np.sum(x * x * x) * 0.25

    monkeypatch.setattr(boxing, "load", lambda: False)
    gradient = srcad.value_and_grad(srcad.differentiable(engine="numba")(cubes))
    for _ in range(3):
        value, x_bar = gradient(VECTOR)
        assert type(value) is np.float64
        np.testing.assert_allclose(x_bar, 0.75 * VECTOR**2)


def test_the_memory_of_compiled_code_is_given_back():
    def long_and_short(x, y):
        return np.sum(x * x) + np.sum(y * y)

    gradient = srcad.grad(srcad.differentiable(engine="numba")(long_and_short), (0, 1))
    x, y = np.ones(3), np.ones(2 * boxing.SMALL)
    for _ in range(3):
        gradient(x, y)
    _nrt_python.memsys_enable_stats()
    try:
        before = rtsys.get_allocation_stats()
        for _ in range(10):
            gradient(x, y)
        after = rtsys.get_allocation_stats()
    finally:
        _nrt_python.memsys_disable_stats()
    assert after.alloc - before.alloc == after.free - before.free > 0


def test_values_of_the_dtype_that_numpy_gives():
    def third(x):
        return x[2] * 2.5  # float64 in compiled code

    gradient = srcad.value_and_grad(srcad.differentiable(engine="numba")(third))
    for _ in range(3):
        value, x_bar = gradient(VECTOR.astype(np.float32))
        assert type(value) is np.float32
        assert value == 5.0
        assert x_bar.dtype == np.float32


def test_numbers_of_pythons_and_of_numpys():
    def made(convert):
        def total(x):
            return np.sum(x * x) if convert is None else convert(np.sum(x * x))

        return srcad.value_and_grad(srcad.differentiable(engine="numba")(total))

    # Their loop levels are the same text.
    for convert, kind in ((None, np.float64), (float, float), (None, np.float64)):
        gradient = made(convert)
        for _ in range(3):
            assert type(gradient(VECTOR)[0]) is kind
