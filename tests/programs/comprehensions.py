"""Comprehensions and generators, Python's functions of sequences, and what iterators give."""

import functools
import itertools

import numpy as np

OFFSET = 0.75


def sum_of_list(x):
    return sum([v * v for v in x])


def sum_of_generator(x):
    return sum(np.sin(v) for v in x)


def sum_with_start(x, start):
    return sum((v**2 for v in x if v > 0.0), start)


def sum_of_arrays(x, count):
    return sum(np.sin(x) * k for k in range(1, count))


def sum_of_rows(matrix):
    return np.sum(sum(row * row[0] for row in matrix) ** 2)


def sum_of_an_array(x):
    return sum(x) * max(x) - min(x)


def filtered_by_data(x, least):
    kept = [v**2 for v in x if v > least]
    return float(sum(kept, 0.0)) * len(kept)


def filtered_array(x, least):
    kept = np.array([np.sin(v) for v in x if v > least])
    return np.sum(kept**2) + np.sum(kept)


def two_conditions(x):
    return sum([v**3 for k, v in enumerate(x) if k % 2 == 0 if v > 0.0])


def array_of_list(x):
    return np.sum(np.array([v**2 + k for k, v in enumerate(x)]) ** 2)


def array_of_pairs(x, y):
    return np.array([a * b for a, b in zip(x, y)])


def array_of_rows(matrix):
    return np.sum(np.array([np.sin(row) for row in matrix]) ** 2)


def stack_of_powers(x, count):
    return np.sum(np.stack([x**k for k in range(1, count)]) ** 2)


def static_trips(x):
    a, b, c = [x[k] * (k + 1) for k in range(3)]
    return a * b + c


def over_constants(x):
    return sum([c * x**k for k, c in enumerate([1.5, -0.4, 0.3])])


def nested_loops(x):
    return sum([x[i] * x[j] for i in range(3) for j in range(i)])


def nested_over_arrays(x, y):
    return sum(a * b**2 for a in x for b in y if a > b)


def nested_lists(x):
    rows = [[x[i] * x[j] for j in range(3)] for i in range(2)]
    return rows[1][2] * rows[0][1] + len(rows)


def table(x, y):
    return np.sum(np.array([[a * b**2 for b in y] for a in x]) ** 2)


def list_in_a_loop(x, count):
    total = 0.0
    for k in range(count):
        total = total + sum([v * k for v in x if v > total])
    return total


def variable_does_not_leak(x):
    v = 2.0
    squares = [v**2 for v in x]
    return v * sum(squares)


def shadows_an_argument(x, k):
    total = sum(k * v for k, v in enumerate(x))
    return total * k


def first_iterable_is_outside(x):
    return sum([x * v for x in x for v in (1.0, x)])


def reads_enclosing_names(x, scale):
    shift = scale * 2.0
    return sum(v * scale + shift * OFFSET for v in x)


def in_a_helper(x, scale):
    def scaled(values):
        return [v * scale for v in values]

    return sum(scaled(x)) * sum(scaled([scale, 1.0]))


def late_binding(x):
    functions = [lambda v: v * k for k in range(3)]
    return functions[0](x) + functions[1](x) ** 2


def early_binding(x):
    functions = [lambda v, k=k: v * k for k in range(3)]
    return functions[2](x) + functions[1](x) ** 2


def maybe_unbound(x, test):
    if test > 0.0:
        scale = x * 2.0
    return sum(v * scale for v in [x, 1.0])


def dict_of_values(x):
    found = {k: x[k] ** 2 for k in range(3)}
    return found[0] + found[2] * len(found)


def dict_of_names(x):
    names = ["a", "b"]
    found = {name: x * k for k, name in enumerate(names, 1)}
    return found["a"] * found["b"]


def set_of_numbers(x):
    odd = {k % 3 for k in range(10)}
    return x * len(odd) + (2 in odd) * x**2


def extremes(x):
    return max(v * v for v in x) - min(np.sin(v) for v in x)


def extremes_of_kept(x, least):
    return max(v**2 for v in x if v > least) + min([v for v in x if v > least])


