"""Adjoint of `lengths` (lengths.py:6) with respect to x, y and z.

Written by srcad 0.1.0.  Do not edit: change `lengths` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import cos, plus, sin


def lengths_fwd(x, y, z, steps):
    """`lengths`, also returning what `lengths_bwd` needs."""
    total_tape = np.empty(steps)
    v_tape = np.empty((steps, x.shape[0] + y.shape[0] + z.shape[0]))
    t_tape = np.empty((steps, x.shape[0] + y.shape[0] + z.shape[0]))
    total = 0.0
    for k in range(steps):
        total_tape[k] = total
        x2 = np.empty(x.shape[0])
        for i in independent(x.shape[0]):
            x2[i] = x[i] * total
        v = np.concatenate((x2, y, z))
        total2 = 0.0
        for i in independent(v.shape[0]):
            v_tape[k, i] = v[i]
            t_i = sin(v[i])
            t_tape[k, i] = t_i
            total2 = plus(total2, t_i * v[i])
        total = total + total2
    return total, (x, steps, y.shape, z.shape, total_tape, v_tape, t_tape)


def lengths_bwd(saved, out_bar):
    """Pull `out_bar` back to x, y and z."""
    x, steps, y_shape, z_shape, total_tape, v_tape, t_tape = saved

    # 8: for k in range(steps):
    x_bar = np.zeros(x.shape)
    y_bar = np.zeros(y_shape)
    z_bar = np.zeros(z_shape)
    total_bar = out_bar
    for k in range(steps - 1, -1, -1):
        # 9: v = np.concatenate([x * total, y, z])
        stop = x.shape[0]
        stop2 = stop + y_shape[0]

        # 10: total = total + np.sum(np.sin(v) * v)
        v_bar = np.empty(t_tape.shape[1])
        for i in independent(t_tape.shape[1]):
            v_bar[i] = total_bar * t_tape[k, i]
            v_bar[i] += total_bar * v_tape[k, i] * cos(v_tape[k, i])
        for i in independent(y_bar.shape[0]):
            y_bar[i] += v_bar[i + stop]
        for i in independent(z_bar.shape[0]):
            z_bar[i] += v_bar[i + stop2]
        total = 0.0
        for i in independent(x_bar.shape[0]):
            x_bar[i] += v_bar[i] * total_tape[k]
            total = plus(total, v_bar[i] * x[i])
        total_bar = total_bar + total
    return x_bar, y_bar, z_bar


def lengths_value_and_grad(x0, x1, x2, x3):
    """`lengths` and its gradient."""
    clear_float_errors()
    out, saved = lengths_fwd(x0, x1, x2, x3)
    check_float_errors()
    return out, lengths_bwd(saved, 1.0)
