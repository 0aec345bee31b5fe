"""The third call of a gradient goes a way of its own: it must be right, and notice every change."""

import copy
import gc
import itertools
import pickle
import threading
import types
import weakref
from dataclasses import replace

import numpy as np
import pytest

import srcad
from srcad import fastpath
from srcad.analyses.sizes import Guard
from srcad.emit.ownership import owned_results
from srcad.errors import UnsafeMutation
from srcad.ir.dims import Dim, SizeOf, ValueOf
from srcad.ir.kinds import INT, Kind
from srcad.ir.nodes import Var
from srcad.specialise import compile_guards, dim_text

SCALE = 2.0
WEIGHTS = np.array([1.0, 2.0, 3.0])
MODE = "square"
TABLE = {"gain": 3.0}


def helper(x):
    return x * x


def plain(x):
    return np.sum(x * x * x)


def pair(x, y):
    return np.sum(np.sin(x) * y)


def eight(a, b, c, d, e, f, g, h):
    return a * b + c * d + e * f + g * h


def mixed(x, n, scale):
    total = 0.0
    for _ in range(n):
        total = total + scale * np.sum(x)
    return total


def passes_through(x, y):
    return np.sum(x + y)


def reads_scale(x):
    return SCALE * np.sum(x * x)


def reads_weights(x):
    return np.sum(WEIGHTS * x)


def reads_mode(x):
    return np.sum(x * x) if MODE == "square" else np.sum(x)


def reads_table(x):
    return TABLE["gain"] * np.sum(x)


def calls_helper(x):
    return np.sum(helper(x))


THREE = np.array([0.5, -1.0, 2.0])
FUNCTIONS = [
    (plain, (THREE,)),
    (plain, (np.float64(2.0),)),
    (plain, (THREE.astype(np.float32),)),
    (pair, (THREE, THREE + 1.0)),
    (pair, (THREE.reshape(3, 1), THREE)),
    (eight, tuple(map(float, range(8)))),
    (mixed, (THREE, 3, 0.5)),
    (mixed, (THREE, 3, np.float32(0.5))),
    (passes_through, (THREE, THREE * 2)),
    (passes_through, (THREE, 1.0)),
    (reads_scale, (THREE,)),
    (reads_weights, (THREE,)),
    (reads_table, (THREE,)),
    (calls_helper, (THREE,)),
]


@pytest.fixture(params=["numpy", "numba"])
def engine(request):
    return request.param


def ready(function, args, engine, **options):
    """Return a gradient that has a fast path for such arguments."""
    gradient = srcad.value_and_grad(srcad.differentiable(engine=engine)(function), **options)
    gradient(*args)
    gradient(*args)
    assert len(gradient._fast.paths) == 1
    return gradient


def alone(path):
    """Let a path do its calls itself."""
    assert callable(path.__globals__["otherwise"])
    path.__globals__["otherwise"] = None


def generally(gradient, args):
    return gradient._general.call(*args)


def check(got, expected):
    """Compare types, dtypes, shapes and values."""
    assert type(got) is type(expected)
    if isinstance(expected, tuple):
        assert len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            check(one, other)
    else:
        assert np.asarray(got).dtype == np.asarray(expected).dtype
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(("function", "args"), FUNCTIONS)
def test_it_returns_what_the_general_way_does(function, args, engine):
    chosen = tuple(i for i, arg in enumerate(args) if not isinstance(arg, int))
    gradient = ready(function, args, engine, argnums=chosen)
    path = gradient._fast.paths[0]
    alone(path)
    assert gradient.__call__ is path
    found = path(*args)
    check(found, generally(gradient, args))
    again = path(*args)
    arrays = [bar for result in (found, again) for bar in result[1] if isinstance(bar, np.ndarray)]
    for place, bar in enumerate(arrays):
        assert bar.flags.writeable
        others = arrays[:place] + [arg for arg in args if isinstance(arg, np.ndarray)]
        assert not any(np.shares_memory(bar, other) for other in others)


