"""Adjoint of `single` (single.py:6) with respect to x and w.

Written by srcad 0.1.0.  Do not edit: change `single` and run it again.
"""

import numpy as np


def single_fwd(x, w, steps):
    """`single`, also returning what `single_bwd` needs."""
    x_tape = np.empty((steps,) + x.shape, np.float32)
    x_tape2 = np.empty((steps,) + x.shape, np.float32)
    x2 = x
    for k in range(steps):
        x_tape[k] = x2
        x2 = np.tanh(x2 * w + np.float32(0.5))
        x_tape2[k] = x2
    return np.mean(x2), (w, steps, x.shape, x_tape, x_tape2)


def single_bwd(saved, out_bar):
    """Pull `out_bar` back to x and w."""
    w, steps, x_shape, x_tape, x_tape2 = saved

    # 9: return x.mean()
    x_bar = np.broadcast_to(out_bar / x_shape[0], x_shape)

    # 7: for k in range(steps):
    w_bar = np.zeros(w.shape, np.float32)
    for k in range(steps - 1, -1, -1):
        x = x_tape2[k]

        # 8: x = np.tanh(x * w + np.float32(0.5))
        t = x_bar * (1.0 - x * x)
        x_bar = t * w
        w_bar += t * x_tape[k]

    return x_bar, w_bar
