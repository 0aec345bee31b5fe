"""Every program of the corpus, under both engines, against derivatives that srcad had no part in.

`pytest tests/test_programs.py -k numpy` is quick; under Numba each new function is compiled once.
"""

import copy
import gc
from functools import cache

import numpy as np
import pytest
from fuzzing.engines import Truth
from fuzzing.forward import check_forward, check_pushed

import srcad
from srcad import pipeline
from tests.programs.language import TooBig
from tests.reference import (
    FLOAT0,
    derivative,
    directions,
    is_float,
    leaves,
    programs,
    random_like,
    rebuild,
    wide,
)

ENGINES = ("numpy", "numba")
PROGRAMS = {name: (function, args) for name, function, args in programs()}


RAISED = (AssertionError, ArithmeticError, ValueError, IndexError, StopIteration, TooBig)


@cache
def plain(name):
    """What Python does: the result, or the exception."""
    function, args = PROGRAMS[name]
    try:
        return function(*copy.deepcopy(args)), None
    except RAISED as error:
        return None, error


def returns(name):
    return plain(name)[1] is None


def is_scalar_program(name):
    out, error = plain(name)
    return error is None and is_float(out) and np.shape(out) == () and not np.iscomplexobj(out)


RETURNING = [name for name in PROGRAMS if returns(name)]
SCALAR = [
    name
    for name in RETURNING
    if is_scalar_program(name) and any(is_float(argument) for argument in PROGRAMS[name][1])
]

each_engine = pytest.mark.parametrize("engine", ENGINES)


@cache
def differentiable(function, engine):
    return srcad.differentiable(engine=engine)(function)


@pytest.fixture(autouse=True)
def forget(request):
    """Let go of the programs before: a thousand compiled ones take gigabytes."""
    yield
    name = request.node.callspec.params.get("name") if hasattr(request.node, "callspec") else None
    if name not in SEEN:
        SEEN.append(name)
        if len(SEEN) > KEPT:
            SEEN.clear()
            pipeline._CACHE.clear()
            for kept in (plain, differentiable, cotangent, references, gradient):
                kept.cache_clear()
            gc.collect()


SEEN = []
KEPT = 30


@cache
def cotangent(name):
    out, _ = plain(name)
    generator = np.random.default_rng(17)
    return rebuild(out, iter([random_like(leaf, generator) for leaf in leaves(out)]))


@cache
def references(name):
    """(leaf of the arguments, direction, derivative, error, whether by complex step)."""
    function, args = PROGRAMS[name]
    cotangents = leaves(cotangent(name))
    generator = np.random.default_rng(23)
    found = []
    for position, leaf in enumerate(leaves(args)):
        for direction in directions(leaf, generator) if is_float(leaf) else ():
            found.append(
                (position, direction, *derivative(function, args, position, direction, cotangents))
            )
    return found


@cache
def gradient(name, engine):
    function, args = PROGRAMS[name]
    _, pullback = differentiable(function, engine).vjp(*copy.deepcopy(args))
    return pullback(cotangent(name))


def single(*trees):
    """Whether single precision takes part."""
    return any(
        getattr(leaf, "dtype", None) in (np.float32, np.complex64)
        for tree in trees
        for leaf in leaves(tree)
    )


def same_structure(first, second):
    if isinstance(first, dict):
        assert isinstance(second, dict)
        assert sorted(first) == sorted(second)
        for key in first:
            same_structure(first[key], second[key])
    elif isinstance(first, (tuple, list)):
        assert type(first) is type(second)
        assert len(first) == len(second)
        for left, right in zip(first, second, strict=True):
            same_structure(left, right)


def close(actual, expected, tolerance):
    """Compare two trees of numbers; the tolerance is relative to the largest entry of a leaf."""
    same_structure(actual, expected)
    for left, right in zip(leaves(actual), leaves(expected), strict=True):
        assert np.shape(left) == np.shape(right)
        if getattr(right, "dtype", None) == FLOAT0:
            assert left.dtype == FLOAT0
            continue
        scale = np.max(np.abs(right), initial=0.0)
        np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance * scale)


def contents(args):
    return [leaf.tobytes() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves(args)]


@pytest.mark.parametrize("name", RETURNING)
def test_reference_knows_its_error(name):
    for _, _, value, error, _ in references(name):
        assert np.isfinite(value)
        assert error <= 1e-8 * max(1.0, abs(value))


@each_engine
@pytest.mark.parametrize("name", PROGRAMS)
def test_primal_is_what_python_gives(name, engine):
    function, args = PROGRAMS[name]
    expected, exception = plain(name)
    args = copy.deepcopy(args)
    before = contents(args)
    if exception is not None:
        with pytest.raises(type(exception)) as caught:
            differentiable(function, engine).vjp(*args)
        assert type(caught.value) is type(exception)
        assert caught.value.args == exception.args
        return
    out, pullback = differentiable(function, engine).vjp(*args)
    close(out, expected, 1e-6 if single(args, expected) else 1e-12)
    for left, right in zip(leaves(out), leaves(expected), strict=True):
        assert type(left) is type(right)
        assert getattr(left, "dtype", None) == getattr(right, "dtype", None)
    pullback(cotangent(name))
    assert contents(args) == before


