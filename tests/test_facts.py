"""Whatever decides what a program does is asked anew at each call: globals, cells, arguments.

Each program is called with one thing after the other, by one decorated function, so that a fact
which srcad has not noted shows as the gradient of the call before.
"""

import copy
import enum
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from functools import partial

import numpy as np
import pytest

from srcad import ArgumentError, SrcadError, UnsafeMutation, grad, jvp, pipeline, vjp
from tests.test_nesting import by, each_engine, slope


class Mode(enum.Enum):
    PLAIN = 1.0
    TWICE = 2.0


class Euler:
    def step(self, x):
        return x + 0.1 * np.sin(x)


class Middle(Euler):
    def step(self, x):
        return x + 0.1 * np.sin(x + 0.05 * np.sin(x))


class Held:
    def __init__(self, rate):
        self.rate = rate

    def times(self, x):
        return self.rate * x

    def __call__(self, x):
        return self.rate * np.sin(x)


def growth(rate, power=2.0, *, shift=0.1):
    def function(x, power=power, *, shift=rate * shift):
        return rate * np.abs(x) ** power + shift

    return function


def of_identity(x, thing):
    return np.sum(x**2) * (3.0 if thing is Mode.PLAIN else 2.0)


def of_none(x, thing):
    return np.sum(x**2) * (3.0 if thing is None else 2.0)


def of_value(x, thing):
    return np.sum(x**2) * thing.value * (2.0 if thing.name == "PLAIN" else 3.0)


def of_kind(x, thing):
    if isinstance(thing, list):
        return np.sum(x**2)
    return np.sum(x**3) if isinstance(thing, tuple) else np.sum(x**4)


def of_items(x, thing):
    total = 0.0
    for weight in thing:
        total = total + weight * np.sum(x**2)
    return total


def of_length(x, thing):
    return len(thing) * np.sum(x**2)


def of_a_member(x, thing):
    return np.sum(x**2) * (3.0 if "a" in thing else 2.0)


def of_sorted_members(x, thing):
    return np.sum(x**2) * sorted(thing)[0]


def of_an_index(x, thing):
    return np.sum(x.reshape(2, 2)[thing] ** 2)


def of_trips(x, thing):
    total = 0.0
    for k in thing:
        total = total + x[k] ** 2 * (k + 1)
    return total * (2.0 if 3 in thing else 1.0) + len(thing)


def of_axes(x, thing):
    return np.sum(np.transpose(x.reshape(2, 2), thing)[0] ** 2)


def of_a_copy(x, thing):
    items = thing.copy()
    items.append(3.0)
    return np.sum(x**2) * items[0]


def of_a_method(x, thing):
    return np.sum(thing.step(x))


def of_a_function(x, thing):
    for _ in range(2):
        x = x + 0.1 * thing(x)
    return np.sum(x)


SLICES = (slice(0, 1), slice(None), slice(None, None, -1), (slice(1), slice(1)))
PROGRAMS = [
    (of_identity, [Mode.PLAIN, Mode.TWICE, Mode.PLAIN]),
    (of_none, [None, np.ones(2), None, 2.0, Mode.TWICE, None]),
    (of_value, [Mode.PLAIN, Mode.TWICE]),
    (of_kind, [[1.0], (1.0,), {0: 1.0}, [1.0], np.ones(1)]),
    (of_items, [(1.0, 2.0), (1.0, 2.0, 3.0), [1.0, 2.0, 3.0], [4.0], np.ones(2), deque([1.0])]),
    (of_length, [(1, 2), [1, 2, 3], {1, 2}, range(5), {1: 2}, frozenset({1}), deque([1, 2])]),
    (of_a_member, [{"a"}, {"b"}, {"a": 1}, ["b"], ("a",), frozenset("a"), "cd", OrderedDict(a=1)]),
    (of_sorted_members, [{3, 1}, {5}, frozenset({7})]),
    (of_an_index, [*SLICES, [0, 1], (0, 1), [1, 1], [True, False], 1, np.array([0, 0])]),
    (of_trips, [range(2), range(4), range(0, 4, 3), range(3, -1, -1), [0, 3], (1,)]),
    (of_axes, [[1, 0], [0, 1], (1, 0)]),
    (of_a_copy, [deque([1.0, 2.0], most) for most in (None, 2, 9, None)]),
    (of_a_method, [Euler(), Middle()]),
    (of_a_function, [growth(0.5), growth(0.7), growth(0.5, 3.0), growth(0.5, shift=2.0)]),
    (of_a_function, [np.sin, np.cos, Held(0.3), Held(0.4), Held(0.3).times, Held(0.4).times]),
    (of_a_function, [partial(np.multiply, 0.3), partial(np.multiply, 0.4), lambda x: 0.2 * x]),
]
IDS = [f"{program.__name__}{number}" for number, (program, _) in enumerate(PROGRAMS)]
X, ALONG = np.array([0.6, -1.3, 0.2, 0.9]), np.array([0.7, 0.4, -0.2, 0.5])
THING = None


