"""Forms of calls that write to their arguments, share memory, or change what a rule computes.

Each is right, or refused with the user's line.
"""

import numpy as np
import pytest

import srcad
from tests.test_mutation_rules import (
    MATRIX,
    THREE,
    each,
    must_be_right,
    names_the_users_line,
    right_or_refused,
)


def add_at(x):
    a = x.copy()
    np.add.at(a, [0, 0, 2], x)
    np.subtract.at(a, np.array([1, 1]), x[:2])
    return a * a


def fill_diagonal(m):
    a = m.copy()
    np.fill_diagonal(a, m[0] * m[1])
    return a * m


def copyto(x):
    a = np.zeros(3)
    np.copyto(a, x * x)
    return a * x


def list_as_index(x):
    a = x.copy()
    a[[0, 0, 2]] = x * x
    a[[True, False, False]] *= 3.0
    return a * x[[2, 1, 2]] * x[(1,)]


def positional_out(x):
    a = np.empty_like(x)
    np.multiply(x, x, a)
    return a * x


def no_copy_of_the_same_dtype(x):
    a = x.astype(np.float64, copy=False)
    a[0] = 5.0
    return x * a


def power_of_a_counter(x, n):
    total = 0.0
    for k in range(n):
        total += (-1) ** k * x**k
    return total


def power_of_an_argument(x, n):
    return x * 2**n


def array_of_a_number(x):
    return np.array(x) * 2.0 + np.ascontiguousarray(x)[0]


def contiguous_alias(x):
    a = np.ascontiguousarray(x)
    a[0] = 3.0
    return x * a


@each(
    (add_at, THREE),
    (fill_diagonal, MATRIX),
    (copyto, THREE),
    (list_as_index, THREE),
    (positional_out, THREE),
    (no_copy_of_the_same_dtype, THREE),
    (power_of_a_counter, 1.5, 5),
    (power_of_an_argument, 1.5, 5),
    (power_of_an_argument, 1.5, -3),
    (array_of_a_number, 1.5),
    (contiguous_alias, THREE),
)
def test_right(program):
    function, *args = program
    must_be_right(function, *args, engine="numpy")


def contiguous_of_a_transpose(m):
    a = np.ascontiguousarray(m.T)
    a[0] = 1.0
    return m * a


def float64_of_an_array(x):
    a = np.float64(x)
    a[0] = 2.0
    return x * a


def diag_of_a_matrix(m):
    d = np.diag(m)
    return d * m[0]


def flatten_by_columns(m):
    return m.flatten("F") * m.ravel()


@each(
    (contiguous_of_a_transpose, MATRIX),
    (float64_of_an_array, THREE),
    (diag_of_a_matrix, MATRIX),
    (flatten_by_columns, MATRIX),
)
def test_right_or_refused(program):
    function, *args = program
    right_or_refused(function, *args, engine="numpy")


def root_where(x):
    return np.sqrt(x * x, where=x > 0.5)


def sum_where(x):
    return np.sum(x, where=x > 0.5)


def cleaned_in_place(x):
    return np.nan_to_num(x, copy=False)


def array_without_copy(x):
    return np.array(x, copy=False)


def modular_power(x):
    return x * pow(2, 3, 5)


def power_of_unknown_sign(x, n):
    total = 0.0
    for k in range(-n, n):
        total += x * 2**k
    return total


@pytest.mark.parametrize(
    "function", [root_where, sum_where, cleaned_in_place, array_without_copy, modular_power]
)
def test_refused(function):
    with pytest.raises((srcad.UnsupportedSyntax, srcad.UnsupportedType)) as caught:
        srcad.differentiable(engine="numpy")(function).vjp(THREE.copy())
    names_the_users_line(caught.value, function)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_power_that_may_be_a_float(engine):
    program = srcad.differentiable(engine=engine)(power_of_unknown_sign)
    for n in (3, 0, 5, -2):
        value, pullback = program.vjp(1.5, n)
        slope = sum(2.0**k for k in range(-n, n))
        assert value == 1.5 * slope
        assert pullback(1.0)[0] == slope


def int_out(x):
    a = np.zeros(3, int)
    np.multiply(x, x, out=a)
    return a * x


def test_out_is_cast_as_numpy_casts_it():
    with pytest.raises(TypeError, match="Cannot cast ufunc 'multiply' output"):
        srcad.differentiable(engine="numpy")(int_out).vjp(THREE.copy())
