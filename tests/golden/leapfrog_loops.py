"""Adjoint of `leapfrog` (leapfrog.py:6) with respect to q, p and dt.

Written by srcad 0.1.0.  Do not edit: change `leapfrog` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import cos, plus, sin


def leapfrog_fwd(q, p, dt, steps):
    """`leapfrog`, also returning what `leapfrog_bwd` needs."""
    q_tape = np.empty((steps,) + q.shape)
    p_tape = np.empty((steps,) + p.shape)
    t_tape = np.empty((steps,) + q.shape)
    t_tape2 = np.empty((steps,) + q.shape)
    q = q.copy()
    p2 = p.copy()
    work = 0.0
    for k in range(steps):
        total = 0.0
        total2 = 0.0
        for i in independent(q.shape[0]):
            q_tape[k, i] = q[i]
            p_tape[k, i] = p2[i]
            t_i = sin(q[i])
            t_tape[k, i] = t_i
            force_i = -t_i
            total = plus(total, force_i * p2[i])
            p2[i] += 0.5 * dt * force_i
            q[i] += dt * p2[i]
            t2_i = sin(q[i])
            t_tape2[k, i] = t2_i
            force2_i = -t2_i
            total2 = plus(total2, force2_i * p2[i])
            p2[i] += 0.5 * dt * force2_i
        work = work + total
        work = work + total2
    return (q, work), (dt, steps, p.shape, q_tape, p_tape, t_tape, t_tape2)


def leapfrog_bwd(saved, out0_bar, out1_bar):
    """Pull `out0_bar` and `out1_bar` back to q, p and dt."""
    dt, steps, p_shape, q_tape, p_tape, t_tape, t_tape2 = saved

    # 15: for k in range(steps):
    p_bar = np.zeros(p_shape)
    q_bar = out0_bar.copy()
    dt_bar = 0.0
    for k in range(steps - 1, -1, -1):
        # 13: p = p + share * dt * force
        t = 0.5 * dt

        # 11: force = -np.sin(q)
        total = 0.0
        total2 = 0.0
        total3 = 0.0
        for i in independent(t_tape.shape[1]):
            force_i = -t_tape[k, i]
            p_i = p_tape[k, i] + t * force_i
            q_i = q_tape[k, i] + dt * p_i
            force2_i = -t_tape2[k, i]
            total = plus(total, p_bar[i] * force2_i)
            force_bar_i = p_bar[i] * t + out1_bar * p_i
            q_bar[i] -= force_bar_i * cos(q_i)
            total2 = plus(total2, q_bar[i] * p_i)
            p_bar[i] += out1_bar * force2_i + q_bar[i] * dt
            total3 = plus(total3, p_bar[i] * force_i)
            force_bar2_i = p_bar[i] * t + out1_bar * p_tape[k, i]
            p_bar[i] += out1_bar * force_i
            q_bar[i] -= force_bar2_i * cos(q_tape[k, i])

        # 13: p = p + share * dt * force
        dt_bar = dt_bar + total * 0.5

        # 17: q = q + dt * p
        dt_bar = dt_bar + total2

        # 13: p = p + share * dt * force
        dt_bar = dt_bar + total3 * 0.5
    return q_bar, p_bar, dt_bar
