"""In both engines the forward sweep does what the Python program does, and the source is real."""

import copy
import importlib.util
import itertools
import math
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

import srcad
from tests.reference import FLOAT0, is_float, leaves, programs, random_like

ROOT = Path(__file__).parent.parent
ENGINES = ("numpy", "numba")
THREE = np.array([0.5, 1.2, -0.8])
MATRIX = np.array([[0.5, 1.2, -0.8], [0.9, 1.6, 0.3]])

each_engine = pytest.mark.parametrize("engine", ENGINES)


def each(*rows):
    """Parametrise over (function, arguments...), with the function's name as the id."""
    return pytest.mark.parametrize(
        "program", rows, ids=[f"{k}-{row[0].__name__}" for k, row in enumerate(rows)]
    )


# ---- exceptions -------------------------------------------------------------------------------


class OutOfFuel(Exception):
    """An exception of the user's own, with something in it."""

    def __init__(self, step, left):
        super().__init__(step, left)
        self.step = step
        self.left = left


def reads(x, index):
    return x[index] ** 2


def reads_in_loop(x, count):
    total = 0.0
    for i in range(count):
        total += x[i] ** 2
    return total


def reads_beside(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i + 1]
    return total


def reads_far_below(x):
    total = 0.0
    for i in range(5):
        total += x[-i] ** 2
    return total


def writes_in_loop(x, count):
    y = np.zeros(3)
    for i in range(count):
        y[i] = x[0] * i
    return y


def augments(x, index):
    y = x * 2.0
    y[index] += x[0]
    return y


def reads_by_data(x, index):
    total = 0.0
    for k in range(len(index)):
        total += x[index[k]]
    return total


def reads_matrix(matrix, i, j):
    return matrix[i, j] * 2.0


def reads_matrix_in_loop(matrix, rows, columns):
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            total += matrix[i, j] ** 2
    return total


def reads_row(matrix, i):
    return matrix[i] * 2.0


def raises_own(x, fuel):
    for step in range(10):
        x = x * 1.1
        fuel -= 1.0
        if fuel < 0.0:
            raise OutOfFuel(step, 7)
    return x


def checks_its_argument(x):
    if x < 0.0:
        raise ValueError("negative: give me something better")
    return math.sqrt(x)


def helper_raises(x):
    return checks_its_argument(x) + checks_its_argument(x - 1.0)


def raises_bare_class(x):
    if x > 0.0:
        raise NotImplementedError
    return x


def raises_formatted(x, count):
    if count > 2:
        raise RuntimeError(f"count is {count}, x is {x}")
    return x


def adds(x, y):
    return x + y * 2.0


def adds_in_place(x, y):
    x += y
    return x


def stores_slice(x, y):
    z = np.zeros(3)
    z[:] = x * y[0]
    return z


def multiplies_matrices(a, b):
    return a @ b


def dots(a, b):
    return np.dot(a, b)


def solves(a, b):
    return np.linalg.solve(a, b)


def reshapes(x):
    return x.reshape(2, 2) * 2.0


def joins(a, b):
    return np.concatenate((a, b), axis=1)


def unbound(x):
    if x > 0.0:
        y = x * x
    return y


def largest_of_none(x):
    return np.max(x)


def wrong_axis(x):
    return np.sum(x * x, axis=2)


def too_many_indices(x):
    return x[0, 1] * 2.0


def calls_a_number(x):
    y = x * 2.0
    return y(x)


def divides(x, y):
    return x / y


def divides_in_loop(values):
    total = 1.0
    for k in range(3):
        total = total / (2 - k) + values[k]
    return total


def step_of_zero(x, step):
    for k in range(0, 10, step):
        x = x * k
    return x


def unpacks(x):
    first, second = x
    return first * second


