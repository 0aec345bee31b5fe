"""`srcad.explain`: what it says that a pullback holds is what a pullback holds."""

import copy
import dataclasses

import numpy as np
import pytest
from benchmarks.kernels import KERNELS

import srcad
from srcad import pipeline, trees
from srcad.explaining import explained
from tests.reference import programs

MODULES = ("loops", "carried", "slices_inplace", "numerics", "growing_lists", "deques", "queues")
PROGRAMS = {
    name: (function, args) for name, function, args in programs() if name.startswith(MODULES)
}


def held(item):
    """The bytes of an array, or of a stack of values."""
    if isinstance(item, np.ndarray):
        return item.nbytes
    return sum(np.asarray(part).nbytes for part in item) if isinstance(item, list) else 0


def explained_and_held(function, args, engine="numpy"):
    args = copy.deepcopy(args)
    leaves, _ = trees.flatten((args, {}))
    options = pipeline.Options(engine=engine)
    made = pipeline.specialise(function, args, {}, (True,) * len(leaves), False, options)
    found = explained(made, leaves)
    return found, made.forward(leaves)[2]


@pytest.mark.parametrize("name", PROGRAMS)
def test_bytes_of_the_corpus(name):
    function, args = PROGRAMS[name]
    try:
        found, saved = explained_and_held(function, args)
    except (srcad.SrcadError, ArithmeticError, ValueError, IndexError, AssertionError):
        pytest.skip("there is no pullback")
    size = sum(map(held, saved))
    if found.total.bytes is None:
        assert any(name in found.total.formula for name in ("trips", "count", "shape"))
    elif found.at_most:
        assert found.total.bytes >= size
    else:
        assert found.total.bytes == size


@pytest.mark.parametrize("name", KERNELS)
def test_bytes_of_the_benchmarks(name):
    kernel = KERNELS[name]
    found, saved = explained_and_held(kernel.program, kernel.arguments("small"))
    size = sum(map(held, saved))
    if found.total.bytes is not None:
        assert (found.total.bytes >= size) if found.at_most else (found.total.bytes == size)
    parts = [taped.total for loop in found.loops for taped in loop.taped]
    parts += [item.memory for item in found.saved if item.memory is not None]
    if all(part.bytes is not None for part in parts):
        assert found.total.bytes == sum(part.bytes for part in parts)


def diffuse(u, rate, steps):
    n, m = u.shape
    flux = np.zeros((n, m))
    for _ in range(steps):
        u = u + rate * np.sin(u)
        for i in range(1, n):
            flux[i] = flux[i] * u[i - 1]
    return np.sum(u) + np.sum(flux)


def until(x, rate):
    while x < 3.0:
        x = x + np.exp(-x * rate)
    return x


def test_formulas_have_the_names_of_the_user_and_are_right():
    u, rate, steps = np.ones((5, 4)), 0.3, 3
    found, saved = explained_and_held(diffuse, (u, rate, steps))
    assert "steps * n * m" in found.total.formula
    assert eval(found.total.formula, {"n": 5, "m": 4, "steps": steps}) == found.total.bytes
    assert found.total.bytes == sum(map(held, saved))
    other, _ = explained_and_held(diffuse, (np.ones((7, 2)), rate, 4))
    assert other.total.formula == found.total.formula
    assert other.total.bytes == eval(found.total.formula, {"n": 7, "m": 2, "steps": 4})
    steps_loop, rows = found.loops
    assert steps_loop.origin.text.strip() == "for _ in range(steps):"
    assert (steps_loop.trips, steps_loop.count, steps_loop.depth) == ("steps", 3, 0)
    assert (rows.trips, rows.count, rows.depth) == ("n - 1", 4, 1)
    assert [taped.name for taped in steps_loop.taped] == ["u", "np.sin(u)"]


def test_trips_that_only_the_run_tells():
    found, saved = explained_and_held(until, (0.5, 0.3))
    (loop,) = found.loops
    assert (loop.trips, loop.count) == ("as many as it takes", None)
    assert found.total.bytes is None
    trips = {len(item) for item in saved if isinstance(item, list)}
    assert len(trips) == 1
    assert eval(found.total.formula, {"trips": trips.pop()}) == sum(map(held, saved))


def test_compiled_pullbacks_hold_the_same():
    found, saved = explained_and_held(diffuse, (np.ones((5, 4)), 0.3, 3), engine="auto")
    assert (found.engine, found.level, found.why) == ("numba", "loops", "")
    assert found.total.bytes == sum(map(held, saved))


def test_what_stays_in_arrays_is_not_taped():
    def history(y, rate):
        for k in range(y.shape[0] - 1):
            y[k + 1] = y[k] + rate * np.sin(y[k])
        return np.sum(y)

    found, saved = explained_and_held(history, (np.ones(6), 0.1))
    (loop,) = found.loops
    assert [taped.name for taped in loop.taped] == ["np.sin(y[k])"]
    assert any("holds it after the loops" in item.why for item in loop.recomputed)
    assert found.total.bytes == sum(map(held, saved))


def test_what_runs_it_and_why():
    def printing(x):
        print(x)
        return x * x

    chosen = srcad.explain(srcad.differentiable(until, engine="numpy"), 0.5, 0.3)
    assert (chosen.engine, chosen.why) == ("numpy", 'engine="numpy"')
    with pytest.warns(srcad.EngineWarning):
        found = srcad.explain(printing, 3.0)
    assert (found.engine, found.level, found.why) == ("numpy", "array", "it prints")


def test_nothing_is_run():
    def fails(x):
        for _ in range(10**9):
            x = np.sin(x)
        return np.sum(x)

    found = srcad.explain(fails, np.ones(10_000))
    assert found.total.bytes > 10**13  # too much for a call
    assert "TiB" in str(found)


def test_it_is_frozen_and_has_a_text():
    found = srcad.explain(diffuse, np.ones((5, 4)), 0.3, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.total = None
    text = str(found)
    assert "for i in range(1, n):" in text
    assert text.splitlines()[-1] == f"a pullback holds {found.total}"
    with pytest.raises(srcad.ArgumentError):
        srcad.explain(3.0)
    with pytest.raises(TypeError):
        srcad.explain(diffuse)
