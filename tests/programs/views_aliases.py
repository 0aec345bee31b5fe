"""Several names for one memory.  Every program here must come out right."""

import numpy as np


def second_name(x):
    b = x.copy()
    a = b
    b[0] = x[1] * x[2]
    return a * a


def write_through_second_name(x):
    a = x.copy()
    z = a
    z[1] = x[0] * 5.0
    a[2] = z[1] * a[2]
    return a[1] * z[2] + a[0]


def product_with_one_is_new(x):
    b = x * 2.0
    a = b * 1.0
    a[0] *= 5.0
    return np.sum(a * b)


def sum_with_zero_is_new(x):
    a = x + 0
    a[0] *= 5.0
    return np.sum(a * x)


def positive_is_new(x):
    a = +x
    a[0] *= 5.0
    return np.sum(a * x)


def row_of_matrix(matrix, x):
    a = matrix * 1.0
    row = a[1]
    row[0] = x
    row[1] *= a[0, 1]
    return a * a


def row_in_loop(matrix):
    a = matrix.copy()
    for i in range(1, a.shape[0]):
        row = a[i]
        for j in range(a.shape[1]):
            row[j] = row[j] * a[i - 1, j]
    return a


def interior_view(u, steps):
    u = u.copy()
    inner = u[1:-1]
    for _ in range(steps):
        inner *= 0.5 * (u[:-2] + u[2:])
    return u


def view_read_after_base_write(x):
    a = x * 3.0
    view = a[1:3]
    a[1] = x[0] * x[0]
    return np.sum(view * x[1:3])


def base_read_after_view_write(x):
    a = x * 3.0
    view = a[1:3]
    view[0] = x[0] * x[0]
    view[1] += a[1]
    return np.sum(a**2)


def view_of_view(x):
    a = x.copy()
    outer = a[1:]
    inner = outer[::2]
    inner[0] = x[0] * x[1]
    outer[0] *= 2.0
    return a * a


def view_of_argument_written(x):
    tail = x[2:]
    tail[:] = x[0] * tail
    return np.sum(x * x)


def view_index_rebound(x):
    a = x.copy()
    i = 1
    view = a[i:]
    i = 3
    view[0] = x[i] * 2.0
    return a * a


def read_only_view(x):
    middle = x[1:4]
    left = middle[:-1]
    return np.sum(left * middle[1:]) * x[0]


def swap_names(x, y, steps):
    u = x.copy()
    v = y.copy()
    for _ in range(steps):
        v[:] = np.sin(u) * v
        u, v = v, u
    return u * u + v


def swap_names_stencil(x, steps):
    old = x.copy()
    new = x.copy()
    for _ in range(steps):
        new[1:-1] = old[1:-1] * (old[2:] + old[:-2])
        old, new = new, old
    return old


def copy_in_the_middle(x):
    a = x * x
    saved = a.copy()
    a[:] = 2.0 * a * x
    return a * saved


def rebound_after_view(x):
    a = x.copy()
    view = a[:2]
    a = a * 2.0
    view[0] = 7.0 * x[2]
    return np.sum(a) * np.sum(view**2)


def value_kept_before_overwrite(x):
    a = x.copy()
    first = a[0]
    a[0] = a[1] * first
    return first * a[0]


def row_view_kept_before_overwrite(matrix):
    a = matrix.copy()
    first = a[0].copy()
    a[0] = a[1] * first
    return first * a[0]


def two_disjoint_views(x):
    a = x.copy()
    left = a[:2]
    right = a[2:4]
    left *= right
    right += left**2
    return a


def two_overlapping_views(x):
    a = x.copy()
    left = a[:3]
    right = a[1:4]
    left *= 2.0
    right *= left
    return a


def view_through_helper(x):
    a = x.copy()
    double_first(a[1:])
    return a * a


def double_first(values):
    values[0] = 2.0 * values[0] * values[1]


