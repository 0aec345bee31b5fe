"""Trees: what is a container, what is a leaf, how leaves are named and refused."""

import threading
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srcad import trees
from srcad.errors import ArgumentError


class Point(NamedTuple):
    x: float
    y: float


@dataclass
class Layer:
    w: object
    b: object
    kind: ClassVar[str] = "dense"


@dataclass
class Gated(Layer):
    gate: object = 1.0


@dataclass(frozen=True)
class Frozen:
    a: object
    total: object = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "total", sum(self.a))


@dataclass(slots=True)
class Slotted:
    a: object


@dataclass
class Unset:
    a: object
    later: object = field(init=False)


CONTAINERS = {
    "tuple": (1.0, (2.0,), ()),
    "list": [1.0, [2.0, []]],
    "dict": {"b": 1.0, "a": {"z": 2.0}},
    "none": (None, 1.0, {"a": None}),
    "leaf": 1.0,
    "namedtuple": Point(1.0, (2.0, 3.0)),
    "ordered": OrderedDict(b=1.0, a=2.0),
    "default": defaultdict(list, b=1.0, a=2.0),
    "deque": deque([1.0, 2.0]),
    "dataclass": Layer(1.0, [2.0]),
    "inherited": Gated(1.0, Layer(2.0, 3.0), gate=Point(4.0, 5.0)),
    "frozen": Frozen((1.0, 2.0)),
    "slots": Slotted({"a": Slotted(1.0)}),
    "mixed keys": {1: 1.0, "a": 2.0},
}


@pytest.mark.parametrize("tree", CONTAINERS.values(), ids=CONTAINERS)
def test_round_trip(tree):
    leaves, structure = trees.flatten(tree)
    rebuilt = trees.unflatten(structure, leaves)
    assert type(rebuilt) is type(tree)
    assert rebuilt == tree
    assert trees.flatten(rebuilt)[1] == structure


trees_of_floats = st.recursive(
    st.floats(allow_nan=False) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.builds(Layer, inner, inner)
        | st.builds(Point, inner, inner)
    ),
    max_leaves=12,
)


@given(trees_of_floats)
def test_round_trip_of_any_tree(tree):
    leaves, structure = trees.flatten(tree)
    assert trees.unflatten(structure, leaves) == tree
    names = trees.paths(structure, "tree")
    assert [eval(name, {"tree": tree}) for name in names] == leaves
    for leaf, name in zip(leaves, names, strict=True):
        assert eval(name, {"tree": tree}) is leaf


@given(trees_of_floats)
def test_what_is_shown_reads_back(tree):
    leaves, structure = trees.flatten(tree)
    names = {"Layer": Layer, "Point": Point, "inf": float("inf")}
    assert eval(trees.show(structure, map(repr, leaves)), names) == tree


@given(trees_of_floats, trees_of_floats)
def test_difference_is_found(one, other):
    first, second = trees.flatten(one)[1], trees.flatten(other)[1]
    if first != second:
        place, expected, got = trees.difference(first, second, "out")
        assert place.startswith("out")
        assert expected != got


def test_dict_keys_are_sorted_as_in_jax():
    tree_util = pytest.importorskip("jax").tree_util
    tree = {"b": 1.0, "a": [2.0, None], "c": OrderedDict(z=3.0, y=4.0)}
    assert trees.flatten(tree)[0] == tree_util.tree_leaves(tree)


def test_dataclass_is_rebuilt_without_running_its_init():
    calls = []

    @dataclass
    class Counted:
        a: object

        def __post_init__(self):
            calls.append(self.a)
            self.cache = {}

    structure = trees.flatten(Counted(1.0))[1]
    rebuilt = trees.unflatten(structure, [np.zeros(3)])
    assert calls == [1.0]
    assert type(rebuilt) is Counted
    assert not hasattr(rebuilt, "cache")


def test_fields_with_init_false():
    assert trees.flatten(Frozen((1.0, 2.0)))[0] == [1.0, 2.0, 3.0]
    rebuilt = trees.unflatten(trees.flatten(Frozen((1.0, 2.0)))[1], [5.0, 6.0, 7.0])
    assert rebuilt.a == (5.0, 6.0)
    assert rebuilt.total == 7.0


def test_fields_that_were_never_set():
    leaves, structure = trees.flatten(Unset(1.0))
    assert leaves == [1.0]
    assert not hasattr(trees.unflatten(structure, leaves), "later")


def test_dataclasses_of_the_same_name_differ():
    def make():
        @dataclass
        class Same:
            a: object

        return Same(1.0)

    assert trees.flatten(make())[1] != trees.flatten(make())[1]


def test_dataclass_type_is_a_leaf():
    assert trees.flatten([Layer])[0] == [Layer]


