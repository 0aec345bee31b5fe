"""Adjoint of `runge_kutta` (runge_kutta.py:10) with respect to y and damping.

Written by srcad 0.1.0.  Do not edit: change `runge_kutta` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent


def runge_kutta_fwd(y, damping, h, steps):
    """`runge_kutta`, also returning what `runge_kutta_bwd` needs."""
    y_tape = np.empty((steps,) + y.shape)
    k1_tape = np.empty((steps, 2))
    k2_tape = np.empty((steps, 2))
    k3_tape = np.empty((steps, 2))
    y = y.copy()
    for n in range(steps):
        k1 = np.array((np.float64(y[1]), np.float64(-np.sin(y[0]) - damping * y[1]),))
        t = np.empty(y.shape[0])
        for i in independent(y.shape[0]):
            y_tape[n, i] = y[i]
            k1_tape[n, i] = k1[i]
            t[i] = y[i] + 0.5 * h * k1[i]
        k2 = np.array((np.float64(t[1]), np.float64(-np.sin(t[0]) - damping * t[1]),))
        t2 = np.empty(2)
        for i in independent(2):
            k2_tape[n, i] = k2[i]
            t2[i] = y[i] + 0.5 * h * k2[i]
        k3 = np.array((np.float64(t2[1]), np.float64(-np.sin(t2[0]) - damping * t2[1]),))
        t3 = np.empty(2)
        for i in independent(2):
            k3_tape[n, i] = k3[i]
            t3[i] = y[i] + h * k3[i]
        k4 = np.array((np.float64(t3[1]), np.float64(-np.sin(t3[0]) - damping * t3[1]),))
        for i in independent(y.shape[0]):
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return y, (damping, h, steps, y_tape, k1_tape, k2_tape, k3_tape)


def runge_kutta_bwd(saved, out_bar):
    """Pull `out_bar` back to y and damping."""
    damping, h, steps, y_tape, k1_tape, k2_tape, k3_tape = saved

    # 11: for n in range(steps):
    y_bar = out_bar.copy()
    damping_bar = 0.0
    for n in range(steps - 1, -1, -1):
        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t = y_tape[n, 0]
        t2 = y_tape[n, 1]

        # 13: k2 = pendulum(y + 0.5 * h * k1, damping)
        t3 = 0.5 * h
        t4 = np.empty(y_tape.shape[1])
        t7 = np.empty(y_tape.shape[1])
        t10 = np.empty(y_tape.shape[1])
        k4_bar = np.empty(y_tape.shape[1])
        k3_bar = np.empty(y_tape.shape[1])
        y = np.empty(y_tape.shape[1])
        for i in independent(y_tape.shape[1]):
            t4[i] = y_tape[n, i] + t3 * k1_tape[n, i]
            t7[i] = y_tape[n, i] + t3 * k2_tape[n, i]
            t10[i] = y_tape[n, i] + h * k3_tape[n, i]
            k4_bar[i] = y_bar[i] * (h / 6.0)
            k3_bar[i] = k4_bar[i] * 2.0
            y[i] = y_tape[n, i]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t5 = t4[0]
        t6 = t4[1]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t8 = t7[0]
        t9 = t7[1]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t11 = t10[0]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t12 = k4_bar[0]
        t13 = -k4_bar[1]
        damping_bar = damping_bar + t13 * t10[1]
        t14 = np.zeros(y.shape)
        t14[1] = t13 * damping
        t14[0] += t13 * np.cos(t11)
        t14[1] += t12
        t15 = np.zeros(y.shape)
        t16 = np.zeros(y.shape)

        # 15: k4 = pendulum(y + h * k3, damping)
        k3_bar2 = np.empty(y_bar.shape[0])
        for i in independent(y_bar.shape[0]):
            y_bar[i] += t14[i]
            k3_bar2[i] = k3_bar[i] + t14[i] * h

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t11 = k3_bar2[0]
        t12 = -k3_bar2[1]
        damping_bar = damping_bar + t12 * t9
        t15[1] = t12 * damping
        t15[0] += t12 * np.cos(t8)
        t15[1] += t11

        # 14: k3 = pendulum(y + 0.5 * h * k2, damping)
        k2_bar = np.empty(y_bar.shape[0])
        for i in independent(y_bar.shape[0]):
            y_bar[i] += t15[i]
            k2_bar[i] = k3_bar[i] + t15[i] * t3

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t8 = k2_bar[0]
        t9 = -k2_bar[1]
        damping_bar = damping_bar + t9 * t6
        t16[1] = t9 * damping
        t16[0] += t9 * np.cos(t5)
        t16[1] += t8

        # 13: k2 = pendulum(y + 0.5 * h * k1, damping)
        k1_bar = np.empty(y_bar.shape[0])
        for i in independent(y_bar.shape[0]):
            y_bar[i] += t16[i]
            k1_bar[i] = k4_bar[i] + t16[i] * t3

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t3 = k1_bar[0]
        t5 = -k1_bar[1]
        damping_bar = damping_bar + t5 * t2
        y_bar[1] += t5 * damping
        y_bar[0] += t5 * np.cos(t)
        y_bar[1] += t3
    return y_bar, damping_bar