@pytest.mark.parametrize("options", [{}, {"argnums": (0,)}, {"argnums": -1}, {"argnums": (1, 0)}])
def test_the_form_that_was_asked_for(options, engine):
    args = (THREE, THREE + 1.0)
    for make in (srcad.grad, srcad.value_and_grad):
        gradient = make(srcad.differentiable(engine=engine)(pair), **options)
        expected = [gradient(*args) for _ in range(2)][1]
        assert gradient._fast.paths
        check(gradient(*args), expected)


@pytest.mark.parametrize(
    "other",
    [
        THREE.astype(np.float32),
        THREE.reshape(3, 1),
        THREE[:1],
        THREE[:0],
        np.arange(6.0)[::2],
        np.asfortranarray(np.ones((2, 2))),
        np.broadcast_to(1.5, 3),
        np.array(2.0),
        THREE.astype(">f8"),
        THREE.astype(np.dtype("f8", metadata={"unit": "m"})),
        np.zeros(25, np.uint8)[1:].view("f8"),  # not aligned
        np.frombuffer(THREE.tobytes()),  # not writable
        THREE.view(type("Sub", (np.ndarray,), {})),
        2.0,
        np.float64(2.0),
        1.0 + 2.0j,
        [1.0, 2.0],
        np.ma.masked_array(THREE, [0, 1, 0]),
        "text",
        None,
    ],
    ids=repr,
)
def test_arguments_of_other_kinds_go_the_general_way(other, engine):
    def outcome(call):
        try:
            return call()
        except Exception as error:
            return type(error), str(error)

    gradient = ready(plain, (THREE,), engine)
    fresh = srcad.value_and_grad(srcad.differentiable(engine=engine)(plain))
    for _ in range(3):
        expected = outcome(lambda: generally(fresh, (other,)))
        assert repr(outcome(lambda: gradient(other))) == repr(expected)
    check(gradient(THREE), generally(fresh, (THREE,)))


def test_other_numbers_of_arguments(engine):
    gradient = ready(plain, (THREE,), engine)
    with pytest.raises(TypeError, match="requires at least 1 positional"):
        gradient()
    with pytest.raises(TypeError, match="takes 1 positional"):
        gradient(THREE, THREE)
    with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
        gradient(THREE, y=THREE)


def test_arguments_by_name(engine):
    x, y = THREE, THREE + 1.0
    gradient = ready(pair, (x, y), engine)
    check(gradient(x, y=y), gradient(x, y))
    with pytest.raises(TypeError, match="multiple values for argument 'x'"):
        gradient(x, x=y)
    with pytest.raises(TypeError, match="unexpected keyword argument 'a0'"):
        gradient(x, y, a0=y)


def test_guards_as_text():
    x, n = Var(Kind("float64", 2, "array"), "x"), Var(INT, "n")
    symbols = SizeOf(x, 0), SizeOf(x, 1), ValueOf(n)
    for value, *counts in itertools.product((-4, 4), *[(-2, -1, 0, 1, 2)] * 3):
        values = np.zeros((2, 3)), value
        terms = tuple((s, count) for s, count in zip(symbols, counts, strict=True) if count)
        whole = sum(count * length for count, length in zip(counts, (2, 3, value), strict=True))
        for constant, relation in itertools.product(range(-12, 13, 3), ("==", "!=", ">=", "<")):
            guard = Guard(Dim(constant, terms), relation)
            expected = eval(f"{whole + constant} {relation} 0")
            assert compile_guards([guard], [x, n])(values) == expected
            assert eval(dim_text(guard.dim, {x: "x", n: "n"}), {"x": values[0], "n": value}) == (
                whole + constant
            )


