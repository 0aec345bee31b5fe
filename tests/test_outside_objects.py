"""What a program found out about objects outside of it is asked again at each call."""

import dataclasses

import numpy as np
import pytest

import srcad

ENGINES = ("numpy", "numba")
each_engine = pytest.mark.parametrize("engine", ENGINES)


class Plain:
    shared = 2.0


class Slotted:
    __slots__ = ("rate",)

    def times(self, x):
        return self.rate * x


@dataclasses.dataclass(frozen=True)
class Point:
    x: float
    y: float
    tag: float = dataclasses.field(default=3.0, kw_only=True)


CONFIG, SETTINGS, SLOTTED = Plain(), {}, Slotted()


def asks_hasattr(x):
    return x * CONFIG.rate if hasattr(CONFIG, "rate") else x


def asks_getattr(x):
    return x * getattr(CONFIG, "rate", 1.0)


def asks_key(x):
    return x * SETTINGS["rate"] if "rate" in SETTINGS else x


@pytest.fixture(autouse=True)
def clean():
    CONFIG.__dict__.clear()
    SETTINGS.clear()
    yield
    CONFIG.__dict__.clear()
    SETTINGS.clear()


@each_engine
@pytest.mark.parametrize("function", [asks_hasattr, asks_getattr])
def test_an_attribute_comes_and_goes(function, engine):
    derivative = srcad.grad(srcad.differentiable(engine=engine)(function))
    assert derivative(2.0) == 1.0
    CONFIG.rate = 5.0
    assert derivative(2.0) == 5.0
    del CONFIG.rate
    assert derivative(2.0) == 1.0


@each_engine
def test_an_object_hides_the_attribute_of_its_class(engine):
    derivative = srcad.grad(srcad.differentiable(engine=engine)(lambda x: x * CONFIG.shared))
    assert derivative(2.0) == 2.0
    CONFIG.shared = 5.0
    assert derivative(2.0) == 5.0
    del CONFIG.shared
    assert derivative(2.0) == 2.0


@each_engine
def test_a_key_takes_the_place_of_another(engine):
    derivative = srcad.grad(srcad.differentiable(engine=engine)(asks_key))
    SETTINGS["other"] = 1.0
    assert derivative(2.0) == 1.0
    del SETTINGS["other"]
    SETTINGS["rate"] = 5.0
    assert derivative(2.0) == 5.0


def test_getattr_without_a_default_raises_what_python_raises():
    with pytest.raises(AttributeError, match="rate"):
        srcad.grad(lambda x: x * getattr(CONFIG, "rate"))(2.0)  # noqa: B009


def test_slots_of_objects_from_outside():
    def function(x):
        return SLOTTED.rate * x + SLOTTED.times(x)

    SLOTTED.rate = 3.0
    assert srcad.grad(function)(2.0) == 6.0
    SLOTTED.rate = 4.0
    assert srcad.grad(function)(2.0) == 8.0


def test_dataclasses_replace():
    def function(point, shift):
        moved = dataclasses.replace(point, x=point.x * shift)
        assert moved.tag == 3.0
        return moved.x**2 + dataclasses.replace(moved, y=shift * moved.y).y

    point, shift = Point(0.7, 0.4), np.float64(1.3)
    got, by_shift = srcad.grad(function, argnums=(0, 1))(point, shift)
    assert got.x == pytest.approx(2 * 0.7 * 1.3**2)
    assert got.y == pytest.approx(1.3)
    assert by_shift == pytest.approx(2 * 0.7**2 * 1.3 + 0.4)
