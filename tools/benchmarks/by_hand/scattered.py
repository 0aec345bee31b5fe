"""Sparse rows, rings and shortest paths."""

import numpy as np

from benchmarks.compiled import compiled


@compiled
def spmv_sweep(values, columns, rows, x, values_bar, x_bar):
    value = 0.0
    for i in range(rows.shape[0] - 1):
        s = 0.0
        for k in range(rows[i], rows[i + 1]):
            s += values[k] * x[columns[k]]
        value += s * s
        s_bar = 2.0 * s
        for k in range(rows[i], rows[i + 1]):
            column = columns[k]
            values_bar[k] = s_bar * x[column]
            x_bar[column] += s_bar * values[k]
    return value


def spmv_fused(values, columns, rows, x):
    values_bar, x_bar = np.empty_like(values), np.zeros_like(x)
    return spmv_sweep(values, columns, rows, x, values_bar, x_bar), (values_bar, x_bar)


@compiled
def spmv_sweeps(values, columns, rows, x, values_bar, x_bar, y_bar):
    value = 0.0
    for i in range(rows.shape[0] - 1):
        s = 0.0
        for k in range(rows[i], rows[i + 1]):
            s += values[k] * x[columns[k]]
        value += s * s
        y_bar[i] = 2.0 * s
    for i in range(rows.shape[0] - 1):
        s_bar = y_bar[i]
        for k in range(rows[i], rows[i + 1]):
            column = columns[k]
            values_bar[k] = s_bar * x[column]
            x_bar[column] += s_bar * values[k]
    return value


def spmv_split(values, columns, rows, x):
    values_bar, x_bar = np.empty_like(values), np.zeros_like(x)
    y_bar = np.empty(rows.shape[0] - 1)
    return spmv_sweeps(values, columns, rows, x, values_bar, x_bar, y_bar), (values_bar, x_bar)


@compiled
def azimuthal_integration_sweep(data, radius, rings, ring_of, data_bar):
    """One pass to sum, one to hand back; the ring of a pixel is computed, not looked for."""
    largest = 0.0
    for i in range(data.shape[0]):
        largest = max(largest, radius[i])
    sums = np.zeros(rings + 1)
    counts = np.zeros(rings + 1)
    for i in range(data.shape[0]):
        ring = min(int(rings * radius[i] / largest), rings - 1)
        ring = ring if radius[i] < largest else rings  # the outermost pixel is in none
        ring_of[i] = ring
        sums[ring] += data[i]
        counts[ring] += 1.0
    value = 0.0
    for ring in range(rings):
        mean = sums[ring] / counts[ring]
        value += mean * mean
        sums[ring] = 2.0 * mean / counts[ring]
    sums[rings] = 0.0
    for i in range(data.shape[0]):
        data_bar[i] = sums[ring_of[i]]
    return value


def azimuthal_integration(data, radius, rings):
    data_bar = np.empty_like(data)
    ring_of = np.empty(data.shape[0], np.int32)
    return azimuthal_integration_sweep(data, radius, rings, ring_of, data_bar), (data_bar,)


@compiled
def floyd_warshall_sweeps(path, shorter, bar, row, row_bar):
    """Which way was the shorter is recorded, a byte each."""
    n = path.shape[0]
    for k in range(n):
        for j in range(n):
            row[j] = path[k, j]
        for i in range(n):
            first = path[i, k]
            for j in range(n):
                detour = first + row[j]
                taken = detour < path[i, j]
                shorter[k, i, j] = taken
                path[i, j] = detour if taken else path[i, j]
    value = 0.0
    for i in range(n):
        for j in range(n):
            value += path[i, j] * path[i, j]
            bar[i, j] = 2.0 * path[i, j]
    for k in range(n - 1, -1, -1):
        for j in range(n):
            row_bar[j] = 0.0
        for i in range(n):
            first_bar = 0.0
            for j in range(n):
                detour_bar = bar[i, j] if shorter[k, i, j] else 0.0
                bar[i, j] -= detour_bar
                first_bar += detour_bar
                row_bar[j] += detour_bar
            bar[i, k] += first_bar
        for j in range(n):
            bar[k, j] += row_bar[j]
    return value


def floyd_warshall(path):
    n = path.shape[0]
    bar = np.empty_like(path)
    shorter = np.empty((n, n, n), np.bool_)
    value = floyd_warshall_sweeps(path.copy(), shorter, bar, np.empty(n), np.empty(n))
    return value, (bar,)
