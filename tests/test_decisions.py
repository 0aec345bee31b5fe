"""Flags that only say how a test came out are that test, where nobody can tell the difference."""

import numpy as np
import pytest

import srcad

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))


def says_bool(x):
    positive = True if x[0] > 0.0 else False  # noqa: SIM210  a bool of Python's own
    return np.sum(x * x), positive


def says_the_opposite(x):
    negative = False if x[0] > 0.0 else True  # noqa: SIM211
    return np.sum(x * x), negative


def says_any(x):
    return np.sum(x * x), any(v > 1.0 for v in x)


def says_what_numpy_says(x):
    return np.sum(x * x), x[0] > 0.0 and x[1] > 0.0


def hands_the_flag_on(x):
    found = False
    for k in range(len(x)):
        if x[k] > 1.0:
            found = True
        else:
            found = False
        if found:
            break
    return np.sum(x * x), (found, not found)


FUNCTIONS = [says_bool, says_the_opposite, says_any, says_what_numpy_says, hands_the_flag_on]


@each_engine
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("x", [np.array([0.5, 1.5]), np.array([-0.5, 0.3]), np.array([2.0, -1.0])])
def test_bools_are_of_the_kind_that_python_gives(function, x, engine):
    out, _ = srcad.vjp(srcad.differentiable(engine=engine)(function), x)
    expected = function(x)
    shown, wanted = (r[1] if isinstance(r[1], tuple) else (r[1],) for r in (out, expected))
    assert shown == wanted
    assert [type(one) for one in shown] == [type(one) for one in wanted]


def leaves_early(x, limit):
    total = 0.0
    for k in range(len(x)):
        total = total + x[k] ** 2
        if total > limit:
            break
    else:
        total = total * 2.0
    return total


def test_a_loop_is_left_by_its_test():
    text = srcad.source(leaves_early, np.ones(3), 2.5)
    assert "broke = total > limit" in text
    assert "broke = True" not in text


def bounded(x, flag, limit):
    if flag and 0.0 < x < limit or x == 3.0:
        x = x * x
    return x if x < limit else -x


def test_conditions_are_written_as_conditions():
    text = srcad.source(bounded, 0.7, True, 2.0)
    assert "flag and (0.0 < x and x < limit) or x == 3.0" in text
    assert srcad.grad(bounded)(0.7, True, 2.0) == 1.4
    assert srcad.grad(bounded)(0.7, False, 2.0) == 1.0
    assert srcad.grad(bounded)(3.0, False, 2.0) == -6.0


@each_engine
def test_what_is_not_looked_at_is_not_read(engine):
    """The second part of a condition is out of range where the first one is false."""

    def stops(x, limit):
        k = 0
        while k < len(x) and x[k] < limit:
            k = k + 1
        return np.sum(x[:k] ** 2)

    derivative = srcad.grad(srcad.differentiable(engine=engine)(stops))
    x = np.array([0.5, 0.7, 0.9])
    np.testing.assert_array_equal(derivative(x, 5.0), 2.0 * x)
    np.testing.assert_array_equal(derivative(x, 0.6), [1.0, 0.0, 0.0])
