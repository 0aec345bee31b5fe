"""Programs that other tools have differentiated wrongly without a word: here they are right.

Each is the smallest form of a fault that somebody met (tool and issue stand in its docstring), not
a statement about the tool today. They run in both engines, against complex steps or differences.
"""

import copy
from functools import cache

import numpy as np
import pytest

import srcad
from tests.reference import derivative, directions, is_float, leaves

X = np.array([0.5, 1.2, -0.8, 0.9])
Y = np.array([0.9, 0.4, 1.3])


def product_in_a_loop(x):
    """Warp, "Dynamic Loops": a product in a loop had the gradient [32, 8, 2] for [4, 4, 4]."""
    total = 1.0
    for i in range(len(x)):
        total *= x[i]
    return total


def read_after_the_loop(x, steps):
    """Warp #1694: a value from before a dynamic loop, used after it, lost most of its bar."""
    first = np.sin(x[0])
    total = 0.0
    for k in range(steps):
        total += first * x[k]
    return total + 3.0 * first * total


def nested_dynamic_loops(x, steps):
    """Warp #1293: nested dynamic loops had twice the gradient."""
    total = 0.0
    for i in range(steps):
        for j in range(i + 1):
            total += x[i] * x[j]
    return total


def break_in_a_loop(x, most):
    """Warp #1552, Taichi #2387: trips after a `break` were run backwards as well."""
    total = 0.0
    for v in x:
        if total > most:
            break
        total += v * v
    return total * x[0]


def components_in_place(x, steps):
    """Warp #1697, Tangent #64: `+=` on components lost contributions over many steps."""
    state = np.array([x[0], x[1], 0.0])
    for _ in range(steps):
        state[2] += 0.1 * state[0] * state[1]
        state[0] += 0.1 * state[2]
        state[1] -= 0.1 * state[0] ** 2
    return state[2] ** 2 + state[0]


def overwritten_after_use(x):
    """Warp #1728, #1350: the adjoint read arrays after they had been overwritten."""
    y = x * x
    z = np.sin(y)
    y[1:] = z[:-1] * y[1:]
    y *= z
    return np.sum(y * y)


def carried_through_an_array(x, steps):
    """Taichi #8802: a cell that is read and overwritten in each trip passed for read-only."""
    cell = np.zeros(1)
    cell[0] = x[0]
    total = 0.0
    for k in range(steps):
        total += cell[0] * x[1]
        cell[0] = np.sin(cell[0]) + x[k]
    return total * cell[0]


def gathered_from_neighbours(x):
    """clad #2114, Enzyme.jl #3378: parallel adjoints raced on elements that several trips read."""
    y = np.zeros_like(x)
    for i in range(1, len(x) - 1):
        y[i] = x[i - 1] * x[i] + x[i + 1] ** 2
    return np.sum(y**2)


def shape_unpacked(x):
    """Tangent #31: `n, m = x.shape` ended in names that nothing bound."""
    n, m = x.shape
    total = 0.0
    for i in range(n):
        for j in range(m):
            total += x[i, j] ** 2 * (i + j)
    return total / n


def name_rebound(x):
    """Tangent #69, #8: a name bound anew in a branch had an adjoint that was not defined."""
    b = x[0] * x[1]
    if b > 0.0:
        b = b * b
    c = b + x[2]
    b = c * x[0]
    return b * c


def slices_of_slices(x):
    """Tangent #62: the bar of a slice of a slice fell on other elements."""
    return np.sum(x[1:][::-1][:2] ** 2) + x[1:][0] * x[::-1][0]


def slice_updated_by_its_neighbour(x):
    """tangent-ad: `a[1:] += 2 * a[:-1]` had a wrong gradient."""
    a = x * 1.0
    a[1:] += 2.0 * a[:-1]
    return np.sum(a * a)


def folded_identity(x):
    """tangent-ad: `a = x * 1.0` became `a = x`, and a write to `a` reached `x`."""
    a = x * 1.0
    a[0] *= 5.0
    return np.sum(a * x)


def folded_sum_with_zero(x):
    """The same fold, of `x + 0`, `x[:]` and `+x`."""
    a, b, c = x + 0, x[:] * 1, +x
    a[0] = x[1] * x[2]
    b[1] = a[0]
    c[2] *= b[1]
    return np.sum(a * b * c * x)


def view_and_its_base(x):
    """tangent-ad: a view did not see what was written to its base, or the other way about."""
    a = x.copy()
    v = a[1:3]
    a[1] = a[0] ** 2
    v[1] = a[1] * 3.0
    return np.sum(a * a) + v[0]


