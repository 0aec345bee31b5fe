"""The language around the arithmetic: what is refused, what is warned of, what comes through."""

import functools
import types
import warnings
from dataclasses import dataclass

import numpy as np
import pytest

import srcad
from srcad import EngineWarning, UnsafeMutation, UnsupportedSyntax, UnsupportedType

ENGINES = ("numpy", "numba")
each_engine = pytest.mark.parametrize("engine", ENGINES)


class Mine(Exception):
    pass


def gradient(function, *args, engine="numpy"):
    return srcad.value_and_grad(srcad.differentiable(engine=engine)(function))(*args)


def refused(function, *args, kind=UnsupportedSyntax):
    with pytest.raises(kind) as caught:
        gradient(function, *args)
    assert caught.value.origin is not None
    return str(caught.value)


# -- np.errstate --------------------------------------------------------------------------------


def warned(run):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        run()
    return [str(warning.message) for warning in found]


def quiet_then_loud(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0.0, np.log(x), 0.0)
    return np.sum(np.where(x > 0.0, np.sqrt(x) * y, 1.0))


def loud_inside(x):
    with np.errstate(all="ignore"):
        y = np.sqrt(x)
        with np.errstate(invalid="warn"):
            y = y + np.log(x)
    return np.sum(np.where(x > 0.0, y, 0.0))


@each_engine
@pytest.mark.parametrize("function", [quiet_then_loud, loud_inside])
@pytest.mark.parametrize("x", [np.array([1.0, 2.0]), np.array([1.0, 0.0, -2.0])])
def test_warnings_are_those_of_numpy(function, x, engine):
    expected = warned(lambda: function(x))
    derived = srcad.differentiable(engine=engine)(function)
    warned(lambda: derived.vjp(x))  # the compiler may note errors of its own
    assert warned(lambda: derived.vjp(x)) == expected
    assert warned(lambda: srcad.value_and_grad(derived)(x)) == expected


def test_errstate_stays_in_the_text():
    text = srcad.source(quiet_then_loud, np.ones(3))
    assert "with np.errstate(divide='ignore', invalid='ignore'):" in text


def stops(x):
    with np.errstate(all="raise"):
        return np.sum(np.log(x))


def opens(x):
    with open("data") as file:
        return x * len(file.read())


def test_other_contexts_are_refused():
    assert "np.errstate` with `raise`" in refused(stops, np.ones(2))
    assert "`with` is differentiated for `np.errstate` only" in refused(opens, 1.0)


# -- match --------------------------------------------------------------------------------------


def matches_data(x, n):
    match n:
        case 1:
            return x
    return x * 2.0


def test_match_on_data_is_refused():
    assert "decides here which case applies" in refused(matches_data, 1.0, 1, kind=UnsupportedType)


# -- names of other functions -------------------------------------------------------------------

COUNT = 0.0


def writes_global(x):
    global COUNT
    COUNT = x
    return COUNT * x


def outside():
    state = 0.0

    def step(x):
        nonlocal state
        state = x
        return state * x

    return step


def test_outside_variables_are_not_written():
    assert "the global variable `COUNT` is assigned" in refused(writes_global, 1.0)
    assert "`state` belongs to a function outside" in refused(outside(), 1.0)


def view_from_inside(x):
    u = x.copy()

    def pick():
        nonlocal u
        u = x[::-1] if x[0] > 0.0 else x

    pick()
    x[0] = 5.0
    return np.sum(u * x)


def view_by_closure(x):
    def pick():
        return x[::-1] if x[0] > 0.0 else x

    u = pick()
    x[0] = 5.0
    return np.sum(u * x)


def view_in_loop(x):
    u = x.copy()
    for k in range(3):
        u = x if k % 2 == 0 else x[::-1]
    x[0] = 5.0
    return np.sum(u * x)


def one_of_two(x):
    a, b = Box(x), Box(x)
    c = a if x > 1.0 else b
    c.content = x * x
    return a.content + 2.0 * b.content


def one_of_two_lists(x):
    a, b = [x], [x]
    c = a if x > 1.0 else b
    a[0] = x * x
    return c[0]


@pytest.mark.parametrize("function", [one_of_two, one_of_two_lists])
def test_writing_to_one_of_two_objects_is_refused(function):
    message = refused(function, 2.0, kind=UnsafeMutation)
    assert "this writes to one of two objects" in message


def adds_key_on_one_path(x):
    found = {"a": x}

    def add(v):
        if v > 0.0:
            found["b"] = v

    add(x)
    return sum(found.values())


def test_what_is_different_on_two_paths_is_refused():
    message = refused(adds_key_on_one_path, 2.0, kind=UnsupportedType)
    assert "different" in message


