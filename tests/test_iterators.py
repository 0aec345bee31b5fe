"""What iterators and generators refuse: items read too early, generators that are left half-way."""

import itertools

import numpy as np
import pytest

import srcad
from tests.at_line import refused_at


def predicate_changes(x):
    limit, total = 0.0, 0.0
    for v in itertools.takewhile(lambda v: v > limit - 1.0, x):
        total += v * limit
        limit = v + 5.0
    return total


def factor_changes(x):
    factor, total = 1.0, 0.0
    for v in itertools.islice(map(lambda v: v * factor, x), 3):
        total += v
        factor = total
    return total


def array_that_a_function_reads_changes(x):
    u, total = x.copy(), 0.0
    for v in itertools.accumulate(x, lambda a, b: a * b + u[0]):
        total += v
        u[0] = total
    return total


def function_of_a_function_reads_it(x):
    factor, total = 1.0, 0.0

    def scaled(v):
        return v * factor

    def change(value):
        nonlocal factor
        factor = value

    for v in itertools.islice(map(lambda v: scaled(v), x), 3):
        total += v
        change(total)
    return total


def limit_of_a_filter_changes(x):
    limit, total = 1, 0.0
    for i in filter(lambda i: i > limit, range(4)):
        total += x[i % 3]
        limit = 5
    return total


def counted_generator_reads_what_changes(x):
    factor, total = 1.0, 0.0

    def scaled():
        for v in x:
            yield v * factor

    for i, v in enumerate(scaled()):
        total += v * i
        factor = total
    return total


def counted_generator_writes(x):
    u, total = x.copy(), 0.0

    def doubled():
        for i in range(len(u)):
            u[i] *= 2.0
            yield u[i]

    for i, v in enumerate(doubled()):
        total += v * i * u[-1]
    return total


def endless_generator_is_zipped(x):
    def powers():
        v = x[0]
        while True:
            v = v * x[1]
            yield v

    return sum(v * i for i, v in zip(range(3), powers()))


def part_of_an_iterator(x):
    it = iter(x)
    return sum(itertools.islice(it, 2)) + 3.0 * sum(it)


def pairs_of_one_iterator(x):
    it = iter(x)
    return sum(a * b for a, b in zip(it, it))


def list_grows_under_its_iterator(x):
    items = [x[0], x[1]]
    it = iter(items)
    items.append(next(it))
    return sum(it)


def left_half_way(x):
    positive = (v * v for v in x if v > 0.0)
    for v in positive:
        total = v
        break
    return total + sum(positive)


def value_is_sent(x):
    def echo():
        received = yield x[0]
        yield received

    return sum(echo())


def next_of_a_generator(x):
    def each():
        for v in x:
            yield v * v

    return next(each())


def next_within_an_expression(x):
    it, total = iter(x), 0.0
    try:
        while True:
            total += 2.0 * next(it)
    except StopIteration:
        total *= 2.0
    return total


def kind_of_a_column(x):
    rows = []
    for k in range(20 * len(x)):
        rows.append((x[0], x[1] * k))
    first, second = zip(*rows)
    return sum(first) if isinstance(second, tuple) else x[0]


def flat_of_itself(x):
    y = np.outer(x, x)
    y.flat = y[::-1]
    return y[0, 0]


EARLY = "writes to what it goes through, which is read before"
NOT_AT_END = "a generator that has not come to its end"
REFUSED = [
    (predicate_changes, 2, EARLY),
    (factor_changes, 2, EARLY),
    (array_that_a_function_reads_changes, 2, EARLY),
    (function_of_a_function_reads_it, 10, EARLY),
    (limit_of_a_filter_changes, 2, EARLY),
    (counted_generator_reads_what_changes, 7, EARLY),
    (counted_generator_writes, 8, NOT_AT_END),
    (endless_generator_is_zipped, 7, NOT_AT_END),
    (part_of_an_iterator, 2, "given to `islice`"),
    (pairs_of_one_iterator, 2, "given to `zip`"),
    (list_grows_under_its_iterator, 4, "length has changed since `iter`"),
    (left_half_way, 5, "different contents"),
    (value_is_sent, 2, "what is sent to a generator"),
    (next_of_a_generator, 5, "`next` of"),
    (next_within_an_expression, 4, "caught by a `try`"),
    (kind_of_a_column, 5, "whether this is a list or a tuple"),
    (flat_of_itself, 2, "of values of `y` itself"),
]


@pytest.mark.parametrize(("function", "line", "message"), REFUSED)
def test_refusals_name_the_line(function, line, message):
    refused_at(line, function, np.array([0.5, 1.2, -0.8]), message=message)


def test_the_place_in_an_iterator_is_handed_from_trip_to_trip():
    def pairwise(x):
        it, total = iter(x), 0.0
        for v in it:
            total += v * next(it, 2.0)
        return total

    gradient = srcad.grad(srcad.differentiable(engine="numpy")(pairwise))
    for count in (1, 2, 5, 6):
        x = np.linspace(0.5, 1.5, count)
        beside = [x[i - 1] if i % 2 else (x[i + 1] if i + 1 < count else 2.0) for i in range(count)]
        np.testing.assert_allclose(gradient(x), beside)