def check(function, plain):
    measured = slope(plain, X, ALONG)
    assert grad(function)(X) @ ALONG == pytest.approx(measured, rel=1e-6)
    value, dot = jvp(function, (X,), (ALONG,))
    assert value == pytest.approx(plain(X), rel=1e-12)
    assert dot == pytest.approx(measured, rel=1e-6)


@pytest.mark.parametrize("program, things", PROGRAMS, ids=IDS)
def test_what_arguments_decide(program, things):
    """Things that are no numbers or arrays, as arguments."""
    function = by("numpy")(program)
    for thing in things:
        if isinstance(thing, np.ndarray | float):
            continue  # an argument to differentiate by
        if program is of_axes and isinstance(thing, list):
            continue  # integers that are known at run time only
        measured = slope(lambda x: program(x, thing), X, ALONG)
        assert grad(function, allow_int=True)(X, thing) @ ALONG == pytest.approx(measured, rel=1e-6)


@each_engine
@pytest.mark.parametrize("program, things", PROGRAMS, ids=IDS)
def test_what_globals_decide(program, things, engine, monkeypatch):
    def plain(x):
        return program(x, THING)

    function = by(engine)(plain)
    for thing in things:
        monkeypatch.setitem(globals(), "THING", thing)
        check(function, plain)


@pytest.mark.parametrize("program, things", PROGRAMS, ids=IDS)
def test_what_cells_decide(program, things):
    def closed(thing):
        return lambda x: program(x, thing)

    for thing in things:
        check(by("numpy")(closed(thing)), closed(thing))


@pytest.mark.parametrize("program, things", PROGRAMS, ids=IDS)
def test_what_attributes_decide(program, things):
    held = Held(0.0)

    def plain(x):
        return program(x, held.thing)

    function = by("numpy")(plain)
    for thing in things:
        held.thing = thing
        check(function, plain)


CHANGES = [
    (of_items, [1.0, 2.0], lambda thing: thing.append(3.0)),
    (of_items, [1.0, 2.0], lambda thing: thing.__setitem__(0, 5.0)),
    (of_items, [1.0, 2.0], lambda thing: thing.__setitem__(0, 5)),
    (of_length, {1: 2}, lambda thing: thing.update({2: 3})),
    (of_length, {1}, lambda thing: thing.add(2)),
    (of_a_member, {"a"}, lambda thing: (thing.add("b"), thing.remove("a"))),
    (of_a_member, {"a": 1}, lambda thing: thing.update(b=thing.pop("a"))),
    (of_a_member, ["a"], lambda thing: thing.__setitem__(0, "b")),
    (of_axes, [1, 0], lambda thing: thing.reverse()),
    (of_an_index, [1, 0], lambda thing: thing.append(0)),
    (of_an_index, np.array([0, 1]), lambda thing: thing.fill(1)),
    (of_a_function, Held(0.3), lambda thing: setattr(thing, "rate", 0.4)),
    (of_a_function, Held(0.3).times, lambda thing: setattr(thing.__self__, "rate", 0.4)),
    (of_a_method, Euler(), lambda thing: setattr(thing, "step", np.sin)),
]


@each_engine
@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_things_that_change(number, engine):
    """The same object, of other contents."""
    program, thing, change = CHANGES[number]
    thing = copy.deepcopy(thing)

    def plain(x):
        return program(x, thing)

    function = by(engine)(plain)
    check(function, plain)
    change(thing)
    check(function, plain)


def test_closures_of_functions_that_are_arguments():
    """Their cells and globals are their own, and not those of the function that gets them."""

    def outer(rate):
        factor = 5.0
        return grad(lambda x, function: np.sum(function(x) * factor))(X, times(rate))

    def times(factor):
        return lambda x: factor * x

    for rate in (2.0, 3.0):
        np.testing.assert_allclose(outer(rate), np.full(4, 5.0 * rate))


