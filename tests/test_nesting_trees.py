"""Derivatives inside programs by containers, and cotangents and tangents that are containers."""

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from srcad import CotangentError, TangentError, UnsupportedType, grad, jvp, linearize, vjp
from tests.test_nesting import by, each_engine, slope


@dataclass
class Pair:
    a: np.ndarray
    b: np.ndarray


class Point(NamedTuple):
    a: np.ndarray
    b: np.ndarray


class Plain:
    def __init__(self, a):
        self.a = a


PAIR = Pair(np.array([0.3, -0.7]), np.array([1.1, 0.4]))
OBJECT = Plain(np.ones(2))
TEXTS = {"square": 2}


def of_deque(x):
    found = grad(lambda items: np.sum(items[0] * items[1] ** 2))(deque([x, 2.0 * x]))
    return np.sum(found[0] * x + found[1])


def of_bounded_deque(x):
    items = deque(maxlen=2)
    for k in range(4):
        items.append(x * k)
    found = grad(lambda items: np.sum(items[0] * items[1] ** 2))(items)
    return np.sum(found[0] * x + found[1])


def of_defaultdict(x):
    items = defaultdict(float)
    items["a"] = x
    items["b"] += 3.0 * x
    found = grad(lambda items: np.sum(items["a"] * items["b"] ** 2))(items)
    return np.sum(found["a"] * x + found["b"])


def of_dataclass(x):
    found = grad(lambda p: np.sum(p.a**2 * p.b))(Pair(x, x**2))
    return np.sum(found.a * x + found.b)


def of_dataclass_from_outside(x):
    found = grad(lambda p: np.sum(p.a**2 * p.b * x))(PAIR)
    return np.sum(found.a * x + found.b)


def of_named_tuple(x):
    found = grad(lambda p: np.sum(p.a**2 * p.b))(Point(x, x**2))
    return np.sum(found.a * x + found.b)


def of_a_tree_with_none(x):
    found = grad(lambda p: np.sum(p["a"][0] ** 3))({"a": [x, None], "b": ()})
    return np.sum(found["a"][0] * x)


def of_a_list_grown_in_a_loop(x):
    items = []
    for k in range(3):
        if x[0] > 0.1 * k:
            items.append(x[1] * (k + 1))
    return grad(lambda y: sum(items) * np.sum(y**2))(x) @ x


def given_a_list_grown_in_a_loop(x):
    items = []
    for k in range(3):
        if x[0] > 0.1 * k:
            items.append(x[1] * (k + 1))
    found = grad(lambda items, y: sum(items) ** 2 * np.sum(y**2), argnums=1)(items, x)
    return found @ x


def given_a_string(x):
    return x @ grad(lambda y, kind: np.sum(y ** TEXTS[kind]) * y[0])(x, "square")


def given_a_function(x):
    return x @ grad(lambda y, g: np.sum(g(y) ** 2))(x, lambda y: y * np.sin(x))


def given_an_object(x):
    held = Plain(x**2)
    return x @ grad(lambda y, p: np.sum(y**2 * p.a))(x, held)


def changes_what_it_is_given(x):
    items = deque([x])

    def inner(items, y):
        items.append(y)
        return np.sum(items[0] * items[1] ** 2)

    return np.sum(grad(inner, argnums=1)(items, x)) * len(items)


def cotangent_in_another_order(x):
    _, pull = vjp(lambda y: {"a": y**2, "b": 3.0 * y**3}, x)
    (found,) = pull({"b": np.ones_like(x), "a": np.zeros_like(x)})
    return np.sum(found * x)


def tangent_in_another_order(x):
    tangent = {"b": 0.0 * x, "a": x}
    _, dot = jvp(lambda d: d["a"] ** 2 * d["b"], ({"a": x, "b": 2.0 * x},), (tangent,))
    return np.sum(dot)


