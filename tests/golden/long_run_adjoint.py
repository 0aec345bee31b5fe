"""Adjoint of `long_run` (long_run.py:9) with respect to u and rate.

Written by srcad 0.1.0.  Do not edit: change `long_run` and run it again.
"""

import numpy as np


def long_run_fwd(u, rate, steps):
    """`long_run`, also returning what `long_run_bwd` needs."""
    u = np.copy(u)
    u_tape = np.empty((len(range(0, steps, 4)),) + u.shape)
    trips = 0
    for segment in range(0, steps, 4):
        u_tape[segment // 4] = u
        for t in range(segment, min(segment + 4, steps)):
            u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            if u[2] > 0.5:
                u[2] *= 0.9
        trips += 1
    return np.sum(u ** 2), (rate, steps, u, trips, u_tape)


def long_run_bwd(saved, out_bar):
    """Pull `out_bar` back to u and rate."""
    rate, steps, u, trips, u_tape = saved

    # 15: return np.sum(u**2)
    u_bar = out_bar * (2.0 * u)

    # 11: for t in checkpointed(range(steps), every=4):
    rate_bar = 0.0
    for segment in range((trips - 1) * 4, -4, -4):
        u2 = u_tape[segment // 4].copy()
        t2 = min(segment + 4, steps)
        t3 = max(t2 - segment, 0)
        t_tape = np.empty((t3, u.shape[0] - 2))
        t_tape2 = np.empty(t3, np.bool_)
        for t in range(segment, t2):
            # 12: u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            t3 = u2[1:-1]
            t4 = u2[2:] - 2.0 * t3 + u2[:-2]
            t5 = t - segment
            t_tape[t5] = t4
            u2[1:-1] = t3 + rate * t4

            # 13: if u[2] > 0.5:
            t3 = u2[2]
            t4 = t3 > 0.5
            t_tape2[t5] = t4
            if t4:
                # 14: u[2] *= 0.9
                u2[2] = t3 * 0.9

        # 11: for t in checkpointed(range(steps), every=4):
        rate_bar2 = 0.0
        for t in range(t2 - 1, segment - 1, -1):
            t3 = t - segment
            t4 = t_tape[t3]

            # 13: if u[2] > 0.5:
            if t_tape2[t3]:
                # 14: u[2] *= 0.9
                u_bar[2] *= 0.9

            # 12: u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            t3 = u_bar[1:-1]
            rate_bar2 = rate_bar2 + np.sum(t3 * t4)
            t3 = t3 * rate
            u_bar[:-2] += t3
            u_bar[1:-1] -= t3 * 2.0
            u_bar[2:] += t3

        # 11: for t in checkpointed(range(steps), every=4):
        rate_bar = rate_bar + rate_bar2

    return u_bar, rate_bar
