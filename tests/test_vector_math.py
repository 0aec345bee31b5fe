"""Vector math in compiled loops: its accuracy, libm's special values, and sums in any order."""

import json
import math
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import srcad
from srcad.engines import vector_math as engine
from srcad.engines.modules import load
from srcad.runtime import vector_math
from srcad.runtime.vector_math import LIBM, plus

ROOT = Path(__file__).parent.parent
ULP = 4.0
FLAGS = {"error_model": "numpy", "fastmath": {"contract"}}

# Where most of the numbers are that a function is called with.
RANGES = {
    "log": (0.0, 20.0),
    "log2": (0.0, 20.0),
    "log10": (0.0, 20.0),
    "log1p": (-1.0, 20.0),
    "arcsin": (-1.0, 1.0),
    "arccos": (-1.0, 1.0),
    "arctanh": (-1.0, 1.0),
    "arccosh": (1.0, 20.0),
    "power": (0.0, 20.0),
}

SPECIAL = [
    *(0.0, np.inf, np.nan, 1.0, 0.5, 2.0, 3.0, 2.5, 1e-300, 1e-310, 5e-324, 1e-45, 1e-16, 1e-9),
    *(1e5, 1e22, 1e30, 1e300, np.pi, np.pi / 2, 88.0, 89.0, 104.0, 708.5, 709.78, 709.79, 710.4),
    *(711.0, 744.4, 745.13, 745.14, 746.0, 1023.99, 1024.0, 1022.5, 1074.9, 1075.0, 1076.0),
    *(np.nextafter(1.0, 0.0), np.nextafter(1.0, 2.0), 2.0**53 - 1, 2.0**53 + 2),
]
SPECIAL = [*SPECIAL, *(-number for number in SPECIAL)]


def is_vectorised():
    """Whether this machine and the settings of Numba allow vector versions at all."""
    from numba.core.registry import cpu_target

    features = cpu_target.target_context.codegen().magic_tuple()[2].split(",")
    return bool(engine.versions()) and "+sse4.1" in features


vectorised = pytest.mark.skipif(not is_vectorised(), reason="no libmvec here, or not for this CPU")


@cache
def compiled(name):
    """A compiled loop over one function."""
    import numba

    namespace = {name: getattr(vector_math, name)}
    engine.install(namespace)
    function = namespace[name]

    if name in ("arctan2", "hypot", "power"):

        @numba.njit(**FLAGS)
        def over(x, y, out):
            for i in range(out.shape[0]):
                out[i] = function(x[i], y[i])

    else:

        @numba.njit(**FLAGS)
        def over(x, out):
            for i in range(out.shape[0]):
                out[i] = function(x[i])

    def call(*arguments):
        out = np.empty_like(arguments[0])
        over(*arguments, out)
        return out

    call.over = over
    return call


def wide(dtype):
    return np.longdouble if dtype == np.float64 else np.float64


def check(name, dtype, *arguments):
    """Compare with NumPy's results in a wider type."""
    arguments = [np.asarray(argument, dtype) for argument in arguments]
    got = compiled(name)(*arguments)
    with np.errstate(all="ignore"):
        exact = getattr(np, name)(*(argument.astype(wide(dtype)) for argument in arguments))
        want = exact.astype(dtype)
        unit = np.maximum(np.spacing(np.abs(want)), np.finfo(dtype).smallest_subnormal)
        off = np.abs(got.astype(wide(dtype)) - exact) / unit
    # Next to the largest number, inf is the nearest one.
    huge = np.abs(exact) > np.finfo(dtype).max * (1 - 1e-7 if dtype == np.float32 else 1 - 1e-15)
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    good = same | (off <= ULP) | (huge & (np.abs(got) >= np.finfo(dtype).max))
    signs = (np.signbit(got) == np.signbit(want)) | np.isnan(want) | (want != 0)
    wrong = ~(good & signs)
    report = [(*(a[wrong][:4] for a in arguments), got[wrong][:4], want[wrong][:4])]
    assert not wrong.any(), f"{name} {np.dtype(dtype)}: {report}"


each_function = pytest.mark.parametrize("name", LIBM)
each_dtype = pytest.mark.parametrize("dtype", (np.float64, np.float32), ids=("double", "single"))


@each_function
def test_under_plain_python_they_are_numpys(name):
    assert getattr(vector_math, name) is getattr(np, name)


@each_function
@each_dtype
def test_accuracy(name, dtype):
    generator = np.random.default_rng(3)
    low, high = RANGES.get(name, (-20.0, 20.0))
    x = generator.uniform(low, high, 20_011)
    x[::3] = np.clip(x[::3] * 1e-3, low, high)
    arguments = [x]
    if len(compiled(name).over.py_func.__code__.co_varnames) > 3:
        arguments.append(generator.uniform(-10.0, 10.0, x.size))
    check(name, dtype, *arguments)