@pytest.mark.parametrize("function", [view_from_inside, view_by_closure, view_in_loop])
def test_views_that_inner_functions_make_are_seen(function):
    refused(function, np.array([1.0, 2.0, 3.0]), kind=UnsafeMutation)


def same_objects(x):
    a, b = [x], [x]
    c = a
    return x * 2.0 if a is c and a is not b else x


def same_numbers(x):
    y = x * 1.0
    return x * 2.0 if y is x else x


def test_identity():
    assert gradient(same_objects, 3.0) == (6.0, 2.0)
    assert "one object" in refused(same_numbers, 3.0, kind=UnsupportedType)


# -- cached functions ---------------------------------------------------------------------------

CALLS = []


@functools.lru_cache
def table(n):
    CALLS.append(n)
    return np.arange(float(n))


@functools.cache
def pair(t):
    return np.array([np.cos(t), np.sin(t)])


def reads_table(x):
    return np.sum(table(4) * x)


def writes_pair(x):
    found = pair(x)
    found[0] = 1.0
    return np.sum(found)


def caches_array(x):
    return pair(x)


def test_cached_functions_are_asked():
    CALLS.clear()
    table.cache_clear()
    assert gradient(reads_table, 2.0) == (12.0, 6.0)
    assert gradient(reads_table, 3.0) == (18.0, 6.0)
    assert CALLS == [4]
    table(4)[1] = 11.0
    assert gradient(reads_table, 2.0) == (32.0, 16.0)
    refused(writes_pair, 2.0, kind=UnsafeMutation)
    with pytest.raises(TypeError, match="unhashable type: 'numpy.ndarray'"):
        gradient(caches_array, np.ones(2))


# -- try ----------------------------------------------------------------------------------------


def eigenvalues(a, x):
    try:
        y = np.linalg.eigh(a)[0] * x
    except np.linalg.LinAlgError:
        y = x
    return np.sum(y)


def swallows(x):
    try:
        y = x * 2.0
    finally:
        return 3.0 * x
    return y


def tells(x):
    try:
        if x > 1.0:
            raise Mine
    except Mine as error:
        x = x * len(error.args)
    return x


def raises_again(x):
    try:
        if x > 1.0:
            raise Mine
    except Mine:
        raise
    return x


def prints_at_last(x):
    try:
        y = x * x
    finally:
        print("done")
    return y


def may_raise(x):
    if x > 1.0:
        raise Mine("mine", x)
    return x


def in_the_middle(x):
    try:
        y = may_raise(x) + 1.0
    except Mine:
        y = x
    return y


def one_way(x):
    try:
        y = 1.0 / x if x > 0.0 else 2.0
    except ZeroDivisionError:
        y = x
    return y


REFUSED = [
    (eigenvalues, (np.eye(2), np.ones(2)), "`packed_eigh` may raise here what this `try` catches"),
    (swallows, (1.0,), "leaving a `finally` by itself would swallow exceptions"),
    (raises_again, (1.0,), "a bare `raise` cannot be differentiated"),
    (prints_at_last, (1.0,), "`print` inside `finally`"),
    (in_the_middle, (1.0,), "an exception of this call is caught by a `try` around it"),
    (one_way, (1.0,), "`/` may raise here what this `try` catches"),
]


@pytest.mark.parametrize(("function", "args", "message"), REFUSED)
def test_what_try_cannot_do_right_is_refused(function, args, message):
    assert message in refused(function, *args)


def test_the_exception_itself_is_not_followed():
    assert "`error` is an exception" in refused(tells, 1.0, kind=UnsupportedType)


@each_engine
def test_own_exceptions_come_through(engine):
    def function(x):
        try:
            y = may_raise(x)
        except ValueError:
            y = 0.0
        finally:
            x = 0.0
        return y

    with pytest.raises(Mine) as caught:
        gradient(function, 2.0, engine=engine)
    assert caught.value.args == ("mine", 2.0)
    assert gradient(function, 0.5, engine=engine) == (0.5, 1.0)


# -- classes ------------------------------------------------------------------------------------


class Box:
    scale = 2.0

    def __init__(self, content):
        self.content = content


class Empty(Box):
    def __len__(self):
        return 0


class Guarded:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, 2.0 * value)


@dataclass(frozen=True)
class Fixed:
    content: float


def returns_object(x):
    return Box(x)


def makes_guarded(x):
    made = Guarded()
    made.content = x
    return made.content


def changes_fixed(x):
    made = Fixed(x)
    made.content = 2.0
    return made.content


def never_set(x):
    return Box(x).missing