@pytest.mark.parametrize("length", [1, 2, 7])
def test_guards_on_sizes(length, engine):
    def neighbours(x, y):
        return np.sum(x[1:] * x[:-1]) + np.sum(x + y)

    gradient = ready(neighbours, (THREE, THREE), engine)
    x = np.arange(1.0, 1.0 + length)
    for y in (x, np.ones(1)):
        fresh = srcad.value_and_grad(srcad.differentiable(engine=engine)(neighbours))
        check(gradient(x, y), fresh(x, y))
    with pytest.raises(ValueError, match="broadcast"):
        gradient(np.ones(3), np.ones(2))


@pytest.mark.parametrize(
    ("function", "name", "value"),
    [
        (reads_scale, "SCALE", 5.0),
        (reads_scale, "SCALE", 5),
        (reads_scale, "SCALE", np.float32(5.0)),
        (reads_scale, "SCALE", np.array(5.0)),
        (reads_weights, "WEIGHTS", np.ones(3)),
        (reads_weights, "WEIGHTS", np.ones(1)),
        (reads_weights, "WEIGHTS", np.ones(3, np.float32)),
        (reads_weights, "WEIGHTS", np.arange(6.0)[::2]),
        (reads_weights, "WEIGHTS", 4.0),
        (reads_mode, "MODE", "sum"),
        (reads_mode, "MODE", "".join(["squ", "are"])),
        (reads_table, "TABLE", {"gain": 4.0}),
        (calls_helper, "helper", lambda x: x * x * x),
        (calls_helper, "helper", np.sin),
    ],
)
def test_globals_are_read_at_every_call(function, name, value, engine, monkeypatch):
    gradient = ready(function, (THREE,), engine)
    before = generally(gradient, (THREE,))
    check(gradient(THREE), before)
    monkeypatch.setitem(globals(), name, value)
    for _ in range(3):
        np.testing.assert_allclose(gradient(THREE)[0], function(THREE), rtol=1e-6)
        check(gradient(THREE), generally(gradient, (THREE,)))
    monkeypatch.undo()
    check(gradient(THREE), before)


def test_a_global_that_is_deleted(engine, monkeypatch):
    gradient = ready(reads_scale, (THREE,), engine)
    monkeypatch.delitem(globals(), "SCALE")
    with pytest.raises(NameError, match="SCALE") as caught:
        gradient(THREE)
    assert caught.value.__context__ is None


def test_items_of_globals_are_read_at_every_call(engine, monkeypatch):
    gradient = ready(reads_table, (THREE,), engine)
    monkeypatch.setitem(TABLE, "gain", 7.0)
    assert gradient(THREE)[0] == 7.0 * np.sum(THREE)
    monkeypatch.setitem(TABLE, "other", 7.0)
    assert gradient(THREE)[0] == 7.0 * np.sum(THREE)


def test_closures_defaults_and_code(engine):
    def make(power, shift):
        def inner(x, scale=2.0):
            return scale * np.sum(x**power + shift)

        def change(new):
            nonlocal shift
            shift = new

        return inner, change

    function, change = make(2, 1.0)
    gradient = ready(function, (THREE,), engine)
    for step in (
        lambda: change(3.0),
        lambda: change(np.ones(3)),
        lambda: setattr(function, "__defaults__", (4.0,)),
        lambda: setattr(function, "__code__", make(3, 1.0)[0].__code__),
    ):
        step()
        for _ in range(3):
            np.testing.assert_allclose(gradient(THREE)[0], function(THREE))


def test_other_code(engine):
    def function(x):
        return np.sum(x * x)

    def other(x):
        return np.sum(x * x * x)

    gradient = ready(function, (THREE,), engine)
    function.__code__ = other.__code__
    np.testing.assert_allclose(gradient(THREE)[0], np.sum(THREE**3))


def test_attributes_of_objects(engine):
    class Model:
        def __init__(self):
            self.gain = 2.0

        def loss(self, x):
            return self.gain * np.sum(x * x)

    model = Model()
    gradient = ready(model.loss, (THREE,), engine)
    assert gradient(THREE)[0] == 2.0 * np.sum(THREE * THREE)
    model.gain = 3.0
    assert gradient(THREE)[0] == 3.0 * np.sum(THREE * THREE)
    model.gain = np.float32(3.0)
    check(gradient(THREE), generally(gradient, (THREE,)))


