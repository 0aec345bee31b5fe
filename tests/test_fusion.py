"""Loops that say they are independent, and value and gradient as one function."""

import ast
import copy
import warnings

import numpy as np
import pytest

import srcad
from srcad import pipeline, trees
from srcad.loops.order import own_elements
from srcad.runtime.compiled import Bail
from tests import test_programs as corpus


def same_name(a, b):
    return a == b


def stores_of(text):
    """The elements that assignments write, and the values that they compute."""
    statements = ast.parse(text).body
    stores = []
    for statement in statements:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        inside = target.slice
        index = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        stores.append((target.value.id, index))
    return stores, [statement.value for statement in statements]


@pytest.mark.parametrize(
    "text",
    [
        "a[j] = b[j] * 2.0",
        "a[i, j] = a[i, j] + b[j, i]",
        "a[j + 1] = b[j]\nc[n - 1 - 2 * j] += a[j + 1]",
        "a[j] = b[j]\nb[j] = a[j]",
        "a[i, j] += x[i] * n",
        "a[-j] = 0.0",
    ],
)
def test_own_elements(text):
    assert own_elements(*stores_of(text), "j", same_name)


@pytest.mark.parametrize(
    "text",
    [
        "a[j] = a[j - 1]",
        "a[i] = b[j]",
        "a[j - j] = b[j]",
        "a[0 * j] = b[j]",
        "a[j // 2] = b[j]",
        "a[index[j]] += b[j]",
        "a[step * j] = b[j]",
        "a[j] = b[j]\nc[j] = a[0]",
        "a[j] = total(a)",
        "a[j] = b[j]\na[j + 1] = 0.0",
    ],
)
def test_elements_that_trips_may_share(text):
    assert not own_elements(*stores_of(text), "j", same_name)


def test_other_names_for_the_same_memory():
    stores, values = stores_of("a[j] = view[j]")
    assert own_elements(stores, values, "j", same_name)
    assert not own_elements(stores, values, "j", lambda a, b: True)


def many_arrays(x, y, z):
    return np.sum(np.sin(x) * y * z + x * y**2 + np.exp(z) * x * y)


