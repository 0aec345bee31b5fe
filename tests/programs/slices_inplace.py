"""Reading and writing elements and slices, in fresh arrays and in arguments."""

import numpy as np


def fill_elements(x, count):
    y = np.zeros(count)
    for i in range(count):
        y[i] = x * i + x**2
    return y


def fill_from_previous(x, count):
    y = np.zeros(count)
    y[0] = x
    for i in range(1, count):
        y[i] = y[i - 1] * x + np.sin(y[i - 1])
    return y


def running_sum_in_place(x):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += y[i - 1]
    return y * y


def overwrite_whole_slice(x):
    y = np.ones_like(x)
    y[:] = x**2
    y[:] = y * x
    return y


def overwrite_twice(x):
    y = x * 2.0
    y[1] = x[0] * x[2]
    y[1] = y[1] * x[1]
    y[1] = 4.0 * y[1]
    return np.sum(y**2)


def overwrite_with_constant(x):
    y = x**2
    y[1:3] = 7.0
    return np.sum(y * x)


def shift_left(x):
    y = x.copy()
    y[:-1] = y[1:]
    return y * np.arange(len(x))


def shift_right(x):
    y = x.copy()
    y[1:] = y[:-1] * 2.0
    return y * y


def overlapping_accumulation(x):
    a = x.copy()
    a[1:] += 2.0 * a[:-1]
    return a * a


def overlapping_product(x):
    a = x.copy()
    a[1:] *= a[:-1]
    a[:-1] -= a[1:] * a[:-1]
    return a


def reverse_in_place(x):
    a = x.copy()
    a[:] = a[::-1]
    a[::-1] *= x
    return a


def strided(x):
    a = x * x
    a[::2] = a[1::2] * 3.0
    a[1::2] += x[::-2]
    return a


def negative_indices(x):
    a = x.copy()
    a[-1] = a[-2] * a[0]
    a[-3] *= a[-1]
    return a[-2:] * a[-1]


def negative_step_read(x):
    return x[::-1] * x + x[-2::-2].sum()


def matrix_elements(matrix):
    a = matrix.copy()
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = a[i, j] * a[i - 1, j] + j
    return a


def matrix_rows_and_columns(matrix, vector):
    a = matrix.copy()
    a[0] = vector * a[1]
    a[:, 1] *= vector[1]
    a[1:, :-1] += a[:-1, 1:]
    a[..., 0] = a[..., 2] * 0.5
    return a


def broadcast_store(matrix, vector, number):
    a = matrix * 1.0
    a[:] = vector
    a[1] = number
    a[:, 0] += number
    a += vector * number
    return a * matrix


def newaxis_products(x, y):
    table = x[:, np.newaxis] * y[None, :]
    table[0] += y
    return table


def ellipsis_and_integers(cube):
    a = cube.copy()
    a[1, ..., 0] = a[0, :, 1] ** 2
    a[..., 1] *= a[0, 0, 0]
    return a[:, 1].sum() - a[..., 0]


def size_one_axes(column, row, number):
    return column * row + number * column - row / (2.0 + column**2)


def augmented_element(x, count):
    total = np.zeros(1)
    for i in range(count):
        total[0] += x[i] * x[i - 1]
        total[0] *= 1.1
    return total[0]


def histogram_like(values, bins):
    total = np.zeros(3)
    for k in range(len(bins)):
        total[bins[k]] += values[k] ** 2
    return total * total


def gather_by_integers(values, positions):
    total = 0.0
    for k in range(len(positions)):
        total = total * 0.5 + values[positions[k]] ** 2
    return total


def scatter_overwrites(values, positions):
    y = np.zeros(4)
    for k in range(len(positions)):
        y[positions[k]] = values[k] * (k + 1.0)
    return y * y


def writes_its_argument(x):
    x[0] = x[1] * x[2]
    x[1:] *= 2.0
    return np.sum(x**2)


def augments_its_argument(x, y):
    x += y
    x *= y
    return x * x


def returns_the_written_argument(x):
    x[1] = 3.0 * x[0]
    return x