def test_ints_that_do_not_fit(engine):
    def powers(x, n):
        return x * (n * n)

    gradient = ready(powers, (2.0, 3), engine)
    assert gradient(2.0, 10**30) == (2.0 * 10**60, float(10**60))
    assert gradient(2.0, 3) == (18.0, 9.0)


def test_errors_of_the_function(engine):
    def checked(x):
        if x[0] < 0.0:
            raise ValueError("negative")
        return np.sum(x) / x[0]

    gradient = ready(checked, (THREE,), engine)
    with pytest.raises(ValueError, match="negative"):
        gradient(-THREE)
    check(gradient(THREE), generally(gradient, (THREE,)))


def test_arguments_that_are_written_to(engine):
    def writes(x, y):
        x[0] = x[1] * y[2]
        return np.sum(x)

    x, y = THREE.copy(), THREE + 1.0
    gradient = ready(writes, (x, y), engine)
    kept = copy.deepcopy((x, y))
    check(gradient(x, y), generally(gradient, (x, y)))
    check((x, y), kept)
    with pytest.raises(UnsafeMutation):
        gradient(x, x)


def test_the_adjoint_that_was_used_last_is_noted(engine):
    function = srcad.differentiable(engine=engine)(plain)
    gradient = srcad.grad(function)
    for _ in range(3):
        gradient(THREE)
    one = function.adjoint_source
    gradient(2.0)
    assert function.adjoint_source != one
    gradient(THREE)
    assert function.adjoint_source == one


def test_several_kinds_in_turn(engine):
    kinds = [THREE, THREE.astype(np.float32), np.ones((2, 2)), 2.0, np.float64(1.0), np.ones(1)]
    gradient = srcad.value_and_grad(srcad.differentiable(engine=engine)(plain))
    expected = [generally(gradient, (kind,)) for kind in kinds]
    for _ in range(4):
        for kind, value in zip(kinds, expected, strict=True):
            check(gradient(kind), value)


@pytest.mark.parametrize(
    ("body", "owned"),
    [
        ("t = np.zeros(2); t += x; return t", (True,)),
        ("t = np.zeros(2); return t, t", (False, False)),
        ("t = u = np.zeros(2); return t", (False,)),
        ("t = np.zeros(2); u = t; return t, u", (False, False)),
        ("t = np.zeros(2); t = x; return t", (False,)),
        ("t = np.zeros(2); u = x if x else t; return t", (False,)),
        ("t, u = saved; t = np.zeros(2); return t", (False,)),
        ("t = np.zeros(2); u = t[1:]; return t, u", (True, False)),
        ("t = np.zeros(2).reshape(2, 1); return t", (False,)),
        ("t = np.broadcast_to(x, 2); return t, -x", (False, True)),
        ("return saved", (False,)),
        ("return x * 2.0, 0.0, np.dot(x, x), x.T", (True, True, True, False)),
        ("return", ()),
    ],
)
def test_what_counts_as_new_memory(body, owned):
    assert owned_results(f"def f(saved, x): {body}", "f") == owned


def test_owned_results_of_value_and_gradient():
    backward = "def f_bwd(saved, seed):\n    x_bar = np.zeros(2)\n    return x_bar, saved\n"
    apart = "def f_value_and_grad(x):\n    return out, f_bwd(saved, 1.0)\n"
    together = "def f_value_and_grad(x):\n    t = np.zeros(2)\n    return 1.0, (t, t, -t)\n"
    assert owned_results(backward + apart, "f_value_and_grad") == (True, False)
    assert owned_results(backward + together, "f_value_and_grad") == (False, False, True)