def extreme_of_pairs(x):
    return max(a * b for a in x for b in x)


def extreme_of_none(x):
    return max(v for v in x[:0]) * x[0]


def default_of_kept(x, least):
    return max([v for v in x if v > least], default=x[0] * 2.0) ** 2


def extreme_with_default(x):
    return max([v for v in (x, 1.0) if False], default=x * 2.0)


def ties(x):
    return max(v * 2.0 for v in [x, x * 1.0, 0.1])


def any_and_all(x, most):
    if any(v > most for v in x) and all(v > -2.0 for v in x):
        return np.sum(x**2)
    return np.sum(x)


def any_stops(x):
    found = any(1.0 / v > 0.5 for v in [x, 0.0])
    return x * 2.0 if found else x


def any_of_several(x):
    return x[0] if any(a + b > 1.9 for a in x for b in x) else x[1]


def all_of_none(x):
    return x * (2.0 if all(v > 5.0 for v in []) else 3.0)


def all_of_list(x):
    return x**2 if all([x > 0.0, x < 2.0]) else x


def mapped(x):
    return sum(map(lambda v: v * v, x)) + max(map(abs, x))


def mapped_over_two(x, y):
    return sum(map(lambda a, b: a * b, x, y))


def mapped_list(x):
    first, second = map(np.sin, (x, 2.0 * x))
    return first * second


def mapped_in_a_loop(x):
    total = 0.0
    for v in map(np.cos, x):
        total = total * 0.5 + v
    return total


def filtered(x):
    even = list(filter(lambda k: k % 2 == 0, range(5)))
    return sum(x[k] for k in even)


def sorted_numbers(x):
    first, second, third = sorted([x[0], x[1], x[2]])
    return first * third + second**2


def sorted_downwards(x, y):
    values = sorted((x, y, 0.5), reverse=True)
    return values[0] ** 2 + values[1] * values[2]


def sorted_array(x):
    ordered = sorted(x)
    return ordered[0] * ordered[-1] + ordered[1] ** 3


def sorted_by_name(x):
    total = 0.0
    for name in sorted({"b": 1, "a": 2}):
        total = total * x + len(name) + (name == "b")
    return total * x


def members_of_a_set(x):
    return sum(x**k for k in sorted({3, 1, 1}))


def sorted_by_key(x):
    order = sorted([2, 0, 1], key=lambda k: -k)
    return x ** order[0] + order[1] * x


def sort_in_place(x):
    values = [x[0], x[1], x[2]]
    values.sort()
    return values[0] * values[1] + values[2]


def list_methods(x):
    values = [x[0], x[1]]
    values.extend([x[2], x[3]])
    values[0] = values[1] * 2.0
    last = values.pop()
    rest = values[1:] + [last] * 2
    rest.insert(1, x[0])
    return sum(rest) * len(rest) + values.index(values[1]) * x[0] + rest.count(last) * x[1]


def divided(x):
    whole, rest = divmod(x, 2.0)
    return whole * rest + abs(-x)


def product_of_ranges(x):
    total = 0.0
    for i, j in itertools.product(range(2), range(3)):
        total += x[i] * x[j]
    return total


def product_of_lengths(x, count):
    total = 0.0
    for i, j in itertools.product(range(count), range(len(x))):
        total = total * 0.5 + x[j] ** (i + 1)
    return total


def product_of_arrays(x, y):
    return sum(a * b**2 for a, b in itertools.product(x, y))


def product_repeated(x):
    return sum(a * b * c for a, b, c in itertools.product((x, 2.0), repeat=3))


def over_ndindex(x):
    total = 0.0
    for i in np.ndindex(2, 2):
        total += x[i[0]] * x[i[1]]
    return total


def over_indices_of_matrix(matrix):
    total = 0.0
    for i, j in np.ndindex(matrix.shape):
        total += matrix[i, j] ** 2 * (i - j)
    return total


def over_indices_and_values(matrix):
    total = 0.0
    for (i, j), value in np.ndenumerate(matrix):
        total += value**2 * (i + 2 * j)
    return total


