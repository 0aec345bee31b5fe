"""Adjoint of `solve` (solve.py:6) with respect to A and b.

Written by srcad 0.1.0.  Do not edit: change `solve` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def solve_fwd(A, b):
    """`solve`, also returning what `solve_bwd` needs."""
    x = np.linalg.solve(A, b)
    t = np.outer(x, b)
    t2 = np.linalg.inv(A)
    r = t + np.transpose(t2)
    t3 = np.trace(r)
    t4 = np.linalg.norm(x)
    return t3 * t4 + b @ x, (A, b, x, t2, t3, t4, t.shape)


def solve_bwd(saved, out_bar):
    """Pull `out_bar` back to A and b."""
    A, b, x, t, t2, t3, shape = saved

    # 9: return np.trace(r) * np.linalg.norm(x) + b @ x
    b_bar = out_bar * x
    x_bar = out_bar * b
    t2 = out_bar * t2
    x_bar += masked(t2, t2 / t3) * x
    r_bar = out_bar * t3 * np.eye(shape[0], shape[1])

    # 8: r = np.outer(x, b) + np.linalg.inv(A).T
    t = np.transpose(t)
    A_bar = -t @ np.transpose(r_bar) @ t
    x_bar += r_bar @ b
    b_bar += x @ r_bar

    # 7: x = np.linalg.solve(A, b)
    b_bar2 = np.linalg.solve(np.transpose(A), x_bar)
    A_bar -= np.outer(b_bar2, x)
    b_bar += b_bar2

    return A_bar, b_bar
