"""Arrays whose lengths only the run tells, beside others that are broadcast along them."""

import numpy as np


def two_shapes(m, w):
    rows = m[1:] if m[0, 0] > 5.0 else m * 1.5
    return np.sum((rows - np.mean(rows, axis=0, keepdims=True)) ** 2 * rows[:, :1] * w)


def first_column(m, w):
    rows = m[1:] if m[0, 0] > 5.0 else m * 1.5
    return np.sum((rows * rows[:, :1]) ** 2 * w)


def maxima(m, w):
    rows = m[1:] if m[0, 0] > 5.0 else m * 1.5
    return np.sum((rows * np.max(rows, axis=1, keepdims=True)) ** 2 * w * rows[:1])


def few_beside_many(x, y, least):
    chosen = x[x > least]
    return np.sum(chosen * y) + np.sum(y / chosen)


def covariance(m, w):
    return np.sum(np.cov(m, rowvar=False) * w) + np.corrcoef(m)[0, 1]


def percentiles(x):
    high, low = np.percentile(x, [75.0, 25.0])
    return (high - low) ** 2 * np.sum(np.quantile(x, (0.1, 0.6)) ** 2)


def places_found(x):
    return np.sum(x[np.where(x > 0.6)] ** 2) * np.sum(x[np.nonzero(x < 0.6)])


def fit(x, y):
    slope, start = np.polyfit(x, y, 1)
    return slope * start + np.sum(np.polyfit(np.arange(4.0), y, 2) ** 2)


def weighted_counts(x, places):
    counts, edges = np.histogram(places, bins=3, range=(0, 3), weights=x * x)
    return np.sum(counts * np.bincount(places, weights=x, minlength=3)) * edges[1]


def moving_mean(x):
    windows = np.lib.stride_tricks.sliding_window_view(x, 2)
    return np.sum(windows.mean(axis=1) ** 2)


def row_by_row(m):
    return np.sum(np.apply_along_axis(lambda row: row / np.sum(row), 1, m)[0] ** 2)


M = np.array([[0.4, 1.3, 0.2, 0.9], [0.7, 0.1, 1.6, 0.3], [0.5, 0.8, 0.6, 1.1]])
W = np.array([[0.3, -0.5, 0.7, 0.2], [0.9, 0.4, -0.6, 0.1], [-0.2, 0.8, 0.5, 0.6]])
X = np.array([0.4, 1.3, 0.9, 0.2])
Y = np.array([0.8, -0.3, 1.1, 0.6])

PROGRAMS = [
    (two_shapes, (M, W)),
    (first_column, (M, W)),
    (maxima, (M, W)),
    (few_beside_many, (X, Y, 1.0)),
    (few_beside_many, (X, Y, 0.0)),
    (few_beside_many, (X, Y[:1], 0.5)),
    (covariance, (M, np.outer(X, Y))),
    (percentiles, (X,)),
    (places_found, (X,)),
    (fit, (X, Y)),
    (weighted_counts, (X, np.array([2, 0, 1, 0]))),
    (moving_mean, (X,)),
    (row_by_row, (M,)),
]
