"""for over ranges, arrays, zip and enumerate; while; break and continue; zero trips."""

import math

import numpy as np


def power_by_loop(x, count):
    result = 1.0
    for _ in range(count):
        result = result * x
    return result


def range_with_start_and_step(x, start, stop, step):
    total = 0.0
    for k in range(start, stop, step):
        total = total * 0.5 + k * x**2
    return total


def loop_variable_after_loop(x, count):
    k = 10
    for k in range(count):
        x = x * 1.1
    return x * k


def loop_variable_rebound(x, count):
    total = 0.0
    for k in range(count):
        k = k * 2
        total += x**k
    return total


def bound_changes_inside(x, count):
    total = 0.0
    for k in range(count):
        count = count + 1
        total += x * count
        x = x * 0.9
    return total


def over_array(values):
    total = 0.0
    for value in values:
        total = total + value**2 * total + value
    return total


def over_matrix_rows(matrix):
    total = 0.0
    for row in matrix:
        total = total + np.sum(row**2) * row[0]
    return total


def over_enumerate(values):
    total = 0.0
    for k, value in enumerate(values):
        total += (k + 1) * value**2
    return total


def over_zip(first, second):
    total = 1.0
    for left, right in zip(first, second):
        total = total * left + right
    return total


def over_enumerate_of_zip(first, second):
    total = 0.0
    for k, (left, right) in enumerate(zip(first, second)):
        total += left * right ** (k + 1)
    return total


def nested_loops(matrix, vector):
    total = 0.0
    for i in range(matrix.shape[0]):
        partial = 0.0
        for j in range(matrix.shape[1]):
            partial += matrix[i, j] * vector[j]
        total += partial**2
    return total


def triangular_nest(x, size):
    total = 0.0
    for i in range(size):
        for j in range(i):
            x = math.sin(x) + 0.1 * j
            total += x * i
    return total


def inner_trip_count_from_data(counts, x):
    total = 0.0
    for i in range(len(counts)):
        for _ in range(counts[i]):
            x = 0.8 * x * x + 0.1
            total += x
    return total


def three_deep(x):
    total = 0.0
    for i in range(2):
        for j in range(3):
            for k in range(2):
                x = x * (1.0 + 0.01 * (i - j + k)) + 0.05 * x * x
                total += x
    return total


def while_counter(x, count):
    k = 0
    while k < count:
        x = x * x + 0.1
        k += 1
    return x


def while_on_value(x):
    steps = 0
    while x < 50.0:
        x = x * 1.7 + x**2 * 0.1
        steps += 1
    return x * steps


def while_inside_for(x):
    total = 0.0
    for k in range(4):
        y = x + k
        while y > 1.0:
            y = y / 1.9
        total += y * x
    return total


def loop_with_break(x, limit):
    total = 0.0
    for k in range(20):
        total += x**k
        if total > limit:
            break
        x = x * 1.05
    return total * x


def loop_with_continue(values):
    total = 1.0
    for value in values:
        if value < 0.0:
            continue
        total = total * (1.0 + value)
    return total


def break_and_continue(values, limit):
    total = 0.1
    used = 0
    for i in range(len(values)):
        if values[i] < 0.0:
            continue
        total += values[i] * total
        used += 1
        if total > limit:
            break
        total *= 1.5
    return total * used


def while_true_with_break(x):
    while True:
        x = x * 1.3
        if x > 10.0:
            break
        x = x + 0.2
    return x * x


def break_of_inner_loop_only(values):
    total = 0.0
    for i in range(len(values)):
        product = 1.0
        for j in range(len(values)):
            product *= values[j]
            if j == i:
                break
        total += product
    return total


def two_loops_one_name(x, count):
    for _ in range(count):
        x = x * x * 0.9
    for _ in range(count + 1):
        x = math.sin(x) + x
    return x


def value_from_before_the_loop(x, count):
    base = x * x
    for _ in range(count):
        x = x * base
    return x + base


def fibonacci_like(x, y, count):
    for _ in range(count):
        x, y = y, x * 0.3 + y * y * 0.2
    return x * y


def array_state(u, count):
    for _ in range(count):
        u = np.sin(u) * u + 0.1
    return u


def shrinking_array(x):
    while len(x) > 1:
        x = x[1:] * x[:-1]
    return x[0]


