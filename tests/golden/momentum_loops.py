"""Adjoint of `momentum` (momentum.py:6) with respect to x, scale and rate.

Written by srcad 0.1.0.  Do not edit: change `momentum` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus, tanh


def momentum_fwd(x, scale, rate, steps):
    """`momentum`, also returning what `momentum_bwd` needs."""
    t = np.zeros(x.shape[0])
    t_tape = np.empty((steps,) + t.shape)
    x = x.copy()
    velocity = t
    for k in range(steps):
        velocity2 = np.empty(x.shape[0])
        for i in independent(x.shape[0]):
            t2_i = tanh(x[i])
            t_tape[k, i] = t2_i
            slope_i = scale[i] * t2_i
            velocity2[i] = 0.9 * velocity[i] - rate * slope_i
            x[i] += velocity2[i]
        velocity = velocity2
    total = 0.0
    for i in range(x.shape[0]):
        total = plus(total, x[i] ** 2)
    return total, (scale, rate, steps, x, t_tape)


def momentum_bwd(saved, out_bar):
    """Pull `out_bar` back to x, scale and rate."""
    scale, rate, steps, x, t_tape = saved

    # 8: for _ in range(steps):
    velocity_bar = np.zeros(x.shape)
    scale_bar = np.zeros(scale.shape)

    # 12: return np.sum(state["x"] ** 2)
    x_bar = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        x_bar[i] = out_bar * (2.0 * x[i])
    rate_bar = 0.0
    for k in range(steps - 1, -1, -1):
        # 9: slope = scale * np.tanh(state["x"])
        total = 0.0
        for i in independent(scale.shape[0]):
            slope_i = scale[i] * t_tape[k, i]
            velocity_bar[i] += x_bar[i]
            t_i = -velocity_bar[i]
            total = plus(total, t_i * slope_i)
            slope_bar_i = t_i * rate
            velocity_bar[i] *= 0.9
            scale_bar[i] += slope_bar_i * t_tape[k, i]
            x_bar[i] += slope_bar_i * scale[i] * (1.0 - t_tape[k, i] * t_tape[k, i])

        # 10: state["velocity"] = 0.9 * state["velocity"] - rate * slope
        rate_bar = rate_bar + total
    return x_bar, scale_bar, rate_bar


def momentum_value_and_grad(x0, x1, x2, x3):
    """`momentum` and its gradient."""
    clear_float_errors()
    out, saved = momentum_fwd(x0, x1, x2, x3)
    check_float_errors()
    return out, momentum_bwd(saved, 1.0)
