"""Memory that compiled code keeps: found again, bounded, and never that of an array in use."""

import ctypes
import gc
import os
import subprocess
import sys
import threading

import numba
import numpy as np
import pytest

import srcad
from srcad.engines import kept
from srcad.engines.numba_engine import FLAGS
from srcad.engines.pipeline import Compiler

pytestmark = pytest.mark.skipif(not kept.SUPPORTED, reason="memory is kept on Linux only")

jit = numba.njit(pipeline_class=Compiler, **FLAGS)
compiled = srcad.differentiable(engine="numba")
MANY = 40_000  # elements: 320 kB


@jit
def filled(size, value):
    """An array of many bytes that compiled code made."""
    array = np.empty(size)
    for i in range(size):
        array[i] = value
    return array


@compiled
def relax(u, rate, steps):
    for _ in range(steps):
        u = u - rate * np.sin(u) * np.roll(u, 1)
        u[1:-1] = u[1:-1] + 0.1 * (u[2:] - u[:-2]) ** 2
    return np.sum(u**2)


@compiled
def sweep(u, limit):
    total = 0.0
    for i in range(1, len(u)):
        u[i] = u[i] + 0.5 * np.sin(u[i - 1])
        if u[i] > limit:
            raise ValueError("too much")
        total = total + u[i] * u[i - 1]
    return total


def by_numpy(function, *args):
    """The same by the array level, which keeps no memory."""
    plain = srcad.differentiable(engine="numpy")(function.__wrapped__)
    return srcad.value_and_grad(plain)(*args)


def check(found, wanted):
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-12)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-10, atol=1e-12)


@pytest.fixture(autouse=True)
def _emptied():
    kept.release()
    yield
    kept.release()


def variable(name, kind):
    """One of the variables of the code that keeps memory."""
    return kind.from_address(kept.load().get_global_value_address(f"srcad_kept_{name}"))


def test_memory_is_found_again():
    filled(MANY, 1.0)  # compiles, and lets go
    first = kept.total()
    assert MANY * 8 < first < MANY * 9.5
    array = filled(MANY, 1.0)
    assert kept.total() == 0
    place = array.ctypes.data
    del array
    assert kept.total() == first
    assert filled(MANY, 2.0).ctypes.data == place


def test_small_arrays_are_left_to_numba():
    size = kept.LEAST // 8 - 1
    filled(size, 1.0)
    assert kept.total() == 0
    filled(size + 1, 1.0)
    assert kept.total() > 0


def test_calls_take_no_pages():
    import resource

    def faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    function = srcad.value_and_grad(relax)
    u = np.linspace(0.0, 1.0, MANY)
    for _ in range(4):
        function(u, 0.1, 12)
    before = faults()
    for _ in range(10):
        function(u, 0.1, 12)
    # 24 arrays on the tapes, 80 pages each.
    assert faults() - before < 200


@pytest.mark.parametrize(
    "hold", [lambda g: g, lambda g: g[::3], memoryview], ids=["itself", "part", "view"]
)
def test_what_is_held_stays(hold):
    function = srcad.value_and_grad(relax)
    inputs = [np.linspace(0.0, top, MANY) for top in (1.0, 2.0, 3.0)]
    held = [hold(function(u, 0.1, 3)[1]) for u in inputs]
    copies = [np.array(each) for each in held]
    for _ in range(3):
        function(inputs[0][::-1].copy(), 0.2, 3)
        filled(MANY, np.nan)
    for each, copy, u in zip(held, copies, inputs, strict=True):
        np.testing.assert_array_equal(each, copy)
        np.testing.assert_allclose(each, hold(by_numpy(relax, u, 0.1, 3)[1]), rtol=1e-10)