def growing_by_concatenation(x, count):
    y = x
    for _ in range(count):
        y = np.concatenate((y, y[-1:] * x[0]))
    return y


def kind_changes_in_the_loop(x, count):
    total = 0
    for k in range(count):
        total = total + x * k
    return total


def backwards_range(values):
    state = 0.0
    for i in range(len(values) - 1, -1, -1):
        state = state * 0.5 + values[i] ** 2
    return state


def accumulate_products(values):
    result = 1.0
    for i in range(values.shape[0]):
        result *= values[i]
    return result


COUNTS = np.array([2, 0, 3, 1])


def while_on_sum(x):
    while np.sum(x) < 10.0:
        x = x * 1.5
    return x


def while_on_element(x, limit):
    k = 0
    while x[k] < limit:
        x[k + 1] *= x[k] * 3.0
        k += 1
    return x * k


def two_loops_in_a_branch(x, y, count):
    if np.sum(x) > 0.4:
        k = 0
        while k < count and x[0] < 5.0:
            k += 1
            x[1:3] *= x[-2:] * y
        k = 0
        while k < count and x[1] < 5.0:
            k += 1
            x *= 0.5 * y
    return x + y


def returns_out_of_a_loop(matrix):
    while True:
        matrix = matrix * 1.1 + np.sum(matrix, axis=0)
        if np.max(matrix) > 5.0:
            return matrix


def names_like_those_of_stacks(a, a_left):
    k = 0
    while a < 5.0:
        a = a * a_left + a**2
        a_left = a_left + a
        k += 1
    return a * a_left * k


def all_letters_are_taken(h, b, i, j, k, l, m, n, p, q):
    for i1 in range(3):
        if np.max(h * i) > 0.5 + i1 * (j + k + l + m + n + p + q):
            b = b * 0.5 + h[1, 0] * i1
    return b * np.sum(h)


def name_like_that_of_a_count(x, n):
    trips = n * 2
    for i in range(0, trips, 3):
        x = x * np.sin(x)
        if x > trips:
            break
    return x


def returns_two_from_endless_loop(u, a):
    k = 0.0
    while True:
        k += a
        u = np.sin(u)
        if k > 3:
            return u, k


def range_bound_beside_what_is_carried(y, u, n):
    v = np.exp(u).T.T
    for i in range(n - 2, -1, -1):
        y = y * y + np.sum(v)
        v[:1] += 2.0
    return y


def mean_of_a_temporary(u):
    return np.mean(u / 1.5, axis=1)


def bounds_computed_inside(x, n, m):
    s = 0.0
    for k in range(m):
        a = n - k
        b = 2 * n - 1
        for i in range(b - n, -1, -1):
            s = np.sin(s + x[i]) * x[i]
        for i in range(n - 2, a + k):
            s = s * x[i] * s + 0.1
        for i in range(a):
            s = s * s * x[i] + 0.3
    return s


def thomas(u, upper, steps):
    """Tridiagonal systems by elimination in place, an alias of the state read at the end."""
    u = u.copy()
    state = u
    n = len(u)
    for _ in range(steps):
        d = np.ones(n) + upper
        for i in range(1, n):
            w = upper[i] / d[i - 1]
            d[i] -= w * upper[i - 1]
            u[i] -= w * u[i - 1]
        u[-1] /= d[-1]
        for i in range(n - 2, -1, -1):
            u[i] = (u[i] - upper[i] * u[i + 1]) / d[i]
    return np.sum(state**2)


