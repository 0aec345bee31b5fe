"""`with np.errstate`, `match`, `nonlocal`, cached helpers, `try`, classes, recursion."""

import functools
import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class NotConverged(Exception):
    pass


class TooBig(NotConverged):
    pass


@functools.lru_cache(maxsize=None)
def nodes(n):
    return np.polynomial.legendre.leggauss(n)


@functools.cache
def half_square(x):
    return 0.5 * x * x


class Spring:
    stiffness = 2.0

    def __init__(self, rest, factor=1.0):
        self.rest = rest
        self.factor = factor
        self.asked = 0

    def force(self, x):
        self.asked += 1
        return self.factor * self.stiffness * (x - self.rest)

    @property
    def doubled(self):
        return 2.0 * self.rest

    @doubled.setter
    def doubled(self, value):
        self.rest = value / 2.0

    @classmethod
    def soft(cls, rest):
        return cls(rest, 0.1)

    @staticmethod
    def energy(x):
        return 0.5 * x * x

    def __call__(self, x):
        return self.energy(self.force(x))


class Damped(Spring):
    def __init__(self, rest, damping):
        super().__init__(rest, factor=damping * rest)
        self.damping = damping

    def force(self, x):
        return super().force(x) - self.damping * x

    @functools.cached_property
    def square(self):
        return self.damping**2


@dataclass
class Reading:
    value: float
    weight: float = 2.0
    notes: list = field(default_factory=list)
    total: float = field(init=False, default=0.0)

    def __post_init__(self):
        self.total = self.value * self.weight


class Pair(NamedTuple):
    first: float
    second: float = 4.0


def silent_logarithm(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0.0, np.log(x), 0.0)
    return np.sum(y * y) + y[0]


def silent_in_loop(x):
    total = 0.0
    for k in range(x.shape[0]):
        with np.errstate(all="ignore"):
            inverse = np.float64(1.0) / x[k]
            if x[k] == 0.0:
                inverse = 2.0 * x[k]
        total += inverse * inverse
    return total


def matches(x, mode, extra):
    match mode:
        case "square" | "sq":
            y = x**2
        case "cube" if extra is not None:
            y = x**3
        case _:
            y = np.sin(x)
    match extra:
        case None:
            return y
        case {"scale": scale, **rest}:
            return y * scale + len(rest)
        case [first, *others]:
            return y * first * len(others)
        case Pair(first=a, second=b):
            return y * a + b


def all_matches(x):
    total = matches(x, "sq", None) + matches(x, "cube", {"scale": 2.0, "other": 1.0})
    return total + matches(x, "cube", [2.0, x, 1.0]) + matches(x, "else", Pair(2.0, 3.0 * x))


def shared_total(x, y):
    total = 0
    count = 0

    def add(value):
        nonlocal total, count
        if value > 1.0:
            total = total + value * value
        else:
            total = total - value
        count += 1

    for k in range(4):
        add(x * k)
    add(y)
    return total * count


def shared_array(x):
    u = np.ones(3) * x[0]

    def update(k):
        nonlocal u
        u[k] = u[k] * x[k]
        u = u * 2.0

    for k in range(3):
        update(k)
    return np.sum(u**2)


def quadrature(x):
    points, weights = nodes(4)
    return np.sum(weights * np.exp(points * x)) + half_square(x)


def caught_in_loop(x, limit):
    total = 1.0
    try:
        for k in range(10):
            total = total * x
            if total > limit:
                raise NotConverged("enough")
        total = total + 100.0
    except NotConverged:
        total = total + k * x
    return total


def limited(x):
    if x > 1.0:
        raise TooBig("too big", x)
    return x * 3.0


def caught_of_helper(x):
    try:
        y = limited(x)
    except NotConverged:
        y = limited(x / 10.0) * x
    return y


def returns_and_cleans_up(x):
    y = x
    try:
        return limited(x)
    except TooBig:
        return y**3
    finally:
        y = 100.0


def nested_handlers(x):
    try:
        try:
            y = x
            if x > 1.0:
                raise KeyError("k")
            y = 2.0 * x
        except IndexError:
            y = 7.0
        finally:
            y = y * 3.0
    except (KeyError, ZeroDivisionError):
        y = y * 5.0
    else:
        y = y + x
    return y


def domain_errors(x):
    total = 0.0
    for k in range(5):
        try:
            total += math.sqrt(x * k - 1.0)
        except ValueError:
            total += x
            continue
        finally:
            total *= 1.1
    try:
        quotient = x / (total - total)
    except ZeroDivisionError:
        quotient = x * x
    try:
        large = math.exp(400.0 * x)
    except OverflowError:
        large = 3.0 * x
    return total + quotient + large


def missing_key(x):
    table = {"a": x}
    try:
        value = table["b"]
    except KeyError:
        value = 2.0 * table["a"]
    return value * x


def not_caught(x):
    try:
        if x > 1.0:
            raise ValueError("mine", 3)
        y = x
    except KeyError:
        y = 2.0 * x
    finally:
        x = 0.0
    return y + x


def springs(x, rest):
    spring = Spring(rest)
    damped = Damped(rest, x)
    spring.doubled = spring.doubled * 3.0
    for _ in range(3):
        x = x - 0.1 * spring.force(x) - 0.01 * damped.force(x)
    asked = spring.asked + damped.asked
    return spring(x) + damped.square * asked + Spring.soft(x).doubled + Spring.energy(x)


def attribute_in_branch(x):
    spring = Spring(x)
    if x > 1.0:
        spring.rest = spring.rest * x
        spring.extra = x
    else:
        spring.extra = 2.0
    for _ in range(4):
        spring.rest = spring.rest * 1.1
    return spring.rest * spring.extra


def readings(x):
    reading = Reading(x)
    reading.notes.append(x * x)
    pair = Pair(x)
    moved = pair._replace(second=reading.total)
    return reading.total * reading.notes[0] + sum(moved._asdict().values()) * pair.second


def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def tree(x):
    if len(x) == 1:
        return x[0]
    middle = len(x) // 2
    return tree(x[:middle]) * tree(x[middle:]) + tree(x[:middle])


def recursive(x):
    return power(x, 60) + tree(x * np.arange(1.0, 9.0))


VALUES = np.array([1.5, 0.3, -0.4, 2.0])

PROGRAMS = [
    (silent_logarithm, (VALUES,)),
    (silent_in_loop, (np.array([1.0, 2.0, -3.0]),)),
    (all_matches, (0.7,)),
    (shared_total, (0.6, 2.0)),
    (shared_array, (np.array([0.5, 1.5, 2.0]),)),
    (quadrature, (0.8,)),
    (caught_in_loop, (1.5, 5.0)),
    (caught_in_loop, (1.1, 5.0)),
    (caught_of_helper, (0.5,)),
    (caught_of_helper, (2.0,)),
    (caught_of_helper, (20.0,)),
    (returns_and_cleans_up, (0.5,)),
    (returns_and_cleans_up, (2.0,)),
    (nested_handlers, (0.5,)),
    (nested_handlers, (2.0,)),
    (domain_errors, (0.4,)),
    (domain_errors, (2.5,)),
    (missing_key, (1.5,)),
    (not_caught, (0.5,)),
    (not_caught, (2.0,)),
    (springs, (0.9, 0.4)),
    (attribute_in_branch, (0.5,)),
    (attribute_in_branch, (2.0,)),
    (readings, (1.3,)),
    (recursive, (0.9,)),
]