def alias_of_the_same_array(x):
    """tangent-ad: `b = a; b[0] = ...` was taken for two arrays."""
    a = x * 2.0
    b = a
    b[0] = x[1] * x[2]
    return np.sum(a * x)


def written_through_reshape(x):
    """tangent-ad: a write to a reshaped view was lost."""
    a = x.copy()
    m = a.reshape(2, 2)
    m[0, 1] = x[0] * x[3]
    m.T[0, 1] *= x[1]
    return np.sum(a * a)


def ufunc_out(x):
    """tangent-ad: `out=` gave zeros."""
    y = np.empty_like(x)
    np.multiply(x, x, out=y)
    np.sin(y, y)
    return np.sum(y * x)


def keyword_of_a_helper(x):
    """tangent-ad: the bar of an argument given by keyword was dropped."""

    def g(a, b=1.0):
        return a * b + b**2

    return g(x[0], b=x[1]) * g(x[2])


def helper_writes_to_its_argument(x):
    """tangent-ad, Zygote #683: a callee that writes to its argument."""

    def relax(u):
        u[1:-1] = 0.5 * (u[:-2] + u[2:])

    u = x * x
    relax(u)
    relax(u)
    return np.sum(u * x)


def within_errstate(x):
    """tangent-ad: the body of `with np.errstate(...)` was skipped."""
    with np.errstate(all="ignore"):
        y = x**3
    return np.sum(y)


def read_twice(x):
    """tangent-ad: an index that occurs twice was counted once."""
    return np.sum(x[[0, 0, 2]] ** 2 * np.array([1.0, 2.0, 3.0]))


def added_twice(x):
    """tangent-ad: `a[[0, 0]] += v` keeps one of the two, as NumPy does."""
    a = x * 2.0
    a[[0, 0, 1]] += x[1:] ** 2
    return np.sum(a * a)


def added_at(x):
    """tangent-ad: `np.add.at` gave zeros."""
    y = np.zeros(2)
    np.add.at(y, [0, 1, 0, 0], x * x)
    return y[0] * y[1]


def written_under_a_mask(x):
    """tangent-ad: a write under a mask gave zeros."""
    y = x * x
    y[x < 0.0] = np.sin(x[x < 0.0])
    return np.sum(y * x)


def double_buffer(x, steps):
    """tangent-ad: `a, b = b, a` after writes."""
    a, b = x.copy(), np.zeros_like(x)
    for _ in range(steps):
        b[1:-1] = a[1:-1] + 0.1 * (a[2:] - 2.0 * a[1:-1] + a[:-2])
        a, b = b, a
    return np.sum(a * a) + b[1]


def branch_on_data_in_a_loop(x):
    """DaCe 2.0.0b1: `if x[i] > c` inside a loop took one side for all."""
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.8:
            total += 3.0 * x[i]
        else:
            total += x[i] ** 2
    return total


def called_twice_with_other_constants(x):
    """numba #6093: two closures of one code shared what was compiled for the first."""

    def power(n):
        return lambda v: v**n

    return power(2)(x[0]) * power(3)(x[1]) + power(1)(x[2])


def where_beside_a_pole(x):
    """jax #347, #1052: NaN from the side of `np.where` that is not taken."""
    with np.errstate(all="ignore"):
        return np.sum(np.where(x > 0.0, np.sqrt(x) + np.log(x), x * x))


def product_with_zeros(x):
    """The quotient form of the gradient of a product is NaN where a factor is zero."""
    y = x.copy()
    y[1] = 0.0
    return np.prod(x) + np.prod(y[1:] + x[1:])


def sum_over_a_constant_list(x):
    """Enzyme.jl #2504: a comprehension over constants beside active values."""
    scales = [1.0, 2.0, 3.0]
    return sum([x[0] * y + y for y in scales]) * x[1]


def plain_numpy_helper(x):
    """autograd #423: a helper that calls NumPy itself passed for a constant."""
    return _own_numpy(x) * x[0]


def _own_numpy(v):
    import numpy

    return numpy.sum(numpy.tanh(v) * v)


def returned_from_a_loop(x, most):
    """A `return` in a loop: what a tool that traces the last trip would miss."""
    total = 0.0
    for k in range(len(x)):
        total = total + x[k] ** 2
        if total > most:
            return total * x[k]
    return total


def caught_in_an_update(x):
    """srcad itself: `total += f(v)` went on after `f` had raised what a handler catches."""

    def root(v):
        if v < 0.0:
            raise ValueError("negative")
        return v**0.5

    total = 0.0
    for v in x:
        try:
            total += root(v)
        except ValueError:
            total += v * v
    return total


def decorated_inside(x):
    """srcad itself: decorators of inner functions were dropped."""

    def twice(f):
        return lambda v: 2.0 * f(v)

    @twice
    def square(v):
        return v * v

    return square(x[0]) * square(x[1])


