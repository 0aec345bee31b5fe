"""Elementwise functions, reductions, shapes, products and linear algebra."""

import numpy as np


def unary_functions(x):
    first = np.sin(x) + np.cos(x) * np.tan(x) + np.exp(x) - np.log(x) * np.sqrt(x)
    second = np.sinh(x) * np.cosh(x) / np.tanh(x) + np.arctan(x) * np.square(x)
    return first + second + np.log1p(x) * np.expm1(x) - np.reciprocal(x) + np.negative(x)


def more_unary_functions(x):
    first = np.arcsin(x) * np.arccos(x) + np.arcsinh(x) + np.arccosh(1.0 + x) - np.arctanh(x)
    second = np.log2(x) * np.log10(x) + np.exp2(x) + np.cbrt(x) + np.absolute(x) * np.fabs(x)
    return first + second + np.deg2rad(x) * np.rad2deg(x) + np.sign(x) + np.floor(x) + np.ceil(x)


def binary_functions(x, y):
    first = np.add(x, y) * np.subtract(x, y) / np.multiply(x, y) + np.divide(x, y)
    second = np.power(x, y) + np.arctan2(x, y) * np.hypot(x, y) + np.logaddexp(x, y)
    return first + second + np.maximum(x, y) * np.minimum(x, y) + np.fmax(x, y) + np.fmin(x, y)


def array_powers(x, y):
    return x**2 + x**-1 + x**0.5 + 2.0**x + x**y


def array_modulo(x, y):
    return x % y + np.remainder(x, 0.7) + x // y + np.fmod(x, y)


def sums(matrix):
    everything = np.sum(matrix**2)
    columns = np.sum(matrix * everything, axis=0)
    rows = matrix.sum(axis=1, keepdims=True)
    return columns * rows + matrix.sum(axis=-1)[0]


def sum_over_axes(cube):
    return cube.sum(axis=(0, 2)) * np.sum(cube**2, axis=2, keepdims=True)


def means(matrix):
    centred = matrix - matrix.mean(axis=0)
    return np.mean(centred**2, axis=1) * np.mean(matrix) + np.mean(matrix, axis=1, keepdims=True)


def products(matrix):
    return np.prod(matrix) * np.prod(matrix, axis=0) + matrix.prod(axis=1).sum()


def product_with_zeros(x):
    return np.prod(x)


def extrema(matrix):
    columns = np.max(matrix, axis=0) * np.min(matrix)
    rows = matrix.min(axis=1, keepdims=True) * matrix.max()
    return columns + rows


def inner_products(x, y):
    return np.dot(x, y) * np.inner(x, x) + x @ y + x.dot(y) ** 2


def matrix_products(a, b, v):
    return (a @ b) @ v + np.dot(a, np.matmul(b, v)) * (a.T @ a)[0, 1] + np.dot(b.T, a.T).sum()


def vector_matrix(v, a):
    return v @ a * np.dot(v, a)


def batched_products(a, b):
    return np.matmul(a, b) * 2.0


def outer_products(x, y):
    return np.outer(x, y) * np.outer(np.sin(x), y**2) + np.inner(x, x)


def quadratic_form(a, x):
    return x @ a @ x + np.trace(a @ a.T)


def diagonals(a, x):
    return np.diag(a) * x + np.diag(x) @ a @ x


def shapes(x):
    square = x.reshape(2, 3)
    flat = square.T.ravel()
    back = np.reshape(flat * x, (3, -1))
    return np.transpose(back) * square + back.T.swapaxes(0, 1).T


def axes(cube):
    moved = np.transpose(cube, (2, 0, 1)) * np.swapaxes(cube, 0, 2).swapaxes(1, 2)
    wide = np.expand_dims(moved[0], axis=1)
    return np.squeeze(wide * wide, axis=1) + moved.transpose(1, 2, 0)[:, :, 1]


def joins(x, y):
    joined = np.concatenate((x, x * y, y[:1]))
    table = np.stack([x, y, x * y])
    columns = np.stack((x, y), axis=1)
    return np.sum(joined**2) * table + np.sum(columns**2, axis=1)


def joins_of_matrices(a, b):
    tall = np.concatenate([a, b * a])
    wide = np.concatenate([a, a * b], axis=1)
    return np.sum(tall, axis=0) @ np.sum(wide, axis=0).reshape(2, -1)[:, : a.shape[1]].T


def creation(x):
    ones = np.ones((2, 3))
    like = np.zeros_like(x)
    like += x
    steps = np.arange(3) * 0.5
    return ones * like * steps + np.full_like(x, 2.0) * np.ones_like(x) + np.linspace(0, 1, 3) * x


def linear_solve(a, b):
    return np.linalg.solve(a, b)


def linear_solve_reused(a, b):
    first = np.linalg.solve(a, b)
    return np.linalg.solve(a.T, first * b) @ first


def inverse(a):
    return np.linalg.inv(a) * a