def test_paths_pass_on_to_older_ones(engine):
    kinds = [np.ones((2,) * rank) for rank in range(1, fastpath.KEPT + 3)]
    gradient = srcad.value_and_grad(srcad.differentiable(engine=engine)(plain))
    for kind in kinds:
        gradient(kind)
        gradient(kind)
    paths = gradient._fast.paths
    assert len(paths) == fastpath.KEPT
    assert gradient.__call__ is paths[0]
    following = [path.__globals__["otherwise"] for path in paths]
    assert following == [*paths[1:], gradient._general.call]
    for path, kind in zip(paths, reversed(kinds), strict=False):
        alone(path)
        check(path(kind), generally(gradient, (kind,)))


def test_nothing_but_its_owner_keeps_a_gradient_alive(engine):
    gc.collect()
    gc.disable()
    try:
        gradient = ready(plain, (THREE,), engine)
        gradient(2.0)
        gradient(2.0)
        gone = weakref.ref(gradient), weakref.ref(gradient.__call__)
        del gradient
        assert [one() for one in gone] == [None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("x", [THREE, np.ones((2, 3))], ids=["vector", "matrix"])
@pytest.mark.parametrize(
    ("wrong", "owned"),
    [
        (lambda bar: bar[:1], True),
        (lambda bar: bar[None], True),
        (lambda bar: bar.astype(np.float32), True),
        (lambda bar: bar[:], False),
        (lambda bar: bar.T if bar.ndim > 1 else bar[:2], True),
    ],
    ids=["short", "rank", "dtype", "view", "shape"],
)
def test_gradients_are_looked_at(x, wrong, owned, engine, monkeypatch):
    made = {}

    def direct(self, inputs):
        found = original(self, inputs)

        def call(*args):
            value, bar = found.call(*args)
            return value, made.setdefault("bar", wrong(bar))

        bar = call(*inputs)[1]
        kinds = ((bar.dtype, bar.ndim),) if engine == "numba" else ()
        return replace(found, call=call, kinds=kinds, owned=(owned,), retry=())

    gradient = srcad.grad(srcad.differentiable(engine=engine)(plain))
    gradient(x)
    engine_class = type(gradient.target.history.last.shared.engine)
    original = engine_class.direct
    monkeypatch.setattr(engine_class, "direct", direct)
    gradient(x)
    (path,) = gradient._fast.paths
    alone(path)
    bar = made["bar"]
    if bar.shape != x.shape:
        with pytest.raises(srcad.SrcadError, match="a gradient has shape"):
            path(x)
        return
    found = path(x)
    assert found.dtype == x.dtype
    assert not np.shares_memory(found, bar)
    np.testing.assert_array_equal(found, bar)


def test_one_call_writes_no_path(engine):
    gradient = srcad.value_and_grad(srcad.differentiable(engine=engine)(plain))
    gradient(THREE)
    assert not gradient._fast.paths


def test_it_pickles_without_its_paths():
    gradient = srcad.value_and_grad(plain)
    for _ in range(3):
        gradient(THREE)
    check(pickle.loads(pickle.dumps(gradient))(THREE), gradient(THREE))


def test_threads(engine):
    gradient = srcad.value_and_grad(srcad.differentiable(engine=engine)(pair))
    args = [(np.full(n, 1.0 + n), np.arange(1.0, n + 1.0)) for n in range(2, 8)]
    expected = [generally(gradient, one) for one in args]
    wrong = []

    def work(start):
        for step in range(200):
            place = (start + step) % len(args)
            try:
                check(gradient(*args[place]), expected[place])
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_holomorphic():
    square = srcad.differentiable(engine="numpy")(lambda z: z * z)
    gradient = srcad.grad(square, holomorphic=True)
    expected = [gradient(1.0 + 2.0j) for _ in range(2)]
    assert gradient._fast.paths
    check(gradient(1.0 + 2.0j), expected[0])


def test_a_module_may_be_replaced(engine, monkeypatch):
    gradient = ready(plain, (THREE,), engine)
    monkeypatch.setitem(globals(), "np", types.SimpleNamespace(sum=lambda x: x[0]))
    value = gradient(THREE)[0]
    monkeypatch.undo()
    assert value == THREE[0] ** 3
