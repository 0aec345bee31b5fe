"""Adjoint of `solve` (solve.py:6) with respect to A and b.

Written by srcad 0.1.0.  Do not edit: change `solve` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent


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
    return t3 * t4 + np.dot(b, np.ascontiguousarray(x)), (A, b, x, t2, t3, t4, t.shape)


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


def solve_value_and_grad(x0, x1):
    """`solve` and its gradient."""
    clear_float_errors()
    out, saved = solve_fwd(x0, x1)
    check_float_errors()
    return out, solve_bwd(saved, 1.0)
