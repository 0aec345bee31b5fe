"""What loops go through, read when its turn comes; `itertools` and `functools`; order by keys."""

import functools
import itertools
import operator

import numpy as np


def items_replaced(x):
    items = [x[0], x[1], x[2]]
    total = 0.0
    for v in items:
        total += v * v
        items[2] = 5.0 * x[0]
    return total


def elements_replaced(x):
    y = np.array([x[0], x[1], x[2]])
    total = 0.0
    for f, v in zip([np.sin, np.cos, np.tanh], y, strict=True):
        total += f(v)
        y[2] = total
    return total


def beside_a_list(x):
    y = x.copy()
    total = 0.0
    for a, b in zip([1.0, 2.0, 3.0], y, strict=False):
        total += a * b
        y[2] = 3.0 * total
    return total


def pool_replaced(x):
    y = x[:2].copy()
    total = 0.0
    for a, b in itertools.product(y, y):
        total += a * b
        y[1] = total
    return total


def views_of_a_dict(x):
    state = {"a": x[0], "b": x[1]}
    names, values, pairs = state.keys(), state.values(), state.items()
    state["b"] = 3.0 * x[2]
    total = sum(values) * len(names)
    for name, value in pairs:
        total += value * len(name)
        state["b"] = total
    return total


def methods_of_a_dict(x):
    state = {"a": x[0]}
    state.setdefault("b", x[1] ** 2)
    state.setdefault("a", 100.0)
    state.update({"c": x[2]}, d=x[3])
    taken = state.pop("c") * state.pop("z", 5.0)
    both = {**state, "a": x[1]} | {"e": taken}
    del both["d"]
    return sum(both.values()) * len(both) + state["d"]


def counted_by_data(x):
    counts = {}
    for k in range(4):
        name = "odd" if k % 2 else "even"
        counts[name] = counts.get(name, 0.0) + x[k] ** 2
    return counts["odd"] * counts["even"]


def is_among(x):
    total = 0.0
    for k in range(len(x)):
        if k in (0, 2):
            total += x[k] ** 2
        if k not in [0, 1]:
            total += x[k]
        if k in {1, 3}:
            total *= 1.5
    return total


def folded(x):
    first = functools.reduce(lambda a, b: 0.5 * a + b * b, x)
    return first * functools.reduce(operator.mul, x, 2.0) + functools.reduce(max, [x[0], x[1]])


def composed(x):
    together = functools.reduce(lambda f, g: lambda v: g(f(v)), [np.sin, np.cos, np.exp])
    return together(x[0])


def running_totals(x):
    total = 0.0
    for v in itertools.accumulate(x):
        total += v * v
    return total + list(itertools.accumulate(x, operator.mul, initial=2.0))[3] ** 2


def neighbours(x):
    total = 0.0
    for a, b in itertools.pairwise(x):
        total += a * b**2
    return total + sum(itertools.starmap(operator.mul, zip(x, x[1:], strict=False)))


def pairs_of_bodies(x):
    total = 0.0
    for a, b in itertools.combinations(x, 2):
        total += a * b**2
    for i, j in itertools.permutations(range(3), 2):
        total += x[i] ** 2 * x[j]
    return total


def one_after_the_other(x):
    total = 0.0
    for k, v in enumerate(itertools.chain(x, 2.0 * x[:2])):
        total += k * v * v
    return total + sum(itertools.islice(x, 1, 3)) ** 2


def until(x):
    return sum(itertools.takewhile(lambda v: v > 0.0, x)) ** 2


def strictly(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


def in_order_of(x):
    up, down = sorted(x, key=abs), sorted(x, key=lambda v: v * v, reverse=True)
    return up[0] * up[1] ** 2 + down[0] * down[-1]


def order_of_places(x):
    places = sorted(range(len(x)), key=lambda i: x[i])
    return x[places[0]] * x[places[1]] ** 2


def rows_in_order(x):
    rows = [(x[0], 1.0), (x[1], 2.0), (x[2], 3.0)]
    rows.sort(key=lambda row: row[0])
    return rows[0][0] * rows[1][1] + rows[2][0] * rows[0][1]


def extremes_by(x):
    place = max(range(len(x)), key=lambda i: x[i])
    return min(x, key=abs) ** 2 + max(x, key=lambda v: -v) ** 3 + x[place]


def beyond_the_end(x):
    total = 0.0
    for k in range(len(x)):
        try:
            right = x[k + 1]
        except IndexError:
            right = 0.5
        total += x[k] * right
    return total


def caught_in_a_sum(x):
    def root(v):
        if v < 0.0:
            raise ValueError("negative")
        return v**0.5

    parts = np.zeros(2)
    total = 0.0
    for k, v in enumerate(x):
        try:
            parts[k % 2] += root(v)
            total += root(v + 0.1)
        except ValueError:
            total -= v
    return parts[0] * parts[1] + total


X = np.array([0.5, 1.2, -0.8, 0.9])

PROGRAMS = [
    (items_replaced, (X,)),
    (elements_replaced, (X,)),
    (beside_a_list, (X,)),
    (pool_replaced, (X,)),
    (views_of_a_dict, (X,)),
    (methods_of_a_dict, (X,)),
    (counted_by_data, (X,)),
    (is_among, (X,)),
    (folded, (X,)),
    (composed, (X,)),
    (running_totals, (X,)),
    (neighbours, (X,)),
    (pairs_of_bodies, (X,)),
    (one_after_the_other, (X,)),
    (until, (X,)),
    (strictly, (X, X[::-1].copy())),
    (strictly, (X, X[:3])),
    (in_order_of, (X,)),
    (order_of_places, (X,)),
    (rows_in_order, (X,)),
    (extremes_by, (X,)),
    (beyond_the_end, (X,)),
    (caught_in_a_sum, (X,)),
]
