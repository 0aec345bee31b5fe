"""Adjoint of `several` (several.py:13) with respect to position, velocity and dt.

Written by srcad 0.1.0.  Do not edit: change `several` and run it again.
"""

import numpy as np
from numba import objmode

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import plus


def several_fwd(position, velocity, dt):
    """`several`, also returning what `several_bwd` needs."""
    array3 = np.ascontiguousarray(position).reshape((3, 2))
    array2 = np.empty((2, 3))
    for i in range(2):
        for j in independent(3):
            array2[i, j] = array3[j, i]
    array = np.ascontiguousarray(array2).ravel()
    p = np.empty(velocity.shape[0])
    for i in independent(velocity.shape[0]):
        p[i] = velocity[i] - dt * array[i]
    x = np.empty(3)
    x2 = np.empty(3)
    for i in independent(3):
        x[i] = position[i] + dt * p[i]
        x2[i] = position[i + 3]
    q = np.concatenate((x, x2))
    with objmode(made="float64[:, ::1]"):
        made = np.ascontiguousarray(np.stack((q, p)), np.float64)
    array5 = made
    array4 = np.empty((array5.shape[1], 2))
    for i in range(array5.shape[1]):
        for j in independent(2):
            array4[i, j] = array5[j, i]
    return (q, p, array4, q.shape[0]), (position, velocity, dt)


def several_bwd(saved, out0_bar, out1_bar, out2_bar):
    """Pull `out0_bar` and `out1_bar` and `out2_bar` back to position, velocity and dt."""
    position, velocity, dt = saved

    # 15: p = p - dt * q.reshape(3, 2).T.ravel()
    array2 = np.ascontiguousarray(position).reshape((3, 2))
    array = np.empty((2, 3))
    for i in range(2):
        for j in independent(3):
            array[i, j] = array2[j, i]
    t = np.ascontiguousarray(array).ravel()

    # 16: q = np.concatenate([q[:3] + dt * p[:3], q[3:]])
    position_bar = np.zeros(position.shape)
    p = np.empty(velocity.shape[0])
    q_bar = np.empty(velocity.shape[0])
    p_bar = np.empty(velocity.shape[0])
    for i in independent(velocity.shape[0]):
        p[i] = velocity[i] - dt * t[i]
        q_bar[i] = out0_bar[i] + out2_bar[i, 0]
        p_bar[i] = out1_bar[i] + out2_bar[i, 1]
    total = 0.0
    for i in independent(position_bar.shape[0] - 3):
        position_bar[i + 3] = q_bar[i + 3]
        total = plus(total, q_bar[i] * p[i])
        p_bar[i] += q_bar[i] * dt
    for i in independent(position_bar.shape[0] - 3):
        position_bar[i] += q_bar[i]
    dt_bar = total

    # 15: p = p - dt * q.reshape(3, 2).T.ravel()
    total2 = 0.0
    array6 = np.empty(p_bar.shape[0])
    for i in independent(p_bar.shape[0]):
        t2_i = -p_bar[i]
        total2 = plus(total2, t2_i * t[i])
        array6[i] = t2_i * dt
    dt_bar = dt_bar + total2
    array5 = np.ascontiguousarray(array6).reshape((2, 3))
    array4 = np.empty((3, 2))
    for i in range(3):
        for j in independent(2):
            array4[i, j] = array5[j, i]
    array3 = np.ascontiguousarray(array4).reshape((position.shape[0],))
    for i in independent(position_bar.shape[0]):
        position_bar[i] += array3[i]
    return position_bar, p_bar, dt_bar
