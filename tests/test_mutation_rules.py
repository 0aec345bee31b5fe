"""The rules that keep it right (DESIGN.md, section 4), each with programs that break without it.

`must_be_right` wants the primal of Python and the gradient of an independent reference.
`right_or_refused` also accepts a refusal that names the user's line, and nothing else.
"""

import copy
import functools
import inspect
import math
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import srcad
from tests.reference import FLOAT0, derivative, is_float, leaves, random_like, rebuild

REFUSALS = (srcad.UnsafeMutation, srcad.UnsupportedSyntax, srcad.UnsupportedType)
X = np.array([0.5, 1.2, -0.8, 0.9, 1.6])
THREE = np.array([0.5, 1.2, -0.8])
MATRIX = np.array([[0.5, 1.2, -0.8], [0.9, 1.6, 0.3], [1.1, -0.7, 0.4]])

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))


def each(*programs):
    """Parametrise over (function, arguments...), with the function's name as the id."""
    return pytest.mark.parametrize(
        "program",
        programs,
        ids=[f"{k}-{program[0].__name__}" for k, program in enumerate(programs)],
    )


def must_be_right(function, *args, engine):
    given = copy.deepcopy(args)
    expected = function(*copy.deepcopy(args))
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(*given)
    assert [leaf.tobytes() for leaf in map(np.asarray, leaves(given))] == [
        leaf.tobytes() for leaf in map(np.asarray, leaves(args))
    ], "the caller's arguments were changed"
    for left, right in zip(leaves(out), leaves(expected), strict=True):
        assert type(left) is type(right)
        assert np.shape(left) == np.shape(right)
        np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-13)
    generator = np.random.default_rng(31)
    cotangents = [random_like(leaf, generator) for leaf in leaves(expected)]
    bars = leaves(pullback(rebuild(expected, iter(cotangents))))
    for position, leaf in enumerate(leaves(args)):
        if is_float(leaf):
            wanted = [
                derivative(function, args, position, axis.reshape(np.shape(leaf)), cotangents)[0]
                for axis in np.eye(np.size(leaf))
            ]
            wanted = np.reshape(wanted, np.shape(leaf))
            np.testing.assert_allclose(bars[position], wanted, rtol=1e-8, atol=1e-9)


def right_or_refused(function, *args, engine):
    try:
        must_be_right(function, *args, engine=engine)
    except REFUSALS as error:
        names_the_users_line(error, function)


def names_the_users_line(error, function):
    """Check that the message has `file:line`, with a line of the function or of its helpers."""
    file = Path(function.__code__.co_filename).name
    numbers = [int(number) for number in re.findall(rf"{re.escape(file)}:(\d+)", str(error))]
    assert numbers, f"no line of {file} in: {error}"
    users = [function]
    for name in function.__code__.co_names:
        helper = function.__globals__.get(name)
        if inspect.isfunction(helper):
            users.append(helper)
    ranges = []
    for user in users:
        lines, first = inspect.getsourcelines(user)
        ranges.append(range(first, first + len(lines)))
    assert any(numbers[0] in lines for lines in ranges), str(error)


# ---- decide once ------------------------------------------------------------------------------


def maximum_of_products(a, b, c):
    return np.max(a * b + c)


def selected_by_equality(a, b, c):
    values = a * b + c
    return np.sum(np.where(values == np.max(values), values, 0.0))


def maximum_by_loop(a, b, c):
    best = a[0] * b[0] + c[0]
    for i in range(1, len(a)):
        if a[i] * b[i] + c[i] > best:
            best = a[i] * b[i] + c[i]
    return best


@each_engine
@pytest.mark.parametrize("function", [maximum_of_products, selected_by_equality, maximum_by_loop])
def test_exactly_one_entry_is_the_maximum(function, engine, rng):
    program = srcad.differentiable(engine=engine)(function)
    for _ in range(100):
        a, b, c = rng.uniform(-1.0, 1.0, (3, 37))
        out, pullback = program.vjp(a, b, c)
        bars = pullback(np.float64(1.0))
        place = np.argmax(a * b + c)
        assert out == pytest.approx(np.max(a * b + c), rel=1e-14)
        np.testing.assert_array_equal(bars[2], np.eye(37)[place])
        np.testing.assert_array_equal(bars[0], b * np.eye(37)[place])
        np.testing.assert_array_equal(bars[1], a * np.eye(37)[place])


def branch_at_equality(a, b, c, limits, x):
    y = np.zeros(len(a))
    for i in range(len(a)):
        if a[i] * b[i] + c[i] >= limits[i]:
            y[i] = 2.0 * x[i]
        else:
            y[i] = 5.0 * x[i]
    return y


def where_at_equality(a, b, c, limits, x):
    return np.where(a * b + c >= limits, 2.0 * x, 5.0 * x)


@each_engine
@pytest.mark.parametrize("function", [branch_at_equality, where_at_equality])
def test_the_branch_taken_is_the_branch_differentiated(function, engine, rng):
    a, b, c = rng.uniform(-1.0, 1.0, (3, 400))
    x = np.ones(400)
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(a, b, c, a * b + c, x)
    bars = pullback(np.ones(400))
    np.testing.assert_array_equal(bars[4], out)
    np.testing.assert_array_equal(bars[0], np.zeros(400))


def truncated_index(a, b, table):
    y = np.zeros(len(a))
    for i in range(len(a)):
        y[i] = table[int(a[i] * b[i])]
    return y


@each_engine
def test_float_to_int_is_decided_once(engine, rng):
    a = rng.uniform(1.0, 3.0, 300)
    b = np.round(a * 3.0) / a  # a * b is an integer, give or take the last bit
    table = np.arange(12.0)
    out, pullback = srcad.differentiable(engine=engine)(truncated_index).vjp(a, b, table)
    bars = pullback(np.ones(300))
    np.testing.assert_array_equal(bars[2], np.bincount(out.astype(int), minlength=12))
    np.testing.assert_array_equal(bars[0], np.zeros(300))


# ---- own the residuals ------------------------------------------------------------------------


@each_engine
def test_result_overwritten_by_the_caller(engine):
    y, pullback = srcad.differentiable(engine=engine)(np.exp).vjp(THREE)
    expected = np.exp(THREE)
    y[:] = 0.0
    np.testing.assert_allclose(pullback(np.ones(3))[0], expected, rtol=1e-14)


COEFFICIENTS = np.array([1.0, 2.0, 3.0])


def with_global_array(x):
    return COEFFICIENTS * x**2


@each_engine
def test_global_array_overwritten_after_the_sweep(engine, monkeypatch):
    monkeypatch.setitem(globals(), "COEFFICIENTS", np.array([1.0, 2.0, 3.0]))
    _, pullback = srcad.differentiable(engine=engine)(with_global_array).vjp(THREE)
    COEFFICIENTS[:] = np.nan
    np.testing.assert_allclose(
        pullback(np.ones(3))[0], 2.0 * THREE * np.arange(1.0, 4.0), rtol=1e-14
    )


