"""Adjoint of `range_step` (range_step.py:6) with respect to x and c.

Written by srcad 0.1.0.  Do not edit: change `range_step` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors


def range_step_fwd(x, c):
    """`range_step`, also returning what `range_step_bwd` needs."""
    t = x.shape[0]
    s_tape = np.empty(len(range(1, t, 2)))
    s = 0.0
    trips = 0
    for i in range(1, t, 2):
        s_tape[(i - 1) // 2] = s
        if not -x.shape[0] <= i < x.shape[0]:
            raise Bail
        s = s * c + x[i] ** 2
        trips += 1
    t = x.shape[0] - 1
    t2 = len(range(t, -1, -3))
    s_tape2 = np.empty(t2)
    t_tape = np.empty(t2)
    trips2 = 0
    for i in range(t, -1, -3):
        s_tape2[(i - t) // -3] = s
        t3 = np.sin(s)
        t_tape[(i - t) // -3] = t3
        if not -x.shape[0] <= i < x.shape[0]:
            raise Bail
        s = s + t3 * x[i]
        trips2 += 1
    return s, (x, c, trips, trips2, s_tape2, t_tape, s_tape)


def range_step_bwd(saved, out_bar):
    """Pull `out_bar` back to x and c."""
    x, c, trips, trips2, s_tape, t_tape, s_tape2 = saved

    # 10: for i in range(len(x) - 1, -1, -3):
    t = x.shape[0]
    t2 = t - 1
    x_bar = np.zeros(x.shape)
    s_bar = out_bar
    for i in range(t2 + (trips2 - 1) * -3, t + 2, 3):
        t3 = (i - t2) // -3
        s = s_tape[t3]

        # 11: s += np.sin(s) * x[i]
        t4 = s_bar * x[i]
        x_bar[i] += s_bar * t_tape[t3]
        s_bar = s_bar + t4 * np.cos(s)

    # 8: for i in range(1, len(x), 2):
    c_bar = 0.0
    for i in range(1 + (trips - 1) * 2, -1, -2):
        s = s_tape2[(i - 1) // 2]

        # 9: s = s * c + x[i] ** 2
        x_bar[i] += s_bar * (2.0 * x[i])
        s_bar2 = s_bar * c
        c_bar = c_bar + s_bar * s
        s_bar = s_bar2
    return x_bar, c_bar


def range_step_value_and_grad(x0, x1):
    """`range_step` and its gradient."""
    clear_float_errors()
    out, saved = range_step_fwd(x0, x1)
    check_float_errors()
    return out, range_step_bwd(saved, 1.0)