def test_pullbacks_may_be_kept_and_called_again():
    inputs = [np.linspace(0.0, top, MANY) for top in (1.0, 2.0, 3.0)]
    pullbacks = [srcad.vjp(relax, u, 0.1, 4)[1] for u in inputs]
    first = [pullback(1.0)[0] for pullback in pullbacks]
    for _ in range(2):
        srcad.grad(relax)(inputs[1], 0.3, 4)
        filled(MANY, np.nan)
        for u, pullback, bar in zip(inputs, pullbacks, first, strict=True):
            np.testing.assert_array_equal(pullback(1.0)[0], bar)
            np.testing.assert_allclose(bar, by_numpy(relax, u, 0.1, 4)[1], rtol=1e-10)


def test_tapes_live_as_long_as_the_pullback():
    u = np.linspace(0.0, 1.0, MANY)
    _, pullback = srcad.vjp(relax, u, 0.1, 4)
    kept.release()
    pullback(1.0)
    gc.collect()
    before = kept.total()
    del pullback
    gc.collect()
    assert kept.total() > before + 4 * u.nbytes


def test_what_was_there_before_is_not_read():
    function, u = srcad.value_and_grad(relax), np.linspace(0.0, 1.0, MANY)
    clean = function(u, 0.1, 5)
    check(clean, by_numpy(relax, u, 0.1, 5))
    for size in (MANY, MANY - 2, 5 * MANY, 5 * (MANY - 2)):
        arrays = [filled(size, np.nan) for _ in range(6)]
        del arrays
    spoilt = function(u, 0.1, 5)
    assert spoilt[0] == clean[0]
    np.testing.assert_array_equal(spoilt[1], clean[1])


