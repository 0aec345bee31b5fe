"""Lists of lists: nested comprehensions and loops whose lengths are known only at run time."""

import numpy as np


def matrix_by_indices(x, y):
    n, m = len(x), len(y)
    return np.sum(np.array([[x[i] * np.sin(y[j]) for j in range(m)] for i in range(n)]) ** 2)


def matrix_of_given_size(x, n, m):
    a = np.array([[x[(i + j) % len(x)] ** 2 * i for j in range(m)] for i in range(n)])
    return np.sum(a @ a.T)


def kernel(x, y):
    k = np.array([[np.exp(-((a - b) ** 2)) for b in x] for a in x])
    return y[0] * np.sum(np.linalg.solve(k + 0.1 * np.eye(len(x)), x))


def half_the_columns(x, y):
    return np.sum(np.array([[a * y[j] for j in range(len(y) // 2)] for a in x]) ** 2)


def longer_of_both(x, y):
    width = max(len(x), len(y))
    return np.sum(np.array([[a * np.cos(j * y[0]) for j in range(width)] for a in x]) ** 2)


def product_of_lengths(x, y):
    n = len(x)
    return np.sum(np.array([[x[i] ** 2 * j * y[0] for j in range(n * len(y))] for i in range(n)]))


def every_other(x, y):
    by_index = np.array([[a * y[j] ** 2 for j in range(0, len(y), 2)] for a in x])
    by_slice = np.array([[a * b**2 for b in y[::2]] for a in x])
    backwards = np.array([[a * y[j] for j in range(len(y) - 1, 0, -2)] for a in x])
    return np.sum(by_index * by_slice) + np.sum(backwards**2)


def width_by_data(x, y):
    width = int(np.sum(y > 0.0))
    return np.sum(np.array([[a * np.sin(a * j) for j in range(width)] for a in x]))


def width_counted(x, y):
    width = 0
    for v in y:
        if v > 0.0:
            width += 1
    rows = [[a**j for j in range(width)] for a in x]
    return sum(sum(row) for row in rows)


def width_of_each_trip(x, y):
    total = 0.0
    for k in range(len(y)):
        rows = [[a * (j + k) * y[k] for j in range(k)] for a in x]
        total += sum(sum(row) for row in rows)
    return total


def rows_by_append(x, y):
    rows = []
    for i in range(len(x)):
        row = []
        for j in range(len(y)):
            row.append(x[i] * y[j] ** 2)
        rows.append(row)
    total = 0.0
    for i in range(len(x)):
        for j in range(len(y)):
            total += rows[i][j] ** 2 * (i + j)
    return total + sum([sum(row) for row in rows]) + np.sum(np.array(rows) ** 2)


def stacked_arrays(x, y):
    return np.sum(np.stack([np.array([a * b**2 for b in y]) for a in x]) ** 2)


def three_deep(x, y):
    a = np.array([[[u * v * w for w in x] for v in y] for u in x])
    return np.sum(a**2) + a[0, 1, 2]


def pairs_in_rows(x, y):
    rows = [[(a * b, a + b) for b in y] for a in x]
    return sum(u * v for row in rows for u, v in row) + rows[0][-1][0]


def lists_in_rows(x, y):
    rows = [[[a * b, a - b] for b in y] for a in x]
    last = rows[-1]
    return np.sum(np.array(rows)[0] ** 2) + len(last) * last[1][0] + len(rows[0][0])


def arrays_in_rows(x, y):
    rows = [[a * y for _ in y] for a in x]
    return np.sum(np.array(rows) ** 2) + np.sum(rows[1][0] ** 3) + np.sum(np.vstack(rows))


def no_columns(x, y):
    return np.sum(np.array([[a * y[j] for j in range(5, len(y))] for a in x])) + np.sum(x**2)


def product_of_lists(x, y):
    a = [[u * v for v in y] for u in x]
    b = [[u + v for v in x] for u in y]
    c = [
        [sum(a[i][k] * b[k][j] for k in range(len(b))) for j in range(len(x))]
        for i in range(len(a))
    ]
    return sum(c[i][i] for i in range(len(c)))


def rows_filled_in(x, y):
    rows = []
    for a in x:
        row = [0.0] * len(y)
        for j in range(len(y)):
            row[j] = a * y[j]
        rows.append(row)
    return np.sum(np.array(rows) ** 2)


def filled_where(x, y):
    out = [0.0] * len(x)
    for i in range(len(x)):
        if x[i] > 0.0:
            out[i] = x[i] * y[0]
    return sum(v**2 for v in out) + out[0]


def filled_beyond(x):
    out = [0.0] * 3
    for i in range(len(x)):
        out[i] = x[i] ** 2
    return sum(out)


def triangle(x):
    rows = [[x[i] * x[j] for j in range(i)] for i in range(len(x))]
    return sum(sum(row) for row in rows)


def rows_get_longer(x):
    rows, width = [], 2
    for v in x:
        rows.append([v * j for j in range(width)])
        width = width + 1
    return sum(sum(row) for row in rows)


def rows_by_a_counter_of_a_helper(x):
    def multiples(count):
        return [x[0] * j for j in range(count)]

    return sum(sum(row) for row in [multiples(k) for k in range(len(x))])


class Width:
    def __init__(self):
        self.now = 2


def rows_by_what_changes_in_an_object(x):
    rows, width = [], Width()
    for v in x:
        rows.append([v * j for j in range(width.now)])
        width.now += 1
    return sum(sum(row) for row in rows)


X = np.array([0.5, -0.3, 1.2])
Y = np.array([0.7, -0.1, 0.4, 1.3])

PROGRAMS = [
    (matrix_by_indices, (X, Y)),
    (matrix_of_given_size, (X, 2, 4)),
    (matrix_of_given_size, (X, 3, 1)),
    (kernel, (X, Y)),
    (half_the_columns, (X, Y)),
    (longer_of_both, (X, Y)),
    (product_of_lengths, (X, Y)),
    (every_other, (X, Y)),
    (every_other, (X, Y[:3])),
    (width_by_data, (X, Y)),
    (width_counted, (X, Y)),
    (width_of_each_trip, (X, Y)),
    (rows_by_append, (X, Y)),
    (stacked_arrays, (X, Y)),
    (three_deep, (X, Y)),
    (pairs_in_rows, (X, Y)),
    (lists_in_rows, (X, Y)),
    (arrays_in_rows, (X, Y)),
    (no_columns, (X, Y)),
    (product_of_lists, (X, Y)),
    (rows_filled_in, (X, Y)),
    (filled_where, (X, Y)),
    (filled_beyond, (X,)),
    (filled_beyond, (Y,)),
    (triangle, (X,)),
    (rows_get_longer, (X,)),
    (rows_by_a_counter_of_a_helper, (X,)),
    (rows_by_what_changes_in_an_object, (X,)),
]
