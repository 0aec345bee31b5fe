"""Programs whose variables have names that srcad makes up itself."""

import numpy as np


def list_named_as_a_tape(x, n):
    t_tape = list(x)
    a = 0.5
    for _ in range(n):
        t_tape += [a * a]
        a = a * x[0]
    return 0.2 * sum(t_tape)


def array_named_as_a_tape(x, n):
    u_tape = np.empty(n)
    u = x[0]
    for i in range(n):
        u_tape[i] = u * u
        u = np.sin(u_tape[i]) + x[1]
    first = u_tape[0]
    u_tape[0] = 2.0
    return np.sum(u_tape) * first + u


def numbers_named_as_functions(cos, sin, sqrt, np_sum):
    exp = np.cos(cos) * cos
    where = np.sqrt(np.exp(sin) + 1.0) + exp
    plus = np.where(where > 0.1, where * sqrt, cos)
    clear_float_errors = np.sum(plus * np_sum) + np.log(sqrt)
    return clear_float_errors * np.sum(np.sin(plus))


def arrays_named_as_functions(independent, unbroadcast, add_at, item):
    Bail = independent.copy()
    for in_range in range(item):
        Bail[in_range] += unbroadcast * independent[in_range - 1] ** 2
    np.add.at(Bail, add_at, independent[add_at])
    masked = np.maximum(Bail, 0.2)[None] * np.ones((2, 1))
    return np.sum(masked * Bail) + np.mean(masked)


def stacks_named_as_counters(t_left, x_count, x_tape_count, saved):
    x_left, t_count, x = 0.0, 1.0, t_left
    while x < x_count:
        if x < 1.0:
            x = x * x_tape_count + saved
        else:
            x = x * x + t_left
        x_left += x
        t_count *= x_left
    return x_left * t_count


def names_of_bars(x, x_bar, x_dot, out_bar, value, out):
    y_bar = np.sin(x) * x_bar
    y = y_bar * y_bar + x_dot
    x_bar2 = y * out_bar
    for value_bar in range(value):
        x_bar2 = x_bar2 * np.cos(y) + value_bar * out
    return np.sum(x_bar2) * out


def array_named_as_a_counter(x, y, u, a):
    i = x[:]
    i[1:] += a * i[:-1]
    return u + x * y


def number_named_as_a_type(x, object, n):
    y = x * 1.0
    for k in range(n):
        y = y * y[:2].sum() if k % 2 else np.concatenate((y, y[:1] * object))
    return np.sum(y)


X = np.array([0.3, 0.7, 1.1])
INDEX = np.array([0, 2, 0])

PROGRAMS = [
    (array_named_as_a_counter, (X[:1].copy(), X[1:2].copy(), X[None].copy(), 0.3)),
    (number_named_as_a_type, (X, 0.4, 3)),
    (list_named_as_a_tape, (X, 3)),
    (array_named_as_a_tape, (X, 3)),
    (numbers_named_as_functions, (0.3, 0.4, 0.5, X)),
    (numbers_named_as_functions, (X, 0.4, 0.5, 0.6)),
    (arrays_named_as_functions, (X, 0.4, INDEX, 3)),
    (stacks_named_as_counters, (0.3, 4.0, 1.5, 0.2)),
    (names_of_bars, (X, 0.3, X[::-1].copy(), 0.4, 3, 0.8)),
]