@each_engine
@each(
    (reads, THREE, 3),
    (reads, THREE, -4),
    (reads, THREE, 10**9),
    (reads, np.zeros(0), 0),
    (reads_in_loop, THREE, 4),
    (reads_in_loop, THREE, 10**6),
    (reads_beside, THREE),
    (reads_far_below, THREE),
    (writes_in_loop, THREE, 4),
    (augments, THREE, 3),
    (reads_by_data, THREE, np.array([0, 2, 3])),
    (reads_by_data, THREE, np.array([0, -4])),
    (reads_matrix, MATRIX, 2, 0),
    (reads_matrix, MATRIX, 0, 3),
    (reads_matrix, MATRIX, -3, 0),
    (reads_matrix_in_loop, MATRIX, 3, 2),
    (reads_matrix_in_loop, MATRIX, 2, 4),
    (reads_row, MATRIX, 2),
    (raises_own, 1.5, 3.5),
    (helper_raises, 0.5),
    (helper_raises, -0.5),
    (raises_bare_class, 1.5),
    (raises_formatted, 1.5, 3),
    (adds, THREE, np.ones(4)),
    (adds, MATRIX, np.ones(2)),
    (adds_in_place, THREE, np.ones(2)),
    (adds_in_place, THREE, MATRIX),
    (stores_slice, np.ones(2), THREE),
    (multiplies_matrices, MATRIX, MATRIX),
    (multiplies_matrices, MATRIX, np.ones(2)),
    (dots, THREE, np.ones(2)),
    (solves, np.ones((2, 2)), np.ones(2)),
    (reshapes, THREE),
    (joins, MATRIX, np.ones((3, 3))),
    (unbound, -1.5),
    (largest_of_none, np.zeros(0)),
    (wrong_axis, MATRIX),
    (too_many_indices, THREE),
    (divides, 1.5, 0.0),
    (divides, 1.5, 0),
    (divides_in_loop, THREE),
    (step_of_zero, 1.5, 0),
    (unpacks, THREE),
)
def test_exceptions_are_those_of_python(program, engine):
    function, *args = program
    with pytest.raises(Exception) as python:  # noqa: PT011
        function(*copy.deepcopy(args))
    assert not isinstance(python.value, srcad.SrcadError)
    decorated = srcad.differentiable(engine=engine)(function)
    for _ in range(2):
        with pytest.raises(type(python.value)) as caught:
            decorated.vjp(*copy.deepcopy(args))
        assert type(caught.value) is type(python.value)
        assert str(caught.value) == str(python.value)


@each_engine
def test_own_exception_keeps_what_it_carries(engine):
    with pytest.raises(OutOfFuel) as caught:
        srcad.differentiable(engine=engine)(raises_own).vjp(1.5, 3.5)
    assert (caught.value.step, caught.value.left) == (3, 7)


@each_engine
def test_works_after_an_exception(engine):
    decorated = srcad.differentiable(engine=engine)(reads_in_loop)
    with pytest.raises(IndexError):
        decorated.vjp(THREE, 4)
    out, pullback = decorated.vjp(THREE, 3)
    assert out == pytest.approx(np.sum(THREE**2), rel=1e-14)
    np.testing.assert_allclose(pullback(np.float64(1.0))[0], 2.0 * THREE, rtol=1e-14)


def counts_down(values):
    total = 0.0
    for value in values:
        print("value", value)
        if value < 0.0:
            raise OutOfFuel(1, 2)
        total += value**2
    return total


@pytest.mark.filterwarnings("ignore:.*prints, so it runs at the array level")
@each_engine
def test_what_was_printed_before_the_exception(engine, capfd):
    with pytest.raises(OutOfFuel):
        counts_down(THREE.copy())
    expected = capfd.readouterr().out
    with pytest.raises(OutOfFuel):
        srcad.differentiable(engine=engine)(counts_down).vjp(THREE)
    assert capfd.readouterr().out == expected


# ---- warnings ---------------------------------------------------------------------------------


def logarithm(x):
    return np.log(x) * 2.0


def root(x):
    return np.sqrt(x) + 1.0


def exponential(x):
    return np.exp(x) * x


def inverse(x):
    return 1.0 / x


def scalar_inverse(x):
    return x[0] / x[1]


