"""What is refused of comprehensions and lists that grow, with the line and the way out."""

import numpy as np
import pytest

import srcad
from tests.at_line import refused_at


def generator_for_numpy(x):
    return np.sum(v for v in x)


def walrus(x):
    return sum([last for v in x if (last := v) > 0.0])


def list_is_returned(x):
    return [v * 2.0 for v in x]


def shapes_differ(x):
    parts = []
    for k in range(20 * len(x)):
        parts.append(x[:k])
    return np.sum(np.concatenate(parts))


def array_in_a_tuple_changes(x):
    history = []
    for k in range(len(x)):
        y = x * k
        history.append((y, y * 2.0))
        y += 1.0
    return np.sum(history[1][0])


def list_in_a_tuple_changes(x):
    history = []
    row = [x[0], 1.0]
    for _ in range(len(x)):
        history.append((row, row))
    row[0] = x[1]
    return history[0][0][0]


def list_holds_what_changes(x):
    history = []
    for _ in range(len(x)):
        x *= 2.0
        history.append(x)
    return np.sum(np.array(history))


def item_is_written(x):
    history = []
    for k in range(len(x)):
        history.append(x * k)
    history[0][1] = 5.0
    return np.sum(np.array(history))


def grows_while_gone_through(x):
    out = []
    for v in x:
        out.append(v)
    for v in out:
        out.append(v)
    return sum(out)


def filter_by_data(x):
    return sum(filter(lambda v: v > 0.0, (x[0], x[1])))


REFUSED = [
    (generator_for_numpy, 1, "a generator cannot be given", "put it in brackets"),
    (walrus, 1, "`:=` inside a comprehension", None),
    (list_is_returned, 1, "cannot be returned", "np.array(items)"),
    (shapes_differ, 2, "whose items are not alike", "an array made before the loop"),
    (array_in_a_tuple_changes, 5, "memory that `history` may share", ".copy()"),
    (list_in_a_tuple_changes, 5, "an item of a list of unknown length", "before it is appended"),
    (list_holds_what_changes, 3, "memory that `history` may share", ".copy()"),
    (item_is_written, 4, "memory that `history` may share", ".copy()"),
    (grows_while_gone_through, 5, "changes a list while a loop goes through it", "list(items)"),
    (filter_by_data, 1, "`filter` by a condition on data", "for v in x if"),
]


@pytest.mark.parametrize(("function", "line", "message", "hint"), REFUSED)
def test_refusals_name_the_line_and_the_way_out(function, line, message, hint):
    refused_at(line, function, np.array([0.5, 1.2, -0.8]), message=message, hint=hint)


def unbound_in_a_comprehension(x, test):
    if test > 0.0:
        scale = x * 2.0
    return sum(v * scale for v in [x, 1.0])


def test_names_that_are_not_bound_raise_as_in_python():
    with pytest.raises(NameError):
        unbound_in_a_comprehension(0.7, -1.0)
    with pytest.raises(NameError):
        srcad.vjp(unbound_in_a_comprehension, 0.7, -1.0)


def test_order_of_nan_is_not_guessed():
    with pytest.raises(srcad.UnsupportedType, match=r"nan .* \(test_lists.py:\d+\): leave it out"):
        srcad.vjp(lambda x: sorted([x, 1.0])[0], float("nan"))


def test_one_specialisation_serves_lists_of_all_lengths():
    def kept(x):
        return sum([v**2 for v in x if v > 0.0]) + np.sum(np.array([np.sin(v) for v in x]))

    gradient = srcad.differentiable(engine="numpy")(kept)
    for count in (2, 5, 9):
        x = np.linspace(-1.0, 1.0, count)
        expected = np.where(x > 0.0, 2.0 * x, 0.0) + np.cos(x)
        np.testing.assert_allclose(srcad.grad(gradient)(x), expected)


def test_one_specialisation_serves_rows_of_all_lengths():
    def halves(x):
        rows = [[v * w for w in x[::2]] for v in x]
        return np.sum(np.array(rows)) + sum([sum([v**2 for _ in range(len(x) // 2)]) for v in x])

    gradient = srcad.differentiable(engine="numpy")(halves)
    for count in (2, 5, 6, 9, 1):
        x = np.linspace(-1.0, 2.0, count)
        even = np.where(np.arange(count) % 2 == 0, np.sum(x), 0.0)
        expected = np.sum(x[::2]) + even + 2.0 * (count // 2) * x
        np.testing.assert_allclose(srcad.grad(gradient)(x), expected)


def parts_of_all_lengths(x):
    return sum(np.sum(part) * (k + 1) for k, part in enumerate([x[:k] ** 2 for k in range(len(x))]))


def halved(x, depth):
    if len(x) <= 2 or depth == 0:
        return np.sum(x**2)
    half = len(x) // 2
    return halved(x[:half], depth - 1) * halved(x[half:], depth - 1)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_what_lengths_decide_is_specialised_for_each(engine):
    unrolled = srcad.grad(srcad.differentiable(engine=engine)(parts_of_all_lengths))
    recursive = srcad.grad(srcad.differentiable(engine=engine)(halved))
    for count in (6, 4, 5, 6):
        x = np.linspace(0.5, 1.5, count)
        weights = [sum(k + 1 for k in range(count) if place < k) for place in range(count)]
        np.testing.assert_allclose(unrolled(x), 2.0 * x * weights)
        for depth in (0, 2, 1):
            steps = 1e-6 * np.eye(count)
            slopes = [(halved(x + d, depth) - halved(x - d, depth)) / 2e-6 for d in steps]
            np.testing.assert_allclose(recursive(x, depth), slopes, rtol=1e-7)