def augmented_scalar_rebinds(x):
    y = x
    y += 1.0
    return x * y


def two_buffers(u, steps):
    old = u.copy()
    new = u.copy()
    for _ in range(steps):
        new[1:-1] = 0.25 * (old[:-2] + old[2:]) + 0.5 * old[1:-1] ** 2
        old[1:-1] = 0.5 * (new[:-2] + new[2:]) * new[1:-1]
    return old * new


def time_history(u, steps):
    history = np.zeros((steps + 1, u.shape[0]))
    history[0] = u
    for t in range(steps):
        history[t + 1] = np.sin(history[t]) + history[t] * u
    return history[-1] + history[1]


def two_levels_by_parity(u, steps):
    levels = np.zeros((2, len(u)))
    levels[0] = u
    for t in range(steps):
        now = t % 2
        after = (t + 1) % 2
        levels[after, 1:] = levels[now, :-1] * levels[now, 1:]
        levels[after, 0] = levels[now, 0] ** 2
    return levels[steps % 2]


def empty_then_filled(x):
    y = np.empty(3)
    y[0] = x
    y[1] = x * x
    y[2] = y[0] * y[1]
    return y


def full_and_linspace(x):
    grid = np.linspace(0.0, 1.0, 4)
    base = np.full(4, 2.0)
    base[1:3] = grid[1:3] * x
    return base * grid


def full_with_active_value(x):
    y = np.full(3, x)
    y[1] = x**2
    return y


def slice_bounds_out_of_range(x):
    y = x.copy()
    y[1:100] *= 2.0
    y[-100:2] += x[:2]
    y[3:1] = 5.0
    return y * x


def empty_slices(x):
    y = x.copy()
    y[0:0] += 3.0
    return y[5:] if len(x) > 7 else y * x[2:2].sum() + y


def float32_in_place(x, y):
    a = x * y
    a[1:] += a[:-1] * y[1:]
    a[0] = a[1] * 0.5
    return a


def element_of_element(matrix):
    return matrix[1][0] * matrix[0][1] + matrix[-1][-1]


def swap_elements(x):
    y = x.copy()
    y[0], y[2] = y[2], y[0]
    y[1], y[0] = y[0] * 2.0, y[1]
    return y * np.arange(1.0, 4.0)


def swap_rows(matrix):
    a = matrix.copy()
    for j in range(a.shape[1]):
        a[0, j], a[1, j] = a[1, j], a[0, j] * a[1, j]
    return a


def plus_its_reverse(x):
    x = x[::-1] + x
    return x


def plus_its_transpose(square):
    square = square.T + square
    square[::-1] -= square
    return square


def onto_itself(x):
    x[::-1] = x
    return x * x


def positions_of_itself(x, positions):
    x[positions] = x
    return x


def element_into_many(x, positions):
    x[positions] = x[0] * 2.0
    x[x > 0.4] = x[1] * x[-1]
    return x


def quotient_of_own_elements(x, number):
    x[::2] = x[1] * number / (1.5 + x[2] ** 2)
    x[1:] = np.sum(x) * x[0] / x[-1]
    return x


def mask_of_another(x, y, number):
    for i in range(2):
        x[y > 0.6] = y[-i] * number
    return x


def written_with_itself(x, flag):
    if flag:
        return 0.5
    x[:] = x
    return np.sum(x)


def flat_before_overwrite(matrix, x):
    y = matrix * 2.0
    total = np.sum(np.ravel(y)[::-1] * x)
    y[:] = np.reshape(x, (2, 3))
    return total + np.sum(y * matrix)


VECTOR = np.array([0.5, 1.2, -0.8, 0.9, 1.6])
THREE = np.array([0.5, 1.2, -0.8])
MATRIX = np.array([[0.5, 1.2, -0.8], [0.9, 1.6, 0.3]])


def mask_or_positions(x, threshold, masked, positions):
    if masked:
        x[x > threshold] *= 0.5
    else:
        x[positions] += 0.5
    return np.sum(x * x)


