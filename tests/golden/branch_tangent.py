"""Tangent of `branch` (branch.py:6) with respect to x and k.

Written by srcad 0.1.0.  Do not edit: change `branch` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def branch_jvp(x, k, x_dot, k_dot):
    """`branch` and its tangent, along x_dot and k_dot."""

    # 8: for i in range(len(x)):
    total = 0.0
    total_dot = 0.0
    for i in range(x.shape[0]):
        # 9: if x[i] < 0.0:
        if x[i] < 0.0:
            # 10: term = np.exp(x[i])
            term = np.exp(x[i])
            term_dot = x_dot[i] * term
        else:
            # 11: elif x[i] > 1.0:
            if x[i] > 1.0:
                # 12: term = k * np.log(x[i])
                t = np.log(x[i])
                term_dot = k_dot * t + masked(x_dot[i], x_dot[i] / x[i]) * k
                term = k * t
            else:
                # 14: term = x[i] ** 3
                t = x[i]
                term_dot = 3.0 * (t * t) * x_dot[i]
                term = x[i] ** 3

        # 15: total += term
        total_dot = total_dot + term_dot
        total = total + term

    # 16: return total if k > 0.0 else -total
    if not k > 0.0:
        total = -total
        total_dot = -total_dot

    return total, total_dot