def helper_writes_and_returns(x):
    a = x.copy()
    b = scale_in_place(a, x[0])
    b[0] = 4.0 * x[1]
    return a


def scale_in_place(values, factor):
    values *= factor
    return values


def alias_in_a_branch_of_copies(x, flag):
    if flag:
        b = x.copy()
    else:
        b = x * 2.0
    b[0] = x[1] ** 2
    return b * x


def from_the_end_of_a_view(x, count):
    y = x[1:]
    z = x[:3]
    total = 0.0
    for i in range(count):
        total += y[i - 1] * z[-i] * (i + 1)
    return total


def from_the_end_of_a_reversed_view(x, count):
    y = x[::-1]
    for i in range(count):
        y[i - 1] += 0.5 * y[-i - 1]
    return x


def from_the_end_of_a_transpose(matrix, k):
    y = matrix[1:, ::2].T
    return np.sum(y[k] * y[k - 1]) * y[k, k]


def from_the_end_of_rows(matrix, k):
    for row in matrix[1:]:
        row[k] *= row[-1]
        row[k - 1] += row[k]
    return matrix


def view_of_all_minus_itself(x):
    y = x[::1]
    y[:] -= y
    return x


def view_of_all_times_itself(x):
    y = x[:]
    y[:] *= y
    return x


VECTOR = np.array([0.5, 1.2, -0.8, 0.9, 1.6])
THREE = np.array([0.5, 1.2, -0.8])
MATRIX = np.array([[0.5, 1.2, -0.8], [0.9, 1.6, 0.3], [1.1, -0.7, 0.4]])

PROGRAMS = [
    (second_name, (THREE,)),
    (write_through_second_name, (THREE,)),
    (product_with_one_is_new, (THREE,)),
    (sum_with_zero_is_new, (THREE,)),
    (positive_is_new, (THREE,)),
    (row_of_matrix, (MATRIX, 0.7)),
    (row_in_loop, (MATRIX,)),
    (interior_view, (VECTOR, 2)),
    (interior_view, (VECTOR, 0)),
    (view_read_after_base_write, (THREE,)),
    (base_read_after_view_write, (THREE,)),
    (view_of_view, (VECTOR,)),
    (view_of_argument_written, (VECTOR,)),
    (view_index_rebound, (VECTOR,)),
    (read_only_view, (VECTOR,)),
    (swap_names, (THREE, np.array([0.3, -0.9, 1.4]), 3)),
    (swap_names, (THREE, np.array([0.3, -0.9, 1.4]), 0)),
    (swap_names_stencil, (VECTOR, 3)),
    (swap_names_stencil, (VECTOR, 2)),
    (copy_in_the_middle, (THREE,)),
    (rebound_after_view, (THREE,)),
    (value_kept_before_overwrite, (THREE,)),
    (row_view_kept_before_overwrite, (MATRIX,)),
    (two_disjoint_views, (VECTOR,)),
    (two_overlapping_views, (VECTOR,)),
    (view_through_helper, (VECTOR,)),
    (helper_writes_and_returns, (THREE,)),
    (alias_in_a_branch_of_copies, (THREE, True)),
    (alias_in_a_branch_of_copies, (THREE, False)),
    (from_the_end_of_a_view, (VECTOR, 2)),
    (from_the_end_of_a_view, (VECTOR, 0)),
    (from_the_end_of_a_reversed_view, (VECTOR, 3)),
    (from_the_end_of_a_transpose, (np.linspace(0.1, 1.2, 12).reshape(3, 4), -1)),
    (from_the_end_of_a_transpose, (np.linspace(0.1, 1.2, 12).reshape(3, 4), 1)),
    (from_the_end_of_rows, (MATRIX, -1)),
    (from_the_end_of_rows, (MATRIX, 0)),
    (view_of_all_minus_itself, (VECTOR,)),
    (view_of_all_times_itself, (VECTOR,)),
]
