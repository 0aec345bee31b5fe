"""Adjoint of `recurrence` (recurrence.py:6) with respect to x, a and b.

Written by srcad 0.1.0.  Do not edit: change `recurrence` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, independent, nonzero
from srcad.runtime.vector_math import cos


def recurrence_fwd(x, a, b, steps):
    """`recurrence`, also returning what `recurrence_bwd` needs."""
    x_tape = np.empty(steps)
    t_tape = np.empty(steps)
    total = 0.0
    for k in range(steps):
        x_tape[k] = x
        t = finite(math.sin(x))
        t_tape[k] = t
        x = a * t + b
        total = total + x * x
    return total / nonzero(steps), (a, b, steps, x_tape, t_tape)


def recurrence_bwd(saved, out_bar):
    """Pull `out_bar` back to x, a and b."""
    a, b, steps, x_tape, t_tape = saved

    # 11: return total / steps
    q = out_bar / steps

    # 9: x = a * math.sin(x) + b
    cos_ahead = np.empty(x_tape.shape[0])
    for i in independent(x_tape.shape[0]):
        cos_ahead[i] = cos(x_tape[i])

    # 8: for k in range(steps):
    x_bar = 0.0
    a_bar = 0.0
    b_bar = 0.0
    for k in range(steps - 1, -1, -1):
        t = t_tape[k]

        # 9: x = a * math.sin(x) + b
        x = a * t + b

        # 10: total += x * x
        x_bar = x_bar + q * (2.0 * x)

        # 9: x = a * math.sin(x) + b
        b_bar = b_bar + x_bar
        a_bar = a_bar + x_bar * t
        x_bar = x_bar * a * cos_ahead[k]
    return x_bar, a_bar, b_bar


def recurrence_value_and_grad(x0, x1, x2, x3):
    """`recurrence` and its gradient."""
    clear_float_errors()
    out, saved = recurrence_fwd(x0, x1, x2, x3)
    check_float_errors()
    return out, recurrence_bwd(saved, 1.0)
