"""Adjoint of `solve` (solve.py:6) with respect to A and b.

Written by srcad 0.1.0.  Do not edit: change `solve` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


def solve_fwd(A, b):
    """`solve`, also returning what `solve_bwd` needs."""
    x = np.linalg.solve(A, b)
    t2 = np.linalg.inv(A)
    t4 = np.linalg.norm(np.ascontiguousarray(x))
    t = np.empty((x.shape[0], b.shape[0]))
    r = np.empty((x.shape[0], b.shape[0]))
    for i in range(x.shape[0]):
        for j in independent(b.shape[0]):
            t[i, j] = x[i] * b[j]
            r[i, j] = t[i, j] + t2[j, i]
    t3 = np.trace(r)
    total = 0.0
    for i in range(b.shape[0]):
        total = plus(total, b[i] * x[i])
    return t3 * t4 + total, (A, b, x, t2, t3, t4, t.shape)


def solve_bwd(saved, out_bar):
    """Pull `out_bar` back to A and b."""
    A, b, x, t, t2, t3, shape = saved
    t2 = out_bar * t2
    array = np.eye(shape[0], shape[1])
    r_bar = np.empty((array.shape[0], array.shape[1]))
    array3 = np.empty((array.shape[0], array.shape[1]))
    array6 = np.empty((array.shape[0], array.shape[1]))
    for i in range(array.shape[0]):
        for j in independent(array.shape[1]):
            r_bar[i, j] = out_bar * t3 * array[i, j]
            array3[i, j] = -t[j, i]
            array6[i, j] = A[j, i]

    # 8: r = np.outer(x, b) + np.linalg.inv(A).T
    array2 = np.dot(array3, r_bar.T)
    A_bar = np.dot(array2, t.T)
    array4 = np.dot(r_bar, b)
    array5 = np.dot(x, r_bar)

    # 9: return np.trace(r) * np.linalg.norm(x) + b @ x
    x_bar = np.empty(x.shape[0])
    b_bar = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        x_bar[i] = out_bar * b[i] + (t2 / t3 if t2 != 0.0 else 0.0) * x[i] + array4[i]
        b_bar[i] = out_bar * x[i] + array5[i]

    # 7: x = np.linalg.solve(A, b)
    b_bar2 = np.linalg.solve(array6, x_bar)
    for i in range(A_bar.shape[0]):
        for j in independent(A_bar.shape[1]):
            A_bar[i, j] -= b_bar2[i] * x[j]
    for i in independent(b_bar.shape[0]):
        b_bar[i] += b_bar2[i]
    return A_bar, b_bar


def solve_value_and_grad(A, b):
    """`solve` and its gradient."""
    clear_float_errors()
    x = np.linalg.solve(A, b)
    array = np.linalg.inv(A)
    t3 = np.linalg.norm(np.ascontiguousarray(x))
    t = np.empty((x.shape[0], b.shape[0]))
    r = np.empty((x.shape[0], b.shape[0]))
    array4 = np.empty((x.shape[0], b.shape[0]))
    array7 = np.empty((x.shape[0], b.shape[0]))
    for i in range(x.shape[0]):
        for j in independent(b.shape[0]):
            t[i, j] = x[i] * b[j]
            r[i, j] = t[i, j] + array[j, i]
            array4[i, j] = -array[j, i]
            array7[i, j] = A[j, i]
    t2 = np.trace(r)
    t4 = t.shape
    array2 = np.eye(t4[0], t4[1])
    r_bar = np.empty((array2.shape[0], array2.shape[1]))
    for i in range(array2.shape[0]):
        for j in independent(array2.shape[1]):
            r_bar[i, j] = t3 * array2[i, j]
    array3 = np.dot(array4, r_bar.T)
    A_bar = np.dot(array3, np.ascontiguousarray(array).T)
    array5 = np.dot(r_bar, b)
    array6 = np.dot(np.ascontiguousarray(x), r_bar)
    total = 0.0
    x_bar = np.empty(b.shape[0])
    b_bar = np.empty(b.shape[0])
    for i in independent(b.shape[0]):
        x_bar[i] = b[i] + (t2 / t3 if t2 != 0.0 else 0.0) * x[i] + array5[i]
        b_bar[i] = x[i] + array6[i]
        total = plus(total, b[i] * x[i])
    b_bar2 = np.linalg.solve(array7, x_bar)
    for i in range(A_bar.shape[0]):
        for j in independent(A_bar.shape[1]):
            A_bar[i, j] -= b_bar2[i] * x[j]
    for i in independent(b_bar.shape[0]):
        b_bar[i] += b_bar2[i]
    out = t2 * t3 + total
    check_float_errors()
    return out, (A_bar, b_bar)
