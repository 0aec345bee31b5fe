"""Every rule by itself: reverse against forward, forward against the function, and its manners."""

import copy
import warnings

import numpy as np
import pytest

from srcad.analyses.sizes import Sizes
from srcad.frontend.builder import Builder
from srcad.ir.dims import SizeOf, ValueOf
from srcad.ir.kinds import kind_of
from srcad.ir.nodes import Const, Slice
from srcad.ir.primitives import Primitive, shares_memory
from srcad.rules.evaluate import contributions, forward, is_active, reverse
from srcad.rules.operators import POWERS, SINGULAR_POWERS, power_constant, power_negative
from srcad.rules.registry import PRIMITIVES
from tests.rules.samples import (
    CONSTANTS,
    CONVENTIONS,
    DIFFERENTIABLE,
    EDGES,
    SAMPLES,
    arrays_in,
    called,
    cases,
    dots_of,
    inner,
    random_like,
    run,
    size_of,
    slope,
    split,
    tree_map,
)


def narrowed(tree):
    """The same sample with every float64 of NumPy as float32; Python's numbers are weak anyway."""
    if isinstance(tree, tuple | list):
        return type(tree)(narrowed(item) for item in tree)
    if isinstance(tree, np.ndarray | np.generic):
        for wide, narrow in ((np.float64, np.float32), (np.complex128, np.complex64)):
            if tree.dtype == wide:
                return tree.astype(narrow)
    return tree


@pytest.mark.parametrize(
    "function",
    [pytest.param(f, id=called(f)) for f, p in PRIMITIVES.items() if p.form != "constant"],
)
def test_every_rule_has_samples(function):
    assert function in SAMPLES, f"add samples of {PRIMITIVES[function].text} to tests/rules"


def test_samples_are_of_primitives():
    unknown = [f for f in {**SAMPLES, **CONSTANTS, **EDGES} if f not in PRIMITIVES]
    assert not unknown


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, DIFFERENTIABLE))
def test_reverse_is_the_transpose_of_forward(primitive, sample, rng):
    ans, args, kwargs = run(primitive, sample)
    dots, ans_bar = dots_of(args, rng), random_like(ans, rng)
    bars = reverse(primitive, ans_bar, ans, args, kwargs)
    ans_dot = forward(primitive, ans, args, kwargs, dots)
    scale = size_of(ans_bar, ans_dot) + size_of(bars, dots)
    assert abs(inner(ans_bar, ans_dot) - inner(bars, dots)) <= 1e-12 * scale


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, DIFFERENTIABLE))
def test_forward_is_the_slope_of_the_function(primitive, sample, rng):
    ans, args, kwargs = run(primitive, sample)
    dots = dots_of(args, rng)

    ans_dot = forward(primitive, ans, args, kwargs, dots)
    difference = slope(primitive, args, kwargs, dots)
    tree_map(
        lambda d, s: np.testing.assert_allclose(d, s, rtol=1e-7, atol=1e-8), ans_dot, difference
    )


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, DIFFERENTIABLE))
def test_float32_stays_float32(primitive, sample, rng):
    wide_ans, wide_args, _ = run(primitive, sample)
    ans, args, kwargs = run(primitive, narrowed(sample))
    if not is_active(ans):
        pytest.skip("no derivative")
    dots, ans_bar = dots_of(wide_args, rng), random_like(wide_ans, rng)
    bars = reverse(primitive, narrowed(ans_bar), ans, args, kwargs)
    for bar, arg in zip(arrays_in(bars), arrays_in([a for a in args if is_active(a)])):
        assert bar.dtype == arg.dtype
        assert bar.shape == arg.shape
    ans_dot = forward(primitive, ans, args, kwargs, narrowed(dots))
    assert getattr(ans_dot, "dtype", None) == getattr(ans, "dtype", None)
    exact = reverse(primitive, ans_bar, wide_ans, wide_args, kwargs)
    scale = size_of(exact, dots) + size_of(ans_bar, ans_dot)
    assert abs(inner(bars, dots) - inner(exact, dots)) <= 1e-5 * scale
    assert abs(inner(ans_bar, ans_dot) - inner(exact, dots)) <= 1e-5 * scale

    # What the body itself computes must be narrow too, and not only become so in the end.
    narrow = getattr(ans, "dtype", None) in (np.float32, np.complex64)
    if narrow and all(isinstance(a, np.ndarray) for a in args):
        for part in arrays_in(contributions(primitive, narrowed(ans_bar), ans, args, kwargs)):
            assert part.dtype in (np.float32, np.complex64)


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, DIFFERENTIABLE))
def test_bars_own_their_memory_and_nothing_is_changed(primitive, sample, rng):
    ans, args, kwargs = run(primitive, sample)
    dots, ans_bar = dots_of(args, rng), random_like(ans, rng)
    given = (ans_bar, ans, args, dots)
    before = copy.deepcopy(given)
    for array in arrays_in(given):
        array.flags.writeable = False
    bars = reverse(primitive, ans_bar, ans, args, kwargs)
    ans_dot = forward(primitive, ans, args, kwargs, dots)
    for array, copied in zip(arrays_in(given), arrays_in(before), strict=True):
        np.testing.assert_array_equal(array, copied)
    for made in arrays_in((bars, ans_dot)):
        assert not any(np.shares_memory(made, array) for array in arrays_in(given))


