"""Adjoint of `relax` (relax.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `relax` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus, tanh


def relax_fwd(u, f, h, sweeps):
    """`relax`, also returning what `relax_bwd` needs."""
    t_tape = np.empty(sweeps, np.bool_)
    r_tape = np.empty((sweeps, f.shape[0] - 2))
    u2 = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u2[i] = u[i]
    for k in range(sweeps):
        r = np.empty(f.shape[0] - 2)
        for i in independent(f.shape[0] - 2):
            r[i] = f[i + 1] - (u2[i + 2] - 2.0 * u2[i + 1] + u2[i]) / h ** 2
        if r.shape[0] == 0:
            raise Bail
        extreme = abs(r[0])
        for i in range(r.shape[0]):
            extreme_here = abs(r[i])
            if extreme_here > extreme or extreme_here != extreme_here:
                extreme = extreme_here
        t = extreme > 1.0
        t_tape[k] = t
        if t:
            r2 = np.empty(r.shape[0])
            for i in independent(r.shape[0]):
                r2[i] = tanh(r[i])
                r_tape[k, i] = r2[i]
            r = r2
        for i in independent(u2.shape[0] - 2):
            u2[i + 1] -= 0.4 * h ** 2 * r[i]
    total = 0.0
    for i in range(u2.shape[0]):
        total = plus(total, u2[i] ** 2)
    return total, (h, sweeps, u2, f.shape, t_tape, r_tape)


def relax_bwd(saved, out_bar):
    """Pull `out_bar` back to u and f."""
    h, sweeps, u, f_shape, t_tape, r_tape = saved

    # 8: for k in range(sweeps):
    f_bar = np.zeros(f_shape)

    # 13: return np.sum(u**2)
    u_bar = np.empty(u.shape[0])
    for i in independent(u.shape[0]):
        u_bar[i] = out_bar * (2.0 * u[i])
    for k in range(sweeps - 1, -1, -1):
        # 9: r = f[1:-1] - (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h**2
        t = h ** 2

        # 12: u[1:-1] -= 0.4 * h**2 * r
        r_bar = np.empty(u_bar.shape[0] - 2)
        for i in independent(u_bar.shape[0] - 2):
            r_bar[i] = -(u_bar[i + 1] * (0.4 * t))

        # 10: if np.max(np.abs(r)) > 1.0:
        if t_tape[k]:
            # 11: r = np.tanh(r)
            for i in independent(r_bar.shape[0]):
                r_bar[i] *= 1.0 - r_tape[k, i] * r_tape[k, i]

        # 9: r = f[1:-1] - (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h**2
        q = np.empty(r_bar.shape[0])
        for i in independent(r_bar.shape[0]):
            q[i] = -r_bar[i] / t
            u_bar[i] += q[i]
            f_bar[i + 1] += r_bar[i]
        for i in independent(r_bar.shape[0]):
            u_bar[i + 1] -= q[i] * 2.0
        for i in independent(r_bar.shape[0]):
            u_bar[i + 2] += q[i]
    return u_bar, f_bar


def relax_value_and_grad(x0, x1, x2, x3):
    """`relax` and its gradient."""
    clear_float_errors()
    out, saved = relax_fwd(x0, x1, x2, x3)
    check_float_errors()
    return out, relax_bwd(saved, 1.0)