def test_a_function_of_the_same_code_is_not_compiled_again(monkeypatch):
    made = []
    monkeypatch.setattr(pipeline, "_CACHE", {})
    monkeypatch.setattr(pipeline, "lower", counted(pipeline.lower, made))
    function = by("numpy")(of_a_function)
    for rate in (0.1, 0.2, 0.3):
        grad(function)(X, growth(rate))
    assert len(made) == 1


def counted(function, calls):
    def call(*args):
        calls.append(args)
        return function(*args)

    return call


@pytest.mark.parametrize("write", ["append", "extend", "store", "pop", "sort", "add"])
def test_lists_from_outside_are_not_written(write):
    """The program would go on without what it wrote, and the list would not change."""
    items = [2.0, 1.0]

    def program(x):
        held = items
        if write == "append":
            held.append(x[0])
        elif write == "extend":
            held.extend([x[0]])
        elif write == "store":
            held[0] = x[0]
        elif write == "pop":
            held.pop()
        elif write == "sort":
            held.sort()
        else:
            held += [x[0]]
        return np.sum(x) * items[0] * len(items)

    with pytest.raises(UnsafeMutation, match="neither an argument nor made here"):
        grad(program)(X)
    assert items == [2.0, 1.0]


def test_dicts_from_outside_are_not_written():
    settings = {"a": 1.0}

    def program(x):
        settings["a"] = x
        return np.sum(settings["a"] * x)

    with pytest.raises(UnsafeMutation, match="neither an argument nor made here"):
        grad(program)(X)
    assert settings == {"a": 1.0}


@each_engine
def test_deques_and_defaultdicts_as_arguments(engine):
    def of_deque(items):
        items.append(items[0] ** 2)
        return np.sum(items[0] * items[-1])

    def of_defaultdict(items):
        items["more"] += items["a"] ** 2
        return np.sum(items["a"] * items["more"])

    found = grad(by(engine)(of_deque))(deque([X, X + 1.0]))
    np.testing.assert_allclose(found[0], 3.0 * X**2)
    found = grad(by(engine)(of_deque))(deque([X, X + 1.0], maxlen=2))
    np.testing.assert_allclose(found[0], 2.0 * X * (X + 1.0))
    np.testing.assert_allclose(found[1], X**2)
    (found,) = vjp(by(engine)(of_defaultdict), defaultdict(float, a=X))[1](1.0)
    np.testing.assert_allclose(found["a"], 3.0 * X**2)


@each_engine
def test_what_is_returned_beside_the_value(engine, monkeypatch):
    def program(x):
        return np.sum(x**2), THING

    function = by(engine)(program)
    for thing in (Mode.PLAIN, Mode.TWICE, growth(0.1), growth(0.2)):
        monkeypatch.setitem(globals(), "THING", thing)
        assert grad(function, has_aux=True)(X)[1] is thing


class Name(str):
    pass