PROGRAMS = [
    (fill_elements, (1.3, 4)),
    (fill_elements, (1.3, 0)),
    (fill_from_previous, (0.7, 5)),
    (fill_from_previous, (0.7, 1)),
    (running_sum_in_place, (VECTOR,)),
    (overwrite_whole_slice, (VECTOR,)),
    (overwrite_twice, (THREE,)),
    (overwrite_with_constant, (VECTOR,)),
    (shift_left, (VECTOR,)),
    (shift_right, (VECTOR,)),
    (overlapping_accumulation, (VECTOR,)),
    (overlapping_product, (VECTOR,)),
    (reverse_in_place, (VECTOR,)),
    (strided, (np.array([0.5, 1.2, -0.8, 0.9]),)),
    (negative_indices, (VECTOR,)),
    (negative_step_read, (VECTOR,)),
    (matrix_elements, (MATRIX,)),
    (matrix_rows_and_columns, (MATRIX, THREE)),
    (broadcast_store, (MATRIX, THREE, 0.6)),
    (newaxis_products, (np.array([0.4, 1.1]), THREE)),
    (ellipsis_and_integers, (np.linspace(-1.0, 1.3, 12).reshape(2, 3, 2),)),
    (size_one_axes, (np.array([[0.4], [1.1]]), THREE, 0.7)),
    (size_one_axes, (np.array([[0.4]]), MATRIX, 0.7)),
    (size_one_axes, (np.array([[0.4], [1.1]]), np.array([[0.3]]), np.array([0.2, 0.9, 0.1]))),
    (augmented_element, (VECTOR, 5)),
    (augmented_element, (VECTOR, 0)),
    (histogram_like, (VECTOR, np.array([0, 2, 0, 0, 2]))),
    (gather_by_integers, (THREE, np.array([2, 0, 2, -1]))),
    (scatter_overwrites, (VECTOR, np.array([0, 3, 0, -1, 1]))),
    (writes_its_argument, (THREE,)),
    (augments_its_argument, (THREE, np.array([1.5, 0.4, 0.3]))),
    (augments_its_argument, (THREE, 0.7)),
    (augments_its_argument, (MATRIX, THREE)),
    (augments_its_argument, (1.5, 0.7)),
    (returns_the_written_argument, (THREE,)),
    (augmented_scalar_rebinds, (1.5,)),
    (two_buffers, (VECTOR, 3)),
    (two_buffers, (VECTOR, 0)),
    (time_history, (THREE, 3)),
    (two_levels_by_parity, (THREE, 3)),
    (two_levels_by_parity, (THREE, 0)),
    (empty_then_filled, (0.7,)),
    (full_and_linspace, (0.7,)),
    (full_with_active_value, (0.7,)),
    (slice_bounds_out_of_range, (VECTOR,)),
    (empty_slices, (THREE,)),
    (float32_in_place, (THREE.astype(np.float32), np.array([1.5, 0.4, 0.3], np.float32))),
    (element_of_element, (MATRIX,)),
    (swap_elements, (THREE,)),
    (swap_rows, (MATRIX,)),
    (plus_its_reverse, (VECTOR,)),
    (plus_its_transpose, (np.linspace(-1.0, 1.3, 9).reshape(3, 3),)),
    (onto_itself, (VECTOR,)),
    (positions_of_itself, (VECTOR, np.array([1, 2, 2, 0, 4]))),
    (element_into_many, (VECTOR, np.array([0, 3, 0, 1]))),
    (mask_of_another, (THREE, np.array([0.7, 0.2, 0.9]), 1.3)),
    (written_with_itself, (THREE, False)),
    (flat_before_overwrite, (MATRIX, np.linspace(0.3, 1.4, 6))),
    (quotient_of_own_elements, (VECTOR, 0.7)),
    (mask_or_positions, (np.array([0.2, 0.9, 0.4]), 0.3, True, np.array([0, 2, 0]))),
    (mask_or_positions, (np.array([0.2, 0.9, 0.4]), 0.3, False, np.array([0, 2, 0]))),
]
