"""Objects that two names may reach: a write that would have to be seen through both is refused.

Each program here gave, or would give, a wrong value in silence if the objects of a loop or of a
branch were followed by their contents alone.
"""

from dataclasses import dataclass

import numpy as np
import pytest

import srcad
from srcad.errors import UnsafeMutation, UnsupportedType


@dataclass
class State:
    x: float
    v: float


def first_object_is_seen_twice(x, n):
    state = old = State(x, 2 * x)
    for _ in range(n):
        state.x = state.x + 1.0
        state = State(state.x * 1.1, state.v)
    return state.x + 10 * old.x


def one_object_in_two_names(x, n):
    a = b = State(x, x)
    for _ in range(n):
        a.x = a.x + 1
        a = b = State(b.x * 2, a.v)
    return a.x + b.x


def best_is_written_through_another_name(x, n):
    best = now = State(x, x)
    for k in range(n):
        now.x = now.x + 0.1
        now = State(now.x * 1.2 - 0.3 * k, now.v)
        if now.x > best.x:
            best = now
    return best.x + 3 * now.x


def part_of_the_first_object(x, n):
    inner = State(x, x)
    state = State(inner, x)
    for _ in range(n):
        state.x.x = state.x.x + 1
        state = State(State(state.x.x * 2, state.v), state.v * 1.1)
    return state.x.x + state.v + 7 * inner.x


def part_is_written_by_its_own_name(x, n):
    inner = State(x, x)
    state = State(inner, x)
    for _ in range(n):
        inner.x = inner.x * 1.1
        state = State(State(state.x.x * 2, state.v), state.v * 1.1)
    return state.x.x + state.v + 7 * inner.x


def caller_still_has_it(x, n):
    state = State(x, x)
    return _advanced(state, n).x * state.x


def _advanced(state, n):
    for _ in range(n):
        state.x = state.x + 1
        state = State(state.x * 2, state.v)
    return state


def default_still_has_it(x, n):
    state = State(x, x)
    position = lambda held=state: held.x  # noqa: E731
    for _ in range(n):
        state.x = state.x + position()
        state = State(state.x * 2, state.v)
    return state.x + position()


def list_is_seen_twice(x, n):
    pair = old = [x, 2 * x]
    for _ in range(n):
        if pair[0] > 3:
            pair = [pair[0] * 0.5, pair[1]]
        pair[1] = pair[1] + pair[0]
    return pair[0] + pair[1] + old[1]


def list_extended_on_a_path(x, n):
    a, b = [x], [2 * x]
    chosen = a if x > n else b
    chosen.extend([3 * x])
    return sum(a) * sum(b)


def list_sorted_on_a_path(x, n):
    a, b = [x, 2 * x], [2 * x, x]
    chosen = a if x > n else b
    chosen.sort()
    return a[0] * 3 + b[1]


def written_after_it_is_appended(x, n):
    rows = []
    for _ in range(n):
        row = [x, 2 * x]
        rows.append(row)
        row[0] = row[0] + 1
    return sum(row[0] for row in rows)


def appended_before_and_written_after(x, n):
    rows = [[x, 2 * x]]
    first = rows[0]
    for k in range(n):
        rows.append([x, k * x])
    first[0] = 5 * x
    return sum(row[0] for row in rows)


def item_of_a_long_list_is_written(x, n):
    rows = [[x, 2 * x]]
    for k in range(n):
        rows.append([x, k * x])
    rows[0][0] = 5 * x
    return sum(row[0] for row in rows)


def appended_and_written_in_the_next_trip(x, n):
    rows = []
    row = [x, 2 * x]
    for _ in range(n):
        rows.append(row)
        row[0] = row[0] + 1
        row = [row[1], row[0] * 1.1]
    return sum(row[0] for row in rows) * row[1]


def doubled(a, n):
    w = a
    for _ in range(n):
        w[0] += 1
        w = w * 2
    return w.sum()


def read_later_in_the_statement(x, n):
    a = np.array([x, 2 * x])
    return doubled(a, n) * a[0]


def read_later_in_the_element(x, n):
    a = np.array([x, 2 * x])
    return sum(doubled(a, n) * a[0] for _ in range(n))


@pytest.mark.parametrize(
    "function",
    [
        first_object_is_seen_twice,
        one_object_in_two_names,
        best_is_written_through_another_name,
        part_of_the_first_object,
        part_is_written_by_its_own_name,
        caller_still_has_it,
        default_still_has_it,
        list_is_seen_twice,
        list_extended_on_a_path,
        list_sorted_on_a_path,
        written_after_it_is_appended,
        appended_before_and_written_after,
        item_of_a_long_list_is_written,
        appended_and_written_in_the_next_trip,
        read_later_in_the_statement,
        read_later_in_the_element,
    ],
)
@pytest.mark.parametrize("n", [0, 3])
def test_a_write_that_two_names_may_see_is_refused(function, n):
    with pytest.raises(UnsafeMutation) as caught:
        srcad.differentiable(engine="numpy")(function).vjp(2.0, n)
    assert caught.value.hint


def one_of_two(x, n):
    a, b = State(x, x), State(2 * x, x)
    chosen = a if x > n else b
    return 5 * x if chosen is a else x


def still_the_first(x, n):
    state = old = State(x, x)
    while state.x < n:
        state = State(state.x * 3, state.v) if state is old else State(state.x * 1.1, state.v)
    return state.x


@pytest.mark.parametrize("function", [one_of_two, still_the_first])
def test_whether_two_names_are_one_object_is_not_guessed(function):
    with pytest.raises(UnsupportedType, match="one object"):
        srcad.differentiable(engine="numpy")(function).vjp(2.0, 9.0)


def other_dtype_after_a_continue(x, y, n):
    for _ in range(n, 0, -1):
        if 1:
            if x[1]:
                continue
        y = x
    return y


def test_a_name_of_two_dtypes_is_refused():
    with pytest.raises(UnsupportedType, match="`y` has different dtypes"):
        srcad.differentiable(engine="numpy")(other_dtype_after_a_continue).vjp(
            np.array([0.5, 0.5]), np.array([0.7, 0.3], np.float32), 4
        )
