"""What names stand for in a loop: objects replaced by others, rotated lists, other kinds."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

STEP = 0.5


@dataclass
class State:
    x: float
    v: float


class Body(NamedTuple):
    r: np.ndarray
    v: np.ndarray


def default_that_changes(x, rate=0.7):
    while rate * x < 4.0:
        rate *= 1.5
    return rate * x


def default_counts_down(x, rounds=3):
    while rounds > 0:
        x = x * 1.1 + rounds
        rounds -= 1
    return x


def global_that_changes(x, count):
    step = STEP
    for k in range(count):
        if x > k:
            step = 0.5 * step
        x = x - step * np.cos(x)
    return x * step


def default_on_one_path(x, limit=2.0):
    value = x * x if x > 1.0 else limit
    return min(value, limit) * x


def object_replaced(x, count):
    state = State(x, 2.0 * x)
    for _ in range(count):
        state = State(state.x + 0.1 * state.v, state.v - 0.1 * state.x)
    return state.x * state.v


def object_written_and_replaced(x, count):
    state = State(x, 2.0 * x)
    for _ in range(count):
        state.x = state.x + 1.0
        state = State(state.x * 1.1, state.v)
    return state.x * state.v


def two_objects_take_turns(x, count):
    first, second = State(x, x), State(2.0 * x, 3.0 * x)
    for _ in range(count):
        first, second = second, first
        first.x = first.x * 1.5
    return first.x + 10.0 * second.x


def object_of_the_last_trip(x, count):
    before, now = State(x, x), State(2.0 * x, x)
    for _ in range(count):
        now.v = now.v + 1.0
        new = State(now.x + 0.1 * before.x, now.v + before.v)
        before = now
        now = new
    return before.x * now.x + before.v * now.v


def best_object(x, count):
    best = now = State(x, x)
    for k in range(count):
        now = State(now.x * 1.2 - 0.3 * k, now.v)
        if now.x > best.x:
            best = now
    return best.x + 3.0 * now.x


def list_replaced_and_written_on_a_path(x, count):
    pair = [x, x * 2.0]
    for _ in range(count):
        if pair[0] > 1.0:
            pair = [pair[0] * 0.5, pair[1]]
        pair[1] = pair[1] + pair[0]
    return pair[0] + pair[1]


def inner_object_stays(x, count):
    inner = State(x, x)
    outer = State(inner, x)
    for _ in range(count):
        outer = State(inner, outer.v * 1.1)
        inner.x = inner.x + outer.v
    return outer.x.x + outer.v


def object_made_in_a_loop(x, count):
    for k in range(count):
        state = State(x * k, x)
    return state.x + state.v


def first_trip_makes_the_object(x, count):
    state = None
    for k in range(count):
        state = State(x, x) if k == 0 else State(state.x * x, state.v)
    return state.x


def object_until_it_breaks(x, count):
    state = State(x, x)
    for _ in range(count):
        new = State(state.x * 1.5, state.v)
        if new.x > 3.0:
            break
        state = new
    return state.x


def objects_in_nested_loops(x, count):
    state = State(x, x)
    for _ in range(count):
        for j in range(count):
            state = State(state.x * 1.1 + j, state.v)
        state = State(state.v * 0.5 + state.x, state.x * 0.1)
    return state.x


def advanced(state, count):
    for _ in range(count):
        state.x = state.x + 1.0
        state = State(state.x * 2.0, state.v)
    return state


def object_replaced_by_a_helper(x, count):
    state = State(x, x)
    state = advanced(state, count)
    return state.x


def seen_by_an_inner_function(x, count):
    state = State(x, x)

    def position():
        return state.x

    for _ in range(count):
        state.x = state.x + position()
        state = State(state.x * 2.0, state.v)
    return position()


def dicts_and_lists_replaced(x, count):
    held = {"a": [x, 2.0 * x], "b": State(x, x)}
    for _ in range(count):
        first, second = held["a"]
        held = {"a": [second, first * 1.1], "b": State(held["b"].x + first, held["b"].v)}
    return held["a"][0] * held["b"].x


def dict_comprehension_replaces(x, count):
    held = {"u": x, "v": 2.0 * x}
    for _ in range(count):
        held = {key: value * 1.1 for key, value in held.items()}
    return held["u"] * held["v"]


def bodies_replaced(r, count):
    bodies = [Body(r, np.zeros(2)), Body(2.0 * r, np.ones(2))]
    for _ in range(count):
        middle = 0.5 * (bodies[0].r + bodies[1].r)
        bodies = [b._replace(r=b.r + 0.1 * b.v, v=b.v + 0.1 * (middle - b.r)) for b in bodies]
    return np.sum(bodies[0].r * bodies[1].r) + np.sum(bodies[0].v)


def rotated_by_slices(x, count):
    past = [x, 2.0 * x, 3.0 * x]
    for _ in range(count):
        past = past[1:] + [past[0] * 0.5 + past[1]]
    return past[0] * past[2]


def rotated_by_pop(x, count):
    past = [x, 2.0 * x, 3.0 * x]
    for _ in range(count):
        past.append(past[0] * 0.5 + past[1])
        past.pop(0)
    return past[0] * past[2]


def rotated_from_the_front(x, count):
    past = [np.sin(x), 2.0 * x, np.cos(x)]
    for _ in range(count):
        new = past[0] * 0.5 + past[2]
        past.pop()
        past.insert(0, new)
    return np.sum(past[0] * past[2])


def arrays_take_turns_in_a_list(x, count):
    pair = [np.ones(3) * x, np.arange(3.0) * x]
    for _ in range(count):
        pair[0][0] += 1.0
        pair = [pair[1], pair[0] * 1.1 + pair[1]]
    return pair[0].sum() * pair[1].sum()


def lists_of_lists_replaced(x, count):
    grid = [[x, 2.0 * x], [3.0 * x, 4.0 * x]]
    for _ in range(count):
        grid = [[value * 1.1 for value in row] for row in grid]
        grid[0][1] = grid[0][1] + grid[1][0]
    return grid[0][1] * grid[1][1]


def rows_of_a_list_take_turns(x, count):
    grid = [[x, 2.0 * x], [3.0 * x, 4.0 * x]]
    for _ in range(count):
        grid[0], grid[1] = grid[1], grid[0]
        grid[0][0] *= 1.1
    return grid[0][0] * grid[1][0] * grid[1][1]


def row_after_row(x, count):
    before = [x * k for k in range(count + 1)]
    for i in range(count):
        row = []
        for j in range(count):
            row.append(before[j] * 1.1 + i * j)
        before = row
    return sum(before)


def nested_tuple_replaced(x, count):
    state = (x, (x, [x, 2.0 * x]))
    for _ in range(count):
        a, (b, c) = state
        state = (a * 1.1, (b + a, [c[1], c[0] + a]))
    return state[0] + state[1][0] * state[1][1][0]


def int_field_becomes_a_float(x, count):
    state = State(1, x)
    for _ in range(count):
        state = State(state.x + state.v, state.v)
    return state.x * x


def none_until_the_first_trip(x, count):
    best = where = None
    for k in range(count):
        value = (x - k) ** 2
        if best is None or value < best:
            best, where = value, k * x
    return best + where


def until_two_norms_are_close(x):
    while True:
        new = 0.5 * np.cos(x)
        step = new - x
        x = new
        if np.linalg.norm(step, np.inf) < 1e-3 * (1.0 + np.linalg.norm(x)):
            break
    return np.sum(x)


def branch_without_a_body(x, count):
    for k in range(count):
        if np.linalg.norm(x[:2], 1) > k:
            pass
        else:
            x = 1.5 * np.sin(x)
    return np.sum(x) * np.linalg.norm(x)


def none_before_a_while(x, end):
    step = None
    while x < end:
        step = x if step is None else step * 1.1
        x = x * 1.5 + step
    return x


def none_before_an_endless_loop(x, end):
    step = None
    while True:
        if x > end:
            return x
        if step is None:
            step = x
        else:
            step = step * 1.1
        x = x * 1.5 + step


def none_and_a_break(x, end):
    step = None
    for k in range(int(np.floor(x * 3.0))):
        step = x if step is None else step * 1.1
        x = x * 1.5 + step + k
        if x > end:
            break
    else:
        x = x * 7.0
    return x


def none_in_an_inner_loop(x, end):
    total = 0.0
    for k in range(3):
        before, y = None, x + k
        while y < end:
            if before is not None:
                total += y * before
            before, y = y * 0.5, y * 1.7
    return total


def none_counting_down(x, end):
    step = None
    for _ in range(int(end), 0, -2):
        step = x if step is None else step * 1.1
        x = x * 1.5 + step
        if x > end:
            return 2.0 * x
    return x


def until_two_steps_are_close(x):
    before, now = None, x
    while before is None or abs(before - now) > 1e-3:
        before, now = now, 0.5 * (now + 2.0 / now)
    return now * before


def number_becomes_an_array(x, end):
    total = 0
    while np.sum(total) < end:
        total = total + np.array([x, 3.0 * x])
        x = x * 1.1
    return x


def objects_of_a_list_are_told_apart(x, count):
    bodies = [State(x, 0.0), State(2.0 * x, 1.0)]

    def pull():
        for a in bodies:
            for b in bodies:
                if a is not b:
                    a.v = a.v + 0.1 * (b.x - a.x)

    for _ in range(count):
        for b in bodies:
            b.x = b.x + 0.1 * b.v
        pull()
    return bodies[0].x * bodies[1].v


X = np.array([0.5, -0.2])
BY_COUNT = (
    global_that_changes,
    object_replaced,
    object_written_and_replaced,
    two_objects_take_turns,
    object_of_the_last_trip,
    best_object,
    list_replaced_and_written_on_a_path,
    inner_object_stays,
    objects_of_a_list_are_told_apart,
    object_until_it_breaks,
    objects_in_nested_loops,
    object_replaced_by_a_helper,
    seen_by_an_inner_function,
    dicts_and_lists_replaced,
    dict_comprehension_replaces,
    rotated_by_slices,
    rotated_by_pop,
    arrays_take_turns_in_a_list,
    lists_of_lists_replaced,
    rows_of_a_list_take_turns,
    nested_tuple_replaced,
    int_field_becomes_a_float,
)

PROGRAMS = [
    (default_that_changes, (0.9,)),
    (default_that_changes, (7.0,)),
    (default_counts_down, (0.9,)),
    (default_on_one_path, (1.2,)),
    (default_on_one_path, (0.7,)),
    *((function, (0.8, count)) for function in BY_COUNT for count in (3, 0)),
    (best_object, (2.0, 5)),
    (object_made_in_a_loop, (0.8, 3)),
    (first_trip_makes_the_object, (0.8, 3)),
    (none_until_the_first_trip, (1.8, 4)),
    (bodies_replaced, (X, 3)),
    (rotated_from_the_front, (X, 4)),
    (row_after_row, (0.8, 3)),
    *(
        (function, (0.8, end))
        for function in (
            none_before_a_while,
            none_before_an_endless_loop,
            none_and_a_break,
            none_in_an_inner_loop,
            none_counting_down,
            number_becomes_an_array,
        )
        for end in (12.0, 0.0)
    ),
    (none_and_a_break, (1.5, 3.0)),
    (none_and_a_break, (0.1, 3.0)),
    (until_two_steps_are_close, (1.1,)),
    (until_two_norms_are_close, (X,)),
    (branch_without_a_body, (np.array([0.5, -0.2, 0.9]), 4)),
]
