"""Adjoint of `single` (single.py:6) with respect to x and w.

Written by srcad 0.1.0.  Do not edit: change `single` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus, tanh


def single_fwd(x, w, steps):
    """`single`, also returning what `single_bwd` needs."""
    x_tape = np.empty((steps,) + x.shape, np.float32)
    x_tape2 = np.empty((steps,) + x.shape, np.float32)
    x2 = x
    for k in range(steps):
        x3 = np.empty(x2.shape[0], np.float32)
        for i in independent(x2.shape[0]):
            x_tape[k, i] = x2[i]
            x3[i] = np.float32(tanh(np.float32(np.float32(x2[i] * w[i]) + np.float32(0.5))))
            x_tape2[k, i] = x3[i]
        x2 = x3
    total = np.float32(0)
    for i in range(x2.shape[0]):
        total = plus(total, x2[i])
    return np.float32(total / x2.shape[0]), (w, steps, x.shape, x_tape, x_tape2)


def single_bwd(saved, out_bar):
    """Pull `out_bar` back to x and w."""
    w, steps, x_shape, x_tape, x_tape2 = saved

    # 7: for k in range(steps):
    w_bar = np.zeros(w.shape, np.float32)

    # 9: return x.mean()
    x_bar = np.empty(x_shape[0], np.float32)
    for i in independent(x_shape[0]):
        x_bar[i] = np.float32(out_bar / np.float32(x_shape[0]))
    for k in range(steps - 1, -1, -1):
        # 8: x = np.tanh(x * w + np.float32(0.5))
        x_bar2 = np.empty(x_bar.shape[0], np.float32)
        for i in independent(x_bar.shape[0]):
            t_i = np.float32(x_bar[i] * np.float32(np.float32(1.0) - np.float32(x_tape2[k, i] * x_tape2[k, i])))
            x_bar2[i] = np.float32(t_i * w[i])
            w_bar[i] += np.float32(t_i * x_tape[k, i])
        x_bar = x_bar2
    return x_bar, w_bar


def single_value_and_grad(x0, x1, x2):
    """`single` and its gradient."""
    clear_float_errors()
    out, saved = single_fwd(x0, x1, x2)
    check_float_errors()
    return out, single_bwd(saved, np.float32(1.0))