def test_threads():
    inputs = [np.linspace(0.0, 1.0 + i, MANY) for i in range(4)]
    function = srcad.value_and_grad(relax)
    wanted = [function(u, 0.1, 5) for u in inputs]
    wrong = []

    def work(u, gradient):
        for _ in range(15):
            found = function(u, 0.1, 5)
            if found[0] != gradient[0] or not np.array_equal(found[1], gradient[1]):
                wrong.append(found)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(inputs, wanted, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_who_has_to_wait_goes_elsewhere():
    function, u = srcad.value_and_grad(relax), np.linspace(0.0, 1.0, MANY)
    wanted = function(u, 0.1, 5)
    before = kept.total()
    lock = variable("lock", ctypes.c_int32)
    assert lock.value == 0
    lock.value = 1
    try:
        found = function(u, 0.1, 5)
        kept.release()
        del wanted
        assert kept.total() == before
    finally:
        lock.value = 0
    check(found, by_numpy(relax, u, 0.1, 5))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:os.fork")  # of jax, where another test has imported it
@pytest.mark.parametrize("locked", [False, True])
def test_forks(locked):
    function, u = srcad.value_and_grad(relax), np.linspace(0.0, 1.0, MANY)
    wanted = function(u, 0.1, 5)
    lock = variable("lock", ctypes.c_int32)
    lock.value = int(locked)  # by a thread that the child does not have
    child = os.fork()
    if not child:
        try:
            right = all(np.array_equal(function(u, 0.1, 5)[1], wanted[1]) for _ in range(3))
            os._exit(0 if right else 1)
        finally:
            os._exit(2)
    lock.value = 0
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    np.testing.assert_array_equal(function(u, 0.1, 5)[1], wanted[1])


def test_exceptions():
    u = np.linspace(0.0, 1.0, MANY)
    function = srcad.value_and_grad(sweep)
    wanted = by_numpy(sweep, u.copy(), 10.0)
    check(function(u.copy(), 10.0), wanted)
    before = kept.total()
    for _ in range(3):
        with pytest.raises(ValueError, match="too much"):
            function(u.copy(), 0.7)
        assert kept.total() == before
    check(function(u.copy(), 10.0), wanted)
    assert kept.total() == before


def test_an_exception_in_the_forward_sweep_of_a_pullback():
    u = np.linspace(0.0, 1.0, MANY)
    srcad.vjp(sweep, u.copy(), 10.0)
    gc.collect()
    before = kept.total()
    for _ in range(3):
        with pytest.raises(ValueError, match="too much"):
            srcad.vjp(sweep, u.copy(), 0.7)
        assert kept.total() == before > 0


def test_what_is_held_survives_exceptions():
    u = np.linspace(0.0, 1.0, MANY)
    value, pullback = srcad.vjp(sweep, u.copy(), 10.0)
    bar, kept_bar = pullback(1.0)[0], srcad.grad(sweep)(u.copy(), 10.0)
    for _ in range(3):
        with pytest.raises(ValueError, match="too much"):
            srcad.grad(sweep)(u.copy(), 0.7)
        filled(MANY, np.nan)
    np.testing.assert_array_equal(pullback(1.0)[0], bar)
    np.testing.assert_array_equal(bar, kept_bar)
    check((value, bar), by_numpy(sweep, u.copy(), 10.0))


def test_compiled_code_that_calls_python_that_calls_compiled_code():
    """What the inner call has is its own affair, also if the outer one fails."""
    held = []

    def outer(size, fails):
        array = np.empty(size)
        for i in range(size):
            array[i] = i
        with numba.objmode():
            held.append(filled(MANY, 3.0))
        if fails:
            raise ValueError("too much")
        return array

    function = numba.njit(pipeline_class=Compiler, **{**FLAGS, "nogil": False})(outer)
    for _ in range(3):
        with pytest.raises(ValueError, match="too much"):
            function(MANY, True)
        array = function(MANY, False)
        filled(MANY, np.nan)
        filled(MANY, np.nan)
        assert array[-1] == MANY - 1
    assert all(np.all(one == 3.0) for one in held)


def test_it_is_bounded():
    for size in range(2000, 2_000_000, 37_000):
        filled(size, 1.0)
        assert kept.total() <= kept.LIMIT
    assert kept.total() > kept.LIMIT // 2


def test_not_more_pieces_than_places():
    arrays = [filled(kept.LEAST // 8, 1.0) for _ in range(2 * kept.PLACES)]
    del arrays
    rooms = variable("rooms", ctypes.c_int64 * kept.PLACES)
    assert all(rooms)
    assert kept.total() == sum(rooms)


def test_what_is_too_large_is_not_kept():
    filled(kept.LIMIT // 8, 1.0)
    assert kept.total() == 0


def test_what_nobody_asks_for_goes():
    filled(MANY, 1.0)
    for _ in range(kept.PATIENCE + 1):
        filled(kept.LEAST // 8, 1.0)
    assert 0 < kept.total() < 2 * kept.LEAST


def test_the_last_to_come_is_the_first_to_go_out():
    """It is the one that is still in the cache of the processor."""
    first, second = filled(MANY, 1.0), filled(MANY, 1.0)
    place = second.ctypes.data
    del first
    del second
    assert filled(MANY, 1.0).ctypes.data == place


@pytest.mark.parametrize("size", [2048, 2049, 3000, 4095, 4096, 4097, 65_535, 65_537, 1_000_003])
def test_elements_lie_in_their_memory(size):
    """Every element is written to and read, first in new memory, then in memory of before."""
    for value in (1.0, 2.0):
        arrays = [filled(size, value + i) for i in range(3)]
        for i, array in enumerate(arrays):
            assert array.shape == (size,)
            assert array.ctypes.data % 32 == 0
            assert np.all(array == value + i)


@pytest.mark.slow
def test_arrays_may_outlive_everything():
    """At the end of a process, arrays go after the code that made them."""
    program = (
        "import numpy as np, srcad, sys\n"
        "from tests.test_kept import relax\n"
        "class Holder: pass\n"
        "holder = Holder(); holder.self = holder\n"
        "u = np.linspace(0.0, 1.0, 40_000)\n"
        "holder.bar = srcad.grad(relax)(u, 0.1, 3)\n"
        "sys.kept = holder.bar[1:]\n"
        "print(np.isfinite(holder.bar).all())\n"
    )
    root = os.path.dirname(os.path.dirname(__file__))
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    for _ in range(2):  # the second one loads the code from the cache
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr
