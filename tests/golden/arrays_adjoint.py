"""Adjoint of `arrays` (arrays.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `arrays` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def arrays_fwd(x, y):
    """`arrays`, also returning what `arrays_bwd` needs."""
    r = np.sqrt(x * x + y * y)
    phase = np.arctan2(y, x)
    t = np.log1p(r)
    t2 = np.cos(phase)
    r2 = t * t2
    return r2 / (1.0 + r2 ** 2), (x, y, r, phase, t, t2)


def arrays_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, r, phase, t, t2 = saved

    # 9: r = np.log1p(r) * np.cos(phase)
    r2 = t * t2

    # 10: return r / (1.0 + r**2)
    t3 = 1.0 + r2 ** 2
    q = out_bar / t3
    r_bar = masked(out_bar, q)
    r_bar += masked(out_bar, -(q * (r2 / t3))) * (2.0 * r2)

    # 9: r = np.log1p(r) * np.cos(phase)
    t2 = r_bar * t2
    phase_bar = -(r_bar * t * np.sin(phase))
    r_bar = masked(t2, t2 / (1.0 + r))

    # 8: phase = np.arctan2(y, x)
    q = phase_bar / (y * y + x * x)
    y_bar = masked(phase_bar, q * x)
    x_bar = masked(phase_bar, -(q * y))

    # 7: r = np.sqrt(x * x + y * y)
    t = masked(r_bar, 0.5 * r_bar / r)
    y_bar += t * (2.0 * y)
    x_bar += t * (2.0 * x)

    return x_bar, y_bar
