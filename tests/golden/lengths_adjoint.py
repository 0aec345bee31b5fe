"""Adjoint of `lengths` (lengths.py:6) with respect to x, y and z.

Written by srcad 0.1.0.  Do not edit: change `lengths` and run it again.
"""

import numpy as np


def lengths_fwd(x, y, z, steps):
    """`lengths`, also returning what `lengths_bwd` needs."""
    total_tape = np.empty(steps)
    v_tape = np.empty((steps, x.shape[0] + y.shape[0] + z.shape[0]))
    t_tape = np.empty((steps, x.shape[0] + y.shape[0] + z.shape[0]))
    total = 0.0
    for k in range(steps):
        total_tape[k] = total
        x2 = x * total
        v = np.concatenate((x2, y, z))
        v_tape[k] = v
        t = np.sin(v)
        t_tape[k] = t
        total = total + np.sum(t * v)
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
        v = v_tape[k]

        # 10: total = total + np.sum(np.sin(v) * v)
        v_bar = total_bar * t_tape[k]
        v_bar += total_bar * v * np.cos(v)

        # 9: v = np.concatenate([x * total, y, z])
        stop = x.shape[0]
        x_bar2 = v_bar[:stop]
        stop2 = stop + y_shape[0]
        y_bar += v_bar[stop:stop2]
        z_bar += v_bar[stop2:]
        x_bar += x_bar2 * total_tape[k]
        total_bar = total_bar + np.sum(x_bar2 * x)

    return x_bar, y_bar, z_bar
