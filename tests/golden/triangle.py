"""Trip counts that depend on other counters: tapes of triangles are squares."""

import numpy as np


def triangle(a):
    n = a.shape[0]
    for j in range(n):
        for k in range(j):
            for i in range(j, n):
                a[i, j] -= a[i, k] * a[j, k]
        a[j, j] = np.sqrt(a[j, j])
        for i in range(n - 1, j, -1):
            a[i, j] /= a[j, j]
    return np.sum(a[-1] ** 2)


ARGS = (np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.7], [0.5, 0.7, 2.0]]),)
