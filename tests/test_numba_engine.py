"""What the Numba engine hands to the array level."""

import copy
import warnings

import numpy as np
import pytest
from numba.core.errors import NumbaError

import srcad
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