def list_changed_before_it_is_pulled(x):
    items = [x, x**2]
    out, pull = vjp(lambda items: {"out": items[0] * items[1]}, items)
    items.append(x)
    out["more"] = x
    (found,) = pull({"out": np.ones_like(x)})
    return np.sum(found[0] * x + found[1]) + len(found)


def linear(x):
    out, push = linearize(lambda y, c: {"out": y**3 * c * x}, x, 2.0)
    first, second = push(np.ones_like(x), 0.0), push(x, 1.0)
    out["more"] = 0.0
    return np.sum(out["out"] + first["out"] * second["out"])


def linear_of_loops(x):
    def steps(y):
        u = y.copy()
        for k in range(3):
            u[1:] = u[1:] * u[:-1] + k
            if u[0] > 0.5:
                u *= 0.9
        return u

    total = 0.0
    out, push = linearize(steps, x)
    for k in range(len(x)):
        along = np.zeros_like(x)
        along[k] = 1.0
        total = total + np.sum(push(along) ** 2)
    return total + np.sum(out)


PROGRAMS = [
    of_deque,
    of_bounded_deque,
    of_defaultdict,
    of_dataclass,
    of_dataclass_from_outside,
    of_named_tuple,
    of_a_tree_with_none,
    of_a_list_grown_in_a_loop,
    given_a_list_grown_in_a_loop,
    given_a_string,
    given_a_function,
    given_an_object,
    changes_what_it_is_given,
    cotangent_in_another_order,
    tangent_in_another_order,
    list_changed_before_it_is_pulled,
    linear,
    linear_of_loops,
]
X, ALONG = np.array([0.6, -1.3]), np.array([0.7, 0.4])


@each_engine
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_derivatives_by_containers(program, engine):
    """Against differences of the program itself, which finds its own derivatives by jax's rules."""
    measured = slope(lambda x: by("numpy")(program)(x), X, ALONG)
    assert grad(by(engine)(program))(X) @ ALONG == pytest.approx(measured, rel=1e-6)


def by_a_string(x):
    return np.sum(grad(lambda kind, y: np.sum(y), argnums=0)("square", x))


def by_an_object(x):
    return np.sum(grad(lambda p: np.sum(p.a**2))(Plain(x)).a)


def by_an_object_from_outside(x):
    return np.sum(grad(lambda p: np.sum(p.a**2 * x))(OBJECT).a)


@pytest.mark.parametrize("program", [by_a_string, by_an_object, by_an_object_from_outside])
def test_what_is_no_tree_is_refused(program):
    with pytest.raises(UnsupportedType, match="no tree of numbers and arrays"):
        grad(program)(X)


def pulls_a_list_for_a_tuple(x):
    return vjp(lambda y: (y**2, 3.0 * y), x)[1]([x, x])[0] @ x


def pulls_another_key(x):
    return vjp(lambda y: {"a": y**2}, x)[1]({"b": x})[0] @ x


def pulls_none(x):
    return vjp(lambda y: {"a": y**2}, x)[1]({"a": None})[0] @ x


def pushes_too_few(x):
    return np.sum(jvp(lambda y, z: y * z, (x, x), (x,))[1])


def pushes_a_leaf(x):
    return np.sum(linearize(lambda y: y[0] ** 2, [x])[1](x))


@pytest.mark.parametrize(
    "program, error",
    [
        (pulls_a_list_for_a_tuple, CotangentError),
        (pulls_another_key, CotangentError),
        (pulls_none, CotangentError),
        (pushes_too_few, TangentError),
        (pushes_a_leaf, TangentError),
    ],
)
def test_what_has_another_structure_is_refused(program, error):
    with pytest.raises(error):
        grad(program)(X)


def test_an_attribute_named_derived_is_the_users():
    class Model:
        derived = 3

        def __call__(self, x):
            return np.sum(x**2) * self.derived

    np.testing.assert_allclose(grad(Model())(X), 6.0 * X)
    np.testing.assert_allclose(grad(lambda x: grad(Model())(x) @ x)(X), 12.0 * X)
