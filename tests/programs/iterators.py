"""Iterators that are kept: `iter` and `next`, `zip` and `map` with a name, loops that go on.

And what is gone through by other means: columns of rows, `flat`, points, letters.
"""

import math

import numpy as np


def chained(x, y, n):
    it = iter(x)
    before = next(it)
    s = 0.0
    for v in it:
        s += before * v * y
        before = v
    return s


def leaves_and_goes_on(x, y, n):
    it = iter(x)
    s = 0.0
    for v in it:
        if v < 0.0:
            break
        s += v * y
    else:
        s += 10.0 * y
    for v in it:
        s += 3.0 * v * v
    return s


def two_at_a_time(x, y, n):
    it = iter(x)
    s = 0.0
    for v in it:
        s += v * next(it, y)
    return s


def with_default(x, y, n):
    it = iter([x[0], x[1] * y])
    return next(it) + 2.0 * next(it, 3.0) + 4.0 * next(it, y) + 5.0 * next(it, y * y)


def at_its_end(x, y, n):
    it = iter((x[0], x[1]))
    s = y
    for _ in range(n):
        s = s * next(it)
    return s


def caught(x, y, n):
    it = iter(x)
    s = 0.0
    while True:
        try:
            v = next(it)
        except StopIteration:
            break
        s += v * v * y
    return s


def parallel(x, y, n):
    it = iter(range(1, n))
    s = 0.0
    for v in x:
        s += v * next(it, 7) * y
    return s


def zip_with_a_name(x, y, n):
    pairs = zip(x, x[1:])
    first = next(pairs)
    s = first[0] * y
    for a, b in pairs:
        s += a * b
    return s + sum(a for a, _ in pairs)


def map_with_a_name(x, y, n):
    squares = map(lambda v: v * v * y, x)
    s = sum(squares)
    return s + sum(squares) * 100.0


def map_sees_what_changes(x, y, n):
    u = x.copy()
    k = 2.0
    scaled = map(lambda v: v * k, u)
    u[0] = y * y
    k = y
    first = next(scaled)
    u[1] = y + 1.0
    k = 3.0 * y
    return first + list(scaled)[0] * y


def enumerated(x, y, n):
    it = enumerate(x)
    next(it)
    s = 0.0
    for i, v in it:
        s += i * v * y
    return s


def list_of_what_is_left(x, y, n):
    it = iter(x)
    first = next(it)
    left = np.array(list(it))
    return first * np.sum(left**2) * y


def max_of_what_is_left(x, y, n):
    it = iter([x[0], x[1] * y, x[2], y])
    next(it)
    a, *others = it
    return a * max(others) + len(list(it))


def handed_on(x, y, n):
    def head(values):
        return next(values) * y

    it = iter(x)
    return head(it) + 2.0 * head(it) + sum(it)


def in_a_branch(x, y, n):
    it = iter(x)
    if y > 0.5:
        a = next(it)
    else:
        a = next(it) * next(it)
    return a + y * next(it)


def in_a_loop(x, y, n):
    s = 0.0
    for _ in range(n):
        it = iter(x)
        s += next(it) * y
        s *= next(it)
    return s


def over_a_list_that_is_written(x, y, n):
    items = [x[0], x[1], x[2]]
    it = iter(items)
    items[1] = y * y
    s = next(it)
    for v in it:
        s = s * v
        items[2] = s
    return s


def rows_in_turn(x, y, n):
    a = np.outer(x, x) * y
    it = iter(a)
    top = next(it)
    s = 0.0
    for row in it:
        s += top @ row
        top = row
    return s


def over_a_dict(x, y, n):
    d = {"a": x[0], "b": y}
    keys = iter(d)
    values = iter(d.values())
    return d[next(keys)] + d[next(keys)] * next(values) ** 2 + next(values)


def in_a_container(x, y, n):
    state = {"rest": iter(x)}
    s = 0.0
    for _ in range(n):
        s = s * y + next(state["rest"])
    return s