@each_function
@each_dtype
def test_special_values(name, dtype):
    """Among ordinary numbers and among their like, which takes other ways through libmvec."""
    with np.errstate(over="ignore"):
        numbers = np.array(SPECIAL, dtype)
    if len(compiled(name).over.py_func.__code__.co_varnames) > 3:
        x, y = (part.ravel() for part in np.meshgrid(numbers, numbers))
        check(name, dtype, x, y)
        check(name, dtype, y[::-1].copy(), x[::-1].copy())
        return
    check(name, dtype, np.repeat(numbers, 17))
    check(name, dtype, np.where(np.arange(16 * numbers.size) % 5, 0.75, np.repeat(numbers, 16)))


def test_what_everybody_knows():
    x = np.array([np.inf, -np.inf, 0.0, -0.0, np.nan] * 16)
    assert compiled("exp")(x)[:4].tolist() == [np.inf, 0.0, 1.0, 1.0]
    assert compiled("tanh")(x)[:4].tolist() == [1.0, -1.0, 0.0, 0.0]
    assert compiled("log")(np.zeros(64))[0] == -np.inf
    assert np.isnan(compiled("log")(np.full(64, -1.0))).all()
    assert np.isnan(compiled("sin")(np.full(64, np.inf))).all()
    assert abs(compiled("sin")(np.full(64, 1e22))[0] - -0.8522008497671888) < 1e-15
    nan, one = np.full(64, np.nan), np.ones(64)
    assert (compiled("power")(nan, 0 * one) == 1.0).all()
    assert (compiled("power")(one, nan) == 1.0).all()
    assert (compiled("power")(0 * one, -one) == np.inf).all()


@vectorised
@pytest.mark.parametrize("name", [name for name in LIBM if LIBM[name] in engine.versions()])
def test_loops_call_the_vector_versions(name):
    x = np.full(64, 0.5)
    function = compiled(name)
    function(*[x] * (len(function.over.py_func.__code__.co_varnames) - 2))
    code = "".join(function.over.inspect_asm().values())
    assert re.search(rf"_ZGV[bde]N\d+vv?_{LIBM[name]}\b", code), name


# In programs


def haversine(a, b, c, d):
    t = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.sum(2 * np.arcsin(np.sqrt(t)))


def machine_code(function, *args):
    """The machine code of the sweeps of a function."""
    fwd, bwd, _ = sweeps(function, *args)
    _, saved = fwd(*args)
    bwd(saved, 1.0)
    return ["".join(sweep.inspect_asm().values()) for sweep in (fwd, bwd)]


@vectorised
def test_both_sweeps_are_vectorised():
    arguments = [np.random.default_rng(i).uniform(0.1, 1.0, 100) for i in range(4)]
    fwd, bwd = machine_code(haversine, *arguments)
    assert {"sin", "cos", "asin"} <= set(re.findall(r"_ZGV[bde]N\d+v_(\w+)", fwd))
    assert "cos" in re.findall(r"_ZGV[bde]N\d+v_(\w+)", bwd)


def test_the_text_runs_under_plain_numpy():
    arguments = [np.random.default_rng(i).uniform(0.1, 1.0, 100) for i in range(4)]
    text = srcad.source(haversine, *arguments, level="loops")
    assert "from srcad.runtime.vector_math import arcsin, cos, plus, sin, where\n" in text
    module = ModuleType("plain")
    exec(text, module.__dict__)
    out, bars = module.haversine_value_and_grad(*arguments)
    want, wanted = srcad.value_and_grad(haversine, argnums=(0, 1, 2, 3))(*arguments)
    assert out == pytest.approx(want, rel=1e-14)
    for bar, other in zip(bars, wanted, strict=True):
        np.testing.assert_allclose(bar, other, rtol=1e-13)


def sweeps(function, *args):
    """The compiled sweeps of a function."""
    from srcad.engines.numba_engine import compile_module

    text = srcad.source(function, *args, level="loops")
    return compile_module(load(text, "<srcad test>", {}), function.__name__, None)


def softmax(x):
    return np.sum(np.exp(x) / np.sum(np.exp(x)))


def chosen(x, y):
    return np.sum(np.where(y > 0.5, y, np.log(x)) + np.where(y > 0.5, y, x / (x * x)))


def powers(x, y):
    return np.sum(x**y + np.tanh(x) * np.arctan2(y, x) + np.hypot(x, y) + np.log1p(x))


@pytest.mark.parametrize("function", (softmax, chosen, powers), ids=lambda f: f.__name__)
def test_no_float_errors_but_those_of_the_program(function):
    """The processor notes none: a call with one is run again under NumPy, for its warnings."""
    from srcad.engines import float_errors

    x, y = np.random.default_rng(8).uniform(0.1, 0.9, (2, 1003))
    if function is softmax:
        x[::7] = -np.inf
    args = (x,) if function is softmax else (x, y)
    fwd, _, _ = sweeps(function, *args)
    float_errors.clear()
    out, _ = fwd(*args)
    assert not float_errors.noted()
    assert out == pytest.approx(function(*args), rel=1e-13)


