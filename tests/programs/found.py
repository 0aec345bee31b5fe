"""Programs that the fuzzer found, made small."""

import numpy as np


def nan_to_num_of_three_kinds(x):
    z = x * 1.0
    z[0] = np.nan
    z[1] = -np.inf
    return np.nan_to_num(z, nan=0.3, posinf=1.0, neginf=-1.0)


def nan_to_num_of_numbers(x):
    return np.nan_to_num(x[0] + np.inf, posinf=1.5) + np.nan_to_num(x[1] * 2.0)


def rounded_by_keyword(x):
    return np.round(x, decimals=1) * x + np.around(x[0], decimals=1)


def list_of_two_precisions(x, y, a):
    history = [x, y]
    for _ in range(3):
        x = a * x
        history.append(x)
    return x


def list_without_items_and_one_more(a, k):
    items = []
    for _ in range(k):
        items.append(0.5 * a)
    return np.mean(np.array(items + [a]))


def checked(s):
    if s > 0.5:
        raise ValueError
    return s * 2.0


def bound_again_after_what_raises(a, b):
    try:
        b = checked(a)
        b = 0.5
    except ValueError:
        a = a * 0.5
    return a * b


def rolled_view(u, v):
    u = v**2
    return np.tanh(np.roll(u[:, :], 1, axis=0))


def negative_number_added_to_an_element(u, a):
    z = u.copy()
    z[0] += -0.7
    z[1] -= -a
    z[2] = z[2] + -a * 0.5
    return z


def sum_in_single_precision(x, k):
    total, count = 0.0, 1
    for i in range(k):
        total += x[i] * count
        count = count * x[i]
    return x * total * count


def powers_beyond_64_bits(x, b, k):
    for i in range(len(x)):
        power = 3 ** (38 + k + i)
        b = b * (power % 1000 / 1000)
    return b


def squares_of_kept_ints(b, k):
    n = 1 << 33
    for i in range(3):
        n = n + k
        b = b * (n * 1.0e-9) + np.sin(b * (n * n % 7))
    return b


def sums_of_kept_bools(b, k):
    for i in range(3):
        t = b > 0.2
        b = b * (t + t + 1) * (k - t) * 0.1
    return b


def flags_in_a_list(x):
    flags = [bool(v > 0.0) for v in x]
    s = 0.0
    for i in range(len(flags)):
        s += x[i] * (flags[i] + flags[0])
    return s


def flag_and_flag(x):
    first = bool(x[0] > 0.0)
    count = first + first
    count += first
    return np.sum(x) * count - x[0] * -first


def product_of_three_axes(h):
    return np.sum(np.prod(h, axis=-1), axis=1)


X = np.array([0.53, 1.5, 0.24])
GRID = np.array([[0.9, 0.2], [0.8, 0.5], [0.1, 0.4]])

def bar_taken_away_from_itself(y, u, v):
    u -= u
    y = np.min(u, axis=0)
    return u * v + y


def sum_of_turned_product(u, b):
    u[0] += np.sum((b * u).T, axis=1)
    return u


def element_that_no_trip_reads(x, a, n):
    items = [a, a * a]
    for _ in range(n):
        items.append(x[1] * a)
    return np.mean(items)


PROGRAMS = [
    (element_that_no_trip_reads, (np.zeros(0), 0.8, 0)),
    (element_that_no_trip_reads, (X, 0.8, 3)),
    (bar_taken_away_from_itself, (X, np.array([[1.0, 0.2], [0.3, 0.5]]), np.full((2, 2), 0.7))),
    (sum_of_turned_product, (np.array([[0.4]], np.float32), 0.9)),
    (product_of_three_axes, (np.array([[[0.3, 0.5]], [[0.8, 0.1]], [[0.8, 0.4]], [[0.5, 0.3]]]),)),
    (flags_in_a_list, (X,)),
    (flag_and_flag, (X,)),
    (nan_to_num_of_three_kinds, (X,)),
    (nan_to_num_of_numbers, (X,)),
    (rounded_by_keyword, (X,)),
    (list_of_two_precisions, (X.astype(np.float32), X, np.float64(0.5))),
    (list_without_items_and_one_more, (0.1, 0)),
    (list_without_items_and_one_more, (0.1, 3)),
    (bound_again_after_what_raises, (0.3, 0.7)),
    (bound_again_after_what_raises, (0.8, 0.7)),
    (rolled_view, (GRID, GRID)),
    (powers_beyond_64_bits, (X, 0.3, 4)),
    (squares_of_kept_ints, (0.3, 4)),
    (sums_of_kept_bools, (0.3, 4)),
    (sum_in_single_precision, (X.astype(np.float32), 3)),
    (negative_number_added_to_an_element, (X, 0.3)),
]