def test_threads_may_meet_a_dataclass_at_once():
    for _ in range(20):

        @dataclass
        class Fresh:
            a: object

        barrier = threading.Barrier(4)
        failures = []

        def work(fresh=Fresh, barrier=barrier, failures=failures):
            barrier.wait()
            try:
                assert trees.flatten(fresh(1.0))[0] == [1.0]
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures


def test_paths():
    tree = ({"w": Layer([1.0, 2.0], None)}, Point(3.0, 4.0))
    structure = trees.flatten(tree)[1]
    assert trees.paths(structure, "x") == ["x[0]['w'].w[0]", "x[0]['w'].w[1]", "x[1].x", "x[1].y"]
    assert trees.paths(structure, "p", skip=1) == ["p['w'].w[0]", "p['w'].w[1]", "p.x", "p.y"]


def test_show():
    tree = (1.0, [None], {"a": Layer(2.0, ())}, Point(3.0, 4.0), OrderedDict(z=5.0))
    shown = trees.show(trees.flatten(tree)[1])
    assert shown == "(*, [None], {'a': Layer(w=*, b=())}, Point(x=*, y=*), OrderedDict({'z': *}))"
    assert trees.show(trees.flatten((1.0,))[1], ["float"]) == "(float,)"


@pytest.mark.parametrize(
    "expected, got, place, wanted, came",
    [
        ((1.0, 2.0), [1.0, 2.0], "out", "a tuple of 2", "a list of 2"),
        ((1.0, 2.0), (1.0,), "out", "a tuple of 2", "a tuple of 1"),
        ((1.0, 2.0), 1.0, "out", "a tuple of 2", "a number or an array"),
        ((1.0, 2.0), (1.0, None), "out[1]", "a number or an array", "None"),
        ({"a": 1.0}, {"b": 1.0}, "out", "a dict with keys ['a']", "a dict with keys ['b']"),
        ([{"a": 1.0}], [{"a": ()}], "out[0]['a']", "a number or an array", "a tuple of 0"),
        (None, 1.0, "out", "None", "a number or an array"),
        ((None, 1.0, 2.0), (None, 1.0, [2.0]), "out[2]", "a number or an array", "a list of 1"),
    ],
)
def test_difference(expected, got, place, wanted, came):
    structures = trees.flatten(expected)[1], trees.flatten(got)[1]
    assert trees.difference(*structures, "out") == (place, wanted, came)


NUMERIC = [
    True, 1, 1.0, 1j, 2**80,
    np.bool(True), np.int8(1), np.uint64(1), np.float16(1), np.float32(1), np.float64(1),
    np.complex64(1), np.complex128(1),
    *(np.zeros((2, 0, 3), dtype) for dtype in "?bBhHiIlLqQefdFD"),
    np.zeros(()), np.zeros(3)[::-1], np.zeros(3, ">f8"),
]  # fmt: skip


@pytest.mark.parametrize("leaf", NUMERIC, ids=repr)
def test_numbers_and_arrays_are_accepted(leaf):
    assert trees.refusal(leaf) is None


class FakeArray:
    def __array__(self, dtype=None, copy=None):
        return np.zeros(3)


REFUSED = [
    ("hi", "is a str", "numbers, arrays"),
    ({1.0}, "is a set", "numbers, arrays"),
    (object(), "is an object", "numbers, arrays"),
    (np.sin, "ufunc", "numbers, arrays"),
    (np.array(["a"]), "is an array with dtype <U1", "numbers, arrays"),
    (np.array([1, None]), "is an array with dtype object", "dtype=float"),
    (np.zeros(2, "M8[s]"), "is an array with dtype datetime64[s]", "numbers, arrays"),
    (np.timedelta64(1, "s"), "is a scalar with dtype timedelta64[s]", "numbers, arrays"),
    (np.zeros(2, [("a", float)]), "is an array with dtype [('a', '<f8')]", "numbers, arrays"),
    (np.ma.masked_array([1.0]), "is a numpy.MaskedArray", "the data and the mask"),
    (np.zeros(2, np.longdouble), f"dtype {np.dtype(np.longdouble)}", "float64"),
    (np.zeros(2).view(np.recarray), "is a numpy.recarray", "np.asarray(x)"),
    (FakeArray(), "FakeArray", "np.asarray(x)"),
]


@pytest.mark.parametrize("leaf, reason, hint", REFUSED, ids=lambda part: type(part).__name__)
def test_other_leaves_are_refused_by_name(leaf, reason, hint):
    with pytest.raises(ArgumentError) as caught:
        trees.check_numeric([1.0, leaf], ["x", "x['w']"], "the argument")
    assert "the argument `x['w']`" in caught.value.message
    assert reason in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_matrices_are_refused():
    assert "matrix" in trees.refusal(np.matrix([[1.0]]))


def test_memory_mapped_arrays_are_arrays(tmp_path):
    mapped = np.memmap(tmp_path / "data", np.float64, "w+", shape=3)
    assert trees.refusal(mapped) is None