def shared(results, args):
    """Which results share memory with which arguments."""
    return [
        [np.shares_memory(made, given) for given in arrays_in(args)]
        for made in arrays_in(results if isinstance(results, tuple | list) else [results])
        if made.ndim
    ]


@pytest.mark.parametrize(("primitive", "sample"), cases({**SAMPLES, **CONSTANTS}))
def test_results_that_share_memory_are_declared(primitive, sample):
    """Updates in place rest on it: a result shares memory with the first argument, or none."""
    args, kwargs = split(sample)
    ans = primitive.function(*args, **kwargs)
    if primitive.form == "expand":  # its definition says it: it must share where NumPy does
        made = primitive.reverse(*args, **kwargs)
        assert shared(made, args) == shared(ans, args)
        return
    arrays = arrays_in(ans if isinstance(ans, tuple | list) else [ans])
    for place, arg in enumerate(args):
        for array in arrays:
            if any(np.shares_memory(array, given) for given in arrays_in([arg])):
                assert place == 0
                assert shares_memory(primitive, kind_of(arg), kind_of(array))


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, DIFFERENTIABLE))
def test_a_zero_bar_gives_zero(primitive, sample):
    ans, args, kwargs = run(primitive, sample)
    for bar in arrays_in(reverse(primitive, tree_map(np.zeros_like, ans), ans, args, kwargs)):
        assert not bar.any()


@pytest.mark.parametrize(("primitive", "edge"), cases(EDGES))
@pytest.mark.parametrize("form", [float, np.float64, np.atleast_1d])
def test_conventions(primitive, edge, form):
    given, expected = edge
    args = tuple(form(arg) if type(arg) is float else arg for arg in given)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            ans = primitive.function(*args)
        except (ZeroDivisionError, TypeError):
            pytest.skip("not for arguments of this kind")
        bars = reverse(primitive, random_like(ans, np.random.default_rng(1)) * 0 + 1, ans, args)
        for k, (bar, partial) in enumerate(zip(bars, expected, strict=True)):
            assert (bar is None) == (partial is None), k
            if partial is not None:
                np.testing.assert_allclose(np.squeeze(bar), partial, rtol=1e-12, err_msg=str(k))
        if primitive.singular:
            none = reverse(primitive, np.zeros_like(ans)[()], ans, args)
            assert all(bar is None or not np.any(bar) for bar in none)


@pytest.mark.parametrize(("function", "args", "ans_bar", "expected"), CONVENTIONS)
def test_conventions_of_arrays(function, args, ans_bar, expected):
    ans = function(*args)
    bars = reverse(
        PRIMITIVES[function], type(ans)(ans_bar) if np.ndim(ans) == 0 else ans_bar, ans, args
    )
    np.testing.assert_array_equal(bars[0], expected)


REORDERED = (np.einsum, np.linalg.multi_dot, np.linalg.matrix_power, np.linalg.lstsq, np.polyfit)
"""Functions whose definitions here sum in another order than NumPy: the last bits differ."""


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, ("expand",)))
def test_definitions_are_those_of_the_function(primitive, sample):
    ans, args, kwargs = run(primitive, sample)
    made = primitive.reverse(*args, **kwargs)
    if primitive.function in REORDERED:
        tree_map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-12), made, ans)
        return
    tree_map(np.testing.assert_array_equal, made, ans)
    tree_map(
        lambda a, b: np.testing.assert_equal(np.asarray(a).dtype, np.asarray(b).dtype), made, ans
    )


@pytest.mark.parametrize(("primitive", "sample"), cases(SAMPLES, ("expand",)))
def test_definitions_keep_float32(primitive, sample):
    ans, args, kwargs = run(primitive, narrowed(sample))
    made = primitive.reverse(*args, **kwargs)
    tree_map(
        lambda a, b: np.testing.assert_equal(np.asarray(a).dtype, np.asarray(b).dtype), made, ans
    )
    tree_map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5), made, ans)


