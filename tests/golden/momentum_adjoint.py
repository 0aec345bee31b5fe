"""Adjoint of `momentum` (momentum.py:6) with respect to x, scale and rate.

Written by srcad 0.1.0.  Do not edit: change `momentum` and run it again.
"""

import numpy as np


def momentum_fwd(x, scale, rate, steps):
    """`momentum`, also returning what `momentum_bwd` needs."""
    t = np.zeros(x.shape[0])
    t_tape = np.empty((steps,) + t.shape)
    x = x.copy()
    velocity = t
    for k in range(steps):
        t = np.tanh(x)
        t_tape[k] = t
        slope = scale * t
        velocity = 0.9 * velocity - rate * slope
        x += velocity
    return np.sum(x ** 2), (scale, rate, steps, x, t_tape)


def momentum_bwd(saved, out_bar):
    """Pull `out_bar` back to x, scale and rate."""
    scale, rate, steps, x, t_tape = saved

    # 12: return np.sum(state["x"] ** 2)
    x_bar = out_bar * (2.0 * x)

    # 8: for _ in range(steps):
    velocity_bar = np.zeros(x.shape)
    scale_bar = np.zeros(scale.shape)
    rate_bar = 0.0
    for k in range(steps - 1, -1, -1):
        t = t_tape[k]

        # 9: slope = scale * np.tanh(state["x"])
        slope = scale * t

        # 11: state["x"] = state["x"] + state["velocity"]
        velocity_bar += x_bar

        # 10: state["velocity"] = 0.9 * state["velocity"] - rate * slope
        t2 = -velocity_bar
        rate_bar = rate_bar + np.sum(t2 * slope)
        slope_bar = t2 * rate
        velocity_bar *= 0.9

        # 9: slope = scale * np.tanh(state["x"])
        scale_bar += slope_bar * t
        x_bar += slope_bar * scale * (1.0 - t * t)

    return x_bar, scale_bar, rate_bar