def power(x, y):
    return x**y


def masked_root(x):
    return np.where(x > 0.0, np.sqrt(x), 0.0)


def seen(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        out = call()
    return out, sorted({(item.category.__name__, str(item.message)) for item in caught})


@each_engine
@each(
    (logarithm, np.array([0.0, 1.0])),
    (logarithm, np.array([-1.0, 1.0])),
    (logarithm, np.float64(0.0)),
    (root, np.array([-1.0, 4.0])),
    (exponential, np.array([1000.0, 1.0])),
    (inverse, np.array([0.0, 2.0])),
    (inverse, np.float64(0.0)),
    (divides, np.array([0.0, 2.0]), np.array([0.0, 1.0])),
    (divides, np.float64(1.0), np.float64(0.0)),
    (divides, 1.0, np.float64(0.0)),
    (divides, np.array([1.0]), 0),
    (scalar_inverse, np.array([1.0, 0.0])),
    (power, np.array([-1.0]), np.array([0.5])),
    (power, np.array([0.0]), np.array([-1.0])),
    (masked_root, np.array([-1.0, 4.0])),
    (adds, np.array([np.nan, np.inf]), np.array([1.0, -np.inf])),
)
def test_warnings_are_those_of_numpy(program, engine):
    function, *args = program
    expected, wanted = seen(lambda: function(*copy.deepcopy(args)))
    decorated = srcad.differentiable(engine=engine)(function)
    (out, _), actual = seen(lambda: decorated.vjp(*copy.deepcopy(args)))
    np.testing.assert_array_equal(out, expected)
    assert type(out) is type(expected)
    assert actual == wanted
    with np.errstate(all="ignore"):
        _, silenced = seen(lambda: decorated.vjp(*copy.deepcopy(args)))
    assert silenced == []


@each_engine
def test_no_new_warnings_from_the_pullback(engine):
    x = np.array([0.0, 4.0])
    (_, pullback), quiet = seen(lambda: srcad.differentiable(engine=engine)(masked_root).vjp(x))
    (bar,), also_quiet = seen(lambda: pullback(np.ones(2)))
    np.testing.assert_array_equal(bar, [0.0, 0.25])
    assert quiet == also_quiet == []


# ---- prints, and running once -----------------------------------------------------------------


def prints(x, count):
    print("start", x, count)
    for k in range(count):
        x = x * 1.5
        print(k, x, x > 2.0)
    print(f"end: {x:.3f}")
    print("several", "words", sep="-", end="!\n")
    return x


def prints_arrays(x):
    y = x * 2.0
    print(y)
    y[0] = 7.0
    print(y[0], y.shape, y)
    return np.sum(y)


def prints_through_helper(x):
    return prints(x, 1) + prints(x, 0)


@pytest.mark.filterwarnings("ignore:.*prints, so it runs at the array level")
@each_engine
@each((prints, 1.1, 3), (prints, 1.1, 0), (prints_arrays, THREE), (prints_through_helper, 1.1))
def test_prints_happen_once_and_read_the_same(program, engine, capfd):
    function, *args = program
    out = function(*copy.deepcopy(args))
    expected = capfd.readouterr().out
    assert expected
    decorated = srcad.differentiable(engine=engine)(function)
    _, pullback = decorated.vjp(*args)
    assert capfd.readouterr().out == expected
    pullback(np.ones_like(out)[()] if hasattr(out, "dtype") else 1.0)
    pullback(np.ones_like(out)[()] if hasattr(out, "dtype") else 1.0)
    assert capfd.readouterr().out == ""
    decorated.vjp(*args)
    assert capfd.readouterr().out == expected
    srcad.value_and_grad(decorated)(*args)
    assert capfd.readouterr().out == expected
    decorated(*args)
    assert capfd.readouterr().out == expected


# ---- the moment of the call -------------------------------------------------------------------

GAIN = 2.0
TABLE = np.array([1.0, 2.0, 3.0])
SETTINGS = {"rate": 0.5}


def helper(x):
    return x * x


def uses_global(x):
    return GAIN * x


def uses_global_array(x):
    return np.sum(TABLE * x)


def uses_global_dict(x):
    return SETTINGS["rate"] * x


def uses_helper(x):
    return helper(x) + x


def make_uses_closure():
    factor = 2.0

    def function(x):
        return factor * x

    def change(value):
        nonlocal factor
        factor = value

    return function, change


@each_engine
def test_globals_are_those_of_the_moment_of_the_call(engine, monkeypatch):
    decorated = srcad.differentiable(engine=engine)(uses_global)
    assert decorated.vjp(1.5)[1](1.0) == (2.0,)
    monkeypatch.setitem(globals(), "GAIN", 5.0)
    out, pullback = decorated.vjp(1.5)
    monkeypatch.setitem(globals(), "GAIN", 100.0)
    assert out == 7.5
    assert pullback(1.0) == (5.0,)
    monkeypatch.setitem(globals(), "GAIN", 3)  # another kind
    assert decorated.vjp(1.5)[1](1.0) == (3.0,)
    monkeypatch.setitem(globals(), "GAIN", np.array([1.0, 2.0]))
    np.testing.assert_array_equal(decorated.vjp(1.5)[0], [1.5, 3.0])
    assert decorated.vjp(1.5)[1](np.ones(2)) == (3.0,)


@each_engine
def test_global_arrays_are_read_at_every_call(engine, monkeypatch):
    monkeypatch.setitem(globals(), "TABLE", np.array([1.0, 2.0, 3.0]))
    decorated = srcad.differentiable(engine=engine)(uses_global_array)
    np.testing.assert_array_equal(decorated.vjp(THREE)[1](np.float64(1.0))[0], [1.0, 2.0, 3.0])
    TABLE[0] = 9.0
    np.testing.assert_array_equal(decorated.vjp(THREE)[1](np.float64(1.0))[0], [9.0, 2.0, 3.0])
    monkeypatch.setitem(globals(), "TABLE", np.array([[1.0], [2.0]]))
    np.testing.assert_array_equal(decorated.vjp(THREE)[1](np.float64(1.0))[0], [3.0, 3.0, 3.0])


@each_engine
def test_global_containers_are_read_at_every_call(engine, monkeypatch):
    decorated = srcad.differentiable(engine=engine)(uses_global_dict)
    assert decorated.vjp(1.5)[1](1.0) == (0.5,)
    monkeypatch.setitem(SETTINGS, "rate", 4.0)
    assert decorated.vjp(1.5)[1](1.0) == (4.0,)


@each_engine
def test_helpers_are_those_of_the_moment_of_the_call(engine, monkeypatch):
    decorated = srcad.differentiable(engine=engine)(uses_helper)
    assert decorated.vjp(2.0)[1](1.0) == (5.0,)
    monkeypatch.setitem(globals(), "helper", uses_global)
    assert decorated.vjp(2.0)[1](1.0) == (3.0,)
    monkeypatch.setitem(globals(), "helper", math.exp)
    assert decorated.vjp(2.0)[1](1.0)[0] == pytest.approx(math.exp(2.0) + 1.0, rel=1e-14)


@each_engine
def test_closures_are_those_of_the_moment_of_the_call(engine):
    function, change = make_uses_closure()
    decorated = srcad.differentiable(engine=engine)(function)
    assert decorated.vjp(1.5)[1](1.0) == (2.0,)
    change(7.0)
    out, pullback = decorated.vjp(1.5)
    change(100.0)
    assert out == 10.5
    assert pullback(1.0) == (7.0,)


@each_engine
def test_two_closures_of_one_code(engine):
    first, change_first = make_uses_closure()
    second, _ = make_uses_closure()
    change_first(11.0)
    decorate = srcad.differentiable(engine=engine)
    one, two = decorate(first), decorate(second)
    assert one.vjp(1.5)[1](1.0) == (11.0,)
    assert two.vjp(1.5)[1](1.0) == (2.0,)
    assert one.vjp(1.5)[1](1.0) == (11.0,)


def with_default(x, factor=2.0):
    return x * factor


@each_engine
def test_defaults_are_those_of_the_moment_of_the_call(engine, monkeypatch):
    decorated = srcad.differentiable(engine=engine)(with_default)
    assert decorated.vjp(1.5)[1](1.0) == (2.0,)
    monkeypatch.setattr(with_default, "__defaults__", (6.0,))
    assert srcad.differentiable(engine=engine)(with_default).vjp(1.5)[1](1.0) == (6.0,)


# ---- the generated source ---------------------------------------------------------------------

SHOWN = [
    "scalars_math-polynomial-1",
    "scalars_math-trigonometry-1",
    "branches-early_return-1",
    "branches-branch_in_loop-1",
    "loops-while_on_value-1",
    "loops-loop_with_break-1",
    "loops-nested_loops-1",
    "slices_inplace-running_sum_in_place-1",
    "slices_inplace-writes_its_argument-1",
    "slices_inplace-broadcast_store-1",
    "views_aliases-row_in_loop-1",
    "helpers_closures-helper_mutates-1",
    "reductions_linalg-linear_solve-1",
    "numerics-gauss_seidel_grid-1",
    "numerics-cholesky_in_place-1",
    "numerics-kalman_filter-1",
]
PROGRAMS = {name: (function, args) for name, function, args in programs()}
serial = itertools.count()


def load(text, directory):
    """Import a text as a module of its own, from a file outside srcad's cache."""
    name = f"executed_as_it_stands_{next(serial)}"
    file = directory / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@each_engine
@pytest.mark.parametrize("name", SHOWN)
def test_the_source_executed_as_it_stands(name, engine, tmp_path):
    function, args = PROGRAMS[name]
    decorated = srcad.differentiable(engine=engine)(function)
    out, pullback = decorated.vjp(*copy.deepcopy(args))
    cotangent = random_like(out, np.random.default_rng(5))
    bars = pullback(cotangent)
    text = decorated.adjoint_source
    assert isinstance(text, str)
    module = load(text, tmp_path)
    shown, saved = getattr(module, f"{function.__name__}_fwd")(*copy.deepcopy(args))
    np.testing.assert_allclose(shown, out, rtol=1e-12)
    backward = getattr(module, f"{function.__name__}_bwd")
    for _ in range(2):  # it may be called again: nothing saved was changed
        shown_bars = backward(saved, cotangent)
        shown_bars = shown_bars if isinstance(shown_bars, tuple) else (shown_bars,)
        wanted = [bar for bar, leaf in zip(bars, args, strict=True) if is_float(leaf)]
        found = [bar for bar in shown_bars if getattr(bar, "dtype", None) != FLOAT0]
        found = [bar for bar in found if bar is not None]
        assert len(found) == len(wanted)
        for bar, expected in zip(found, wanted, strict=True):
            scale = np.max(np.abs(expected), initial=0.0)
            np.testing.assert_allclose(bar, expected, rtol=1e-10, atol=1e-10 * scale)


@each_engine
def test_the_source_names_the_users_lines(engine):
    decorated = srcad.differentiable(engine=engine)(reads_beside_safely)
    decorated.vjp(THREE)
    text = decorated.adjoint_source
    assert "def reads_beside_safely_fwd(x" in text
    assert "def reads_beside_safely_bwd(saved, " in text
    assert "total += x[i] * x[i + 1]" in text
    assert "test_fidelity.py" in text
    assert str(ROOT) not in text


def reads_beside_safely(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += x[i] * x[i + 1]
    return total


@each_engine
def test_no_source_before_the_first_call(engine):
    decorated = srcad.differentiable(engine=engine)(uses_global)
    with pytest.raises(srcad.SrcadError):
        _ = decorated.adjoint_source


SOURCES = """
import srcad
from tests.reference import programs
from tests.test_fidelity import SHOWN

for name, function, args in programs():
    if name in SHOWN:
        print("#", name)
        for level in ("array", "loops"):
            print(srcad.source(function, *args, level=level))
"""


def test_the_source_does_not_depend_on_the_hash_seed(tmp_path):
    texts = []
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", SOURCES],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONHASHSEED": seed,
                "SRCAD_CACHE_DIR": str(tmp_path / seed),
            },
        )
        assert done.returncode == 0, done.stderr
        texts.append(done.stdout)
    assert texts[0].count("_bwd") >= len(SHOWN)
    assert texts[0] == texts[1] == texts[2]


