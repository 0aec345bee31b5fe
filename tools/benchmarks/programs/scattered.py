"""Programs that pick: rows of a sparse matrix, rings of an image, the shorter of two paths."""

import numpy as np


def spmv(values, columns, rows, x):
    """A sparse matrix (compressed rows) times a vector."""
    n = rows.shape[0] - 1
    y = np.empty(n)
    for i in range(n):
        chosen = columns[rows[i] : rows[i + 1]]
        y[i] = values[rows[i] : rows[i + 1]] @ x[chosen]
    return np.sum(y**2)


def spmv_loops(values, columns, rows, x):
    """The same element by element."""
    total = 0.0
    for i in range(rows.shape[0] - 1):
        s = 0.0
        for k in range(rows[i], rows[i + 1]):
            s += values[k] * x[columns[k]]
        total += s * s
    return total


def azimuthal_integration(data, radius, rings):
    """Average data over rings around the centre."""
    edges = np.linspace(0.0, np.max(radius), rings + 1)
    means = np.zeros(rings)
    for i in range(rings):
        inside = (radius >= edges[i]) & (radius < edges[i + 1])
        means[i] = np.mean(data[inside])
    return np.sum(means**2)


def azimuthal_integration_loops(data, radius, rings):
    """The same in one pass over the pixels."""
    largest = np.max(radius)
    sums = np.zeros(rings)
    counts = np.zeros(rings)
    for i in range(data.shape[0]):
        if radius[i] < largest:
            ring = min(int(rings * radius[i] / largest), rings - 1)
            sums[ring] += data[i]
            counts[ring] += 1.0
    return np.sum((sums / counts) ** 2)


def floyd_warshall(path):
    """Shortest paths between all pairs."""
    for k in range(path.shape[0]):
        path[:] = np.minimum(path, path[:, k, np.newaxis] + path[k, :])
    return np.sum(path**2)


def floyd_warshall_loops(path):
    """The same pair by pair."""
    n = path.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                path[i, j] = min(path[i, j], path[i, k] + path[k, j])
    total = 0.0
    for i in range(n):
        for j in range(n):
            total += path[i, j] * path[i, j]
    return total
