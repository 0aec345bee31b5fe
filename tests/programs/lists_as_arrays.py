"""Lists and tuples of numbers where NumPy takes arrays."""

import numpy as np


def concatenated(x, y):
    return np.sum(np.concatenate(([0.0], x, [1.0, y])) ** 2)


def diagonal(x, y):
    return np.sum(np.diag([y, 2.0 * y, 1.0]) @ x)


def unpacked(x, y):
    p1, p2 = np.radians([y, 2 * y])
    return p1 * p2 + x[0]


def right_hand_side(x, y):
    return np.sum(np.linalg.solve(np.array([[2.0, y], [0.3, 1.0]]), [y, x[0]]))


def dotted(x, y):
    return np.dot([1.0, y, 2.0], x)


def interpolated(x, y):
    return np.sum(np.interp([0.2, y], [0.0, 1.0, 2.0], x))


def normed(x, y):
    return np.linalg.norm([x[0], x[1], y])


def extremes_and_mean(x, y):
    return np.max([x[0], x[1], y]) + np.mean((x[0], y)) + np.argmax([x[0], y])


def joined_below_and_beside(x, y):
    return (
        np.sum(np.vstack(([1.0, y, 0.0], x)) ** 2)
        + np.sum(np.hstack([x, [y]]) ** 2)
        + np.sum(np.column_stack(([1.0, 2.0, y], x)) ** 2)
    )


def outer_and_stacked(x, y):
    return np.sum(np.outer([1.0, y], x) ** 2) + np.sum(np.stack([x, [y, y, 1.0]]) ** 3)


def times_a_list(x, y):
    return np.sum(x * [1.0, 2.0, y])


def list_times_and_less(x, y):
    return np.sum([1.0, y, 2.0] * x) + np.sum((x - [y, y, 0.0]) ** 2)


def crossed_and_chosen(x, y):
    return (
        np.cross([1.0, 0.0, y], x)[0]
        + np.prod([x[0], y])
        + np.sum(np.where([True, False, True], x, [y, y, y]))
    )


def rolled_and_tiled(x, y):
    return (
        np.sum(np.roll([y, x[0], 1.0], 1) * x)
        + np.sum(np.tile([y, 1.0], 2) * 2)
        + np.sum(np.minimum([y, 1.0, 3.0], x))
    )


def stored(x, y):
    x[:] = [y, 2.0, y]
    x[1:] += [y, y]
    return np.sum(x**2)


def polynomial_and_area(x, y):
    return np.polyval([y, 1.0, 2.0], x[0]) + np.trapezoid([y, x[0], 1.0], [0.0, 1.0, 2.0])


def summed_and_contracted(x, y):
    return np.sum(np.cumsum([y, x[0], x[1]]) ** 2) + np.einsum("i,i->", [y, 1.0, 2.0], x)


def changed_in_place(x, y):
    x += [1.0, y, 2.0]
    x *= (y, y, 1.0)
    return np.sum(x**2)


def matrix_products(x, y):
    return x @ [y, 1.0, 2.0] + x.dot([y, y, 0.0]) + [1.0, y, 2.0] @ x


def compared(x, y):
    return np.sum(np.where(x > [0.0, y, -1.0], x, y))


def added_at(x, y):
    np.add.at(x, [0, 1, 0], [y, y, 2 * y])
    return np.sum(x**2)


def powers(x, y):
    return (
        np.sum(y * np.array([1.0, 2.0]) * [y, 1.0])
        + np.sum(x ** [2, 3, 1])
        + np.sum([2.0, y, 1.0] ** x)
    )


def searched(x, y):
    return np.sum(np.searchsorted([0.0, y, 1.0], x) * x)


def nested_lists(x, y):
    return np.sum(-np.array([[y, 1.0], [0.5, 2.0]]) @ [x[0], y]) + np.sum(
        [[1.0, y], [y, 2.0]] * np.ones((2, 2))
    )


def list_of_points(x, y):
    pts = [(y, 1.0), (2.0, x[0])]
    return np.sum(np.sum(pts, axis=0) ** 2) + np.mean(pts) + np.max(pts)


def two_lists(x, y):
    a, b = [y, 1.0], [x[0], 2.0]
    return np.dot(a, b) + np.linalg.norm(np.subtract(a, b)) + np.sum(np.add(a, b)) + np.hypot(*a)


def clipped_and_exponential(x, y):
    return (
        np.sum(x[[0, 1]] * [y, 2.0])
        + np.clip([y, 2.0], 0.0, 1.0)[0]
        + np.array([y, 1.0]).sum()
        + np.sum(np.exp([y, 1.0]))
    )


def masked_by_list(x, y):
    x[1:] = [y, y]
    return np.sum(x * (x > [0, 0, 1]))


def changed_before(x, y):
    q = [y, 2 * y, 3.0]
    q[1] *= 2
    z = np.array(q) / [1.0, 2.0, y]
    return z.sum() + sum(q) + max(q)


def in_a_dict(x, y):
    d = {"a": [y, 1.0, 2.0]}
    return np.sum(d["a"] * x) + np.sum(np.subtract(d["a"], x) ** 2)


def counted_with_weights(x, y):
    return np.bincount([0, 1, 0], weights=[y, x[0], x[1]]) ** 2


def differences_with_ends(x, y):
    return np.diff(x, prepend=[y, 1.0], append=[2.0 * y])


X = np.array([0.7, 1.3, -0.4])

PROGRAMS = [
    (counted_with_weights, (X, 0.6)),
    (differences_with_ends, (X, 0.6)),
    (concatenated, (X, 0.6)),
    (diagonal, (X, 0.6)),
    (unpacked, (X, 0.6)),
    (right_hand_side, (X, 0.6)),
    (dotted, (X, 0.6)),
    (interpolated, (X, 0.6)),
    (normed, (X, 0.6)),
    (extremes_and_mean, (X, 0.6)),
    (joined_below_and_beside, (X, 0.6)),
    (outer_and_stacked, (X, 0.6)),
    (times_a_list, (X, 0.6)),
    (list_times_and_less, (X, 0.6)),
    (crossed_and_chosen, (X, 0.6)),
    (rolled_and_tiled, (X, 0.6)),
    (stored, (X, 0.6)),
    (polynomial_and_area, (X, 0.6)),
    (summed_and_contracted, (X, 0.6)),
    (changed_in_place, (X, 0.6)),
    (matrix_products, (X, 0.6)),
    (compared, (X, 0.6)),
    (added_at, (X, 0.6)),
    (powers, (X, 0.6)),
    (searched, (X, 0.6)),
    (nested_lists, (X, 0.6)),
    (list_of_points, (X, 0.6)),
    (two_lists, (X, 0.6)),
    (clipped_and_exponential, (X, 0.6)),
    (masked_by_list, (X, 0.6)),
    (changed_before, (X, 0.6)),
    (in_a_dict, (X, 0.6)),
]
