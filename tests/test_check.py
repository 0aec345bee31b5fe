"""`check=True`: right gradients pass, wrong ones are refused, and what cannot be told is said."""

import functools
import itertools
import math
import pickle
from dataclasses import dataclass, replace

import numpy as np
import pytest

import srcad
from srcad import gradient
from srcad.differences import Residue, is_flat
from srcad.directions import copied, moved
from srcad.rules.registry import PRIMITIVES
from srcad.target import Target
from tests.reference import leaves, programs

PROGRAMS = {name: (function, args) for name, function, args in programs()}
VARIED = [
    "branches-nested_branches-1",
    "comprehensions-stack_of_powers-1",
    "growing_lists-append_to_some-2",
    "loops-nested_loops-1",
    "numerics-two_layer_network-1",
    "numerics-cholesky_in_place-1",
    "reductions_linalg-linear_solve-1",
    "scalars_math-polynomial-1",
    "slices_inplace-writes_its_argument-1",
    "views_aliases-row_in_loop-1",
]
MATRIX = np.array([[0.5, 1.2, -0.8], [0.9, 1.6, 0.3], [1.1, -0.7, 0.4]])

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))
checked = srcad.differentiable(engine="numpy", check=True)


@pytest.fixture
def wrong_sine(monkeypatch):
    """A rule that is wrong by a factor: what `check` is there to find."""

    def double(x):
        return 2.0 * np.cos(x)

    for function in (np.sin, math.sin):
        rule = replace(PRIMITIVES[np.sin], function=function, reverse=double, wants=())
        monkeypatch.setitem(PRIMITIVES, function, replace(rule, text=PRIMITIVES[function].text))


def contents(args):
    return [leaf.tobytes() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves(args)]


# ---- right and wrong -----------------------------------------------------------------------------


@each_engine
@pytest.mark.parametrize("name", VARIED)
def test_right_gradients_pass(name, engine):
    function, args = PROGRAMS[name]
    program = srcad.differentiable(engine=engine, check=True)(function)
    before = contents(args)
    out, pullback = program.vjp(*args)
    assert program.history.checked == {program.history.last.shared}
    plain, same = srcad.differentiable(engine=engine)(function).vjp(*args)
    assert contents([out]) == contents([plain])
    assert contents(args) == before


@each_engine
def test_wrong_gradients_are_refused(wrong_sine, engine):
    @srcad.differentiable(engine=engine, check=True)
    def wave(x, speed):
        return np.sum(np.sin(x) * speed)

    x = np.array([0.3, 1.1, 2.0])
    for wrong in (
        lambda: wave.grad(x, 2.0),
        lambda: wave.value_and_grad(x, 2.0),
        lambda: srcad.grad(wave, argnums=(0, 1))(x, 2.0),
        lambda: wave.vjp(x, 2.0),
        lambda: wave.vjp(x.astype(np.float32), np.float32(2.0)),
    ):
        for _ in range(2):  # a gradient that is wrong does not count as checked
            with pytest.raises(srcad.GradientMismatch, match=r"`wave` \(test_check.py:\d+\)"):
                wrong()
    assert not wave.history.checked
    # By the speed alone it is right.
    np.testing.assert_allclose(srcad.grad(wave, argnums=1)(x, 2.0), np.sum(np.sin(x)))


def test_the_error_says_what_is_wrong(wrong_sine):
    @checked
    def wave(x, speed):
        return math.sin(x) * speed

    with pytest.raises(srcad.GradientMismatch) as caught:
        srcad.grad(wave, argnums=(0, 1))(1.0, 2.0)
    first, gradient, differences, along, at, hint = str(caught.value).splitlines()[:6]
    assert isinstance(caught.value, AssertionError)
    assert first.endswith("is not the slope of the function")
    found, expected = float(gradient.split()[1]), float(differences.split()[1].rstrip(","))
    # The directions are the same in both: what is wrong is all that sets them apart.
    step = (found - expected) / (2.0 * math.cos(1.0))
    assert 0.4 <= abs(step) <= 1.0
    rest = (expected - 2.0 * math.cos(1.0) * step) / math.sin(1.0)
    assert 0.8 <= abs(rest) <= 2.0
    size = float(along.split("size")[1].split(",")[0])
    assert size == pytest.approx(math.hypot(step, rest), rel=1e-2)
    assert at.split() == ["wrong", "by:", "x"]
    assert "kink" in hint
    assert "please report" in str(caught.value)


@dataclass
class Pair:
    x: object
    y: object


def sum_of_sines(*args):
    return sum(np.sum(np.sin(leaf)) for leaf in args)


def of_containers(tree, scale):
    return np.sin(tree["a"][0]) * scale + np.sum(np.sin(tree["b"].y)) + tree["b"].x