def partial_inside(x):
    power = functools.partial(lambda a, b, c=1.0: a * b * b * c, x, c=3.0)
    return power(3.0 * x) + power(1.0, c=x)


def tuple_of_generator(x):
    first, second = tuple(v * 2.0 for v in (x, 1.0))
    return first**2 + second


def list_of_array(x):
    values = list(x)
    return values[0] * values[-1] + len(values)


X = np.array([0.5, 1.2, -0.8, 0.9, 1.6])
Y = np.array([0.7, -0.4, 1.1])
M = np.array([[0.3, 0.8, 0.1], [-0.4, 0.9, 0.5]])

PROGRAMS = [
    (sum_of_list, (X,)),
    (sum_of_list, (X[:0],)),
    (sum_of_generator, (X,)),
    (sum_with_start, (X, 0.5)),
    (sum_of_arrays, (X, 4)),
    (sum_of_rows, (M,)),
    (sum_of_an_array, (X,)),
    (filtered_by_data, (X, 0.7)),
    (filtered_by_data, (X, 7.0)),
    (filtered_array, (X, 0.7)),
    (filtered_array, (X, 7.0)),
    (two_conditions, (X,)),
    (array_of_list, (X,)),
    (array_of_pairs, (X, Y)),
    (array_of_rows, (M,)),
    (stack_of_powers, (Y, 4)),
    (stack_of_powers, (Y, 1)),
    (static_trips, (Y,)),
    (over_constants, (0.7,)),
    (nested_loops, (X,)),
    (nested_over_arrays, (X, Y)),
    (nested_lists, (Y,)),
    (table, (X, Y)),
    (list_in_a_loop, (X, 3)),
    (variable_does_not_leak, (X,)),
    (shadows_an_argument, (X, 1.5)),
    (first_iterable_is_outside, (Y,)),
    (reads_enclosing_names, (X, 0.6)),
    (in_a_helper, (X, 0.6)),
    (late_binding, (0.7,)),
    (early_binding, (0.7,)),
    (maybe_unbound, (0.7, 1.0)),
    (dict_of_values, (Y,)),
    (dict_of_names, (0.7,)),
    (set_of_numbers, (0.7,)),
    (extremes, (X,)),
    (extremes_of_kept, (X, 0.7)),
    (extremes_of_kept, (X, 7.0)),
    (extreme_of_pairs, (X,)),
    (extreme_of_none, (X,)),
    (default_of_kept, (X, 0.7)),
    (default_of_kept, (X, 7.0)),
    (extreme_with_default, (0.7,)),
    (ties, (0.7,)),
    (any_and_all, (X, 1.0)),
    (any_and_all, (X, 9.0)),
    (any_stops, (0.7,)),
    (any_stops, (7.0,)),
    (any_of_several, (X,)),
    (any_of_several, (Y,)),
    (all_of_none, (0.7,)),
    (all_of_list, (0.7,)),
    (mapped, (X,)),
    (mapped_over_two, (X, Y)),
    (mapped_list, (0.7,)),
    (mapped_in_a_loop, (X,)),
    (filtered, (X,)),
    (sorted_numbers, (Y,)),
    (sorted_downwards, (0.7, 1.4)),
    (sorted_downwards, (0.7, -1.4)),
    (sorted_array, (X,)),
    (sorted_by_name, (0.7,)),
    (members_of_a_set, (0.7,)),
    (sorted_by_key, (0.7,)),
    (sort_in_place, (Y,)),
    (list_methods, (X,)),
    (divided, (7.5,)),
    (product_of_ranges, (Y,)),
    (product_of_lengths, (Y, 2)),
    (product_of_arrays, (X, Y)),
    (product_repeated, (0.7,)),
    (over_ndindex, (Y,)),
    (over_indices_of_matrix, (M,)),
    (over_indices_and_values, (M,)),
    (partial_inside, (0.7,)),
    (tuple_of_generator, (0.7,)),
    (list_of_array, (X,)),
]
