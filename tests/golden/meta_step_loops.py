"""Adjoint of `meta_step` (meta_step.py:14) with respect to u, rate and size.

Written by srcad 0.1.0.  Do not edit: change `meta_step` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import cos, plus, sin


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
            for i in independent(u2.shape[0]):
                u_tape2[k, k2, i] = u2[i]
                u_tape3[k2, i] = u2[i]
                t_i = sin(u2[i])
                t_tape2[k, k2, i] = t_i
                u2[i] -= rate * t_i
        total = 0.0
        t2 = np.empty(u2.shape[0])
        for i in independent(u2.shape[0]):
            u_tape[k, i] = u2[i]
            total = plus(total, u2[i] ** 2)
            t2[i] = 2.0 * u2[i]
        value = total
        for i in range(3):
            for j in independent(u_tape3.shape[1]):
                u_tape_tape[k, i, j] = u_tape3[i, j]
        u_bar = t2
        for k2 in range(2, -1, -1):
            for i in independent(u_bar.shape[0]):
                u_bar_tape2[k, k2, i] = u_bar[i]
                t3_i = cos(u_tape3[k2, i])
                t_tape[k, k2, i] = t3_i
                u_bar[i] -= u_bar[i] * rate * t3_i
        for i in independent(u_bar.shape[0]):
            u_bar_tape[k, i] = u_bar[i]
            u[i] -= size * u_bar[i]
    u_tape4 = np.empty((3,) + u.shape)
    t_tape3 = np.empty((3,) + u.shape)
    for k in range(3):
        for i in independent(u.shape[0]):
            u_tape4[k, i] = u[i]
            t4_i = sin(u[i])
            t_tape3[k, i] = t4_i
            u[i] -= rate * t4_i
    total2 = 0.0
    for i in range(u.shape[0]):
        total2 = plus(total2, u[i] ** 2)
    return value + total2, (rate, size, u, u_tape4, t_tape3, u_tape, u_tape_tape, u_bar_tape, u_bar_tape2, t_tape, u_tape2, t_tape2)


def meta_step_bwd(saved, out_bar):
    """Pull `out_bar` back to u, rate and size."""
    rate, size, u, u_tape, t_tape, u_tape2, u_tape_tape, u_bar_tape, u_bar_tape2, t_tape2, u_tape3, t_tape3 = saved

    # 11: return np.sum(u**2)
    u_bar = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u_bar[i] = out_bar * (2.0 * u[i])

    # 9: for _ in range(steps):
    rate_bar = 0.0
    for k in range(2, -1, -1):
        # 10: u = u - rate * np.sin(u)
        total = 0.0
        for i in independent(u_bar.shape[0]):
            t_i = -u_bar[i]
            total = plus(total, t_i * t_tape[k, i])
            u_bar[i] += t_i * rate * cos(u_tape[k, i])
        rate_bar = rate_bar + total

    # 15: for _ in range(2):
    value_bar = out_bar
    size_bar = 0.0
    for k in range(1, -1, -1):
        # 17: u = u - size * slope
        total2 = 0.0
        u_bar_bar = np.empty(u_bar.shape[0])
        for i in independent(u_bar.shape[0]):
            t2_i = -u_bar[i]
            total2 = plus(total2, t2_i * u_bar_tape[k, i])
            u_bar_bar[i] = t2_i * size
        size_bar = size_bar + total2

        # 9: for _ in range(steps):
        u_tape4 = np.empty((3, u_tape_tape.shape[2]))
        for i in range(3):
            for j in independent(u_tape_tape.shape[2]):
                u_tape4[i, j] = u_tape_tape[k, i, j]
        u_tape_bar = np.zeros(u_tape4.shape)
        for k2 in range(3):
            # 10: u = u - rate * np.sin(u)
            total3 = 0.0
            for i in independent(u_bar_bar.shape[0]):
                t3_i = -u_bar_bar[i]
                t4_i = t3_i * t_tape2[k, k2, i]
                u_bar2_i = -(t3_i * (u_bar_tape2[k, k2, i] * rate) * sin(u_tape4[k2, i]))
                u_bar_bar[i] += t4_i * rate
                total3 = plus(total3, t4_i * u_bar_tape2[k, k2, i])
                u_tape_bar[k2, i] += u_bar2_i
            rate_bar = rate_bar + total3

        # 11: return np.sum(u**2)
        u_bar3 = np.empty(u_bar_bar.shape[0])
        for i in independent(u_bar_bar.shape[0]):
            u_bar3[i] = u_bar_bar[i] * 2.0 + value_bar * (2.0 * u_tape2[k, i])

        # 9: for _ in range(steps):
        for k2 in range(2, -1, -1):
            # 10: u = u - rate * np.sin(u)
            total4 = 0.0
            for i in independent(u_bar3.shape[0]):
                t5_i = -u_bar3[i]
                total4 = plus(total4, t5_i * t_tape3[k, k2, i])
                u_bar3[i] += t5_i * rate * cos(u_tape3[k, k2, i]) + u_tape_bar[k2, i]
                u_tape_bar[k2, i] = 0.0
            rate_bar = rate_bar + total4

        # 9: for _ in range(steps):
        for i in independent(u_bar.shape[0]):
            u_bar[i] += u_bar3[i]
        value_bar = 0.0
    return u_bar, rate_bar, size_bar


def meta_step_value_and_grad(x0, x1, x2):
    """`meta_step` and its gradient."""
    clear_float_errors()
    out, saved = meta_step_fwd(x0, x1, x2)
    check_float_errors()
    return out, meta_step_bwd(saved, 1.0)
