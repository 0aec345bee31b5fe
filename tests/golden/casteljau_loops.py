"""Adjoint of `casteljau` (casteljau.py:4) with respect to points_0, points_1, points_2, points_3 and t.

Written by srcad 0.1.0.  Do not edit: change `casteljau` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, push_number


def casteljau_fwd(points_0, points_1, points_2, points_3, t):
    """`casteljau`, also returning what `casteljau_bwd` needs."""
    points = np.empty(8)
    points[0] = points_0
    points[1] = points_1
    points[2] = points_2
    points[3] = points_3
    points_count_tape = np.empty(0, np.int64)
    points_count_tape_count = 0
    t_tape = np.empty(0)
    t_tape_count = 0
    t_tape2 = np.empty(0)
    t_tape2_count = 0
    points_count = 4
    k = 0
    while points_count > 1:
        points_count_tape = push_number(points_count_tape, points_count_tape_count, points_count)
        points_count_tape_count += 1
        if points_count - 1 > 8:
            raise Bail
        if points_count > 8:
            raise Bail
        for i in range(points_count - 1):
            t2 = float(points[i])
            t_tape = push_number(t_tape, t_tape_count, t2)
            t_tape_count += 1
            t3 = float(points[i + 1])
            t_tape2 = push_number(t_tape2, t_tape2_count, t3)
            t_tape2_count += 1
            points[i] = (1.0 - t) * t2 + t * t3
        if points_count - 1 < 0:
            raise Bail
        points_count = points_count - 1
        k += 1
    trips = k
    if points_count <= 0:
        raise Bail
    return float(points[0]), (t, trips, points_count_tape[:points_count_tape_count], t_tape[:t_tape_count], t_tape2[:t_tape2_count])


def casteljau_bwd(saved, out_bar):
    """Pull `out_bar` back to points_0, points_1, points_2, points_3 and t."""
    t, trips, points_count_tape, t_tape, t_tape2 = saved
    t_left = t_tape.shape[0]
    t_tape2_left = t_tape2.shape[0]

    # 10: return points[0]
    points_bar = np.zeros(8)
    points_bar[0] = out_bar

    # 6: while len(points) > 1:
    t_bar = 0.0
    for k in range(trips - 1, -1, -1):
        points_count = points_count_tape[k]

        # 7: for i in range(len(points) - 1):
        for i in range(points_count - 2, -1, -1):
            t_left -= 1
            t2 = t_tape[t_left]
            t_tape2_left -= 1
            t3 = t_tape2[t_tape2_left]

            # 8: points[i] = (1.0 - t) * points[i] + t * points[i + 1]
            t4 = points_bar[i]
            points_bar[i] = 0.0
            t_bar = t_bar + t4 * t3
            points_bar[i + 1] += t4 * t
            points_bar[i] += t4 * (1.0 - t)
            t_bar = t_bar - t4 * t2

    # 6: while len(points) > 1:
    points_3_bar = points_bar[3]
    points_bar[3] = 0.0
    points_2_bar = points_bar[2]
    points_bar[2] = 0.0
    points_1_bar = points_bar[1]
    points_bar[1] = 0.0
    points_0_bar = points_bar[0]
    return points_0_bar, points_1_bar, points_2_bar, points_3_bar, t_bar


def casteljau_value_and_grad(x0, x1, x2, x3, x4):
    """`casteljau` and its gradient."""
    clear_float_errors()
    out, saved = casteljau_fwd(x0, x1, x2, x3, x4)
    check_float_errors()
    return out, casteljau_bwd(saved, 1.0)
