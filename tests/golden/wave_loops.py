"""Adjoint of `wave` (wave.py:6) with respect to start and speed.

Written by srcad 0.1.0.  Do not edit: change `wave` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import plus


def wave_fwd(start, speed, steps):
    """`wave`, also returning what `wave_bwd` needs."""
    u = np.zeros((2, start.shape[0]))
    t_tape = np.empty((steps, start.shape[0] - 2))
    for i in independent(u.shape[1]):
        u[0, i] = start[i]
    for t in range(steps):
        array = np.empty(u.shape[1] - 2)
        for i in independent(u.shape[1] - 2):
            t2_i = u[t % 2, i + 2] - 2.0 * u[t % 2, i + 1] + u[t % 2, i]
            t_tape[t, i] = t2_i
            array[i] = u[t % 2, i + 1] + speed * t2_i
        for i in independent(u.shape[1] - 2):
            u[(t + 1) % 2, i + 1] = array[i]
    array2 = np.empty(u.shape[1])
    for i in independent(u.shape[1]):
        array2[i] = u[steps % 2, i]
    return array2, (speed, steps, start.shape, u.shape, t_tape)


def wave_bwd(saved, out_bar):
    """Pull `out_bar` back to start and speed."""
    speed, steps, start_shape, u_shape, t_tape = saved

    # 12: return u[steps % 2]
    u_bar = np.zeros(u_shape)
    for i in independent(u_bar.shape[1]):
        u_bar[steps % 2, i] = out_bar[i]

    # 9: for t in range(steps):
    speed_bar = 0.0
    for t in range(steps - 1, -1, -1):
        # 10: now, then = u[t % 2], u[(t + 1) % 2]
        t2 = (t + 1) % 2
        now_bar = np.zeros(start_shape)

        # 11: then[1:-1] = now[1:-1] + speed * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        total = 0.0
        t3 = np.empty(u_bar.shape[1] - 2)
        for i in independent(u_bar.shape[1] - 2):
            total = plus(total, u_bar[t2, i + 1] * t_tape[t, i])
            t3[i] = u_bar[t2, i + 1] * speed
            now_bar[i] = t3[i]
        for i in independent(u_bar.shape[1] - 2):
            now_bar[i + 2] += t3[i]
        for i in independent(u_bar.shape[1] - 2):
            now_bar[i + 1] += u_bar[t2, i + 1] - t3[i] * 2.0
            u_bar[t2, i + 1] = 0.0
        speed_bar = speed_bar + total

        # 10: now, then = u[t % 2], u[(t + 1) % 2]
        for i in independent(u_bar.shape[1]):
            u_bar[t % 2, i] += now_bar[i]

    # 8: u[0] = start
    start_bar = np.empty(u_bar.shape[1])
    for i in range(u_bar.shape[1]):
        start_bar[i] = u_bar[0, i]
    return start_bar, speed_bar
