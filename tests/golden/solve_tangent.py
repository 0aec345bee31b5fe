"""Tangent of `solve` (solve.py:6) with respect to A and b.

Written by srcad 0.1.0.  Do not edit: change `solve` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def solve_jvp(A, b, A_dot, b_dot):
    """`solve` and its tangent, along A_dot and b_dot."""

    # 7: x = np.linalg.solve(A, b)
    x = np.linalg.solve(A, b)
    through = A_dot @ x
    change = b_dot - through
    x_dot = np.linalg.solve(A, change)

    # 8: r = np.outer(x, b) + np.linalg.inv(A).T
    t = np.linalg.inv(A)
    r_dot = np.outer(x_dot, b) + np.outer(x, b_dot) + np.transpose(-t @ A_dot @ t)
    r = np.outer(x, b) + np.transpose(t)

    # 9: return np.trace(r) * np.linalg.norm(x) + b @ x
    t = np.trace(r)
    t2 = np.linalg.norm(x)
    product = np.sum(x * x_dot)

    return t * t2 + b @ x, np.trace(r_dot) * t2 + masked(product, product / t2) * t + (b_dot @ x + b @ x_dot)