def test_float_errors_of_the_program_are_noted():
    def logs(x):
        return np.sum(np.where(x > 0.0, np.log(x), 0.0))

    x = np.linspace(-1.0, 1.0, 64)
    f = srcad.differentiable(engine="numba")(logs)
    with pytest.warns(RuntimeWarning, match="invalid value encountered in log"):
        out, _ = f.vjp(x)
    with np.errstate(all="ignore"):
        assert out == pytest.approx(logs(x))


def names_of_functions(x, power):
    exp = np.exp(x)
    log = np.log(exp + power)
    log *= exp
    plus = 0.0
    for sin in log:
        plus += np.sin(sin) * sin
    return plus + np.sum(np.exp(log) ** 1.3)


def test_a_program_may_use_their_names():
    x = np.linspace(0.1, 1.0, 9)
    got = srcad.differentiable(engine="numba")(names_of_functions)
    want = srcad.differentiable(engine="numpy")(names_of_functions)
    np.testing.assert_allclose(got.grad(x, 0.5), want.grad(x, 0.5), rtol=1e-12)
    assert " exp(" in srcad.source(names_of_functions, x, 0.5, level="loops")


def mixed(x, y, n):
    return np.sum(np.exp(x) * np.power(y, 2.5) + np.arctan2(x, y) + np.hypot(x, 2) + y**n)


@pytest.mark.parametrize("dtypes", [("f4", "f4"), ("f4", "f8"), ("f8", "i8"), ("f8", "f4")])
@pytest.mark.filterwarnings("ignore")
def test_dtypes(dtypes):
    x = np.linspace(0.5, 2.0, 33).astype(dtypes[0])
    y = np.linspace(1.0, 7.0, 33).astype(dtypes[1])
    results = []
    for name in ("numpy", "numba"):
        results.append(srcad.differentiable(engine=name)(mixed).grad(x, y, 3))
    assert results[0].dtype == results[1].dtype
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5 if "f4" in dtypes else 1e-13)


# Sums


def kahan(x):
    total = 0.0
    carried = 0.0
    for i in range(x.shape[0]):
        term = x[i] - carried
        new = total + term
        carried = (new - total) - term
        total = new
    return total


def in_order(x):
    total = 0.0
    for i in range(x.shape[0]):
        total += x[i]
    return total


@pytest.mark.parametrize("function", (kahan, in_order))
def test_sums_that_the_user_wrote_keep_their_order(function):
    generator = np.random.default_rng(5)
    x = generator.standard_normal(1001) * 10.0 ** generator.integers(-12, 12, 1001)
    out, _ = srcad.differentiable(engine="numba")(function).vjp(x)
    assert out == function(x)


def summed(x):
    return np.sum(x * x)


def test_a_sum_is_close_to_the_exact_one():
    x = np.random.default_rng(6).standard_normal(100_003)
    out, _ = srcad.differentiable(engine="numba")(summed).vjp(x)
    assert out == pytest.approx(math.fsum(x * x), rel=1e-14)


def test_plus_adds():
    assert plus(0.5, 2.0) == 2.5
    np.testing.assert_array_equal(plus(np.ones(2), np.ones(2)), [2.0, 2.0])


# Other processes

WORKER = """
import json
import math
import sys

import numpy as np
from numba.core.compiler import CompilerBase

import srcad

compiled = []
method = CompilerBase._compile_bytecode
CompilerBase._compile_bytecode = lambda self: compiled.append(1) or method(self)


def f(x):
    return np.sum(np.exp(x))


x = np.linspace(-3.0, 3.0, 1001)
value, bar = srcad.value_and_grad(srcad.differentiable(engine="numba")(f))(x)
exact = np.array([math.exp(number) for number in x])
print(json.dumps([len(compiled), float(np.max(np.abs(bar / exact - 1.0)))]))
"""


def test_machine_code_from_the_cache(tmp_path):
    """It finds libmvec in another process, and is not used where libmvec is not to be used."""
    (tmp_path / "worker.py").write_text(WORKER)

    def run(**settings):
        environment = {**os.environ, "SRCAD_CACHE_DIR": str(tmp_path / "cache"), **settings}
        environment["PYTHONPATH"] = str(ROOT)
        done = subprocess.run(
            [sys.executable, "worker.py"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    first, error = run()
    assert first
    assert error < 1e-15
    assert run() == [0, error]
    count, exact_error = run(SRCAD_VECTOR_MATH="0")
    assert count
    assert exact_error == 0.0
    assert run() == [0, error]