# ---- kinds of numbers -------------------------------------------------------------------------


def everything(x, count, flag, table):
    return x * count * (2.0 if flag else 1.0) + np.sum(table) * x


@each_engine
@pytest.mark.parametrize(
    "x", [1.5, np.float32(1.5), np.float64(1.5), THREE, THREE.astype(np.float32), np.array(1.5)]
)
def test_integers_get_float0_and_floats_keep_their_kind(x, engine):
    args = (x, 3, True, np.arange(6).reshape(2, 3))
    expected = everything(*args)
    out, pullback = srcad.differentiable(engine=engine)(everything).vjp(*args)
    assert type(out) is type(expected)
    assert getattr(out, "dtype", None) == getattr(expected, "dtype", None)
    np.testing.assert_array_equal(out, expected)
    cotangent = random_like(out, np.random.default_rng(2))
    bars = pullback(cotangent)
    assert getattr(bars[0], "dtype", float) == getattr(x, "dtype", float)
    np.testing.assert_allclose(bars[0], cotangent * 21.0, rtol=1e-6)
    for bar, shape in zip(bars[1:], [(), (), (2, 3)], strict=True):
        assert isinstance(bar, np.ndarray | np.void)
        assert (bar.shape, bar.dtype) == (shape, FLOAT0)