def test_loops_need_no_comparison_of_addresses(monkeypatch, tmp_path):
    """More arrays than LLVM is ready to compare; the loop is taken in vectors all the same."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("SRCAD_CACHE_DIR", str(tmp_path))  # Numba shows no code from a cache

    def compiled_here(x, y, z):
        return many_arrays(x, y, z)

    arguments = [np.linspace(0.1, 1.0, 40) for _ in range(3)]
    srcad.value_and_grad(compiled_here, argnums=(0, 1, 2))(*arguments)
    engine = engine_of(compiled_here)
    assert "independent(" in engine.text
    (text,) = engine.both.inspect_llvm().values()
    assert "llvm.loop.parallel_accesses" in text
    assert "vector.body" in text
    assert "memcheck" not in text


@pytest.mark.parametrize("length", [0, 1, 3, 8, 9, 17, 31, 40])
def test_sums_do_not_depend_on_addresses(length):
    generator = np.random.default_rng(length)
    values = [generator.standard_normal(length) for _ in range(3)]
    gradient = srcad.value_and_grad(many_arrays, argnums=(0, 1, 2))
    seen = set()
    for offset in range(0, 40, 3):
        room = np.zeros(3 * length + 120)
        places = [room[offset + k * length : offset + (k + 1) * length] for k in range(3)]
        for place, value in zip(places, values, strict=True):
            place[:] = value
        value, bars = gradient(*places)
        seen.add((value, *(bar.tobytes() for bar in bars)))
    assert len(seen) == 1


def engine_of(function):
    """The engine of the only specialisation of a function, which may have namesakes elsewhere."""
    shared = [s for group in pipeline._CACHE.values() for s in group]
    (engine,) = [s.engine for s in shared if s.program.root is function]
    return engine


def root(x):
    return np.sum(np.sqrt(x))


def test_errors_of_the_adjoint_alone_are_no_news():
    """1 / sqrt(0) belongs to the gradient: no warning, and the same answer at every call."""
    x = np.array([0.0, 1.0, 4.0])
    gradient = srcad.value_and_grad(root)
    for _ in range(6):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value, bar = gradient(x)
        assert value == 3.0
        np.testing.assert_array_equal(bar, [np.inf, 0.5, 0.25])
    assert engine_of(root).both is None  # the two functions of `vjp` do it, compiled as well


def logarithms(x):
    return np.sum(np.log(x))


def test_errors_of_the_value_are_warned_of():
    gradient = srcad.value_and_grad(logarithms)
    for _ in range(6):
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            value, _ = gradient(np.array([0.0, 1.0]))
        assert value == -np.inf
    assert engine_of(logarithms).both is not None


def read_before_and_after(x):
    tail = x[2:]
    before = tail * 3.0
    tail[:] = x[0] * tail
    return np.sum(x * x) + np.sum(before * tail)


def test_a_view_as_it_was_before_an_update():
    x = np.array([0.5, 1.2, -0.8, 0.9, 1.6])
    z = x.astype(complex)
    value, bar = srcad.value_and_grad(srcad.differentiable(engine="numba")(read_before_and_after))(
        x.copy()
    )
    assert value == pytest.approx(read_before_and_after(x.copy()))
    for i in range(len(x)):
        moved = z.copy()
        moved[i] += 1e-30j
        assert bar[i] == pytest.approx(read_before_and_after(moved).imag / 1e-30)


def in_any_order(length):
    """`independent`, taken at its word."""
    return np.random.default_rng(length).permutation(length).tolist()


def bars_by(engine, specialisation, leaves, order):
    """Run the loop level under plain Python: the result, the bars, and both from one function."""
    namespace = dict(specialisation.shared.generated.constants)
    exec(compile(engine.text, "<loop level>", "exec"), namespace)
    namespace["independent"] = order
    out, saved = namespace[f"{engine.name}_fwd"](*specialisation._inputs(copy.deepcopy(leaves)))
    results = out if engine.count != 1 else (out,)
    seeds = [np.full_like(results[i], 0.7)[()] for i in engine.seeds]
    bars = namespace[f"{engine.name}_bwd"](saved, *seeds)
    both = namespace.get(f"{engine.name}_value_and_grad")
    return out, bars, both and both(*specialisation._inputs(copy.deepcopy(leaves)))


def numbers(tree):
    """The numbers and arrays in nested tuples."""
    if isinstance(tree, tuple):
        return [leaf for item in tree for leaf in numbers(item)]
    return [] if tree is None else [tree]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in corpus.RETURNING if name.endswith("-1")])
def test_trips_of_independent_loops_in_any_order(name):
    function, args = corpus.PROGRAMS[name]
    _, pullback = srcad.differentiable(engine="numba")(function).vjp(*copy.deepcopy(args))
    specialisation = pullback.specialisation
    engine = specialisation.shared.engine
    text = getattr(engine, "text", "")
    if "in independent(" not in text or "objmode" in text:
        pytest.skip("no such loop, or one that only Numba can run")
    leaves, _ = trees.flatten((args, {}))
    with np.errstate(all="ignore"):
        try:
            expected = bars_by(engine, specialisation, leaves, range)
        except Bail:
            pytest.skip("left to the array level")
        got = bars_by(engine, specialisation, leaves, in_any_order)
    for one, other in zip(numbers(got), numbers(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-10)


def summed_and_read(x, r, a):
    r += a * a
    return np.sum(x) * a + np.sum(r) - (r[0] - a)


def test_what_a_sum_reads_may_be_read_beside_it():
    x = np.array([0.3, 0.5, 0.9])
    value, bars = srcad.value_and_grad(
        srcad.differentiable(engine="numba")(summed_and_read), argnums=(0, 1, 2)
    )(x, x[::-1].copy(), 1.5)
    assert value == pytest.approx(summed_and_read(x, x[::-1].copy(), 1.5))
    np.testing.assert_allclose(bars[0], [1.5, 1.5, 1.5])
    np.testing.assert_allclose(bars[1], [0.0, 1.0, 1.0])
    assert bars[2] == pytest.approx(np.sum(x) + 4 * 1.5 + 1.0)


def written_in_reverse(r, u):
    z = r[::-1]
    z[:] = r
    z[:] = z
    return np.sum(r) + np.max(u.T[::1, :])


def test_a_bar_of_ones_is_read_as_it_was():
    function = srcad.value_and_grad(srcad.differentiable(engine="numba")(written_in_reverse))
    _, bar = function(np.array([0.3, 0.9]), np.array([[0.2], [0.4]]))
    np.testing.assert_array_equal(bar, [1.0, 1.0])