def several_results(x, n):
    return {"y": np.sin(x), "n": n + 1}, (n > 1, np.float32(2.0) * np.sum(x))


def with_aux(x, word):
    return np.sum(np.sin(x)), (word, x)


def complex_result(z):
    return np.sin(z) * (2.0 + 1.0j)


def real_of_complex(z, x):
    w = np.sin(z) * x
    return np.sum(w.real**2 + 3.0 * w.imag)


def with_empty(x, y):
    return np.sum(np.sin(x)) + np.sum(y)


def writes_its_arguments(x, table):
    x[0] = np.sin(x[1])
    table["k"] = x * 2.0
    x[1:] *= x[0]
    return np.sum(x * table["k"])


def flagged(x, negate):
    y = np.sin(x)
    if negate:
        y = -y
    return y


def halves(x, y):
    return np.sum(np.sin(x)) + np.sqrt(y)


Z = np.array([0.4 + 0.2j, -0.3 + 1.0j])
X = np.array([0.3, 1.1, 2.0])
CALLS = {
    "containers": lambda: checked(of_containers).vjp({"a": [1.0], "b": Pair(0.2, MATRIX)}, 2.0),
    "keywords": lambda: srcad.grad(checked(of_containers))(
        {"a": (0.7,), "b": Pair(0.2, X)}, scale=3.0
    ),
    "argnums": lambda: srcad.grad(checked(sum_of_sines), argnums=(-1, 0))(1.0, X, MATRIX),
    "integers": lambda: checked(several_results).vjp(X, 3),
    "allow_int": lambda: srcad.grad(checked(sum_of_sines), argnums=(0, 1), allow_int=True)(2, X),
    "aux": lambda: srcad.value_and_grad(checked(with_aux), has_aux=True)(X, "word"),
    "aux of vjp": lambda: checked(with_aux).vjp(X, 2.0, has_aux=True),
    "complex": lambda: checked(complex_result).vjp(Z),
    "complex number": lambda: checked(complex_result).vjp(0.3 - 0.4j),
    "holomorphic": lambda: srcad.grad(checked(complex_result), holomorphic=True)(0.3 + 1.0j),
    "real of complex": lambda: srcad.grad(checked(real_of_complex), argnums=(0, 1))(Z, 1.5),
    "complex64": lambda: srcad.grad(checked(real_of_complex))(Z.astype(np.complex64), 1.5),
    "empty": lambda: srcad.grad(checked(with_empty), argnums=(0, 1))(X, np.zeros((0, 2))),
    "written": lambda: srcad.grad(checked(writes_its_arguments))(X, {"k": 1.0}),
    "strided": lambda: checked(sum_of_sines).vjp(MATRIX[:, 1], MATRIX.T, MATRIX[::2, ::-1]),
    "0-d": lambda: checked(sum_of_sines).vjp(np.array(0.4), np.float64(2.0), 1.0),
    "float32": lambda: checked(sum_of_sines).vjp(X.astype(np.float32), np.float32(0.4)),
    "float16": lambda: checked(sum_of_sines).vjp(X.astype(np.float16)),
    "zeros": lambda: checked(sum_of_sines).vjp(np.zeros(3), 0.0),
    "large and small": lambda: checked(sum_of_sines).vjp(np.array([1e6, 3e-9, 1.0]), 2e-200),
    "at a flag": lambda: checked(flagged).vjp(0.4, 0.0),
    "at the end of a domain": lambda: checked(halves).vjp(X, 1e-9),
    "partial": lambda: srcad.grad(checked(functools.partial(of_containers, scale=2.0)))(
        {"a": [0.7], "b": Pair(0.2, X)}
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_forms_of_calls_right(call):
    before = contents([X, MATRIX, Z])
    call()
    assert contents([X, MATRIX, Z]) == before


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_forms_of_calls_wrong(call, wrong_sine, monkeypatch):
    monkeypatch.setattr("srcad.pipeline._CACHE", {})  # of the right rule
    before = contents([X, MATRIX, Z])
    with pytest.raises(srcad.GradientMismatch):
        call()
    assert contents([X, MATRIX, Z]) == before


def test_nothing_to_check():
    assert checked(lambda x: np.sum(x)).grad(np.zeros(0)).shape == (0,)
    assert checked(lambda x, n: n + 1).vjp(2.0, 3)[0] == 4
    assert checked(lambda n: n * 2.0).vjp(3)[1](1.0)[0].dtype == [("float0", "V")]
    np.testing.assert_array_equal(checked(lambda x: 3.0).grad(1.0), 0.0)


# ---- when it runs, and on what -------------------------------------------------------------------


def runs(capsys):
    return capsys.readouterr().out.count("ran")


def test_only_the_first_call_is_checked(capsys):
    @checked
    def told(x):
        print("ran")
        return np.sum(x * x)

    counts = []
    for x in (X, X + 1.0, 2.0 * X, X[:2], X[:2], X.astype(np.float32), X.astype(np.float32)):
        told.grad(x)
        counts.append(runs(capsys))
    first, second, third, shorter, again, single, single_again = counts
    assert 5 <= first <= 30
    assert (second, third, shorter, again) == (1, 1, 1, 1)  # sizes are not part of a kind
    assert single > 5
    assert single_again == 1
    told.value_and_grad(X)
    told.vjp(X)  # by the same argument
    assert runs(capsys) == 2


def test_methods_are_checked_once_a_class(capsys):
    class Spring:
        def __init__(self, k):
            self.k = k

        @checked
        def energy(self, x):
            print("ran")
            return self.k * x * x

    assert Spring(2.0).energy.grad(1.5) == 6.0
    assert runs(capsys) > 5
    assert Spring(3.0).energy.grad(1.5) == 9.0
    assert runs(capsys) == 1


def test_without_check_nothing_runs_twice(capsys):
    @srcad.differentiable(engine="numpy")
    def told(x):
        print("ran")
        return x * x

    told.grad(1.0)
    assert runs(capsys) == 1


def test_a_checking_twin_compiles_nothing():
    def program(x):
        return np.sum(x * np.exp(x))

    twins = [srcad.differentiable(engine="numpy", check=check)(program) for check in (False, True)]
    for twin in twins:
        twin.grad(X)
    assert twins[0].history.last.shared is twins[1].history.last.shared
    assert not twins[0].history.checked
    assert twins[1].history.checked == {twins[1].history.last.shared}


def test_pickles_still_check():
    target = pickle.loads(pickle.dumps(Target(sum_of_sines, checked(sum_of_sines).options)))
    assert target.options.check


@pytest.mark.parametrize(
    "array",
    [
        MATRIX,
        np.asfortranarray(MATRIX),
        np.repeat(MATRIX, 2, axis=1)[:, ::2],
        MATRIX[::-1],
        MATRIX.T,
    ],
)
def test_copies_are_of_the_same_layout(array):
    """It decides whether `ravel` is a view, to which a function may write."""
    for copy in (copied(array), moved(array, np.ones((3, 3)))[0]):
        assert not np.may_share_memory(copy, array)
        assert copy.flags.c_contiguous == array.flags.c_contiguous
        assert copy.flags.f_contiguous == array.flags.f_contiguous
    np.testing.assert_array_equal(copied(array), array)
    np.testing.assert_array_equal(copy, array + 1.0)


def test_read_only_arrays():
    fixed = X.copy()
    fixed.flags.writeable = False
    assert not copied(fixed).flags.writeable
    assert not moved(fixed, np.ones(3))[0].flags.writeable
    np.testing.assert_allclose(checked(lambda x: np.sum(x**3)).grad(fixed), 3.0 * X**2)


# ---- what cannot be told -------------------------------------------------------------------------


def unsure(reason):
    return pytest.warns(srcad.CheckWarning, match=reason)


def test_at_a_kink():
    size = checked(lambda x: np.sum(np.abs(x)))
    with unsure("could not be checked: the function has a kink there"):
        np.testing.assert_array_equal(size.grad(np.array([0.0, 1.0])), [1.0, 1.0])
    size.grad(np.array([0.0, 1.0]))  # said once


def test_at_a_kink_in_low_precision():
    least = checked(lambda x: np.sum(np.sin(x)) + 0.1 * np.min(x))
    with unsure("kink"):
        least.grad(np.full(3, 0.7, np.float32))


def refuses_doubles(x):
    if x.dtype != np.float32:
        raise TypeError("single precision only")
    return np.sum(np.sin(x))


def test_functions_of_low_precision_only(wrong_sine):
    with pytest.raises(srcad.GradientMismatch):
        checked(refuses_doubles).grad(X.astype(np.float32))


def test_only_the_argument_at_the_kink_is_named():
    with unsure(r"`<lambda>` \(test_check.py:\d+\) by y could not be checked: .* kink there"):
        checked(lambda x, y: x * x + abs(y)).vjp(2.0, 0.0)


@pytest.mark.parametrize("distance", (0.3, 1e-2, -1e-4, 1e-6, -1e-7))
def test_near_a_kink(distance):
    rectified = checked(lambda x: np.maximum(x - 1.0, 0.0) + 0.5 * x)
    assert rectified.grad(1.0 + distance) == (1.5 if distance > 0 else 0.5)
    assert srcad.differentiable(check=True, engine="numpy")(lambda x: np.floor(x) * x).grad(
        1.0 + distance
    ) == (1.0 if distance > 0 else 0.0)


def test_at_a_kink_a_wrong_gradient_of_another_argument_is_found(wrong_sine):
    with pytest.raises(srcad.GradientMismatch, match=r"wrong by: +x\n"):
        checked(lambda x, y: np.sin(x) + abs(y)).vjp(2.0, 0.0)


def test_steps_too_small_to_see():
    with pytest.raises(srcad.GradientMismatch, match="kink or a jump"):
        checked(lambda x: np.round(x, 12)).grad(0.3)


def test_gradients_that_are_not_finite():
    with unsure("it is not finite"):
        assert checked(np.sqrt).grad(0.0) == np.inf


def drawing(monkeypatch, numbers):
    """A function that multiplies by 1, and by these numbers when it is run for a check."""
    present = itertools.repeat(1.0)

    @functools.lru_cache(maxsize=0)
    def draw(n):
        return next(present)

    def check_gradient(*args):
        nonlocal present
        present = iter(numbers)
        real(*args)

    real = gradient.check_gradient
    monkeypatch.setattr(gradient, "check_gradient", check_gradient)
    return checked(lambda x: x * draw(3))


def chaotic(x):
    for _ in range(100):
        x = 3.9 * x * (1.0 - x)
    return x


def test_gradients_that_are_too_steep():
    with unsure("too steep for differences"):
        assert abs(checked(chaotic).grad(0.3)) > 1e15


def test_random_functions(monkeypatch):
    with unsure("gives another result each time"):
        assert drawing(monkeypatch, itertools.count(1.0)).grad(2.0) == 1.0


def test_functions_with_state(monkeypatch):
    with pytest.raises(srcad.GradientMismatch, match=r"keeps\s+something between calls"):
        drawing(monkeypatch, itertools.repeat(5.0)).grad(2.0)


class Refused(Exception):
    pass


def guarded(x, bound):
    if abs(x - 1.0) > bound:
        raise Refused("too far")
    return x**3


@pytest.mark.parametrize("bound", (0.5, 1e-2, 1e-5))
def test_functions_that_raise_far_off(bound):
    assert checked(guarded).grad(1.0, bound) == 3.0


def test_functions_that_raise_nearby():
    with unsure("raises or is not finite around there"):
        assert checked(lambda x: np.sqrt(1.0 - x) * (1.0 - x)).grad(1.0) == 0.0
    with unsure("raises or is not finite around there"):
        assert checked(lambda x: math.sqrt(x) * x).grad(0.0) == 0.0


def test_functions_that_raise_at_once():
    program = checked(guarded)
    with pytest.raises(Refused, match="too far"):
        program.grad(2.0, 0.5)
    assert not program.history.checked
    program.grad(1.0, 0.5)
    assert program.history.checked


def test_functions_that_raise_when_they_are_run_again(monkeypatch):
    with unsure("the function raises StopIteration when it is run again"):
        assert drawing(monkeypatch, ()).grad(2.0) == 1.0


# ---- differences ---------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", (0.0, 1.0, -1e-3))
@pytest.mark.parametrize(
    "curve",
    [
        math.sin,
        lambda x: math.exp(5.0 * x) - 4.0 * x,
        lambda x: math.sin(1e5 * x) / 1e5,
        lambda x: x - 1e-13,
        lambda x: abs(x - 1e-3) + 2.0 * x,
        lambda x: math.log(x + 1e-4) * 1e-4,
        lambda x: x + (x > 1e-5),
        lambda x: (1e3 + x) - 1e3,
    ],
)
def test_slopes_of_one(curve, slope):
    """All have the slope 1 at zero, which the gradient says too, or not."""

    def residue(step):
        try:
            return curve(step) - (1.0 - slope) * step
        except ValueError:
            return None

    found = is_flat(Residue(residue, 1.0 - slope, 1.0))
    assert found.answer == ("no" if slope else "yes")
    assert abs(found.slope - slope) <= 10.0 * found.error


@pytest.mark.parametrize(
    "curve",
    [
        lambda x: max(x, 0.0),
        lambda x: 1.0 if x > 0.0 else 0.0,
        lambda x: x + (x == 0.0),
        lambda x: math.nan if x else 1.0,
        lambda x: x if x > 1e-3 else None,
        lambda x, stream=itertools.count(): next(stream) + x,
        lambda x: 1e-3 * math.sin(1e15 * x),
    ],
)
def test_curves_of_which_nothing_is_said(curve):
    def residue(step):
        value = curve(step)
        return value if value is not None and math.isfinite(value) else None

    found = is_flat(Residue(residue, 0.0, 1.0))
    assert found.answer == "unknown"
    assert found.reason