def norms(a, x):
    return np.linalg.norm(x) * np.linalg.norm(a) + np.linalg.norm(a, axis=1).sum()


def attributes(x):
    return x.T.shape[0] * x.sum() + x.size * x.mean() + x.ndim * x.max() - len(x) * x[0, 0]


def float32_reductions(x):
    return x.mean() * np.sum(x**2) + np.dot(x, x)


def float32_meets_float64(x, y):
    return x * y + x


def float32_and_python_float(x, scale):
    return x * scale + 0.1


def integer_array_beside(x, counts):
    return x * counts + counts**2 * x.sum()


def boolean_mask_as_number(x):
    mask = x > 0.3
    return np.sum(x**2 * mask)


def softplus_broadcast(bias, matrix):
    return np.log(1.0 + np.exp(matrix + bias)).sum(axis=0)


def zero_dimensional(x):
    return np.sin(x) * x


def largest_of_columns(matrix, row):
    largest = np.sum(matrix, axis=0) * 0.5
    largest *= np.max(matrix, axis=0)
    return largest * np.cos(np.min(matrix, axis=-2) * row)


def largest_of_shared(matrix, count):
    view = matrix.T[:, :]
    total = 0.0
    for _ in range(count):
        total = total + np.sum(np.max(view, axis=1))
    return total * np.max(view, axis=1)


def column_stays_column(matrix, column):
    matrix = matrix + column
    return matrix - np.sum(column)


def rolled(x):
    return np.roll(x, 1) / x


draw = np.random.default_rng(11).uniform
X = draw(0.3, 0.9, 4)
Y = draw(1.1, 1.9, 4)
MATRIX = draw(0.5, 1.5, (2, 3))
SQUARE = draw(-0.5, 0.5, (3, 3)) + 2.0 * np.eye(3)

PROGRAMS = [
    (unary_functions, (X,)),
    (unary_functions, (0.7,)),
    (unary_functions, (MATRIX,)),
    (more_unary_functions, (X,)),
    (binary_functions, (X, Y)),
    (binary_functions, (X, 1.3)),
    (binary_functions, (0.6, Y)),
    (binary_functions, (X[:, None], Y[:3])),
    (array_powers, (X, Y)),
    (array_powers, (X, 2)),
    (array_powers, (X[:3], MATRIX)),
    (array_modulo, (5.0 * Y, X)),
    (array_modulo, (-5.0 * Y, X)),
    (sums, (MATRIX,)),
    (sum_over_axes, (draw(0.5, 1.5, (2, 3, 2)),)),
    (means, (MATRIX,)),
    (products, (MATRIX,)),
    (product_with_zeros, (np.array([0.5, 0.0, 2.0]),)),
    (product_with_zeros, (np.array([0.5, 0.0, 0.0]),)),
    (extrema, (MATRIX,)),
    (inner_products, (X, Y)),
    (matrix_products, (draw(0, 1, (2, 3)), draw(0, 1, (3, 4)), draw(0, 1, 4))),
    (vector_matrix, (X, draw(0, 1, (4, 3)))),
    (batched_products, (draw(0, 1, (2, 2, 3)), draw(0, 1, (3, 2)))),
    (batched_products, (draw(0, 1, (2, 2, 3)), draw(0, 1, (2, 3, 2)))),
    (outer_products, (X, Y[:3])),
    (quadratic_form, (SQUARE, X[:3])),
    (diagonals, (SQUARE, X[:3])),
    (shapes, (draw(0.5, 1.5, 6),)),
    (axes, (draw(0.5, 1.5, (2, 3, 2)),)),
    (joins, (X, Y)),
    (joins_of_matrices, (MATRIX, draw(0.5, 1.5, (2, 3)))),
    (creation, (MATRIX,)),
    (linear_solve, (SQUARE, X[:3])),
    (linear_solve, (SQUARE, draw(0, 1, (3, 2)))),
    (linear_solve_reused, (SQUARE, X[:3])),
    (inverse, (SQUARE,)),
    (norms, (MATRIX, X)),
    (attributes, (MATRIX,)),
    (float32_reductions, (X.astype(np.float32),)),
    (float32_meets_float64, (X.astype(np.float32), Y)),
    (float32_and_python_float, (X.astype(np.float32), 0.7)),
    (integer_array_beside, (X, np.array([1, 2, 3, 4]))),
    (boolean_mask_as_number, (np.array([0.2, 0.5, -0.4]),)),
    (softplus_broadcast, (X[:3], MATRIX)),
    (softplus_broadcast, (np.array([0.4]), MATRIX)),
    (softplus_broadcast, (np.array([[0.4], [0.1]]), MATRIX)),
    (zero_dimensional, (np.array(0.7),)),
    (largest_of_columns, (MATRIX, X[:3])),
    (largest_of_shared, (MATRIX, 0)),
    (largest_of_shared, (MATRIX, 2)),
    (column_stays_column, (MATRIX, draw(0.5, 1.5, (2, 1)))),
    (rolled, (X,)),
]
