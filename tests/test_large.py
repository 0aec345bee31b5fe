"""Large arrays of compiled code: in large pages, with the elements that they ought to have."""

import numba
import numpy as np
import pytest

import srcad
from srcad.engines import large
from srcad.engines.numba_engine import FLAGS
from srcad.engines.pipeline import Compiler

jit = numba.njit(pipeline_class=Compiler, **FLAGS)


def zeros_of_tuple(n, m):
    return np.zeros((n, m))


def zeros_of_shape(n, m):
    x = np.empty((m, n, 2))
    return np.zeros(x.shape)


def zeros_of_length(n, m):
    return np.zeros(n * m)


def zeros_in_a_loop(n, m):
    x = np.zeros(n)
    for i in range(n):
        row = np.zeros(m)
        row[i % m] = 1.0
        x[i] = np.sum(row)
    return x


def zeros_of_another_dtype(n, m):
    return np.zeros((n, m), np.int64)


def written(n, m):
    x = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            x[i, j] = i - j
    return x


@pytest.mark.parametrize("size", [(3, 4), (0, 5), (1, 1), (900, 1200)], ids=str)
@pytest.mark.parametrize(
    "make",
    [
        zeros_of_tuple,
        zeros_of_shape,
        zeros_of_length,
        zeros_in_a_loop,
        zeros_of_another_dtype,
        written,
    ],
    ids=lambda make: make.__name__,
)
def test_elements_are_those_of_python(make, size):
    function = jit(make)
    for _ in range(3):  # the memory of the last one is used again
        found, wanted = function(*size), make(*size)
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)
        found += 7


@pytest.mark.skipif(not large.SUPPORTED, reason="only Linux takes advice")
@pytest.mark.parametrize("make", [zeros_of_tuple, written], ids=lambda make: make.__name__)
def test_advice_is_given(make):
    function = jit(make)
    function(2, 2)
    (code,) = function.inspect_llvm().values()
    assert "call i32 @madvise" in code


def test_a_gradient_of_many_megabytes():
    x, y = np.linspace(0.0, 1.0, 1100), np.linspace(1.0, 2.0, 900)

    def product(a, x, y):
        return x @ (a @ y)

    a = np.zeros((1100, 900))
    function = srcad.grad(srcad.differentiable(engine="numba")(product))
    np.testing.assert_allclose(function(a, x, y), np.outer(x, y), rtol=1e-14)
