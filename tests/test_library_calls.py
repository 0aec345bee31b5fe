"""Calls of library functions without a rule: made as they stand, refused where they matter."""

import math

import numpy as np
import pytest

import srcad

X = np.array([0.3, 0.7, 0.2])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(np.asarray_chkfinite(x)),
        lambda x: np.sum(np.unique(x)),
        lambda x: np.sum(np.linalg.eigvals(np.outer(x, x)).real),
        lambda x: np.sum(np.asarray_chkfinite(np.array([1.0, x[0], 2.0]))),
        lambda x: x[0] * math.gamma(x[1]),
        lambda x: np.sum(np.linspace(0.0, 1.0, 3) * np.roots(x)[0]),
    ],
)
def test_an_active_argument_is_refused_at_the_users_line(function):
    with pytest.raises(srcad.SrcadError) as caught:
        srcad.grad(function)(X)
    assert "test_library_calls.py" in str(caught.value)


def test_an_argument_that_becomes_active_in_a_loop_is_refused():
    def f(x, steps):
        w = np.ones(3)
        for _ in range(steps):
            w = np.asarray_chkfinite(w) * x
        return np.sum(w)

    with pytest.raises(srcad.MissingRule, match="asarray_chkfinite"):
        srcad.grad(f)(X, 2)


def test_only_the_arguments_asked_for_need_a_rule():
    def f(x, phase):
        return np.sum(x * np.asarray_chkfinite(phase))

    phase = np.array([0.0, 4.0, 8.0])
    np.testing.assert_allclose(srcad.grad(f)(X, phase), np.asarray_chkfinite(phase))
    with pytest.raises(srcad.MissingRule, match="asarray_chkfinite"):
        srcad.grad(f, argnums=1)(X, phase)


def test_python_functions_of_libraries_are_called_too():
    vander = np.polynomial.polynomial.polyvander

    def f(x, t):
        return np.sum(vander(t, 2) @ x)

    t = np.linspace(0.0, 1.0, 4)
    np.testing.assert_allclose(srcad.grad(f)(X, t), np.sum(vander(t, 2), axis=0))
    with pytest.raises(srcad.MissingRule, match="polyvander") as caught:
        srcad.grad(f, argnums=1)(X, t)
    assert "test_library_calls.py" in str(caught.value)


def test_frequencies_depend_on_the_distance_of_the_points():
    def f(length, n):
        return np.sum(np.fft.fftfreq(n, length / 4) ** 2)

    assert srcad.grad(f)(0.9, 4) == pytest.approx(-2.0 * f(0.9, 4) / 0.9)


def test_parts_of_one_result_are_told_apart():
    def f(x):
        i, j = np.unravel_index(np.argmin(x), (3, 1))
        return x[i] * 2.0 + x[j] * 3.0

    np.testing.assert_allclose(srcad.grad(f)(X), [3.0, 0.0, 2.0])


def test_a_result_of_another_kind_than_before_is_an_error():
    def f(x, a, b):
        return np.sum(x[:2] * np.roots(np.array([1, a, b])))

    gradient = srcad.grad(f)
    np.testing.assert_allclose(gradient(X, -3, 2), [2.0, 1.0, 0.0])
    with pytest.raises(srcad.UnsupportedType, match="complex128") as caught:
        gradient(X, 0, 4)
    assert caught.value.origin.file == "test_library_calls.py"
    assert caught.value.origin.line == f.__code__.co_firstlineno + 1


@pytest.mark.parametrize("name", ["diag_indices", "broadcast_arrays"])
def test_a_write_to_what_results_may_share_is_refused(name):
    def with_diagonal(x):
        i, j = np.diag_indices(3)
        i += 1
        return np.sum(np.outer(x, x)[i - 1, j])

    def with_broadcasting(x):
        m = np.arange(3)
        w = np.broadcast_arrays(m, m)[0]
        m[0] = 3
        return np.sum(x * w)

    chosen = with_diagonal if name == "diag_indices" else with_broadcasting
    with pytest.raises(srcad.UnsafeMutation):
        srcad.grad(chosen)(X)


@pytest.mark.parametrize("first", ["transpose", "plain"])
def test_a_write_to_what_an_order_may_have_copied_is_refused(first):
    def f(x):
        a = np.outer(x, x)
        a = a.T if first == "transpose" else a
        w = a.ravel(order="F")
        w[1] = 5.0
        return np.sum(a**2)

    with pytest.raises(srcad.UnsafeMutation):
        srcad.grad(f)(X)


def test_random_numbers_are_refused():
    with pytest.raises(srcad.SrcadError):
        srcad.grad(lambda x: np.sum(x * np.random.rand(3)))(X)


def test_functions_that_write_are_refused():
    def f(x, m):
        np.put_along_axis(m, np.array([1]), 7, 0)
        return np.sum(x * m)

    with pytest.raises(srcad.SrcadError):
        srcad.grad(f)(X, np.arange(3))


def test_an_error_of_known_arguments_is_the_users():
    def f(x):
        i, j = np.unravel_index(9, (3, 3))
        return x[i] * x[j]

    with pytest.raises(ValueError, match="out of bounds"):
        srcad.grad(f)(X)


def test_scipy_is_called_by_its_own_name():
    special = pytest.importorskip("scipy.special")

    def f(x, n):
        nodes, weights = special.roots_legendre(n)
        return np.sum(weights) * np.sum(np.sin(x)) + nodes[0] * x[0]

    for engine in ("numpy", "numba"):
        got = srcad.grad(srcad.differentiable(engine=engine)(f))(X, 3)
        expected = 2.0 * np.cos(X) + np.array([special.roots_legendre(3)[0][0], 0.0, 0.0])
        np.testing.assert_allclose(got, expected)
