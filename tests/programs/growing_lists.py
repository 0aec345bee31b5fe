"""Lists that loops append to: of a length known before the loop, after it, or never."""

import numpy as np


def append_numbers(x):
    out = []
    for v in x:
        out.append(v * v)
    return np.sum(np.array(out) ** 2)


def append_to_some(x, count):
    out = [x, 2.0 * x]
    for k in range(2, count):
        out.append(out[k - 1] * 0.5 + out[-2] ** 2)
    return out[-1] + out[0] * len(out)


def append_where(x, least):
    out = []
    for i in range(len(x)):
        if x[i] > least:
            out.append(x[i] ** 2)
    return sum(out) + len(out) * x[0]


def append_on_both_sides(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append(v**2)
        else:
            out.append(np.sin(v))
    return np.sum(np.array(out) * np.arange(len(out)))


def append_twice(x, count):
    out = []
    for k in range(count):
        out.append(x * k)
        out.append(x**2)
    return np.sum(np.array(out) ** 2)


def append_arrays(u, count):
    history = [u]
    for _ in range(count):
        u = u + 0.1 * np.sin(u)
        history.append(u)
    return np.sum(np.stack(history) ** 2) + history[-1][0]


def append_copies(u, count):
    history = []
    for _ in range(count):
        u[1:] += 0.5 * u[:-1]
        history.append(u.copy())
    return np.sum(np.array(history)[:, -1])


def append_rows(matrix):
    rows = []
    for row in matrix:
        rows.append(row * np.sum(row))
    return np.sum(np.vstack(rows) ** 2)


def concatenated(x, count):
    parts = []
    for k in range(count):
        parts.append(x * (k + 1))
    whole = np.concatenate(parts)
    return np.sum(whole**2 * np.arange(whole.size))


def stacked_along_columns(x, count):
    columns = []
    for k in range(count):
        columns.append(np.sin(x * k))
    return np.sum(np.stack(columns, axis=1)[0] ** 2)


def while_it_moves(x):
    xs = [x]
    while abs(xs[-1] ** 2 - 2.0) > 1e-3:
        xs.append(xs[-1] - 0.3 * (xs[-1] ** 2 - 2.0) / (2.0 * xs[-1]))
    return np.sum(np.array(xs)) * len(xs)


def adaptive_sum(y, end):
    times, values = [0.0], [y]
    t, h = 0.0, 0.1
    while t < end:
        y = y - h * y**2
        t = t + h
        if y < 0.8:
            h = h * 1.5
        times.append(t)
        values.append(y)
    total = 0.0
    for k in range(1, len(times)):
        total += values[k] * (times[k] - times[k - 1])
    return total


def long_list(x, count):
    out = []
    k = 0
    while k < count:
        out.append(np.sin(x * k))
        k += 1
    return float(sum((v * v for v in out), 0.0))


def nested_appends(x, y):
    out = []
    for a in x:
        for b in y:
            out.append(a * b**2)
    return np.sum(np.array(out) ** 2)


def triangle(x):
    out = []
    for i in range(len(x)):
        for j in range(i):
            out.append(x[i] * x[j])
    return np.sum(np.array(out) ** 2)


def rows_of_rows(x, y):
    table = []
    for a in x:
        row = []
        for b in y:
            row.append(a * b)
        table.append(row)
    return np.sum(np.array(table) ** 2)


def pairs(x):
    points = []
    for k, v in enumerate(x):
        points.append((v, v * k))
    total = 0.0
    for a, b in points:
        total += a * b**2
    return total


def with_break(x, most):
    out = []
    total = 0.0
    for v in x:
        total += v
        if total > most:
            break
        out.append(total)
    return np.sum(np.array(out) ** 2) + len(out)


def append_before_break(x, most):
    out = []
    for v in x:
        out.append(v**2)
        if v > most:
            break
    return sum(out) * len(out)


def with_continue(x):
    out = []
    for v in x:
        if v < 0.0:
            continue
        out.append(v**3)
    return np.sum(np.array(out))


def append_after_the_loop(x):
    out = []
    for v in x:
        out.append(v * 2.0)
    out.append(x[0] ** 2)
    for v in x:
        out.append(v)
    return np.sum(np.array(out) ** 2)


def in_a_helper(x):
    out = []

    def keep(v):
        if v > 0.0:
            out.append(v * v)

    for v in x:
        keep(v)
        keep(v - 0.6)
    return sum(out)


def helper_outside_of_loops(x):
    out = [1.0]

    def keep(v):
        out.append(v * v)

    keep(x)
    keep(2.0 * x)
    return sum(out) * len(out)


def extended(x, count):
    out = [x[0] * 3.0]
    for k in range(count):
        out.extend([x[0] * k, x[1]])
        out += [x[2]]
    return np.sum(np.array(out) ** 2)


def extended_by_array(x, count):
    out = []
    for k in range(count):
        out.extend(v * k for v in x)
    return np.sum(np.array(out) ** 2)


def popped(x):
    stack = []
    total = 0.0
    for v in x:
        stack.append(v)
        if v < 0.0:
            total = total + stack.pop() * stack.pop()
    return total + sum(stack)


def popped_from_none(x):
    stack = []
    total = 0.0
    for v in x:
        if v > 0.0:
            stack.append(v)
        else:
            total = total + stack.pop() * stack.pop()
    return total


def replaced(x):
    out = []
    for v in x:
        out.append(v * 2.0)
    out[1] = out[0] * out[2]
    out[-1] = x[0]
    return np.sum(np.array(out) ** 2)


def sliced(x):
    out = []
    for v in x:
        out.append(v**2)
    return sum(out[1:]) + sum(out[::2]) * out[:2][-1]


def copied(x):
    out = []
    for v in x:
        out.append(v**2)
    other = list(out)
    other.append(x[0])
    out.append(2.0 * x[1])
    return sum(other) * len(other) + sum(out)


def added(x):
    first, second = [], [x[0]]
    for v in x:
        first.append(v**2)
        if v > 0.0:
            second.append(v)
    both = first + second
    return np.sum(np.array(both) * np.arange(len(both)))


def truth_of_list(x, least):
    out = []
    for v in x:
        if v > least:
            out.append(v)
    if not out:
        return np.sum(x)
    return out[0] ** 2


def out_of_range(x, least):
    out = []
    for v in x:
        if v > least:
            out.append(v)
    return out[3] * x[0]


def out_of_range_below(x, least, place):
    out = []
    for v in x:
        if v > least:
            out.append(v)
    return out[place] ** 2


def stack_of_none(x, count):
    out = []
    for _ in range(count):
        out.append(np.sin(x))
    return np.sum(np.stack(out))


def walked_backwards(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append(v)
    total = 0.0
    for k, v in enumerate(reversed(out)):
        total = total * 0.5 + v ** (k + 1)
    return total


def zipped(x):
    squares = []
    for v in x:
        squares.append(v**2)
    return sum(a * b for a, b in zip(squares, x)) + sum(b - a for a, b in zip(squares, squares[1:]))


def elementwise(x):
    out = []
    for v in x:
        out.append(np.sin(v))
    return np.sum(x * out + np.cumsum(out))


def whole_numbers(x, count):
    places = []
    for k in range(count):
        if k % 2 == 0:
            places.append(k)
    return np.sum(x[places] ** 2) + x[places[-1]]


def append_on_one_side(x, least):
    out = [x[0]]
    if x[1] > least:
        out.append(x[2])
    return sum(out) * len(out)


def appended_by_a_helper(x):
    out = [1.0]

    def keep(v):
        if v > 0.0:
            out.append(v)

    keep(x)
    return sum(out) * x


def unpacked(x, count):
    out = []
    for k in range(count):
        out.append(x[k] ** 2)
    a, b, c = out
    return a * b + c


def of_unrolled_trips(x):
    out = []
    for k in range(4):
        out.append(x * k)
    first, *_, last = out
    return first + last**2


def of_unrolled_trips_where(x):
    out = []
    for k in range(4):
        if x[k] > 0.0:
            out.append(x[k])
    return sum(out) * len(out)


def integers_and_floats(x, count):
    out = [0]
    for k in range(count):
        out.append(x * k)
    return np.sum(np.array(out) ** 2)


def indexed_constants(x, count):
    weights = [0.5, -0.3, 0.8]
    total = 0.0
    for k in range(count):
        total += weights[k % 3] * x ** (k + 1)
    return total


def inside_of_a_loop(x, count):
    total = 0.0
    for k in range(count):
        kept = []
        for v in x:
            if v * k > total:
                kept.append(v)
        total = total + sum(kept)
    return total


def in_a_dict(x, count):
    state = {"y": x, "history": []}
    for _ in range(count):
        state["y"] = state["y"] * 0.9 + 0.1
        state["history"].append(state["y"])
    return np.sum(np.array(state["history"]) ** 2)


def sorted_list(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append(v)
    ordered = sorted(out)
    return ordered[0] * ordered[-1]


def returned_array(x):
    out = []
    for v in x:
        out.append(v**2)
    return np.array(out), len(out)


X = np.array([0.5, 1.2, -0.8, 0.9, 1.6])
Y = np.array([0.7, -0.4, 1.1])
M = np.array([[0.3, 0.8, 0.1], [-0.4, 0.9, 0.5]])

PROGRAMS = [
    (append_numbers, (X,)),
    (append_numbers, (X[:0],)),
    (append_to_some, (0.7, 5)),
    (append_to_some, (0.7, 1)),
    (append_where, (X, 0.7)),
    (append_where, (X, 7.0)),
    (append_on_both_sides, (X,)),
    (append_twice, (0.7, 3)),
    (append_arrays, (Y, 4)),
    (append_arrays, (Y, 0)),
    (append_copies, (Y, 3)),
    (append_rows, (M,)),
    (concatenated, (Y, 3)),
    (stacked_along_columns, (Y, 3)),
    (while_it_moves, (3.0,)),
    (while_it_moves, (1.4142,)),
    (adaptive_sum, (1.0, 2.0)),
    (long_list, (0.7, 40)),
    (long_list, (0.7, 0)),
    (nested_appends, (X, Y)),
    (triangle, (X,)),
    (rows_of_rows, (X, Y)),
    (pairs, (X,)),
    (with_break, (X, 1.0)),
    (with_break, (X, 9.0)),
    (append_before_break, (X, 1.0)),
    (with_continue, (X,)),
    (append_after_the_loop, (X,)),
    (in_a_helper, (X,)),
    (helper_outside_of_loops, (0.7,)),
    (extended, (Y, 3)),
    (extended_by_array, (Y, 3)),
    (popped, (X,)),
    (popped_from_none, (X,)),
    (popped_from_none, (-X,)),
    (replaced, (X,)),
    (sliced, (X,)),
    (copied, (X,)),
    (added, (X,)),
    (truth_of_list, (X, 0.7)),
    (truth_of_list, (X, 7.0)),
    (out_of_range, (X, 0.1)),
    (out_of_range, (X, 0.7)),
    (out_of_range_below, (X, 0.7, -2)),
    (out_of_range_below, (X, 0.7, -4)),
    (out_of_range_below, (X, 0.7, 1)),
    (stack_of_none, (Y, 2)),
    (stack_of_none, (Y, 0)),
    (walked_backwards, (X,)),
    (zipped, (X,)),
    (elementwise, (X,)),
    (whole_numbers, (X, 5)),
    (append_on_one_side, (X, 0.0)),
    (append_on_one_side, (X, 7.0)),
    (appended_by_a_helper, (0.7,)),
    (appended_by_a_helper, (-0.7,)),
    (unpacked, (X, 3)),
    (of_unrolled_trips, (0.7,)),
    (of_unrolled_trips_where, (X,)),
    (integers_and_floats, (0.7, 3)),
    (indexed_constants, (0.7, 5)),
    (inside_of_a_loop, (X, 3)),
    (in_a_dict, (0.7, 3)),
    (sorted_list, (X,)),
    (returned_array, (X,)),
]