PROGRAMS = [
    (power_by_loop, (1.3, 4)),
    (power_by_loop, (1.3, 0)),
    (power_by_loop, (1.3, -3)),
    (range_with_start_and_step, (1.3, 2, 9, 3)),
    (range_with_start_and_step, (1.3, 9, 2, -2)),
    (range_with_start_and_step, (1.3, 9, 2, 2)),
    (loop_variable_after_loop, (1.3, 3)),
    (loop_variable_after_loop, (1.3, 0)),
    (loop_variable_rebound, (1.3, 3)),
    (bound_changes_inside, (1.3, 3)),
    (over_array, (np.array([0.3, 0.8, -0.4]),)),
    (over_array, (np.zeros(0),)),
    (over_matrix_rows, (np.array([[0.3, 0.8], [-0.4, 0.9], [1.2, 0.1]]),)),
    (over_enumerate, (np.array([0.3, 0.8, -0.4]),)),
    (over_zip, (np.array([0.3, 0.8, -0.4]), np.array([1.3, 0.2, 0.7]))),
    (over_zip, (np.array([0.3, 0.8, -0.4]), np.array([1.3, 0.2]))),
    (over_enumerate_of_zip, (np.array([0.3, 0.8]), np.array([1.3, 0.2]))),
    (nested_loops, (np.array([[0.3, 0.8, 0.1], [-0.4, 0.9, 0.5]]), np.array([1.0, 0.4, -0.2]))),
    (triangular_nest, (0.7, 4)),
    (triangular_nest, (0.7, 1)),
    (inner_trip_count_from_data, (COUNTS, 0.6)),
    (three_deep, (0.6,)),
    (while_counter, (0.6, 3)),
    (while_counter, (0.6, 0)),
    (while_on_value, (0.6,)),
    (while_on_value, (60.0,)),
    (while_inside_for, (0.65,)),
    (loop_with_break, (0.9, 3.0)),
    (loop_with_break, (0.5, 3000.0)),
    (loop_with_continue, (np.array([0.3, -0.8, 0.4]),)),
    (break_and_continue, (np.array([0.3, -0.8, 0.4, 0.9, 1.1]), 0.5)),
    (break_and_continue, (np.array([0.3, -0.8, 0.4, 0.9, 1.1]), 50.0)),
    (while_true_with_break, (0.9,)),
    (break_of_inner_loop_only, (np.array([0.3, 0.8, -0.4]),)),
    (two_loops_one_name, (0.9, 2)),
    (value_from_before_the_loop, (1.1, 3)),
    (fibonacci_like, (0.5, 0.8, 5)),
    (array_state, (np.array([0.3, 0.8, -0.4]), 3)),
    (array_state, (np.array([0.3, 0.8, -0.4]), 0)),
    (shrinking_array, (np.array([0.5, 1.1, -0.7, 1.4]),)),
    (growing_by_concatenation, (np.array([0.5, 1.1]), 3)),
    (kind_changes_in_the_loop, (np.array([0.5, 1.1]), 3)),
    (kind_changes_in_the_loop, (np.array([0.5, 1.1]), 0)),
    (kind_changes_in_the_loop, (1.5, 0)),
    (backwards_range, (np.array([0.5, 1.1, -0.7]),)),
    (accumulate_products, (np.array([0.5, 0.0, -0.7]),)),
    (while_on_sum, (np.array([0.5, 1.1, 0.7]),)),
    (while_on_element, (np.array([0.5, 1.1, 0.7, 1.4]), 2.0)),
    (while_on_element, (np.array([0.5, 1.1, 0.7, 1.4]), 0.2)),
    (two_loops_in_a_branch, (np.array([0.5, 1.1, 0.7, 1.4]), 0.8, 2)),
    (two_loops_in_a_branch, (np.array([0.5, 1.1, 0.7, -2.4]), 0.8, 2)),
    (returns_out_of_a_loop, (np.array([[0.5, 1.1], [0.7, 0.4]]),)),
    (
        all_letters_are_taken,
        (np.array([[0.4, 0.9], [0.2, 0.3]]), 0.6, 1.2, 0.1, 0.02, 0.03, 0.04, 0.05, 0.01, 0.06),
    ),
    (name_like_that_of_a_count, (1.3, 4)),
    (names_like_those_of_stacks, (0.6, 0.8)),
    (returns_two_from_endless_loop, (np.array([0.3, 0.5]), 1.3)),
    (range_bound_beside_what_is_carried, (0.1, np.array([0.2, 0.1]), 4)),
    (mean_of_a_temporary, (np.array([[0.2, 0.1], [0.7, 1.3]]),)),
    (bounds_computed_inside, (np.array([0.6, 0.2, 0.9, 0.4, 0.8]), 4, 2)),
    (bounds_computed_inside, (np.array([0.6, 0.2, 0.9, 0.4, 0.8]), 1, 3)),
    (bounds_computed_inside, (np.array([0.6, 0.2, 0.9, 0.4, 0.8]), 3, 0)),
    (thomas, (np.array([0.6, 0.2, 0.9, 0.4]), np.array([0.3, 0.2, 0.4, 0.1]), 2)),
]
