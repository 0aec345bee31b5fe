"""Adjoint of `branch` (branch.py:6) with respect to x and k.

Written by srcad 0.1.0.  Do not edit: change `branch` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def branch_fwd(x, k):
    """`branch`, also returning what `branch_bwd` needs."""
    t = x.shape[0]
    t_tape = np.empty(t, np.bool_)
    t_tape2 = np.empty(t, np.bool_)
    t_tape3 = np.empty(t)
    term_tape = np.empty(t)
    total = 0.0
    for i in range(t):
        t2 = x[i] < 0.0
        t_tape[i] = t2
        if t2:
            term = np.exp(x[i])
            term_tape[i] = term
        else:
            t2 = x[i] > 1.0
            t_tape2[i] = t2
            if t2:
                t2 = np.log(x[i])
                t_tape3[i] = t2
                term = k * t2
            else:
                term = x[i] ** 3
        total = total + term
    return total if k > 0.0 else -total, (x, k, t_tape, t_tape2, t_tape3, term_tape)


def branch_bwd(saved, out_bar):
    """Pull `out_bar` back to x and k."""
    x, k, t_tape, t_tape2, t_tape3, term_tape = saved

    # 8: for i in range(len(x)):
    t = x.shape[0]

    # 16: return total if k > 0.0 else -total
    if k > 0.0:
        total_bar = out_bar
    else:
        total_bar = -out_bar

    # 8: for i in range(len(x)):
    x_bar = np.zeros(x.shape)
    k_bar = 0.0
    for i in range(t - 1, -1, -1):
        # 9: if x[i] < 0.0:
        if t_tape[i]:
            # 10: term = np.exp(x[i])
            x_bar[i] += total_bar * term_tape[i]
        else:
            # 11: elif x[i] > 1.0:
            if t_tape2[i]:
                # 12: term = k * np.log(x[i])
                k_bar = k_bar + total_bar * t_tape3[i]
                t2 = total_bar * k
                x_bar[i] += masked(t2, t2 / x[i])
            else:
                # 14: term = x[i] ** 3
                t2 = x[i]
                x_bar[i] += total_bar * (3.0 * (t2 * t2))

    return x_bar, k_bar
