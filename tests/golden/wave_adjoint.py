"""Adjoint of `wave` (wave.py:6) with respect to start and speed.

Written by srcad 0.1.0.  Do not edit: change `wave` and run it again.
"""

import numpy as np


def wave_fwd(start, speed, steps):
    """`wave`, also returning what `wave_bwd` needs."""
    u = np.zeros((2, start.shape[0]))
    u[0] = start
    t_tape = np.empty((steps, start.shape[0] - 2))
    for t in range(steps):
        now = u[t % 2]
        t2 = now[2:] - 2.0 * now[1:-1] + now[:-2]
        t_tape[t] = t2
        u[(t + 1) % 2, 1:-1] = now[1:-1] + speed * t2
    return u[steps % 2], (speed, steps, start.shape, u.shape, t_tape)


def wave_bwd(saved, out_bar):
    """Pull `out_bar` back to start and speed."""
    speed, steps, start_shape, u_shape, t_tape = saved

    # 12: return u[steps % 2]
    u_bar = np.zeros(u_shape)
    u_bar[steps % 2] = out_bar

    # 9: for t in range(steps):
    speed_bar = 0.0
    for t in range(steps - 1, -1, -1):
        # 10: now, then = u[t % 2], u[(t + 1) % 2]
        t2 = (t + 1) % 2

        # 11: then[1:-1] = now[1:-1] + speed * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        t3 = u_bar[t2, 1:-1]
        speed_bar = speed_bar + np.sum(t3 * t_tape[t])
        t4 = t3 * speed
        now_bar = np.zeros(start_shape)
        now_bar[:-2] = t4
        now_bar[1:-1] -= t4 * 2.0
        now_bar[2:] += t4
        now_bar[1:-1] += t3
        u_bar[t2, 1:-1] = 0.0

        # 10: now, then = u[t % 2], u[(t + 1) % 2]
        u_bar[t % 2] += now_bar

    # 8: u[0] = start
    start_bar = u_bar[0]

    return start_bar, speed_bar
