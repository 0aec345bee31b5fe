"""Adjoint of `leapfrog` (leapfrog.py:6) with respect to q, p and dt.

Written by srcad 0.1.0.  Do not edit: change `leapfrog` and run it again.
"""

import numpy as np


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
        q_tape[k] = q
        p_tape[k] = p2
        t = np.sin(q)
        t_tape[k] = t
        force = -t
        work = work + np.sum(force * p2)
        p2 += 0.5 * dt * force
        q += dt * p2
        t = np.sin(q)
        t_tape2[k] = t
        force = -t
        work = work + np.sum(force * p2)
        p2 += 0.5 * dt * force
    return (q, work), (dt, steps, p.shape, q_tape, p_tape, t_tape, t_tape2)


def leapfrog_bwd(saved, out0_bar, out1_bar):
    """Pull `out0_bar` and `out1_bar` back to q, p and dt."""
    dt, steps, p_shape, q_tape, p_tape, t_tape, t_tape2 = saved

    # 15: for k in range(steps):
    p_bar = np.zeros(p_shape)
    q_bar = out0_bar.copy()
    dt_bar = 0.0
    for k in range(steps - 1, -1, -1):
        q = q_tape[k]
        p = p_tape[k]

        # 11: force = -np.sin(q)
        force = -t_tape[k]

        # 13: p = p + share * dt * force
        t = 0.5 * dt
        p2 = p + t * force

        # 17: q = q + dt * p
        q2 = q + dt * p2

        # 11: force = -np.sin(q)
        force2 = -t_tape2[k]

        # 13: p = p + share * dt * force
        force_bar = p_bar * t
        dt_bar = dt_bar + np.sum(p_bar * force2) * 0.5

        # 12: work = work + np.sum(force * p)
        force_bar += out1_bar * p2
        p_bar += out1_bar * force2

        # 11: force = -np.sin(q)
        q_bar -= force_bar * np.cos(q2)

        # 17: q = q + dt * p
        dt_bar = dt_bar + np.sum(q_bar * p2)
        p_bar += q_bar * dt

        # 13: p = p + share * dt * force
        force_bar = p_bar * t
        dt_bar = dt_bar + np.sum(p_bar * force) * 0.5

        # 12: work = work + np.sum(force * p)
        force_bar += out1_bar * p
        p_bar += out1_bar * force

        # 11: force = -np.sin(q)
        q_bar -= force_bar * np.cos(q)

    return q_bar, p_bar, dt_bar