def while_there_is_one(x, y, n):
    it = iter(x)
    v = next(it, None)
    s = y
    count = 0
    while count < n:
        s += v * v
        v = next(it, y)
        count += 1
    return s


def reversed_with_a_name(x, y, n):
    back = reversed(x)
    return next(back) * y + next(back) ** 2


def columns(x, y, n):
    rows = [[v, v * y] for v in x]
    cols = list(zip(*rows))
    return sum(c * d for c, d in zip(*cols))


def columns_of_tuples(x, y, n):
    samples = []
    for i in range(len(x)):
        samples.append((i * 0.5, x[i] * y, x[i] ** 2))
    times, first, second = zip(*samples)
    return np.sum(np.array(first) * np.array(second)) + times[-1] * max(second) * len(times)


def columns_of_arrays(x, y, n):
    u = x * y
    history = []
    for _ in range(n):
        u = np.sin(u) + x
        history.append((u, u * y))
    places, speeds = map(np.array, zip(*history))
    return np.sum(places * speeds, axis=1)


def flat_places(x, y, n):
    a = np.empty((2, 2))
    a.flat = x
    a.flat[1] = y
    b = np.zeros((2, 2))
    b.flat = y
    b.T.flat = x**2
    a.flat[n:] = [y * y]
    return np.sum(a * b)


def distances(x, y, n):
    d = math.dist(x[:2], x[2:]) * math.dist((x[0], 1.0), (y, x[1]))
    for letter in "abc":
        d += x[ord(letter) - 97] * math.comb(4, 2) * math.isqrt(10)
    return d if chr(97) == "a" else y


def points_of_two_kinds(x, y, n):
    return math.dist(x[:2], (y,))


X = np.array([0.7, 1.3, -0.4, 0.2])

PROGRAMS = [
    (chained, (X, 0.6, 4)),
    (chained, (X[:1], 0.6, 4)),
    (chained, (X[:0], 0.6, 4)),
    (chained, (X.astype(np.float32), np.float32(0.6), 4)),
    (leaves_and_goes_on, (X, 0.6, 4)),
    (leaves_and_goes_on, (abs(X), 0.6, 4)),
    (two_at_a_time, (X, 0.6, 4)),
    (two_at_a_time, (X[:3], 0.6, 4)),
    (with_default, (X, 0.6, 4)),
    (at_its_end, (X, 0.6, 2)),
    (at_its_end, (X, 0.6, 3)),
    (caught, (X, 0.6, 4)),
    (caught, (X[:0], 0.6, 4)),
    (parallel, (X, 0.6, 4)),
    (parallel, (X, 0.6, 9)),
    (zip_with_a_name, (X, 0.6, 4)),
    (map_with_a_name, (X, 0.6, 4)),
    (map_sees_what_changes, (X, 0.6, 4)),
    (enumerated, (X, 0.6, 4)),
    (list_of_what_is_left, (X, 0.6, 4)),
    (max_of_what_is_left, (X, 0.6, 4)),
    (handed_on, (X, 0.6, 4)),
    (in_a_branch, (X, 0.6, 4)),
    (in_a_branch, (X, 0.4, 4)),
    (in_a_loop, (X, 0.6, 3)),
    (over_a_list_that_is_written, (X, 0.6, 3)),
    (rows_in_turn, (X, 0.6, 3)),
    (over_a_dict, (X, 0.6, 3)),
    (in_a_container, (X, 0.6, 3)),
    (in_a_container, (X, 0.6, 5)),
    (while_there_is_one, (X, 0.6, 3)),
    (while_there_is_one, (X, 0.6, 6)),
    (reversed_with_a_name, (X, 0.6, 6)),
    (columns, (X, 0.6, 6)),
    (columns_of_tuples, (X, 0.6, 6)),
    (columns_of_tuples, (X[:1], 0.6, 6)),
    (columns_of_arrays, (X, 0.6, 40)),
    (columns_of_arrays, (X, 0.6, 2)),
    (flat_places, (X, 0.6, 3)),
    (distances, (X, 0.6, 3)),
    (points_of_two_kinds, (X, 0.6, 3)),
]
