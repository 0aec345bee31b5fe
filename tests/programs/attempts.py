"""Arrays inside `try`: what fits, what does not, and what the handlers make of it."""

import numpy as np


def filled_slices(x, y):
    out = np.zeros(len(x))
    try:
        out[:] = x * y[0]
        out[1:] = y
    except ValueError:
        out = out - x
    return np.sum(out**2)


def products(x, y):
    try:
        return x @ y + np.sum(np.dot(np.outer(x, x), y))
    except ValueError:
        return np.sum(x**2) * np.sum(y)


def sums_of_both(x, y):
    try:
        total = np.sum(np.sin(x) * y)
    except (ValueError, IndexError):
        total = np.sum(np.sin(x)) * np.sum(y)
    return total


def largest(x, y):
    kept = x[x > y[0]]
    try:
        top = np.max(kept) * y[1]
    except ValueError:
        top = np.sum(x) * y[0]
    return top


def place_of_largest(x, y):
    kept = x[x > y[0]]
    try:
        return kept[np.argmax(kept)] ** 2
    except Exception:
        return np.sum(x * y[0])


def element(x, k):
    try:
        return x[k] ** 2
    except IndexError:
        return np.sum(x)


def row_and_column(x, k):
    grid = np.outer(x, x)
    try:
        grid[k] = x * 2.0
        found = np.sum(grid[:, k] ** 2)
    except (ValueError, IndexError):
        found = np.sum(grid)
    return found


def row_that_does_not_fit(x, y):
    grid = np.outer(x, x)
    try:
        grid[0] = y
    except (IndexError, ValueError):
        grid = grid * 3.0
    return np.sum(grid**2)


def masked(x, y):
    try:
        return np.sum(x[y > 0.0] ** 2)
    except IndexError:
        return np.sum(x) * np.sum(y)


def joined(x, y):
    try:
        return np.sum(np.stack([x, y]) ** 2)
    except ValueError:
        return np.sum(np.concatenate([x, y]) ** 3)


def reshaped(x, n):
    try:
        return np.sum(x.reshape(n, 2)[0] ** 2)
    except ValueError:
        return np.sum(x)


def reshaped_rest(x, n):
    try:
        return np.sum(x.reshape(-1, n)[0] ** 2)
    except ValueError:
        return np.sum(x)


def interpolated(x, y):
    try:
        return np.interp(0.7, np.arange(len(x)) * 1.0, y) * x[0]
    except ValueError:
        return np.sum(x) + np.sum(y)


def solved(x, columns):
    a = np.outer(x, x) + np.diag(x)
    a[:, columns:] = 0.0
    try:
        return np.sum(np.linalg.solve(a, x**2))
    except np.linalg.LinAlgError:
        return np.sum(x**2) * 2.0


def jittered(x, s):
    a = np.outer(x, x) + s * np.eye(len(x))
    try:
        factor = np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        factor = np.linalg.cholesky(a + (1.0 - s) * np.eye(len(x)))
    return np.sum(factor)


def loops_inside(x, y):
    total = 0.0
    try:
        for v, w in zip(x, y):
            total += v * w
        for i in range(1, len(x)):
            total += x[i] * x[i - 1]
        total += sum([x[i] ** 2 for i in range(len(x))])
        total += np.sum(np.array([v * w for v in x for w in y]))
    except Exception:
        total = -1.0
    return total


def runs_over(x, y):
    total = 0.0
    try:
        for i in range(len(x)):
            total += x[i] * y[i]
    except IndexError:
        total = total + y[0]
    return total


def power(x, b):
    try:
        return x[0] * b**2
    except OverflowError:
        return x[1]


def whole(x, b):
    try:
        return x[int(b)] * b
    except (ValueError, OverflowError):
        return np.sum(x)


def room_asked_for(x, n):
    try:
        out = np.zeros(n - 1)
        out[0] = x[0] ** 2
    except ValueError:
        out = x * 2.0
    return np.sum(out)


X = np.array([0.5, -0.3, 1.2, 0.8])
Y = np.array([0.7, 0.4, -1.1, 0.6])

PROGRAMS = [
    (filled_slices, (X, Y[:3])),
    (filled_slices, (X, Y[:1])),
    (filled_slices, (X, Y)),
    (products, (X, Y)),
    (products, (X, Y[:3])),
    (sums_of_both, (X, Y)),
    (sums_of_both, (X, Y[:1])),
    (sums_of_both, (X, Y[:2])),
    (largest, (X, Y)),
    (largest, (X, Y + 5.0)),
    (place_of_largest, (X, Y)),
    (place_of_largest, (X, Y + 5.0)),
    (element, (X, 2)),
    (element, (X, -4)),
    (element, (X, 4)),
    (element, (X, -5)),
    (row_and_column, (X, 3)),
    (row_and_column, (X, 4)),
    (row_that_does_not_fit, (X, Y)),
    (row_that_does_not_fit, (X, Y[:2])),
    (masked, (X, Y)),
    (masked, (X, Y[:2])),
    (joined, (X, Y)),
    (joined, (X, Y[:2])),
    (reshaped, (X, 2)),
    (reshaped, (X, 3)),
    (reshaped_rest, (X, 2)),
    (reshaped_rest, (X, 3)),
    (interpolated, (X, Y)),
    (interpolated, (X, Y[:2])),
    (solved, (X, 4)),
    (solved, (X, 3)),
    (jittered, (X, 0.7)),
    (jittered, (X, -0.7)),
    (loops_inside, (X, Y)),
    (runs_over, (X, Y)),
    (runs_over, (X, Y[:2])),
    (power, (X, 1.7)),
    (power, (X, 1e200)),
    (whole, (X, 1.7)),
    (whole, (X, np.inf)),
    (whole, (X, np.nan)),
    (room_asked_for, (X, 3)),
    (room_asked_for, (X, 0)),
]
