"""Operators, properties and copies of the user's own classes."""

import copy
import dataclasses
import functools
import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Vec:
    __array_ufunc__ = None

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, other):
        if isinstance(other, Vec):
            return self.x * other.x + self.y * other.y
        return Vec(self.x * other, self.y * other)

    def __rmul__(self, factor):
        return self * factor

    def __truediv__(self, other):
        return Vec(self.x / other, self.y / other)

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __abs__(self):
        return math.sqrt(self.x**2 + self.y**2)

    def __getitem__(self, place):
        return self.x if place == 0 else self.y

    def __setitem__(self, place, value):
        if place == 0:
            self.x = value
        else:
            self.y = value

    def __len__(self):
        return 2

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __iadd__(self, other):
        self.x = self.x + other.x
        self.y += other.y
        return self

    def __call__(self, t):
        return self.x + self.y * t


def fly(x):
    place, speed = Vec(x[0], x[1]), Vec(x[2], x[3])
    for _ in range(8):
        place = place + 0.1 * speed
        speed = speed - place * 0.1
    return abs(place) + speed.y


def arithmetic(x):
    a, b = Vec(x[0], x[1]), Vec(x[2], x[3])
    c = -(a + b * 2.0) / x[0]
    return c * a + c[0] * len(c) + x[1] * b.x + (x[1] * b).y


def smaller(x):
    a, b = Vec(x[0], x[1]), Vec(x[2], x[3])
    return a.x**2 if a < b else b.y**3


def greater_is_reflected(x):
    a, b = Vec(x[0], x[1]), Vec(x[2], x[3])
    return a.x**2 if a > b else b.y**3


def in_place(x):
    a = Vec(x[0], x[1])
    alias = a
    a += Vec(x[2], x[3])
    a[0] *= 3.0
    a[1] = a[0] * x[1]
    return alias.x * alias.y


def called(x):
    return Vec(x[0], x[1])(x[2]) ** 2


def summed(x):
    items = [Vec(x[i], x[i + 1]) for i in range(3)]
    total = sum(items, Vec(0.0, 0.0))
    return total.x * total.y


def longest(x):
    return max([Vec(x[i], x[i + 1]) for i in range(3)], key=abs)[1] ** 2


class Dual:
    def __init__(self, value, slope=0.0):
        self.value = value
        self.slope = slope

    def __add__(self, other):
        if not isinstance(other, Dual):
            return NotImplemented
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        slope = self.value * other.slope + self.slope * other.value
        return Dual(self.value * other.value, slope)

    __rmul__ = __mul__


class Shifted(Dual):
    def __radd__(self, other):
        return Dual(other + self.value, self.slope)


def slopes(x):
    d = Dual(x[0], 1.0)
    y = d * d * 3.0 + 2.0 * d
    return y.value * y.slope


def second_try(x):
    y = 1.5 + Shifted(x[0], x[1])
    return y.value**2 * y.slope


class Point(NamedTuple):
    x: float
    y: float = 2.0

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


def added_points(x):
    p = Point(x[0], x[1]) + Point(x[2])
    q = p._replace(y=p.x**2)
    return q.x * q.y + p.y * len(p)


class Circle:
    def __init__(self, radius):
        self._radius = radius

    @property
    def radius(self):
        return self._radius

    @radius.setter
    def radius(self, value):
        self._radius = 2.0 * value

    @classmethod
    def unit(cls, scale):
        return cls(1.0 * scale)

    @staticmethod
    def area(radius):
        return math.pi * radius**2


def setters(x):
    c = Circle.unit(x[0])
    c.radius = x[1]
    c.radius += x[2]
    return c.area(c.radius) * x[0]


@dataclass
class State:
    u: float
    v: float = 1.0
    history: list = field(default_factory=list)


def replaced(x):
    first = State(x[0], x[1])
    second = dataclasses.replace(first, v=x[2] ** 2)
    first.u = x[3] * 2.0
    held = dataclasses.asdict(second)
    u, v, _ = dataclasses.astuple(first)
    return held["u"] * held["v"] + u * v


def equal_states(x):
    return x[0] ** 2 if State(x[0], x[1]) == State(x[0], x[1]) else x[1]


def histories_apart(x):
    a, b = State(x[0]), State(x[1])
    a.history.append(x[2] ** 2)
    a.history.append(a.u)
    b.history.append(x[3])
    return sum(a.history) + b.history[0] * len(a.history)


def copies(x):
    a = [x[0], [x[1]], x * 1.0]
    b, c = copy.deepcopy(a), copy.copy(a)
    b[1][0] = x[2]
    b[2][0] = 7.0
    c[0] = x[3]
    c[1].append(x[0])
    return a[1][0] * b[1][0] * c[0] + a[2][0] * b[2][1] + a[1][1]


def decorated(x):
    def twice(f):
        @functools.wraps(f)
        def both(*args):
            return 2.0 * f(*args)

        return both

    @twice
    @twice
    def square(v):
        return v * v

    return square(x[0]) * x[1]


X = np.array([0.5, 1.2, -0.8, 0.9])

PROGRAMS = [
    (fly, (X,)),
    (arithmetic, (X,)),
    (smaller, (X,)),
    (greater_is_reflected, (X,)),
    (in_place, (X,)),
    (called, (X,)),
    (summed, (X,)),
    (longest, (X,)),
    (slopes, (X,)),
    (second_try, (X,)),
    (added_points, (X,)),
    (setters, (X,)),
    (replaced, (X,)),
    (equal_states, (X,)),
    (histories_apart, (X,)),
    (copies, (X,)),
    (decorated, (X,)),
]