@each_engine
def test_closure_array_overwritten_after_the_sweep(engine):
    table = np.array([1.0, 2.0, 3.0])

    def function(x):
        return table * x**2

    _, pullback = srcad.differentiable(engine=engine)(function).vjp(THREE)
    table[:] = np.nan
    np.testing.assert_allclose(
        pullback(np.ones(3))[0], 2.0 * THREE * np.arange(1.0, 4.0), rtol=1e-14
    )


def sine_and_sum(x):
    y = np.sin(x)
    return y, np.sum(y**2)


def sum_of_cubes(x):
    return np.sum(x**3)


@each_engine
def test_results_are_never_pooled(engine):
    program = srcad.differentiable(engine=engine)(sine_and_sum)
    (first, _), pullback = program.vjp(THREE)
    first_bar = pullback((np.ones(3), 0.0))[0]
    kept, kept_bar = first.copy(), first_bar.copy()
    for scale in (2.0, 3.0):
        (second, _), other = program.vjp(scale * THREE)
        second_bar = other((np.ones(3), 1.0))[0]
        assert not np.shares_memory(first, second)
        assert not np.shares_memory(first_bar, second_bar)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(first_bar, kept_bar)
    both = srcad.value_and_grad(srcad.differentiable(engine=engine)(sum_of_cubes))
    _, gradient = both(THREE)
    both(2.0 * THREE)
    np.testing.assert_allclose(gradient, 3.0 * THREE**2, rtol=1e-14)


def returns_argument_and_view(x):
    return x, x[1:], x.T


@each_engine
def test_bars_share_no_memory_with_cotangents(engine):
    program = srcad.differentiable(engine=engine)(returns_argument_and_view)
    (whole, tail, turned), pullback = program.vjp(THREE)
    cotangent = (np.ones(3), np.ones(2), np.ones(3))
    (bar,) = pullback(cotangent)
    np.testing.assert_array_equal(bar, [2.0, 3.0, 3.0])
    for array in cotangent:
        assert not np.shares_memory(bar, array)
        assert np.all(array == 1.0), "the cotangent was changed"
    for array, expected in zip((whole, tail, turned), (THREE, THREE[1:], THREE), strict=True):
        np.testing.assert_array_equal(array, expected)


# ---- assign instead of accumulate -------------------------------------------------------------


def partly_covered(x, count):
    y = np.zeros(len(x))
    for i in range(count):
        y[i] = np.sin(x[i])
    return y


def rows_partly_covered(matrix, count):
    total = 0.0
    for i in range(count):
        total += np.sum(matrix[i] ** 2)
    return total


def loop_entered_under_a_condition(x, count):
    y = x * 1.0
    if count > 2:
        for i in range(count):
            y[i] = x[i] ** 2
    return y