@pytest.mark.parametrize("exponent", POWERS)
@pytest.mark.parametrize("number", [0.7, np.array([0.3, 1.7])])
def test_constant_powers(exponent, number):
    body = POWERS[exponent]
    ans = np.power(number, float(exponent))
    expected = power_constant(number, float(exponent))
    special = Primitive(
        "**",
        lambda x: x**exponent,
        "elementwise",
        ("x",),
        body,
        wants=tuple(n for n in ("ans_bar", "ans") if n in body.__code__.co_varnames),
        singular=exponent in SINGULAR_POWERS,
    )
    (bar,) = reverse(special, np.ones_like(ans), ans, (number,))
    np.testing.assert_allclose(bar, expected, rtol=1e-14)


@pytest.mark.parametrize("exponent", [-0.3, -1.5, -2.5, -6.0])
def test_constant_powers_below_zero(exponent):
    x = np.array([0.3, 1.7, 0.0, np.inf])
    with np.errstate(divide="ignore"):
        bar = power_negative(np.full(4, 2.0), x**exponent, x, exponent)
        expected = 2.0 * power_constant(x, exponent)
    np.testing.assert_allclose(bar, expected, rtol=1e-14)


def test_a_masked_root_has_no_derivative_at_zero():
    root = PRIMITIVES[np.sqrt]
    x = np.array([0.0, 4.0])
    (x_bar,) = reverse(root, np.array([0.0, 1.0]), np.sqrt(x), (x,))
    np.testing.assert_array_equal(x_bar, [0.0, 0.25])


def test_conversion_to_float32():
    x = np.array([0.1, 0.2])
    (x_bar,) = reverse(PRIMITIVES[np.float32], np.float32([1.0, 2.0]), np.float32(x), (x,))
    assert x_bar.dtype == np.float64
    np.testing.assert_array_equal(x_bar, [1.0, 2.0])


@pytest.mark.parametrize(
    ("function", "expected"),
    [(np.real, 1.0 + 2.0j), (np.imag, 2.0 - 1.0j), (np.conjugate, 1.0 - 2.0j)],
)
def test_complex_convention(function, expected):
    """The numbers of `jax.grad(lambda z: real((1 + 2j) * function(z)))`."""
    z = np.array([3.0 + 4.0j])
    ans = function(z)
    ans_bar = np.array([1.0 + 2.0j]) if np.iscomplexobj(ans) else np.array([1.0])
    (z_bar,) = reverse(PRIMITIVES[function], ans_bar, ans, (z,))
    wanted = expected if np.iscomplexobj(ans) else {np.real: 1.0, np.imag: -1.0j}[function]
    np.testing.assert_array_equal(z_bar, [wanted])


def operand(builder, value, symbolic):
    """A value as the IR has it; ints are variables of a known value if `symbolic`."""
    if isinstance(value, tuple | list):
        return tuple(operand(builder, item, symbolic) for item in value)
    if isinstance(value, slice):
        return Slice(
            *(None if v is None else Const(v) for v in (value.start, value.stop, value.step))
        )
    if type(value) is int and symbolic:
        var = builder.counter("n")
        builder.sizes.hints[ValueOf(var)] = value
        return var
    if isinstance(value, np.ndarray | float | np.generic):
        var = builder.fresh("x", kind_of(value))
        for axis, length in enumerate(np.shape(value)):
            builder.sizes.hints[SizeOf(var, axis)] = length
        return var
    return Const(value)


def emitted(primitive, sample, symbolic):
    ans, args, kwargs = run(primitive, sample)
    builder = Builder(Sizes())
    operands = [operand(builder, arg, symbolic) for arg in args]
    named = {key: operand(builder, value, False) for key, value in kwargs.items()}
    var = builder.emit(primitive, *operands, **named)
    return ans, var, [builder.sizes.hint(dim) for dim in var.shape]


@pytest.mark.parametrize(
    ("primitive", "sample"), [*cases(SAMPLES, (*DIFFERENTIABLE, "constant")), *cases(CONSTANTS)]
)
def test_kind_and_symbolic_shape(primitive, sample):
    ans, var, lengths = emitted(primitive, sample, symbolic=False)
    assert var.kind == kind_of(ans)
    for found, length in zip(lengths, np.shape(ans), strict=True):
        assert found is None or found == length


KNOWN = (np.zeros, np.ones, np.empty, np.full, np.eye, np.tri, np.identity)


@pytest.mark.parametrize(
    ("primitive", "sample"),
    [
        *cases({f: CONSTANTS[f] for f in KNOWN if f in CONSTANTS}),
        *cases({np.full: SAMPLES[np.full]}),
    ],
)
def test_lengths_from_arguments_are_known(primitive, sample):
    ans, _, lengths = emitted(primitive, sample, symbolic=True)
    assert tuple(lengths) == np.shape(ans)
