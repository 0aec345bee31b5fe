"""Methods of ufuncs where samples do not reach: ties, nan, masks, what is refused."""

import numpy as np
import pytest

import srcad

TIES = np.array([1.0, 3.0, 2.0, 3.0, 4.0, 0.5])
WEIGHTS = np.arange(1.0, 7.0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_of_equal_elements_the_first_one_has_the_derivative(engine):
    @srcad.differentiable(engine=engine)
    def f(x, weights):
        return np.sum(weights * np.maximum.accumulate(x))

    np.testing.assert_array_equal(srcad.grad(f)(TIES, WEIGHTS), [1.0, 9.0, 0.0, 0.0, 11.0, 0.0])


def test_running_extrema_keep_nan():
    x = np.array([1.0, np.nan, 3.0])
    value, pull = srcad.vjp(lambda x: np.minimum.accumulate(x), x)
    np.testing.assert_array_equal(value, np.minimum.accumulate(x))
    np.testing.assert_array_equal(pull(np.ones(3))[0], [1.0, 2.0, 0.0])


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_masks_are_combined(engine):
    @srcad.differentiable(engine=engine)
    def f(x):
        inside = np.logical_and.reduce([x > 0.7, x < 3.5, x != 2.0])
        apart = np.greater.outer(x, x)
        return np.sum(x[inside] ** 2) + np.sum(np.subtract.outer(x, x)[apart])

    expected = np.where([True, True, False, True, False, False], 2.0 * TIES, 0.0)
    apart = TIES[:, None] > TIES
    expected += np.sum(apart, axis=1) - np.sum(apart, axis=0)
    np.testing.assert_allclose(srcad.grad(f)(TIES), expected)


def test_an_impossible_state_does_not_make_nan():
    def f(x):
        return np.sum(np.logaddexp.reduce(np.stack((x, np.array([-np.inf, 0.2]))), axis=0))

    got = srcad.grad(f)(np.array([0.5, 0.1]))
    np.testing.assert_allclose(got, [1.0, 1.0 / (1.0 + np.exp(0.1))])


def test_a_dtype_is_refused():
    with pytest.raises(NotImplementedError, match="convert the array first"):
        srcad.grad(lambda x: np.sum(np.add.reduce(x, 0, np.float32)))(TIES)
