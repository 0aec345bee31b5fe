"""Adjoint of `several` (several.py:13) with respect to position, velocity and dt.

Written by srcad 0.1.0.  Do not edit: change `several` and run it again.
"""

import numpy as np


def several_fwd(position, velocity, dt):
    """`several`, also returning what `several_bwd` needs."""
    p = velocity - dt * np.ravel(np.transpose(np.reshape(position, (3, 2))))
    x = position[:3] + dt * p[:3]
    x2 = position[3:]
    q = np.concatenate((x, x2))
    return (q, p, np.swapaxes(np.stack((q, p)), 0, 1), q.shape[0]), (position, velocity, dt)


def several_bwd(saved, out0_bar, out1_bar, out2_bar):
    """Pull `out0_bar` and `out1_bar` and `out2_bar` back to position, velocity and dt."""
    position, velocity, dt = saved

    # 15: p = p - dt * q.reshape(3, 2).T.ravel()
    t = np.transpose(np.reshape(position, (3, 2)))
    t2 = np.ravel(t)
    p = velocity - dt * t2

    # 16: q = np.concatenate([q[:3] + dt * p[:3], q[3:]])
    t3 = p[:3]

    # 17: return State(q, p), np.stack([q, p]).swapaxes(0, 1), len(q)
    t4 = np.swapaxes(out2_bar, 0, 1)
    q_bar = out0_bar + t4[0]
    p_bar = out1_bar + t4[1]

    # 16: q = np.concatenate([q[:3] + dt * p[:3], q[3:]])
    x_bar = q_bar[:3]
    x_bar2 = q_bar[3:]
    position_bar = np.zeros(position.shape)
    position_bar[3:] = x_bar2
    dt_bar = np.sum(x_bar * t3)
    p_bar[:3] += x_bar * dt
    position_bar[:3] += x_bar

    # 15: p = p - dt * q.reshape(3, 2).T.ravel()
    t3 = -p_bar
    dt_bar = dt_bar + np.sum(t3 * t2)
    position_bar += np.reshape(np.transpose(np.reshape(t3 * dt, t.shape)), position.shape)

    return position_bar, p_bar, dt_bar
