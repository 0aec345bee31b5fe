"""What test_rules.py does not see: the functions that generated code calls, and conventions."""

import itertools

import numpy as np
import pytest

from srcad.analyses.sizes import Sizes
from srcad.frontend.builder import Builder
from srcad.ir.kinds import kind_of
from srcad.rules import table  # noqa: F401  fills PRIMITIVES
from srcad.rules.evaluate import reverse
from srcad.rules.indexing import add_at, setitem
from srcad.rules.registry import PRIMITIVES
from srcad.runtime import arrays


@pytest.mark.parametrize("axis", [-1, 0])
def test_a_reshaped_length_is_found(axis):
    builder = Builder(Sizes())
    x = builder.fresh("x", kind_of(np.ones((4, 6))))
    whole = x.shape[axis]
    assert PRIMITIVES[np.reshape].shape(builder.sizes, x, (*x.shape, -1))[2] == 1
    halves = PRIMITIVES[np.reshape].shape(builder.sizes, x, (-1, x.shape[-1 - axis]))
    assert halves[0] == whole


INDICES = [
    1,
    slice(0, 2),
    (slice(None), 0),
    (np.array([2, 0, 2]),),
    [1, 1],
    (np.array([0, 0, 0, 2]), np.array([1, 1, 1, 0])),
    (slice(None), np.array([1, 1])),
    (np.array([[0, 1], [1, 0]]), slice(None)),
    np.array([True, False, True]),
    (Ellipsis, None, 1),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_last_written_is_the_transpose_of_setitem(index, rng):
    x, bar = rng.uniform(size=(3, 2)), rng.uniform(size=(3, 2))
    target = np.shape(x[index])
    shapes = [target, (1, *target), target[-1:], (1,) * len(target), ()]
    for shape in shapes:
        value = rng.uniform(size=shape)[()]
        value_bar = arrays.unbroadcast(arrays.last_written(bar, index), shape)
        assert np.shape(value_bar) == shape
        # The last writer wins: what comes through is found by writing one unit at a time.
        for place in itertools.product(*map(range, shape)):
            unit = np.zeros(shape)
            unit[place] = 1.0
            change = setitem(x, index, value + unit) - setitem(x, index, value)
            assert np.sum(bar * change) == pytest.approx(np.asarray(value_bar)[place])


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_add_at_adds_every_repetition(index, rng):
    x = rng.uniform(size=(3, 2))
    value = rng.uniform(size=np.shape(x[index]))
    expected = x.copy()
    np.add.at(expected, index, value)
    before = x.copy()
    np.testing.assert_array_equal(add_at(x, index, value), expected)
    assert not np.any(setitem(x, index, 0)[index])
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(("function", "x"), [(np.linalg.norm, np.zeros(2)), (np.std, np.ones(2))])
def test_a_zero_bar_hides_that_there_is_no_derivative(function, x):
    with np.errstate(all="ignore"):
        (x_bar,) = reverse(PRIMITIVES[function], np.float64(0.0), function(x), (x,))
    np.testing.assert_array_equal(x_bar, np.zeros(2))


@pytest.mark.parametrize("function", [np.linalg.norm, np.var, np.std, np.vdot, np.prod])
def test_complex_convention(function, rng):
    """As in jax: the bar is the derivative by the real part minus i times that by the imaginary."""
    z, w = rng.uniform(size=(2, 3)) + 1j * rng.uniform(size=(2, 3))
    args = (z, w) if function is np.vdot else (z,)
    if PRIMITIVES[function].form == "expand":
        assert PRIMITIVES[function].reverse(*args) == pytest.approx(function(*args))
        return
    ans = function(z)
    ans_bar = 0.7 + 0.2j if np.iscomplexobj(ans) else 0.7
    (z_bar,) = reverse(PRIMITIVES[function], ans_bar, ans, args)
    for k in range(3):
        step = 1e-6 * np.eye(3)[k]
        by_real = (function(z + step) - function(z - step)) / 2e-6
        by_imaginary = (function(z + 1j * step) - function(z - 1j * step)) / 2e-6
        wanted = np.real(ans_bar * by_real) - 1j * np.real(ans_bar * by_imaginary)
        assert z_bar[k] == pytest.approx(wanted, rel=1e-6)