Pair = namedtuple("Pair", "a b")
NUMBERS = (True, 1, 2.0, np.int64(3), np.float64(2.0), X)
EMPTY = (np.str_(""), "", (), [], {}, 0, 0.0, None, "a", (0,))
QUESTIONS = [
    (lambda t: t == "a", [Name("a"), np.str_("a"), np.str_("b"), b"a", "a", None]),
    (lambda t: t in ("a", "c"), [Name("a"), np.str_("a"), np.str_("b"), b"a", "a"]),
    (lambda t: {"a": 3, "b": 5}[t] == 3, [Name("a"), np.str_("a"), np.str_("b"), "a"]),
    (lambda t: t == 1, [True, 1, 1.0, np.int64(1), "1", None, np.bool_(True)]),
    (lambda t: t == (1, 2), [(1, 2), [1, 2], (1.0, 2.0), (2, 1), Pair(1, 2)]),
    (lambda t: t == [1, 2], [[1, 2], (1, 2)]),
    (lambda t: t == np.dtype("f8"), [np.float64, "float64", np.dtype("f8"), float, np.float32]),
    (lambda t: t < "b", ["a", "c", Name("a")]),
    (lambda t: bool(t), EMPTY),
    (lambda t: not t, EMPTY),
    (lambda t: t.lower().startswith("a"), ["Ab", "b", np.str_("A")]),
    (lambda t: len(t.split(",")) == 2, ["a,b", "a"]),
    (lambda t: isinstance(t, int), [*NUMBERS, "1", None]),
    (lambda t: isinstance(t, float | np.floating), [*NUMBERS, np.float32(1.0)]),
    (lambda t: isinstance(t, dict), [{}, OrderedDict(), [], ()]),
    (lambda t: isinstance(t, OrderedDict), [{"a": 1.0}, OrderedDict(a=1.0), []]),
    (lambda t: isinstance(t, defaultdict), [{"a": 1.0}, defaultdict(float, a=1.0)]),
    (lambda t: isinstance(t, list), [deque([1.0]), [1.0], (1.0,)]),
    (lambda t: isinstance(t, Pair), [Pair(1, 2), (1, 2)]),
    (lambda t: type(t) is tuple, [Pair(1, 2), (1, 2)]),
    (lambda t: type(t) is str, ["a", Name("a"), np.str_("a")]),
    (lambda t: np.isscalar(t), NUMBERS),
    (lambda t: hasattr(t, "shape"), NUMBERS),
    (lambda t: hasattr(t, "__len__"), [*NUMBERS, (1,), "s", {}]),
    (lambda t: callable(t), ["a", np.sin, 1, growth(0.1)]),
    (lambda t: Mode.PLAIN == t, [Mode.PLAIN, Mode.TWICE, None]),
]


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
@pytest.mark.parametrize("outside", [False, True])
def test_questions_about_things(number, outside, monkeypatch):
    """What Python answers decides on the branch, for arguments and for globals."""
    asks, things = QUESTIONS[number]

    def by_argument(x, thing):
        return np.sum(x**2) if asks(thing) else np.sum(x**3)

    def by_global(x):
        return np.sum(x**2) if asks(THING) else np.sum(x**3)

    for thing in things:
        monkeypatch.setitem(globals(), "THING", thing)
        expected = 2.0 * X if asks(thing) else 3.0 * X**2
        found = grad(by_global)(X) if outside else grad(by_argument)(X, thing)
        np.testing.assert_allclose(found, expected, err_msg=repr(thing))


class Axis(enum.IntEnum):
    ROWS = 0
    COLUMNS = 1


class Loud(float):
    def __mul__(self, other):
        return 100.0


class Guessing(dict):
    def __missing__(self, key):
        return 7.0


class Computing:
    def __getattr__(self, name):
        return 4.0


class Deciding:
    def __getattribute__(self, name):
        return 4.0


@each_engine
def test_enums_that_are_ints(engine, monkeypatch):
    def of_axis(x, thing):
        return np.sum(np.sum(x.reshape(2, 2), axis=thing)[thing] ** (thing + 2)) * thing.value

    def plain(x):
        return of_axis(x, THING)

    for axis in Axis:
        monkeypatch.setitem(globals(), "THING", axis)
        check(by(engine)(plain), plain)
        found = grad(by(engine)(of_axis))(X, axis)
        np.testing.assert_allclose(found, grad(plain)(X))


LOUD, GUESSING, COUNTED = Loud(2.0), Guessing(a=1.0), Counter("aab")


@pytest.mark.parametrize(
    "program, error",
    [
        (lambda x: np.sum(x) * LOUD, "compute unlike a plain number"),
        (lambda x: np.sum(x) * GUESSING["b"], "decides what a key is"),
        (lambda x: np.sum(x) * COUNTED["z"], "decides what a key is"),
        (lambda x: np.sum(x) * Computing().rate, "computed by `__getattr__`"),
        (lambda x, thing=Computing(): np.sum(x) * thing.rate, "computed by `__getattr__`"),
        (lambda x, thing=Deciding(): np.sum(x) * thing.rate, "computed by `__getattribute__`"),
    ],
)
def test_objects_that_do_as_they_like_are_refused(program, error):
    with pytest.raises(SrcadError, match=error):
        grad(program)(X)


def test_numbers_that_do_as_they_like_are_refused():
    with pytest.raises(ArgumentError, match="compute unlike a plain number"):
        grad(lambda x: x * x)(LOUD)


def test_what_dicts_of_their_own_kind_have_is_read():
    np.testing.assert_allclose(grad(lambda x: np.sum(x) * COUNTED["a"])(X), 2.0)
    np.testing.assert_allclose(grad(lambda x: np.sum(x) * GUESSING["a"])(X), 1.0)
    made = defaultdict(lambda: 5.0)
    with pytest.raises(UnsafeMutation):
        grad(lambda x: np.sum(x) * made["a"])(X)
    assert not made