def set_on_one_path(x):
    box = Box(x)
    if x > 1.0:
        box.late = x
    return box.late * x


def asks_truth(x):
    return x * 2.0 if Empty(x) else x * 3.0


def reads_class(x):
    return Box(x).scale * x


@each_engine
def test_objects(engine):
    assert gradient(asks_truth, 2.0, engine=engine) == (6.0, 3.0)
    assert gradient(set_on_one_path, 2.0, engine=engine) == (4.0, 4.0)
    with pytest.raises(AttributeError, match="'Box' object has no attribute 'late'"):
        gradient(set_on_one_path, 0.5, engine=engine)
    with pytest.raises(AttributeError, match="'Box' object has no attribute 'missing'"):
        gradient(never_set, 0.5, engine=engine)
    with pytest.raises(AttributeError, match="cannot assign to field 'content'"):
        gradient(changes_fixed, 0.5, engine=engine)


def test_class_attributes_are_those_of_the_moment(monkeypatch):
    assert gradient(reads_class, 3.0) == (6.0, 2.0)
    monkeypatch.setattr(Box, "scale", 5.0)
    assert gradient(reads_class, 3.0) == (15.0, 5.0)


SETTINGS = types.ModuleType("settings")
SETTINGS.RATE = 2.0


def reads_module(x):
    return SETTINGS.RATE * x


def test_module_attributes_are_those_of_the_moment(monkeypatch):
    assert gradient(reads_module, 3.0) == (6.0, 2.0)
    monkeypatch.setattr(SETTINGS, "RATE", 5.0)
    assert gradient(reads_module, 3.0) == (15.0, 5.0)


def test_objects_that_are_refused():
    with pytest.raises(UnsupportedType, match="a `Box` cannot be returned"):
        srcad.vjp(returns_object, 1.0)
    assert "a `Guarded` cannot be made" in refused(makes_guarded, 1.0, kind=UnsupportedType)


# -- recursion, print ---------------------------------------------------------------------------


def factorial(x):
    return x if x < 1.0 else x * factorial(x / 2.0)


def even(x):
    return x if x < 1.0 else odd(x - 1.0)


def odd(x):
    return x if x < 1.0 else even(x - 1.0)


def power(x, n):
    return 1.0 if n == 0 else x * power(x, n - 1)


def deep(x):
    return power(x, 150)


def too_deep(x):
    return power(x, 500)


def twice(x):
    return x if x < 1.0 else twice(x / 2.0) + twice(x / 3.0)


def counted_by_data(x):
    return power(x, int(x))


def catches_depth(x):
    try:
        return factorial(x)
    except RecursionError:
        return 0.0 * x


def test_recursion():
    assert "`twice` calls itself as often as its data say" in refused(twice, 2.0)
    assert "`power` calls itself as often as its data say" in refused(counted_by_data, 2.0)
    assert "`factorial` calls itself as often" in refused(catches_depth, 2.0)
    assert "calls itself by way of" in refused(even, 2.0)
    assert gradient(deep, 1.0) == (1.0, 150.0)
    assert "200 calls deep" in refused(too_deep, 1.0)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_recursion_that_data_end_is_followed_so_far(engine):
    slope = srcad.grad(srcad.differentiable(engine=engine)(factorial))
    assert slope(0.5) == 1.0
    assert slope(5.0) == 4.0 * 5.0**3 / 2.0**6
    with pytest.raises(RecursionError, match="more than 8 calls deep"):
        slope(2.0**10)
    assert slope(3.0) == 3.0 * 3.0**2 / 2.0**3


def prints(x):
    print("x is", x)
    return x * x


def test_print_is_warned_of_once(capsys):
    function = srcad.value_and_grad(prints)
    with pytest.warns(EngineWarning, match="`prints` prints, so it runs at the array level"):
        assert function(3.0) == (9.0, 6.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function(4.0)
    assert capsys.readouterr().out == "x is 3.0\nx is 4.0\n"


def test_what_fits_in_one_call_is_asked_again_in_the_next():
    def tried(x, y, k):
        try:
            return np.sum(x * y) + x[k]
        except (ValueError, IndexError):
            return np.sum(x**2)

    gradient = srcad.grad(srcad.differentiable(engine="numpy")(tried))
    x = np.array([0.5, 1.2, -0.8])
    for y, k in ((x, 1), (x[:2], 1), (x, 3), (x[:1], 2), (x, -3), (x, -4)):
        fits = len(y) != 2 and -3 <= k < 3
        expected = np.broadcast_to(y, 3) + np.eye(3)[k] if fits else 2.0 * x
        np.testing.assert_allclose(gradient(x, y, k), expected)