def same_element_read_twice(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[0] * x[0] + x[i] * x[2 - i]
    return y


def gathered(x, index):
    y = np.zeros(len(index))
    for k in range(len(index)):
        y[k] = x[index[k]] ** 2
    return y


def window_sums(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = np.sum(x[i : i + 3] ** 2)
    return y


def only_even_elements(x):
    y = np.ones(5)
    for i in range(0, 5, 2):
        y[i] = x[i] * 3.0
    return y


def transposed_with_itself(matrix):
    return matrix.T * matrix + matrix[::-1] * matrix[:, ::-1]


def broadcast_row(matrix):
    return matrix[0] * matrix + matrix[:, :1]


@each_engine
@each(
    (partly_covered, X, 5),
    (partly_covered, X, 2),
    (partly_covered, X, 0),
    (partly_covered, X, -1),
    (partly_covered, np.zeros(0), 0),
    (rows_partly_covered, MATRIX, 3),
    (rows_partly_covered, MATRIX, 1),
    (rows_partly_covered, MATRIX, 0),
    (loop_entered_under_a_condition, X, 2),
    (loop_entered_under_a_condition, X, 4),
    (same_element_read_twice, THREE),
    (gathered, THREE, np.array([1, 1, 0, 1, -2])),
    (gathered, THREE, np.zeros(0, int)),
    (window_sums, X),
    (only_even_elements, X),
    (transposed_with_itself, MATRIX),
    (broadcast_row, MATRIX),
)
def test_accumulation(program, engine):
    function, *args = program
    # Fill the allocator's free lists, so that memory taken without clearing shows.
    for size in (3, 5, 9) * 8:
        np.full(size, np.nan).sum()
    must_be_right(function, *args, engine=engine)


# ---- control and shape facts are uses ---------------------------------------------------------


def shrinks_in_a_for_loop(x, count):
    for _ in range(count):
        x = x[1:] * x[:-1]
    return x


def grows_by_broadcasting(x, w, count):
    for _ in range(count):
        x = x * w + 0.1
    return x


def gains_an_axis(x, count):
    for _ in range(count):
        x = x[:, None] * x
        x = x.sum(axis=0)
    return x


def size_variable_changed_later(x):
    n = len(x)
    y = x[:n] ** 2
    n = 2
    z = y[:n] * x[n]
    n = 0
    return z * y[n]


def index_changed_in_loop(x):
    k = 0
    total = 1.0
    while k < len(x):
        total = total * x[k] + x[k]
        k = 2 * k + 1
    return total


def index_array_written(x, index):
    total = 0.0
    for _ in range(3):
        total += x[index[0]] ** 2
        index[0] += 1
    return total


def loop_variable_overwritten(x):
    total = 0.0
    for i in range(3):
        total += x[i] ** 2
        i = 4
        total += x[i] * x[0]
    return total


def predicate_overwritten(x):
    flag = x[0] > 0.0
    if flag:
        flag = x[1] > 100.0
        y = x * x
    else:
        y = -x
    if flag:
        y = y * 3.0
    return y


def predicate_variable_in_loop(x, count):
    up = True
    for _ in range(count):
        if up:
            x = x * x
        else:
            x = x + 0.3
        up = not up
    return x


def bound_is_a_float_decision(x, count):
    while count > 0:
        for _ in range(count):
            x = x * 1.1 + x**2 * 0.01
        count -= 2
    return x


def axis_changed_later(matrix):
    axis = 0
    y = np.sum(matrix**2, axis=axis)
    axis = 1
    return y * np.sum(matrix, axis=axis)


def exponent_changes(x, count):
    power = 1
    for _ in range(count):
        x = x**power * 0.9
        power += 1
    return x


def step_size_changes(x):
    step = 1
    total = 0.0
    while step < 4:
        total += np.sum(x[::step] ** 2)
        step += 1
    return total


def divisor_reused(x, y):
    for _ in range(3):
        x = x / y
        y = y * 1.3
    return x


@each_engine
@each(
    (shrinks_in_a_for_loop, X, 4),
    (shrinks_in_a_for_loop, X, 0),
    (grows_by_broadcasting, np.array([0.7]), THREE, 2),
    (grows_by_broadcasting, np.array([0.7]), THREE, 0),
    (grows_by_broadcasting, THREE, np.array([0.7]), 2),
    (grows_by_broadcasting, 0.7, THREE, 2),
    (gains_an_axis, THREE, 2),
    (size_variable_changed_later, X),
    (index_changed_in_loop, X),
    (index_array_written, X, np.array([1, 9])),
    (loop_variable_overwritten, X),
    (predicate_overwritten, THREE),
    (predicate_variable_in_loop, 0.8, 5),
    (bound_is_a_float_decision, 0.8, 5),
    (axis_changed_later, MATRIX),
    (exponent_changes, 1.1, 4),
    (step_size_changes, X),
    (divisor_reused, 1.1, 0.8),
)
def test_control_and_shape_facts(program, engine):
    function, *args = program
    must_be_right(function, *args, engine=engine)


# ---- narrowing stores and dtypes of bars ------------------------------------------------------


def narrowing_store(x):
    y = np.zeros(3, np.float32)
    y[:] = np.exp(x)
    return y


def narrowing_elements(x):
    y = np.zeros(3, dtype=np.float32)
    for i in range(3):
        y[i] = math.exp(x[i])
    return y


def narrowing_then_read(x):
    y = np.zeros(3, np.float32)
    y[:] = np.exp(x)
    return y * y


def narrowing_augmented(x, w):
    x *= w
    return x


@each_engine
@pytest.mark.parametrize("function", [narrowing_store, narrowing_elements])
def test_derivative_is_taken_before_the_narrowing_store(function, engine):
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(THREE)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, np.exp(THREE).astype(np.float32))
    (bar,) = pullback(np.ones(3, np.float32))
    assert bar.dtype == np.float64
    np.testing.assert_allclose(bar, np.exp(THREE), rtol=1e-14)


@each_engine
def test_the_narrowed_value_is_what_is_read(engine):
    out, pullback = srcad.differentiable(engine=engine)(narrowing_then_read).vjp(THREE)
    narrowed = np.exp(THREE).astype(np.float32)
    np.testing.assert_array_equal(out, narrowed * narrowed)
    (bar,) = pullback(np.ones(3, np.float32))
    np.testing.assert_allclose(bar, 2.0 * narrowed * np.exp(THREE), rtol=1e-7)


@each_engine
def test_bars_have_the_dtypes_of_their_primals(engine):
    x = THREE.astype(np.float32)
    w = np.array([1.5, 0.25, 2.0])
    out, pullback = srcad.differentiable(engine=engine)(narrowing_augmented).vjp(x, w)
    assert out.dtype == np.float32
    x_bar, w_bar = pullback(np.ones(3, np.float32))
    assert (x_bar.dtype, w_bar.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(x_bar, w, rtol=1e-6)
    np.testing.assert_allclose(w_bar, x, rtol=1e-6)


def mixed_precision(x, scale, count, table):
    return np.sum(x * scale * count + table)


@each_engine
def test_bars_of_mixed_precision(engine):
    x = THREE.astype(np.float32)
    program = srcad.differentiable(engine=engine)(mixed_precision)
    out, pullback = program.vjp(x, 1.5, 2, np.arange(3))
    assert out.dtype == mixed_precision(x, 1.5, 2, np.arange(3)).dtype
    x_bar, scale_bar, count_bar, table_bar = pullback(out.dtype.type(1.0))
    assert x_bar.dtype == np.float32
    assert type(scale_bar) is float
    assert (count_bar.shape, count_bar.dtype) == ((), FLOAT0)
    assert (table_bar.shape, table_bar.dtype) == ((3,), FLOAT0)
    np.testing.assert_array_equal(x_bar, np.float32(3.0))
    assert scale_bar == pytest.approx(2.0 * THREE.sum(), rel=1e-6)


# ---- index checks -----------------------------------------------------------------------------


def guarded_neighbour(x):
    total = 0.0
    n = len(x)
    for i in range(n):
        if i + 1 < n:
            total += x[i + 1] * x[i]
    return total


def guarded_by_conditional(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * (x[i + 2] if i + 2 < len(x) else 1.5)
    return total


def guarded_by_and(x):
    total = 0.0
    for i in range(len(x)):
        if i + 1 < len(x) and x[i + 1] > 0.0:
            total += x[i + 1] ** 2 * x[i]
    return total


def leaves_before_the_end(x):
    total = 0.0
    for i in range(100):
        if i >= len(x):
            break
        total += x[i] ** 2
    return total


def never_reached(x):
    total = np.sum(x**2)
    for i in range(0):
        total += x[i + 50]
    return total


def negative_neighbour(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i - 1] * x[-i]
    return total


def negative_in_two_axes(matrix):
    total = 0.0
    for i in range(-3, 3):
        for j in range(-1, 2):
            total += matrix[i, j] * matrix[j, -1]
    return total


def negative_slices(x):
    total = 0.0
    for k in range(1, 4):
        total += np.sum(x[-k:] * x[:k]) + np.sum(x[-k : len(x)] ** 2)
    return total


def writes_negative(x):
    y = np.zeros(4)
    for i in range(4):
        y[-i] = x[i] * (1 + i)
    return y


@each_engine
@each(
    (guarded_neighbour, X),
    (guarded_by_conditional, X),
    (guarded_by_and, X),
    (leaves_before_the_end, X),
    (never_reached, X),
    (negative_neighbour, X),
    (negative_in_two_axes, MATRIX),
    (negative_slices, X),
    (writes_negative, X),
)
def test_index_checks_never_raise_by_themselves(program, engine):
    function, *args = program
    must_be_right(function, *args, engine=engine)


# ---- Python arithmetic ------------------------------------------------------------------------


def factorial_series(x, count):
    factorial = 1
    for k in range(1, count + 1):
        factorial = factorial * k
    return x * factorial


def power_with_negative_exponent(x, exponent):
    return x * 2**exponent


def powers_in_loop(x):
    total = 0.0
    for k in range(-2, 3):
        total += x * 2**k
    return total


def large_products(x, count):
    return x * (count * count * count)


def large_shifts_and_differences(x, count):
    big = 10**count
    return x * (big // 10 ** (count - 1)) + x**2 * ((big + 1) - big)


def floors_and_remainders(x, first, second):
    return x * (first // second) + x**2 * (first % second) + x**3 * (first / second)


def booleans_are_integers(x, flag):
    return x * (flag + flag) + x**2 * (not flag)


def float_floor_and_modulo(x, y):
    return x // y * x + x % y


def int_turns_into_float(x, count):
    total = 0
    for k in range(count):
        total += k / 2
    return total * x


def comparison_of_large_integers(x, count):
    if 2**count + 1 > 2**count:
        return x * x
    return x


@each_engine
@each(
    (factorial_series, 1.5, 5),
    (factorial_series, 1.5, 25),
    (factorial_series, 1.5, 60),
    (power_with_negative_exponent, 1.5, -1),
    (power_with_negative_exponent, 1.5, 3),
    (power_with_negative_exponent, 1.5, 100),
    (powers_in_loop, 1.5),
    (large_products, 1.5, 3_000_000_000),
    (large_shifts_and_differences, 1.5, 30),
    (floors_and_remainders, 1.5, -7, 2),
    (floors_and_remainders, 1.5, 7, -2),
    (booleans_are_integers, 1.5, True),
    (float_floor_and_modulo, -7.5, 2.0),
    (int_turns_into_float, 1.5, 4),
    (int_turns_into_float, 1.5, 0),
    (comparison_of_large_integers, 1.5, 70),
)
def test_python_arithmetic(program, engine):
    function, *args = program
    must_be_right(function, *args, engine=engine)


def remainder(x, first, second):
    return x * (first % second)


def floor_division(x, first, second):
    return x * (first // second)


def quotient(x, y):
    return x / y


def modulo(x, y):
    return x % y


def square_root(x):
    return math.sqrt(x)


def logarithm(x):
    return math.log(x)


def exponential(x):
    return math.exp(x)


def arc_sine(x):
    return math.asin(x)


def power(x, y):
    return x**y


def power_of_integer(x, exponent):
    return x * 0**exponent


def quotient_in_loop(x, y):
    for _ in range(3):
        x = x / y
        y = y - 1.0
    return x


def integer_from_infinity(x):
    return x * int(x * 1e308 * 10.0)


@each_engine
@each(
    (remainder, 1.5, 5, 0),
    (floor_division, 1.5, 5, 0),
    (quotient, 1.5, 0.0),
    (quotient, 1.5, 0),
    (modulo, 1.5, 0.0),
    (square_root, -1.0),
    (logarithm, 0.0),
    (logarithm, -1.0),
    (exponential, 1000.0),
    (arc_sine, 1.5),
    (power, 10.0, 400.0),
    (power, 0.0, -1.0),
    (power_of_integer, 1.5, -1),
    (quotient_in_loop, 1.5, 2.0),
    (integer_from_infinity, 1.5),
)
def test_python_arithmetic_raises_as_python_does(program, engine):
    function, *args = program
    with pytest.raises((ArithmeticError, ValueError)) as python:
        function(*args)
    with pytest.raises(type(python.value)) as caught:
        srcad.differentiable(engine=engine)(function).vjp(*args)
    assert type(caught.value) is type(python.value)
    assert str(caught.value) == str(python.value)


@each_engine
def test_negative_base_with_fraction_is_complex_or_refused(engine):
    try:
        out, _ = srcad.differentiable(engine=engine)(power).vjp(-1.0, 0.5)
    except srcad.SrcadError:
        return
    assert type(out) is complex
    assert out == (-1.0) ** 0.5


# ---- conventions where there is no derivative -------------------------------------------------


def largest(x):
    return np.max(x)


def smallest(x):
    return np.min(x)


def larger(x, y):
    return np.maximum(x, y)


def smaller(x, y):
    return np.minimum(x, y)


def clipped(x):
    return np.clip(x, 0.0, 1.0)


def absolute(x):
    return np.abs(x)


def python_absolute(x):
    return abs(x)


def root(x):
    return np.sqrt(x)


def half_power(x):
    return x**0.5


def zeroth_power(x):
    return x**0


def first_power(x):
    return x**1


def second_power(x):
    return x**2


def general_power(x, y):
    return x**y


def floored(x):
    return np.floor(x)


def sign(x):
    return np.sign(x)


def norm(x):
    return np.linalg.norm(x)


CONVENTIONS = [
    (largest, (np.array([1.0, 1.0, 0.0]),), ([0.5, 0.5, 0.0],)),
    (largest, (np.array([2.0, 2.0, 2.0, 2.0]),), ([0.25] * 4,)),
    (smallest, (np.array([1.0, 0.0, 0.0]),), ([0.0, 0.5, 0.5],)),
    (larger, (1.0, 1.0), (0.5, 0.5)),
    (smaller, (np.array([1.0, 2.0]), np.array([1.0, 3.0])), ([0.5, 1.0], [0.5, 0.0])),
    (clipped, (np.array([0.0, 0.5, 1.0, 2.0]),), ([0.5, 1.0, 0.5, 0.0],)),
    (absolute, (np.array([0.0, -1.0]),), ([1.0, -1.0],)),
    (python_absolute, (0.0,), (1.0,)),
    (root, (np.array([0.0, 4.0]),), ([np.inf, 0.25],)),
    (square_root, (0.0,), (np.inf,)),
    (half_power, (0.0,), (np.inf,)),
    (half_power, (np.array([0.0]),), ([np.inf],)),
    (zeroth_power, (0.0,), (0.0,)),
    (zeroth_power, (np.array([0.0]),), ([0.0],)),
    (first_power, (0.0,), (1.0,)),
    (second_power, (0.0,), (0.0,)),
    (general_power, (0.0, 2.0), (0.0, 0.0)),
    (general_power, (np.array([0.0]), np.array([2.0])), ([0.0], [0.0])),
    (floored, (1.0,), (0.0,)),
    (sign, (np.array([0.0, 2.0]),), ([0.0, 0.0],)),
    (modulo, (6.0, 2.0), (1.0, -3.0)),
    (norm, (np.zeros(2),), ([np.nan, np.nan],)),
]


@each_engine
@pytest.mark.parametrize(
    ("function", "args", "expected"),
    CONVENTIONS,
    ids=[f"{k}-{row[0].__name__}" for k, row in enumerate(CONVENTIONS)],
)
def test_conventions_are_those_of_jax(function, args, expected, engine):
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(*args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        bars = pullback(np.ones_like(out)[()] if isinstance(out, (np.ndarray, np.generic)) else 1.0)
    for bar, wanted in zip(bars, expected, strict=True):
        np.testing.assert_allclose(bar, wanted, rtol=1e-14)


# ---- a bar of zero contributes zero -----------------------------------------------------------


def masked_root(x):
    return np.where(x > 0.0, np.sqrt(x), 0.0)


def masked_root_of_product(x, y):
    return np.sum(np.where(x > 0.0, np.sqrt(x * y), x))


def root_times_zero(x):
    return np.sqrt(x) * 0.0


def unused_root(x):
    y = np.sqrt(x)
    y[0] = 3.0
    return y


def masked_power(x):
    return np.where(x > 0.0, x**0.5, 0.0)


def masked_norm(x, flag):
    return np.where(flag, np.linalg.norm(x), 0.0)


def root_overwritten_in_loop(x):
    y = 0.0
    for k in range(3):
        y = math.sqrt(x[k])
    return y


ZERO_BARS = [
    (masked_root, (np.array([0.0, 4.0]),), ([0.0, 0.25],)),
    (masked_root_of_product, (np.array([0.0, 4.0]), np.array([2.0, 1.0])), ([1.0, 0.25], [0, 1.0])),
    (root_times_zero, (np.array([0.0, 4.0]),), ([0.0, 0.0],)),
    (unused_root, (np.array([0.0, 4.0]),), ([0.0, 0.25],)),
    (masked_power, (np.array([0.0, 4.0]),), ([0.0, 0.25],)),
    (masked_norm, (np.zeros(2), False), ([0.0, 0.0], None)),
    (root_overwritten_in_loop, (np.array([0.0, 0.0, 4.0]),), ([0.0, 0.0, 0.25],)),
]


@each_engine
@pytest.mark.parametrize(
    ("function", "args", "expected"), ZERO_BARS, ids=[row[0].__name__ for row in ZERO_BARS]
)
def test_a_zero_bar_through_an_infinite_partial(function, args, expected, engine):
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(*args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        bars = pullback(np.ones_like(out)[()] if isinstance(out, (np.ndarray, np.generic)) else 1.0)
    for bar, wanted in zip(bars, expected, strict=True):
        if wanted is not None:
            np.testing.assert_allclose(bar, wanted, rtol=1e-14)


@each_engine
@pytest.mark.parametrize("function", [root, half_power, norm])
def test_a_zero_cotangent_gives_zeros(function, engine):
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(np.zeros(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        (bar,) = pullback(np.zeros_like(out)[()])
    np.testing.assert_array_equal(bar, np.zeros(2))


# ---- aliases that must work -------------------------------------------------------------------


def product_with_one(x):
    a = x * 1.0
    a[0] *= 5.0
    return np.sum(a * x)


def difference_with_zero(x):
    a = x - 0.0
    a[0] *= 5.0
    return np.sum(a * x)


def slice_of_everything_is_a_view(x):
    a = x.copy()
    b = a[:]
    b[0] *= 5.0
    return np.sum(a * a)


def views_of_views_of_views(x):
    a = x.copy()
    b = a[1:]
    c = b[::-1]
    d = c[1:3]
    d[0] = x[0] * x[4]
    d[1] *= a[4]
    return a * a


def second_name_then_rebound(x):
    y = x.copy()
    z = y
    y = y * 2.0
    z[0] = 7.0 * x[1]
    return np.sum(y) + np.sum(z**2)


def three_names_rotated(x, count):
    u = x.copy()
    v = x * 2.0
    w = x**2
    for _ in range(count):
        w[:] = u * v
        u, v, w = v, w, u
    return u + 2.0 * v + 3.0 * w


def double_buffer_by_rebinding(u, count):
    for _ in range(count):
        new = np.empty_like(u)
        new[0] = u[0]
        new[-1] = u[-1]
        new[1:-1] = u[1:-1] * (u[2:] + u[:-2])
        u = new
    return u


def parity_of_time(x, count):
    u = np.zeros((2, len(x)))
    u[0] = x
    for t in range(count):
        u[(t + 1) % 2] = np.sin(u[t % 2]) * x
        u[t % 2] *= 2.0
    return u


def row_written(matrix):
    a = matrix.copy()
    i = 1
    row = a[i]
    i = 2
    row[i] = a[i, 0] * row[0]
    row *= a[0]
    return a


def column_written(matrix):
    a = matrix.copy()
    column = a[:, 1]
    column[0] = column[2] * a[0, 0]
    column += a[1]
    return a


def stale_view(x):
    a = x.copy()
    view = a[1:4]
    a *= 2.0
    first = view * 1.0
    a[2] = x[0] ** 2
    return first * view


def stale_view_in_loop(x, count):
    a = x.copy()
    middle = a[1:-1]
    total = 0.0
    for k in range(count):
        a[k + 1] = a[k] * a[k + 1]
        total += np.sum(middle**2)
    return total


def divides_by_its_own_first(x):
    x /= x[:1]
    return x * x


def subtracts_its_own_first(x):
    x[1:] -= x[:1]
    x -= x[0]
    return x * x


def adds_its_own_row(matrix):
    matrix += matrix[0]
    return matrix * matrix


def adds_its_own_transpose(matrix):
    matrix += matrix.T
    return matrix * matrix


def becomes_its_transpose(matrix):
    a = matrix.copy()
    a[:] = a.T
    return a * matrix


def column_from_row(matrix):
    a = matrix.copy()
    a[:, 0] = a[0]
    return a * a


def product_in_place(matrix):
    a = matrix.copy()
    a[:] = a @ a
    a[0] = a[1:].T @ a[1:, 0]
    return a


def squares_itself(x):
    x *= x
    x -= x * x
    return x


def cancels_itself(x):
    y = x.copy()
    y -= y
    y += x**2
    return y


def swaps_neighbours(x, count):
    a = x.copy()
    for k in range(count):
        a[k], a[k + 1] = a[k + 1] * a[k], a[k]
    return a * a


def overwritten_by_own_function(x, count):
    a = x.copy()
    for _ in range(count):
        a[:] = np.sin(a) * a
    return a


def augmented_argument(x, y):
    x += y
    y *= x
    return x * y


def augmented_slices_of_argument(x):
    x[::2] *= x[0]
    x[:2] += x[-2:]
    return x


def argument_through_second_name(x):
    y = x
    y[0] = y[1] * y[2]
    return x * x


def first_then_last(x):
    total = 0.0
    a = x.copy()
    for i in range(len(a)):
        total += a[i] * a[-1]
        a[-1] = total
    return total


@each_engine
@each(
    (product_with_one, THREE),
    (difference_with_zero, THREE),
    (slice_of_everything_is_a_view, THREE),
    (views_of_views_of_views, X),
    (second_name_then_rebound, THREE),
    (three_names_rotated, THREE, 4),
    (three_names_rotated, THREE, 0),
    (double_buffer_by_rebinding, X, 3),
    (double_buffer_by_rebinding, X, 0),
    (parity_of_time, THREE, 3),
    (row_written, MATRIX),
    (column_written, MATRIX),
    (stale_view, X),
    (stale_view_in_loop, X, 4),
    (stale_view_in_loop, X, 0),
    (divides_by_its_own_first, THREE),
    (subtracts_its_own_first, THREE),
    (adds_its_own_row, MATRIX),
    (adds_its_own_transpose, MATRIX),
    (becomes_its_transpose, MATRIX),
    (column_from_row, MATRIX),
    (product_in_place, MATRIX),
    (squares_itself, THREE),
    (squares_itself, 0.7),
    (cancels_itself, THREE),
    (swaps_neighbours, X, 4),
    (overwritten_by_own_function, THREE, 3),
    (augmented_argument, THREE, np.array([0.4, 0.9, 1.3])),
    (augmented_argument, THREE, 0.9),
    (augmented_argument, 0.7, 0.9),
    (augmented_argument, MATRIX, MATRIX + 1.0),
    (augmented_slices_of_argument, X),
    (argument_through_second_name, THREE),
    (first_then_last, X),
)
def test_aliases(program, engine):
    function, *args = program
    must_be_right(function, *args, engine=engine)


# ---- aliases that may be refused --------------------------------------------------------------


def alias_by_branch(x, flag):
    a = x.copy()
    b = x * 2.0
    c = a if flag else b
    c[0] = x[1] ** 2
    return a * b


def alias_by_branch_or_reversed(x, flag):
    a = x.copy()
    b = a if flag else a[::-1]
    b[0] = x[1] * 3.0
    return a * b


def alias_in_tuple(x):
    a = x.copy()
    pair = (a, a)
    pair[0][1] = x[0] ** 2
    return pair[1] * a


def alias_in_list(x):
    a = x.copy()
    holder = [a, x * 2.0]
    holder[0][1] = x[0] ** 2
    a[2] = 0.5 * holder[1][0]
    return holder[0] * a


def alias_in_dict(x):
    a = x.copy()
    holder = {"first": a}
    holder["first"][1] = x[0] ** 2
    return a * x


def tail_of(values):
    return values[1:]


def helper_returns_view(x):
    a = x.copy()
    tail = tail_of(a)
    tail[0] = x[0] * x[2]
    return a * a


def pick(first, second, flag):
    if flag:
        return first
    return second


def helper_returns_one_of_two(x, flag):
    a = x.copy()
    b = x * 3.0
    chosen = pick(a, b, flag)
    chosen[0] = x[1] ** 2
    return a * b


def mixes(first, second):
    first[0] = 2.0 * second[1]
    second[0] = first[1] * first[0]


def helper_gets_one_array_twice(x):
    a = x.copy()
    mixes(a, a)
    return a * a


def helper_gets_overlapping_slices(x):
    a = x.copy()
    mixes(a[:-1], a[1:])
    return a * a


def reshape_written(x):
    a = x[:4].copy()
    square = a.reshape(2, 2)
    square[0, 1] = x[4] ** 2
    return a * a


def ravel_written(matrix):
    a = matrix.copy()
    flat = a.ravel()
    flat[1] = a[2, 2] ** 2
    return a * a


def ravel_of_transpose_written(matrix):
    a = matrix.copy()
    flat = a.T.ravel()
    flat[1] = a[2, 2] ** 2
    return a * a + np.sum(flat**2)


def flatten_written(matrix):
    a = matrix.copy()
    flat = a.flatten()
    flat[1] = a[2, 2] ** 2
    return a * a + np.sum(flat**2)


def transpose_written(matrix):
    a = matrix.copy()
    turned = a.T
    turned[0, 1] = a[2, 2] ** 2
    turned[2] *= a[0]
    return a * a


def swapaxes_written(matrix):
    a = matrix.copy()
    turned = a.swapaxes(0, 1)
    turned[0] *= 2.0
    return a * turned


def expanded_written(x):
    a = x.copy()
    wide = a[None, :]
    wide[0, 1] = x[0] ** 2
    return a * a


def squeezed_written(x):
    a = x.reshape(1, -1).copy()
    flat = np.squeeze(a)
    flat[1] = x[0] ** 2
    return a * a


def asarray_written(x):
    a = x.copy()
    b = np.asarray(a)
    b[0] = x[1] ** 2
    return a * a


def rows_written_by_loop_variable(matrix):
    a = matrix.copy()
    for row in a:
        row *= row[0]
    return a


def rows_written_by_enumerate(matrix):
    a = matrix.copy()
    for k, row in enumerate(a):
        row[0] = k * row[1] ** 2
    return a


def rows_written_by_zip(matrix, x):
    a = matrix.copy()
    for row, value in zip(a, x):
        row[0] = value**2
    return a


def swap_of_rows_is_no_swap(matrix):
    a = matrix.copy()
    a[0], a[1] = a[1], a[0]
    return a * matrix


def becomes_alias_in_loop(x, count):
    u = x.copy()
    v = x * 2.0
    for _ in range(count):
        v[0] = u[1] * v[0]
        u = v
    return u * v


def becomes_alias_under_condition(x, count):
    u = x.copy()
    v = x * 2.0
    for k in range(count):
        if k == 1:
            u = v
        u[0] = v[1] * u[0]
    return u * v


def swap_once_in_a_branch(x, y):
    u = x.copy()
    v = y.copy()
    for k in range(3):
        if u[0] > v[0]:
            u, v = v, u
        u[:] = u * v
    return u + 2.0 * v


def view_carried_through_loop(x, count):
    a = x.copy()
    view = a
    for _ in range(count):
        view = view[1:]
        view[0] = view[0] ** 2 * a[0]
    return a


def repeated_indices_accumulate(x, v):
    a = x.copy()
    a[[0, 0, 2]] += v
    return a * a


def repeated_indices_overwrite(x, v):
    a = x.copy()
    a[[0, 0, 2]] = v
    return a * a


def repeated_index_array(x, v, index):
    a = x * x
    a[index] = v**2
    a[index] *= v
    return a * a


def fancy_read_is_a_copy(x, index):
    a = x.copy()
    part = a[index]
    part[0] = 9.0 * x[1]
    return np.sum(part**2) * a


def masked_write(x):
    a = x.copy()
    a[a > 0.6] = x[0] ** 2
    a[x < 0.0] *= 3.0
    return a * a


def ufunc_out(x, y):
    a = np.empty_like(x)
    np.multiply(x, y, out=a)
    np.sin(a, out=a)
    return a * x


def ufunc_at(x, v):
    a = x.copy()
    np.add.at(a, [0, 0, 2], v)
    return a * a


def filled(x, value):
    a = x.copy()
    a.fill(value)
    return a * x


def sorted_in_place(x):
    a = x.copy()
    a.sort()
    return a * np.arange(len(x))


def flat_written(matrix):
    a = matrix.copy()
    a.flat[3] = a[0, 0] ** 2
    return a * a


def slice_object(x):
    a = x.copy()
    where = slice(1, 3)
    a[where] = a[where] ** 2
    return a * a


def chained_assignment(x):
    a = b = x.copy()
    a[0] = x[1] ** 2
    return a * b


def chained_targets(x):
    a = x.copy()
    a[0] = a[1] = x[2] ** 2
    return a * a


def starred(x):
    first, *rest = x[0], x[1], x[2]
    return first * rest[0] * rest[1]


def walrus(x):
    if (y := x[0] ** 2) > 0.0:
        return y * x
    return x


def default_array_written(x, buffer=np.zeros(3)):  # noqa: B008
    buffer[:] = x * x
    return buffer * x


def view_of_argument_returned(x):
    view = x[1:]
    x[1] = x[0] ** 2
    return view


def base_and_view_returned(x):
    a = x * 2.0
    view = a[1:]
    a[1] = x[0] ** 2
    return a, view


def list_grows(x):
    values = []
    for k in range(3):
        values.append(x[k] ** 2)
    return values[0] * values[1] + values[2]


def comprehension(x):
    return sum([value**2 * k for k, value in enumerate(x)])


def deletes(x):
    y = x**2
    z = y * x
    del y
    return z


def tries(x):
    try:
        y = math.sqrt(x)
    except ValueError:
        y = x * x
    return y * x


def loop_with_else(x):
    for k in range(3):
        x = x * 1.1
        if x > 100.0:
            break
    else:
        x = x * x
    return x


def recursion(x, count):
    if count == 0:
        return x
    return recursion(x * x * 0.9, count - 1)


def diagonal_view_written(matrix):
    a = matrix.copy()
    np.fill_diagonal(a, a[0])
    return a * a


def real_part_written(x):
    a = x.copy()
    a.real[0] = x[1] ** 2
    return a * a


def iterator_of_written_array(x):
    a = x.copy()
    total = 0.0
    for k, value in enumerate(a):
        total += value**2
        a[(k + 1) % len(a)] = total
    return total


def range_of_written_length(x):
    a = x.copy()
    for value in a[::-1]:
        a = a * value
    return a


@each_engine
@each(
    (alias_by_branch, THREE, True),
    (alias_by_branch, THREE, False),
    (alias_by_branch_or_reversed, THREE, True),
    (alias_by_branch_or_reversed, THREE, False),
    (alias_in_tuple, THREE),
    (alias_in_list, THREE),
    (alias_in_dict, THREE),
    (helper_returns_view, THREE),
    (helper_returns_one_of_two, THREE, True),
    (helper_returns_one_of_two, THREE, False),
    (helper_gets_one_array_twice, THREE),
    (helper_gets_overlapping_slices, THREE),
    (reshape_written, X),
    (ravel_written, MATRIX),
    (ravel_written, np.asfortranarray(MATRIX)),
    (ravel_of_transpose_written, MATRIX),
    (flatten_written, MATRIX),
    (transpose_written, MATRIX),
    (swapaxes_written, MATRIX),
    (expanded_written, THREE),
    (squeezed_written, THREE),
    (asarray_written, THREE),
    (rows_written_by_loop_variable, MATRIX),
    (rows_written_by_enumerate, MATRIX),
    (rows_written_by_zip, MATRIX, THREE),
    (swap_of_rows_is_no_swap, MATRIX),
    (becomes_alias_in_loop, THREE, 3),
    (becomes_alias_in_loop, THREE, 1),
    (becomes_alias_in_loop, THREE, 0),
    (becomes_alias_under_condition, THREE, 4),
    (becomes_alias_under_condition, THREE, 1),
    (swap_once_in_a_branch, THREE, THREE * 0.7),
    (view_carried_through_loop, X, 3),
    (repeated_indices_accumulate, THREE, np.array([0.3, 0.7, 1.9])),
    (repeated_indices_overwrite, THREE, np.array([0.3, 0.7, 1.9])),
    (repeated_index_array, THREE, np.array([0.3, 0.7, 1.9, 0.2]), np.array([2, 0, 2, -1])),
    (fancy_read_is_a_copy, THREE, np.array([0, 0, 2])),
    (masked_write, X),
    (ufunc_out, THREE, np.array([0.3, 0.7, 1.9])),
    (ufunc_at, THREE, np.array([0.3, 0.7, 1.9])),
    (filled, THREE, 0.7),
    (sorted_in_place, X),
    (flat_written, MATRIX),
    (slice_object, X),
    (chained_assignment, THREE),
    (chained_targets, THREE),
    (starred, THREE),
    (walrus, THREE),
    (default_array_written, THREE),
    (view_of_argument_returned, THREE),
    (base_and_view_returned, THREE),
    (list_grows, THREE),
    (comprehension, THREE),
    (deletes, THREE),
    (tries, 0.7),
    (tries, -0.7),
    (loop_with_else, 0.7),
    (recursion, 0.7, 3),
    (diagonal_view_written, MATRIX),
    (real_part_written, THREE),
    (iterator_of_written_array, THREE),
    (range_of_written_length, THREE),
)
def test_right_or_refused(program, engine):
    function, *args = program
    right_or_refused(function, *args, engine=engine)


def alias_in_inner_loop(x, y, count):
    for _ in range(count):
        for _ in range(count):
            y = x
    y *= 2.0
    return x * 3.0


def alias_in_a_branch_of_a_loop(x, y, count):
    for i in range(count):
        if i:
            y = x
    y *= 2.0
    return x * 3.0


def alias_in_inner_while(x, y, count):
    i = 0
    while i < count:
        i += 1
        while i < count:
            y = x
            i += 1
    y *= 2.0
    return x * 3.0


def alias_of_alias(x, number):
    y = x.copy()
    if number > 0.0:
        y = x
    if number > 1.0:
        y = y * 2.0
    y[0] = 5.0
    return x * number


def alias_then_break(x, y, number):
    for _ in range(3):
        if number > 0.8:
            break
        y[1:] += 0.5
        x = y
    x *= 2.0
    return y * 3.0


def rows_of_a_swapped_array(u, v):
    for row in u:
        v[1:] *= row
        u, v = v, u
    return v


def rows_of_an_array_replaced(u, v):
    for row in u:
        u[0] += row
        u = u * 2.0
    return u * v


def scaled(values, count):
    for _ in range(count):
        values = values * 2.0
    values[0] = 5.0
    return np.sum(values)


def helper_may_write_its_argument(x, count):
    total = scaled(x, count)
    return total * x


def doubled(values, number):
    if number > 1.0:
        values = values * 2.0
    values[0] = 5.0
    return np.sum(values)


def helper_may_write_on_one_path(x, number):
    total = doubled(x, number)
    return total * x


@each_engine
@each(
    (alias_in_inner_loop, THREE, THREE * 0.7, 2),
    (alias_in_inner_loop, THREE, THREE * 0.7, 0),
    (alias_in_a_branch_of_a_loop, THREE, THREE * 0.7, 2),
    (alias_in_a_branch_of_a_loop, THREE, THREE * 0.7, 1),
    (alias_in_inner_while, THREE, THREE * 0.7, 3),
    (alias_of_alias, THREE, 0.5),
    (alias_then_break, THREE, THREE * 0.7, 0.5),
    (rows_of_a_swapped_array, MATRIX, MATRIX * 0.7),
    (rows_of_an_array_replaced, MATRIX, MATRIX * 0.7),
    (helper_may_write_its_argument, THREE, 0),
    (helper_may_write_its_argument, THREE, 2),
    (helper_may_write_on_one_path, THREE, 0.5),
)
def test_aliases_that_a_later_join_must_not_forget(program, engine):
    function, *args = program
    right_or_refused(function, *args, engine=engine)


# ---- primals that share memory ----------------------------------------------------------------


def read_only_pair(x, y):
    return x * np.sum(y**2) + x[::-1] * y


@each_engine
def test_same_array_twice_read_only(engine):
    x = THREE.copy()
    program = srcad.differentiable(engine=engine)(read_only_pair)
    _, together = program.vjp(x, x)
    _, apart = program.vjp(x, x.copy())
    for bar, expected in zip(together(np.ones(3)), apart(np.ones(3)), strict=True):
        np.testing.assert_allclose(bar, expected, rtol=1e-13)


@each_engine
def test_overlapping_slices_read_only(engine):
    base = X.copy()
    program = srcad.differentiable(engine=engine)(read_only_pair)
    _, together = program.vjp(base[:3], base[1:4])
    _, apart = program.vjp(base[:3].copy(), base[1:4].copy())
    for bar, expected in zip(together(np.ones(3)), apart(np.ones(3)), strict=True):
        np.testing.assert_allclose(bar, expected, rtol=1e-13)


def writes_first_reads_second(x, y):
    x[0] = 5.0 * x[1]
    return np.sum(x) * np.sum(y**2)


def writes_both(x, y):
    x[0] = 2.0 * y[1]
    y[1] = 3.0 * x[0]
    return x * y


def writes_last_of_first(x, y):
    x[-1] = 2.0 * x[0]
    return np.sum(x * y)


def same(base):
    return base[:3], base[:3]


def overlapping(base):
    return base[:3], base[1:4]


def overlapping_reversed(base):
    return base[:3], base[2::-1]


def disjoint(base):
    return base[:2], base[2:4]


@each_engine
@pytest.mark.parametrize("pair", [same, overlapping, overlapping_reversed, disjoint])
@pytest.mark.parametrize("function", [writes_first_reads_second, writes_both, writes_last_of_first])
def test_written_primals_that_share_memory(function, pair, engine):
    expected = function(*pair(X.copy()))
    base = X.copy()
    try:
        out, _ = srcad.differentiable(engine=engine)(function).vjp(*pair(base))
    except srcad.UnsafeMutation:
        assert pair is not disjoint
    else:
        np.testing.assert_allclose(out, expected, rtol=1e-13)
    np.testing.assert_array_equal(base, X)


# ---- effects ----------------------------------------------------------------------------------

HISTORY = []
BUFFER = np.zeros(3)


def appends_inactive(x):
    HISTORY.append(1)
    return x * x


def writes_global_buffer(x):
    BUFFER[:] = x * 2.0
    return BUFFER * x


@each_engine
def test_effects_happen_once_or_are_refused(engine):
    HISTORY.clear()
    try:
        out, pullback = srcad.differentiable(engine=engine)(appends_inactive).vjp(1.5)
    except srcad.SrcadError as error:
        names_the_users_line(error, appends_inactive)
        assert HISTORY in ([], [1])
        return
    assert out == 2.25
    assert pullback(1.0) == (3.0,)
    assert HISTORY == [1]


@each_engine
def test_write_into_a_global_array(engine):
    BUFFER[:] = 0.0
    try:
        out, pullback = srcad.differentiable(engine=engine)(writes_global_buffer).vjp(THREE)
    except srcad.SrcadError as error:
        names_the_users_line(error, writes_global_buffer)
        return
    np.testing.assert_allclose(out, 2.0 * THREE**2, rtol=1e-14)
    np.testing.assert_array_equal(BUFFER, 2.0 * THREE)
    BUFFER[:] = np.nan
    np.testing.assert_allclose(pullback(np.ones(3))[0], 4.0 * THREE, rtol=1e-14)


# ---- the source is the code -------------------------------------------------------------------


def tripled(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 3.0 * function(*args)

    return wrapper


@tripled
def wrapped_square(x):
    return x * x


@each_engine
def test_a_real_wrapper_is_part_of_the_program(engine):
    try:
        out, pullback = srcad.differentiable(engine=engine)(wrapped_square).vjp(1.5)
    except srcad.SrcadError:
        return
    assert out == 6.75
    assert pullback(1.0) == (9.0,)


def asserts_and_squares(x):
    assert x > 0.0, "positive"  # pytest rewrites this line
    return x * x


@each_engine
def test_assertion_rewriting_is_allowed_for(engine):
    assert srcad.differentiable(engine=engine)(asserts_and_squares).vjp(1.5)[1](1.0) == (3.0,)


@each_engine
def test_two_lambdas_on_one_line(engine):
    square, cube = lambda x: x * x, lambda x: x * x * x
    decorate = srcad.differentiable(engine=engine)
    assert decorate(square).vjp(2.0)[1](1.0) == (4.0,)
    assert decorate(cube).vjp(2.0)[1](1.0) == (12.0,)


def test_no_source_is_an_error():
    namespace = {}
    exec("def nowhere(x):\n    return x * x\n", namespace)
    with pytest.raises(srcad.SourceUnavailable, match="nowhere"):
        srcad.vjp(namespace["nowhere"], 2.0)


def test_a_file_edited_since_its_import_is_refused(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "edited_since_import.py"
    file.write_text("def f(x):\n    return x * x\n")
    import edited_since_import

    file.write_text("def f(x):\n    return x * x * x\n")
    with pytest.raises(srcad.SourceUnavailable):
        srcad.vjp(edited_since_import.f, 2.0)


# ---- memory -----------------------------------------------------------------------------------

TOO_LARGE = """
import resource

import numpy as np

import srcad

resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))


def too_long(u, steps):
    for _ in range(steps):  # the loop
        u = np.sin(u) * u
    return np.sum(u)


try:
    srcad.differentiable(engine="{engine}")(too_long).vjp(np.full((200, 200), 0.5), 10**6)
except MemoryError as error:
    print("MemoryError:", error)
"""


@each_engine
def test_a_tape_that_cannot_fit_names_the_loop(engine, tmp_path):
    script = tmp_path / "too_large.py"
    script.write_text(TOO_LARGE.format(engine=engine))
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        check=False,
    )
    line = 1 + TOO_LARGE[: TOO_LARGE.index("for _")].count("\n")
    assert "MemoryError:" in done.stdout, done.stderr
    assert f"too_large.py:{line}" in done.stdout


def test_helpers_of_this_file_notice_what_is_wrong(monkeypatch):
    """A gradient off by one part in a million, a changed argument, a wrong primal: each fails."""

    def broken(gradient=1.0, primal=0.0, changes=False):
        class Program:
            def __init__(self, function):
                self.function = function

            def vjp(self, x):
                out = self.function(x) + primal
                if changes:
                    x[0] = 0.0
                return out, lambda bar: (gradient * 3.0 * THREE**2 * bar,)

        return lambda engine: Program

    monkeypatch.setattr(srcad, "differentiable", broken())
    must_be_right(sum_of_cubes, THREE, engine="numpy")
    for fault in ({"gradient": 1.0 + 1e-6}, {"primal": 1e-9}, {"changes": True}):
        monkeypatch.setattr(srcad, "differentiable", broken(**fault))
        with pytest.raises(AssertionError):
            right_or_refused(sum_of_cubes, THREE, engine="numpy")


@pytest.fixture(autouse=True)
def _default_array_is_clean():
    default_array_written.__defaults__[0][:] = 0.0
