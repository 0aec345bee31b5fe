"""Adjoint of `arrays` (arrays.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `arrays` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import arctan2, cos, log1p, sin, where


def arrays_fwd(x, y):
    """`arrays`, also returning what `arrays_bwd` needs."""
    r = np.empty(x.shape[0])
    phase = np.empty(x.shape[0])
    t = np.empty(x.shape[0])
    t2 = np.empty(x.shape[0])
    array = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        r[i] = np.sqrt(x[i] * x[i] + y[i] * y[i])
        phase[i] = arctan2(y[i], x[i])
        t[i] = log1p(r[i])
        t2[i] = cos(phase[i])
        r2_i = t[i] * t2[i]
        array[i] = r2_i / (1.0 + r2_i ** 2)
    return array, (x, y, r, phase, t, t2)


def arrays_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, r, phase, t, t2 = saved

    # 9: r = np.log1p(r) * np.cos(phase)
    y_bar = np.empty(t.shape[0])
    x_bar = np.empty(t.shape[0])
    for i in independent(t.shape[0]):
        r2_i = t[i] * t2[i]
        t3_i = 1.0 + r2_i ** 2
        q_i = out_bar[i] / t3_i
        r_bar_i = (q_i if out_bar[i] != 0.0 else 0.0) + (-(q_i * (r2_i / t3_i)) if out_bar[i] != 0.0 else 0.0) * (2.0 * r2_i)
        t4_i = r_bar_i * t2[i]
        phase_bar_i = -(r_bar_i * t[i] * sin(phase[i]))
        r_bar2_i = t4_i / where(t4_i != 0.0, 1.0 + r[i], 1.0)
        q2_i = phase_bar_i / (y[i] * y[i] + x[i] * x[i])
        t5_i = 0.5 * r_bar2_i / where(r_bar2_i != 0.0, r[i], 1.0)
        y_bar[i] = (q2_i * x[i] if phase_bar_i != 0.0 else 0.0) + t5_i * (2.0 * y[i])
        x_bar[i] = (-(q2_i * y[i]) if phase_bar_i != 0.0 else 0.0) + t5_i * (2.0 * x[i])

    # 7: r = np.sqrt(x * x + y * y)
    return x_bar, y_bar
