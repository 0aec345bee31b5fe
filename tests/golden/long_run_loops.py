"""Adjoint of `long_run` (long_run.py:9) with respect to u and rate.

Written by srcad 0.1.0.  Do not edit: change `long_run` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


def long_run_fwd(u, rate, steps):
    """`long_run`, also returning what `long_run_bwd` needs."""
    u2 = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u2[i] = u[i]
    u_tape = np.empty((len(range(0, steps, 4)),) + u2.shape)
    trips = 0
    for segment in range(0, steps, 4):
        for i in independent(u2.shape[0]):
            u_tape[segment // 4, i] = u2[i]
        for t in range(segment, min(segment + 4, steps)):
            array = np.empty(u2.shape[0] - 2)
            for i in independent(u2.shape[0] - 2):
                array[i] = u2[i + 1] + rate * (u2[i + 2] - 2.0 * u2[i + 1] + u2[i])
            for i in independent(u2.shape[0] - 2):
                u2[i + 1] = array[i]
            if u2[2] > 0.5:
                u2[2] *= 0.9
        trips += 1
    total = 0.0
    for i in range(u2.shape[0]):
        total = plus(total, u2[i] ** 2)
    return total, (rate, steps, u2, trips, u_tape)


def long_run_bwd(saved, out_bar):
    """Pull `out_bar` back to u and rate."""
    rate, steps, u, trips, u_tape = saved

    # 15: return np.sum(u**2)
    u_bar = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u_bar[i] = out_bar * (2.0 * u[i])

    # 11: for t in checkpointed(range(steps), every=4):
    rate_bar = 0.0
    for segment in range((trips - 1) * 4, -4, -4):
        t2 = min(segment + 4, steps)
        t3 = max(t2 - segment, 0)
        t_tape = np.empty((t3, u.shape[0] - 2))
        t_tape2 = np.empty(t3, np.bool_)
        u2 = np.empty(u_tape.shape[1])
        for i in independent(u_tape.shape[1]):
            u2[i] = u_tape[segment // 4, i]
        for t in range(segment, t2):
            t3 = t - segment

            # 12: u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            t4 = np.empty(u2.shape[0] - 2)
            for i in independent(u2.shape[0] - 2):
                t4[i] = u2[i + 2] - 2.0 * u2[i + 1] + u2[i]
                t_tape[t3, i] = t4[i]
            for i in independent(u2.shape[0] - 2):
                u2[i + 1] += rate * t4[i]

            # 13: if u[2] > 0.5:
            t5 = u2[2]
            t6 = t5 > 0.5
            t_tape2[t3] = t6
            if t6:
                # 14: u[2] *= 0.9
                u2[2] = t5 * 0.9

        # 11: for t in checkpointed(range(steps), every=4):
        rate_bar2 = 0.0
        for t in range(t2 - 1, segment - 1, -1):
            t3 = t - segment

            # 13: if u[2] > 0.5:
            if t_tape2[t3]:
                # 14: u[2] *= 0.9
                u_bar[2] *= 0.9

            # 12: u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            total = 0.0
            t7 = np.empty(u_bar.shape[0] - 2)
            for i in independent(u_bar.shape[0] - 2):
                total = plus(total, u_bar[i + 1] * t_tape[t3, i])
                t7[i] = u_bar[i + 1] * rate
                u_bar[i + 1] -= t7[i] * 2.0
            for i in independent(u_bar.shape[0] - 2):
                u_bar[i] += t7[i]
            for i in independent(u_bar.shape[0] - 2):
                u_bar[i + 2] += t7[i]
            rate_bar2 = rate_bar2 + total

        # 11: for t in checkpointed(range(steps), every=4):
        rate_bar = rate_bar + rate_bar2
    return u_bar, rate_bar


def long_run_value_and_grad(x0, x1, x2):
    """`long_run` and its gradient."""
    clear_float_errors()
    out, saved = long_run_fwd(x0, x1, x2)
    check_float_errors()
    return out, long_run_bwd(saved, 1.0)