@each_engine
@pytest.mark.parametrize("name", PROGRAMS)
def test_called_directly_it_is_the_function(name, engine):
    function, args = PROGRAMS[name]
    expected, exception = plain(name)
    if exception is not None:
        with pytest.raises(type(exception)):
            differentiable(function, engine)(*copy.deepcopy(args))
        return
    out = differentiable(function, engine)(*copy.deepcopy(args))
    same_structure(out, expected)
    assert contents(out) == contents(expected)
    assert [type(leaf) for leaf in leaves(out)] == [type(leaf) for leaf in leaves(expected)]


@each_engine
@pytest.mark.parametrize("name", RETURNING)
def test_gradient(name, engine):
    _, args = PROGRAMS[name]
    bars = gradient(name, engine)
    assert type(bars) is tuple
    same_structure(bars, tuple(args))
    bar_leaves = leaves(bars)
    for bar, leaf in zip(bar_leaves, leaves(args), strict=True):
        assert np.shape(bar) == np.shape(leaf)
        if not is_float(leaf):
            assert bar.dtype == FLOAT0
        elif type(leaf) in (float, complex):
            assert type(bar) is type(leaf)
        else:
            assert bar.dtype == leaf.dtype
            assert isinstance(bar, np.ndarray) or not isinstance(leaf, np.ndarray)
    low = single(args, plain(name)[0])
    for position, direction, expected, error, exact in references(name):
        bar = np.asarray(bar_leaves[position], wide(bar_leaves[position]))
        assert np.all(np.isfinite(bar))
        actual = np.sum(bar * direction).real
        scale = abs(expected) + np.sum(np.abs(bar * direction))
        relative = 1e-5 if low else (1e-10 if exact else 1e-8)
        floor = 1e-6 if low else 1e-11
        assert abs(actual - expected) <= 10.0 * error + relative * scale + floor, (
            f"leaf {position} along {direction}: {actual}, expected {expected}"
        )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if place % 8 else ())
        for place, name in enumerate(RETURNING)
    ],
)
def test_tangent(name):
    """Along each leaf alone the tangent is the derivative; both levels are what reverse mode is."""
    function, args = PROGRAMS[name]
    function = differentiable(function, "numpy")
    out, low = plain(name)[0], single(args, plain(name)[0])
    for position, direction, expected, error, exact in references(name):
        zeros = [leaf * 0 if is_float(leaf) else None for leaf in leaves(args)]
        zeros[position] = np.asarray(direction, np.asarray(zeros[position]).dtype)[()]
        if isinstance(leaves(args)[position], np.ndarray):
            zeros[position] = np.asarray(zeros[position])
        value, dot = srcad.jvp(function, copy.deepcopy(args), rebuild(args, iter(zeros)))
        close(value, out, 1e-6 if low else 1e-12)
        pairs = zip(leaves(cotangent(name)), leaves(dot), strict=True)
        terms = [np.asarray(bar, wide(bar)) * moved for bar, moved in pairs if is_float(bar)]
        actual = sum(np.sum(term).real for term in terms)
        scale = abs(expected) + sum(np.sum(np.abs(term)) for term in terms)
        relative = 1e-5 if low else (1e-10 if exact else 1e-8)
        assert abs(actual - expected) <= 10.0 * error + relative * scale + (1e-6 if low else 1e-11)
    check_forward(function, truth(name, 2e-5 if low else 1e-10))


