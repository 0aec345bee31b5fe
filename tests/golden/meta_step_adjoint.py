"""Adjoint of `meta_step` (meta_step.py:14) with respect to u, rate and size.

Written by srcad 0.1.0.  Do not edit: change `meta_step` and run it again.
"""

import numpy as np


def meta_step_fwd(u, rate, size):
    """`meta_step`, also returning what `meta_step_bwd` needs."""
    u_tape = np.empty((2,) + u.shape)
    u_tape_tape = np.empty((2, 3, u.shape[0]))
    u_bar_tape = np.empty((2,) + u.shape)
    u_bar_tape2 = np.empty((2, 3) + u.shape)
    t_tape = np.empty((2, 3) + u.shape)
    u_tape2 = np.empty((2, 3) + u.shape)
    t_tape2 = np.empty((2, 3) + u.shape)
    u = u.copy()
    for k in range(2):
        u_tape3 = np.empty((3,) + u.shape)
        u2 = u.copy()
        for k2 in range(3):
            u_tape2[k, k2] = u2
            u_tape3[k2] = u2
            t = np.sin(u2)
            t_tape2[k, k2] = t
            u2 -= rate * t
        u_tape[k] = u2
        u_tape_tape[k] = u_tape3
        value = np.sum(u2 ** 2)
        t = 2.0 * u2
        u_bar = t
        for k2 in range(2, -1, -1):
            u_bar_tape2[k, k2] = u_bar
            t = np.cos(u_tape3[k2])
            t_tape[k, k2] = t
            u_bar -= u_bar * rate * t
        u_bar_tape[k] = u_bar
        u -= size * u_bar
    u_tape3 = np.empty((3,) + u.shape)
    t_tape3 = np.empty((3,) + u.shape)
    for k in range(3):
        u_tape3[k] = u
        t = np.sin(u)
        t_tape3[k] = t
        u -= rate * t
    return value + np.sum(u ** 2), (rate, size, u, u_tape3, t_tape3, u_tape, u_tape_tape, u_bar_tape, u_bar_tape2, t_tape, u_tape2, t_tape2)


def meta_step_bwd(saved, out_bar):
    """Pull `out_bar` back to u, rate and size."""
    rate, size, u, u_tape, t_tape, u_tape2, u_tape_tape, u_bar_tape, u_bar_tape2, t_tape2, u_tape3, t_tape3 = saved

    # 11: return np.sum(u**2)
    u_bar = out_bar * (2.0 * u)

    # 9: for _ in range(steps):
    rate_bar = 0.0
    for k in range(2, -1, -1):
        # 10: u = u - rate * np.sin(u)
        t = -u_bar
        rate_bar = rate_bar + np.sum(t * t_tape[k])
        u_bar += t * rate * np.cos(u_tape[k])

    # 15: for _ in range(2):
    value_bar = out_bar
    size_bar = 0.0
    for k in range(1, -1, -1):
        u = u_tape2[k]
        u_tape = u_tape_tape[k]

        # 17: u = u - size * slope
        t = -u_bar
        size_bar = size_bar + np.sum(t * u_bar_tape[k])
        u_bar_bar = t * size

        # 9: for _ in range(steps):
        u_tape_bar = np.zeros(u_tape.shape)
        for k2 in range(3):
            u_bar2 = u_bar_tape2[k, k2]

            # 10: u = u - rate * np.sin(u)
            t = -u_bar_bar
            t2 = t * t_tape2[k, k2]
            u_bar3 = -(t * (u_bar2 * rate) * np.sin(u_tape[k2]))
            u_bar_bar += t2 * rate
            rate_bar = rate_bar + np.sum(t2 * u_bar2)
            u_tape_bar[k2] += u_bar3

        # 11: return np.sum(u**2)
        u_bar2 = u_bar_bar * 2.0
        u_bar2 += value_bar * (2.0 * u)

        # 9: for _ in range(steps):
        for k2 in range(2, -1, -1):
            # 10: u = u - rate * np.sin(u)
            t = -u_bar2
            rate_bar = rate_bar + np.sum(t * t_tape3[k, k2])
            u_bar2 += t * rate * np.cos(u_tape3[k, k2])
            u_bar2 += u_tape_bar[k2]
            u_tape_bar[k2] = 0.0

        # 9: for _ in range(steps):
        u_bar += u_bar2
        value_bar = 0.0

    return u_bar, rate_bar, size_bar
