"""Generators: functions with `yield` as helpers, and generator expressions with a name."""

import itertools

import numpy as np


def kept(x, y, n):
    squares = (v**2 for v in x)
    return sum(squares) * y


def kept_with_a_test(x, y, n):
    positive = (v * y for v in x if v > 0.0)
    return sum(positive)


def gone_through_twice(x, y, n):
    squares = (v**2 for v in x if v > 0.3)
    return sum(squares) + 5.0 * sum(squares) + y


def sees_what_changes(x, y, n):
    u = x.copy()
    k = 1.0
    scaled = (v * k for v in u)
    u[1] = y
    k = y * y
    return sum(scaled)


def sees_what_changes_between(x, y, n):
    k = y
    s = 0.0
    for v in (w * k for w in x):
        s += v
        k = s
    return s


def tests_see_what_changes(x, y, n):
    limit = 0.5
    s = 0.0
    for v in (w * y for w in x if w > limit):
        s += v
        limit = -1.0
    return s


def of_an_array_that_is_rebound(x, y, n):
    u = x * y
    squares = (v**2 for v in u)
    u = u * 100.0
    return sum(squares) + u[0]


def one_after_the_other(x, y, n):
    squares = (v**2 for v in x)
    scaled = (v * y for v in squares)
    return sum(v + 1.0 for v in scaled)


def first_of_many(x, y, n):
    return next(v * y for v in x if v > 1.0) + next((v for v in x if v > 2.0), y)


def none_at_all(x, y, n):
    return next(v * y for v in x if v > 2.0)


def nested_loops(x, y, n):
    products = (v * w for v in x for w in x[:n] if v > w)
    return sum(products) * y


def as_arguments(x, y, n):
    def total(values, scale):
        s = 0.0
        for v in values:
            s = s * scale + v
        return s

    return total((v * v for v in x), y) + total((v for v in x if v < 1.0), y)


def from_iterator(x, y, n):
    u = np.fromiter((v * y for v in x), float)
    w = np.fromiter((v for v in x if v > 0.0), dtype=float)
    return np.sum(u**2) + w[0]


def pairs(x):
    for i in range(len(x) - 1):
        yield x[i], x[i + 1]


def loop_over_a_helper(x, y, n):
    s = 0.0
    for a, b in pairs(x):
        s += a * b * y
    return s


def rows(a):
    for i in range(a.shape[0]):
        yield a[i]


def rows_that_are_written(x, y, n):
    a = np.outer(x, x)
    for row in rows(a):
        row *= y
        row[0] += 1.0
    return np.sum(a**2)


def sum_of_a_helper(x, y, n):
    def powers(v):
        p = 1.0
        for _ in range(n):
            yield p
            p = p * v

    return sum(powers(x[2])) + max(powers(x[0])) * x[1] + len(list(powers(y)))


def leaves_an_endless_one(x, y, n):
    def newton(v):
        while True:
            v = v - (v * v - y) / (2.0 * v)
            yield v

    last = x[0]
    for v in newton(x[1]):
        if abs(v - last) < 1e-9:
            break
        last = v
    else:
        last = 100.0
    return last * x[2]


def continues(x, y, n):
    s = 0.0
    for a, b in pairs(x):
        if a < b:
            continue
        s += a * y - b
    return s


def returns_from_the_loop(x, y, n):
    for a, b in pairs(x):
        if a < 0.0:
            return a * b * y
    return x[0] * y


def ends_early(x, y, n):
    def until_negative():
        for v in x:
            if v < 0.0:
                return
            yield v * y

    s = 0.0
    for v in until_negative():
        s += v
    else:
        s *= 2.0
    return s + sum(until_negative())


def interleaved(x, y, n):
    u = x.copy()

    def sweep():
        for i in range(1, len(u)):
            u[i] += y * u[i - 1]
            yield i

    s = 0.0
    for i in sweep():
        u[i] *= 2.0
        s += u[i - 1] * i
    return s + np.sum(u)


def several_yields(x, y, n):
    def ends():
        yield x[0] * y
        if y > 0.5:
            yield x[-1]
        yield from x[1:3]
        yield from (v * v for v in x)

    s = 1.0
    for v in ends():
        s = s * y + v
    return s + sum(ends()) * np.prod(list(ends()))


def generator_of_a_generator(x, y, n):
    def steps(h):
        t = 0.0
        while t < 1.0:
            yield t
            t += h

    def values():
        for t in steps(0.25):
            yield x[0] * t + y

    s = 0.0
    for i, v in enumerate(values()):
        s += v * v * (i + 1)
    for v in values():
        s += v
    return s