def truth(name, tolerance):
    function, args = PROGRAMS[name]
    out, pullback = differentiable(function, "numpy").vjp(*copy.deepcopy(args))
    bars = pullback(cotangent(name))
    return Truth(tuple(args), out, cotangent(name), bars, pullback, tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("name", RETURNING[::40])
def test_compiled_tangent(name):
    function, args = PROGRAMS[name]
    low = single(args, plain(name)[0])
    compiled = differentiable(function, "numba")
    check_pushed(compiled, truth(name, 2e-5 if low else 1e-10), "compiled")


@each_engine
@pytest.mark.parametrize("name", RETURNING)
def test_pullback_is_reusable_and_linear(name, engine):
    function, args = PROGRAMS[name]
    _, pullback = differentiable(function, engine).vjp(*copy.deepcopy(args))
    first = pullback(cotangent(name))
    kept = copy.deepcopy(first)
    spoil(first)  # what a caller does to a gradient must not reach the next one
    doubled = rebuild(
        cotangent(name),
        iter([leaf * 2 if is_float(leaf) else leaf for leaf in leaves(cotangent(name))]),
    )
    twice = pullback(doubled)
    again = pullback(cotangent(name))
    assert contents(again) == contents(kept)
    half = [leaf / 2 if is_float(leaf) else leaf for leaf in leaves(twice)]
    close(rebuild(twice, iter(half)), kept, 1e-5 if single(args, plain(name)[0]) else 1e-11)


@each_engine
@pytest.mark.parametrize("name", RETURNING)
def test_residuals_are_owned(name, engine):
    function, args = PROGRAMS[name]
    args = copy.deepcopy(args)
    out, pullback = differentiable(function, engine).vjp(*args)
    spoil(args)
    spoil(out)
    close(pullback(cotangent(name)), gradient(name, engine), 0.0)


def spoil(tree):
    for leaf in leaves(tree):
        if isinstance(leaf, np.ndarray) and leaf.dtype != FLOAT0:
            leaf.fill(np.nan if is_float(leaf) else 0)


# Compiled, it is one in three: for all of them, tests/test_fusion.py runs what would be compiled.
BOTH = [(name, "numpy") for name in SCALAR] + [(name, "numba") for name in SCALAR[::3]]


@pytest.mark.parametrize(("name", "engine"), BOTH)
def test_value_and_grad(name, engine):
    function, args = PROGRAMS[name]
    args = copy.deepcopy(args)
    expected, _ = plain(name)
    argnums = tuple(k for k, argument in enumerate(args) if is_float(argument))
    _, pullback = differentiable(function, engine).vjp(*args)
    bars = pullback(np.ones_like(expected)[()] if hasattr(expected, "dtype") else 1.0)
    before = contents(args)
    both = srcad.value_and_grad(differentiable(function, engine), argnums=argnums)
    value, gradients = both(*args)
    low = single(args, expected)
    close(value, expected, 1e-6 if low else 1e-12)
    assert type(value) is type(expected)
    assert type(gradients) is tuple
    close(gradients, tuple(bars[k] for k in argnums), 1e-5 if low else 1e-10)
    for number, partial in zip(argnums, gradients, strict=True):
        assert getattr(partial, "dtype", type(partial)) == getattr(
            args[number], "dtype", type(args[number])
        )
    assert contents(args) == before


@pytest.mark.parametrize("name", RETURNING)
def test_engines_agree(name):
    low = single(PROGRAMS[name][1], plain(name)[0])
    close(gradient(name, "numba"), gradient(name, "numpy"), 1e-5 if low else 1e-10)


LAYOUTS = {
    "fortran": np.asfortranarray,
    "every_second": lambda array: np.repeat(array, 2, axis=0)[::2],
    "reversed": lambda array: array[::-1].copy()[::-1],
    "transposed": lambda array: array.T.copy().T,
    "last_axis_strided": lambda array: np.repeat(array, 3, axis=-1)[..., 1::3],
}
LAYOUT_PROGRAMS = [
    "loops-nested_loops-1",
    "loops-shrinking_array-1",
    "slices_inplace-overlapping_accumulation-1",
    "slices_inplace-matrix_rows_and_columns-1",
    "slices_inplace-writes_its_argument-1",
    "views_aliases-row_in_loop-1",
    "views_aliases-view_of_argument_written-1",
    "reductions_linalg-sums-1",
    "reductions_linalg-matrix_products-1",
    "reductions_linalg-linear_solve-1",
    "reductions_linalg-shapes-1",
    "numerics-gauss_seidel_grid-1",
    "numerics-cholesky_in_place-1",
]


@each_engine
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", LAYOUT_PROGRAMS)
def test_memory_layout_of_arguments(name, layout, engine):
    function, args = PROGRAMS[name]
    laid_out = [
        LAYOUTS[layout](array) if isinstance(array, np.ndarray) else array for array in args
    ]
    before = contents(laid_out)
    out, pullback = differentiable(function, engine).vjp(*laid_out)
    close(out, plain(name)[0], 1e-12)
    close(pullback(cotangent(name)), gradient(name, engine), 1e-10)
    assert contents(laid_out) == before


@each_engine
def test_read_only_arguments(engine):
    function, args = PROGRAMS["reductions_linalg-sums-1"]
    matrix = args[0].copy()
    matrix.flags.writeable = False
    _, pullback = differentiable(function, engine).vjp(matrix)
    close(
        pullback(cotangent("reductions_linalg-sums-1")),
        gradient("reductions_linalg-sums-1", engine),
        1e-12,
    )


@each_engine
def test_one_function_for_many_kinds(engine):
    function = PROGRAMS["scalars_math-polynomial-1"][0]
    program = srcad.differentiable(engine=engine)(function)
    kinds = [
        1.5,
        np.float64(1.5),
        np.float32(1.5),
        np.array(1.5),
        np.array([1.5, 0.5]),
        np.array([[1.5]], np.float32),
        1.5,
    ]
    for x in kinds:
        out, pullback = program.vjp(x)
        expected = function(x)
        assert type(out) is type(expected)
        assert getattr(out, "dtype", None) == getattr(expected, "dtype", None)
        (bar,) = pullback(np.ones_like(expected)[()] if hasattr(x, "dtype") else 1.0)
        close(bar, 9.0 * x**2 - 2.0, 1e-6)
        assert getattr(bar, "dtype", float) == getattr(x, "dtype", float)
