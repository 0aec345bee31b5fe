"""Adjoint of `break_continue` (break_continue.py:6) with respect to x and limit.

Written by srcad 0.1.0.  Do not edit: change `break_continue` and run it again.
"""

import numpy as np


def break_continue_fwd(x, limit):
    """`break_continue`, also returning what `break_continue_bwd` needs."""
    t = x.shape[0]
    t_tape = np.empty(t, np.bool_)
    t_tape2 = np.empty(t)
    total = 0.0
    trips = 0
    for v in range(t):
        v2 = x[v]
        t2 = v2 < 0.0
        t_tape[v] = t2
        if t2:
            broke = False
        else:
            t2 = np.tanh(total + v2)
            t_tape2[v] = t2
            total = total + v2 * t2
            broke = total > limit
        trips += 1
        if broke:
            break
    return total * limit, (x, limit, total, trips, t_tape, t_tape2)


def break_continue_bwd(saved, out_bar):
    """Pull `out_bar` back to x and limit."""
    x, limit, total, trips, t_tape, t_tape2 = saved

    # 14: return total * limit
    total_bar = out_bar * limit
    limit_bar = out_bar * total

    # 8: for v in x:
    x_bar = np.zeros(x.shape)
    for v in range(trips - 1, -1, -1):
        v2 = x[v]

        # 9: if v < 0.0:
        if t_tape[v]:
            v_bar = 0.0
        else:
            t = t_tape2[v]

            # 11: total += v * np.tanh(total + v)
            t2 = total_bar * v2 * (1.0 - t * t)
            total_bar2 = total_bar + t2
            v_bar = total_bar * t + t2
            total_bar = total_bar2

        # 8: for v in x:
        x_bar[v] += v_bar

    return x_bar, limit_bar