# ---- threads ----------------------------------------------------------------------------------


@each_engine
def test_pullbacks_from_several_threads(engine):
    function, args = PROGRAMS["numerics-gauss_seidel_grid-1"]
    decorated = srcad.differentiable(engine=engine)(function)
    _, shared = decorated.vjp(*copy.deepcopy(args))
    expected = shared(np.float64(1.0))[0]
    barrier = threading.Barrier(8)
    found = [None] * 8

    def work(k):
        barrier.wait()
        _, own = decorated.vjp(*copy.deepcopy(args))
        found[k] = [pull(np.float64(k + 1.0))[0] for pull in (shared, own) * 5]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(8):
        for bar in found[k]:
            np.testing.assert_allclose(bar, (k + 1.0) * expected, rtol=1e-12)


@each_engine
def test_first_call_from_several_threads(engine):
    decorated = srcad.differentiable(engine=engine)(cube_of_threads)
    barrier = threading.Barrier(4)
    found = [None] * 4

    def work(k):
        barrier.wait()
        found[k] = decorated.vjp(float(k))[1](1.0)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(0.0,), (3.0,), (12.0,), (27.0,)]


def cube_of_threads(x):
    return x * x * x


FORKED = """
import os
import sys

import numpy as np

import srcad
from tests.test_fidelity import reads_beside_safely

both = srcad.value_and_grad(srcad.differentiable(engine="{engine}")(reads_beside_safely))
x = np.array([0.5, 1.2, -0.8])
_, before = both(x)
child = os.fork()
_, after = both(2.0 * x)
right = np.array_equal(after, 2.0 * before)
if child == 0:
    os._exit(0 if right else 3)
_, status = os.waitpid(child, 0)
sys.exit(0 if right and status == 0 else 4)
"""


@each_engine
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_goes_on(engine):
    done = subprocess.run(
        [sys.executable, "-c", FORKED.format(engine=engine)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr


def test_leaves_of_this_file_are_what_they_seem():
    assert len(leaves(((1.0, 2.0), {"b": 3.0, "a": None}))) == 3
    assert set(SHOWN) <= set(PROGRAMS)