def items_written_while_they_pass(x):
    """srcad itself: an unrolled loop did not see what its body wrote to its list."""
    items = [x[0], x[1], x[2]]
    total = 0.0
    for k, v in enumerate(items):
        total += v * v
        if k == 0:
            items[2] = 5.0 * x[3]
    return total


def view_of_a_dict(x):
    """srcad itself: the views of a dict did not see what was written to it."""
    state = {"a": x[0], "b": x[1]}
    values = state.values()
    state["b"] = x[2] * 3.0
    return sum(values) * x[1]


MATRIX = np.array([[0.5, 1.2], [-0.8, 0.9], [0.4, 0.3]])
PROGRAMS = {
    product_in_a_loop: (Y,),
    read_after_the_loop: (X, 3),
    nested_dynamic_loops: (X, 4),
    break_in_a_loop: (X, 1.0),
    components_in_place: (Y, 6),
    overwritten_after_use: (X,),
    carried_through_an_array: (X, 4),
    gathered_from_neighbours: (X,),
    shape_unpacked: (MATRIX,),
    name_rebound: (Y,),
    slices_of_slices: (X,),
    slice_updated_by_its_neighbour: (X,),
    folded_identity: (X,),
    folded_sum_with_zero: (X,),
    view_and_its_base: (X,),
    alias_of_the_same_array: (X,),
    written_through_reshape: (X,),
    ufunc_out: (X,),
    keyword_of_a_helper: (X,),
    helper_writes_to_its_argument: (X,),
    within_errstate: (X,),
    read_twice: (X,),
    added_twice: (X,),
    added_at: (X,),
    written_under_a_mask: (X,),
    double_buffer: (X, 3),
    branch_on_data_in_a_loop: (X,),
    called_twice_with_other_constants: (X,),
    where_beside_a_pole: (X,),
    product_with_zeros: (X,),
    sum_over_a_constant_list: (X,),
    plain_numpy_helper: (X,),
    returned_from_a_loop: (X, 1.0),
    caught_in_an_update: (X,),
    decorated_inside: (X,),
    items_written_while_they_pass: (X,),
    view_of_a_dict: (X,),
}


@cache
def expected(function):
    """What Python returns, and the derivative along each axis."""
    args = PROGRAMS[function]
    found = []
    for direction in directions(leaves(args)[0], np.random.default_rng(5)):
        value, error, _ = derivative(function, args, 0, direction, [1.0])
        assert error <= 1e-8 * max(1.0, abs(value))
        found.append((direction, value, error))
    return function(*copy.deepcopy(args)), found


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_right_where_others_were_wrong(function, engine):
    args = copy.deepcopy(PROGRAMS[function])
    both = srcad.value_and_grad(srcad.differentiable(engine=engine)(function))
    value, gradient = both(*args)
    result, slopes = expected(function)
    assert is_float(value)
    np.testing.assert_allclose(value, result, rtol=1e-12)
    for direction, slope, error in slopes:
        actual = np.sum(gradient * direction)
        assert abs(actual - slope) <= 10.0 * error + 1e-8 * abs(slope) + 1e-10
    for given, kept in zip(args, PROGRAMS[function], strict=True):
        np.testing.assert_array_equal(given, kept)


def test_integer_arguments_are_refused():
    """Tangent #66: the gradient with respect to integers was zero."""
    gradient = srcad.grad(lambda x: np.sum(x * 2.0))
    with pytest.raises(srcad.SrcadError):
        gradient(np.array([1, 2, 3, 4]))


def singular_values(a):
    return np.sum(np.linalg.svd(a, compute_uv=False) ** 2)


def test_equal_singular_values():
    """jax #8732: NaN from a matrix with equal singular values, whose sum of squares is smooth."""
    a = np.diag([1.0, 1.0, 2.0, 3.0])
    np.testing.assert_allclose(srcad.grad(singular_values)(a), 2.0 * a, atol=1e-12)


def test_a_pullback_twice():
    """A tape that is emptied by the first pullback gives zeros to the second."""
    _, pullback = srcad.vjp(product_in_a_loop, Y)
    first, second = pullback(1.0), pullback(1.0)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_allclose(first[0], np.prod(Y) / Y, rtol=1e-12)


def test_what_the_caller_writes_later():
    """torch, autograd: arrays that were saved by reference changed before the backward pass."""
    x = X.copy()
    _, pullback = srcad.vjp(ufunc_out, x)
    x[:] = 0.0
    np.testing.assert_allclose(pullback(1.0)[0], srcad.grad(ufunc_out)(X), rtol=1e-12)