def same_names(x, y, n):
    def doubled(v):
        for i in range(n):
            s = v * (i + y)
            yield s

    s, i = 0.0, 2.0
    for v in doubled(x[0]):
        s += v * i
        i = i + y
    return s * i


def in_a_loop(x, y, n):
    s = 0.0
    for k in range(n):
        for a, b in pairs(x[k:]):
            s += a * b**k * y
    return s


def keyword_arguments(x, y, n):
    def walk(start, *, step=0.5, times=2):
        for _ in range(times):
            start = start + step
            yield start

    return sum(walk(x[0], step=y)) * sum(walk(y, times=n))


class Table:
    def __init__(self, values, scale):
        self.values = values
        self.scale = scale

    def scaled(self):
        for v in self.values:
            yield v * self.scale


def method(x, y, n):
    table = Table(x, y)
    s = 0.0
    for v in table.scaled():
        s += v**2
        table.scale = table.scale * 0.5
    return s


def sliced(x, y, n):
    total = sum(itertools.islice((v * y for v in x), 2))
    return total + sum(itertools.chain((v for v in x), (y,)))


def conditional_yield(x, y, n):
    def big(values):
        for v in values:
            if v * y > 0.3:
                yield v

    s = 0.0
    for v in big(x):
        s += v**2
    return s + len([v for v in big(x)])


def returned_by_a_helper(x, y, n):
    def scaled(values, factor):
        return (v * factor for v in values)

    s = 0.0
    for v in scaled(x, y):
        s += v**2
    return s + max(scaled(x, 3.0))


def largest_if_any(x, y, n):
    first = max((v * y for v in x if v > 0.5), default=y)
    second = min((v for v in x if v > 5.0), default=y * y)
    return first * second + max(x[:n], default=3.0 * y)


def some_and_all(x, y, n):
    def checks():
        for v in x:
            yield v > 1.0

    s = y * x[0]
    if any(checks()):
        s *= x[1]
    if all(checks()):
        s *= x[2]
    return s


X = np.array([0.7, 1.3, -0.4, 0.2])

PROGRAMS = [
    (kept, (X, 0.6, 4)),
    (kept, (X[:0], 0.6, 4)),
    (kept_with_a_test, (X, 0.6, 4)),
    (gone_through_twice, (X, 0.6, 4)),
    (sees_what_changes, (X, 0.6, 4)),
    (sees_what_changes_between, (X, 0.6, 4)),
    (tests_see_what_changes, (X, 0.6, 4)),
    (of_an_array_that_is_rebound, (X, 0.6, 4)),
    (one_after_the_other, (X, 0.6, 4)),
    (first_of_many, (X, 0.6, 4)),
    (none_at_all, (X, 0.6, 4)),
    (nested_loops, (X, 0.6, 3)),
    (as_arguments, (X, 0.6, 3)),
    (from_iterator, (X, 0.6, 3)),
    (loop_over_a_helper, (X, 0.6, 4)),
    (loop_over_a_helper, (X[:1], 0.6, 4)),
    (loop_over_a_helper, (X.astype(np.float32), np.float32(0.6), 4)),
    (rows_that_are_written, (X, 0.6, 4)),
    (sum_of_a_helper, (X, 0.6, 4)),
    (leaves_an_endless_one, (X, 0.6, 4)),
    (continues, (X, 0.6, 4)),
    (returns_from_the_loop, (X, 0.6, 4)),
    (returns_from_the_loop, (abs(X), 0.6, 4)),
    (ends_early, (X, 0.6, 4)),
    (ends_early, (abs(X), 0.6, 4)),
    (interleaved, (X, 0.6, 4)),
    (several_yields, (X, 0.6, 4)),
    (several_yields, (X, 0.4, 4)),
    (generator_of_a_generator, (X, 0.6, 4)),
    (same_names, (X, 0.6, 4)),
    (same_names, (X, 0.6, 0)),
    (in_a_loop, (X, 0.6, 3)),
    (keyword_arguments, (X, 0.6, 3)),
    (method, (X, 0.6, 3)),
    (sliced, (X, 0.6, 3)),
    (conditional_yield, (X, 0.6, 3)),
    (returned_by_a_helper, (X, 0.6, 3)),
    (largest_if_any, (X, 0.6, 3)),
    (largest_if_any, (X, 0.6, 0)),
    (some_and_all, (X, 0.6, 3)),
    (some_and_all, (X + 2.0, 0.6, 3)),
]
