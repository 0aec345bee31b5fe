"""Adjoint of `runge_kutta` (runge_kutta.py:10) with respect to y and damping.

Written by srcad 0.1.0.  Do not edit: change `runge_kutta` and run it again.
"""

import numpy as np


def runge_kutta_fwd(y, damping, h, steps):
    """`runge_kutta`, also returning what `runge_kutta_bwd` needs."""
    y_tape = np.empty((steps,) + y.shape)
    k1_tape = np.empty((steps, 2))
    k2_tape = np.empty((steps, 2))
    k3_tape = np.empty((steps, 2))
    y = y.copy()
    for n in range(steps):
        y_tape[n] = y
        k1 = np.array((y[1], -np.sin(y[0]) - damping * y[1]))
        k1_tape[n] = k1
        t = y + 0.5 * h * k1
        k2 = np.array((t[1], -np.sin(t[0]) - damping * t[1]))
        k2_tape[n] = k2
        t = y + 0.5 * h * k2
        k3 = np.array((t[1], -np.sin(t[0]) - damping * t[1]))
        k3_tape[n] = k3
        t = y + h * k3
        k4 = np.array((t[1], -np.sin(t[0]) - damping * t[1]))
        y += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y, (damping, h, steps, y_tape, k1_tape, k2_tape, k3_tape)


def runge_kutta_bwd(saved, out_bar):
    """Pull `out_bar` back to y and damping."""
    damping, h, steps, y_tape, k1_tape, k2_tape, k3_tape = saved

    # 11: for n in range(steps):
    y_bar = out_bar.copy()
    damping_bar = 0.0
    for n in range(steps - 1, -1, -1):
        y = y_tape[n]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t = y[0]
        t2 = y[1]

        # 13: k2 = pendulum(y + 0.5 * h * k1, damping)
        t3 = 0.5 * h
        t4 = y + t3 * k1_tape[n]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t5 = t4[0]
        t6 = t4[1]

        # 14: k3 = pendulum(y + 0.5 * h * k2, damping)
        t4 = y + t3 * k2_tape[n]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t7 = t4[0]
        t8 = t4[1]

        # 15: k4 = pendulum(y + h * k3, damping)
        t4 = y + h * k3_tape[n]

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t9 = t4[0]

        # 16: y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        k4_bar = y_bar * (h / 6.0)
        k3_bar = k4_bar * 2.0

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t10 = k4_bar[0]
        t11 = -k4_bar[1]
        damping_bar = damping_bar + t11 * t4[1]
        t4 = np.zeros(y.shape)
        t4[1] = t11 * damping
        t4[0] += t11 * np.cos(t9)
        t4[1] += t10

        # 15: k4 = pendulum(y + h * k3, damping)
        y_bar += t4
        k3_bar2 = k3_bar + t4 * h

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t4 = k3_bar2[0]
        t9 = -k3_bar2[1]
        damping_bar = damping_bar + t9 * t8
        t8 = np.zeros(y.shape)
        t8[1] = t9 * damping
        t8[0] += t9 * np.cos(t7)
        t8[1] += t4

        # 14: k3 = pendulum(y + 0.5 * h * k2, damping)
        y_bar += t8
        k2_bar = k3_bar + t8 * t3

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t4 = k2_bar[0]
        t7 = -k2_bar[1]
        damping_bar = damping_bar + t7 * t6
        t6 = np.zeros(y.shape)
        t6[1] = t7 * damping
        t6[0] += t7 * np.cos(t5)
        t6[1] += t4

        # 13: k2 = pendulum(y + 0.5 * h * k1, damping)
        y_bar += t6
        k1_bar = k4_bar + t6 * t3

        # 7: return np.array([y[1], -np.sin(y[0]) - damping * y[1]])
        t3 = k1_bar[0]
        t4 = -k1_bar[1]
        damping_bar = damping_bar + t4 * t2
        y_bar[1] += t4 * damping
        y_bar[0] += t4 * np.cos(t)
        y_bar[1] += t3

    return y_bar, damping_bar
