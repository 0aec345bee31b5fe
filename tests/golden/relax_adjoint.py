"""Adjoint of `relax` (relax.py:6) with respect to u and f.

Written by srcad 0.1.0.  Do not edit: change `relax` and run it again.
"""

import numpy as np


def relax_fwd(u, f, h, sweeps):
    """`relax`, also returning what `relax_bwd` needs."""
    u = np.copy(u)
    t_tape = np.empty(sweeps, np.bool_)
    r_tape = np.empty((sweeps, f.shape[0] - 2))
    for k in range(sweeps):
        r = f[1:-1] - (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h ** 2
        t = np.max(np.abs(r)) > 1.0
        t_tape[k] = t
        if t:
            r = np.tanh(r)
            r_tape[k] = r
        u[1:-1] -= 0.4 * h ** 2 * r
    return np.sum(u ** 2), (h, sweeps, u, f.shape, t_tape, r_tape)


def relax_bwd(saved, out_bar):
    """Pull `out_bar` back to u and f."""
    h, sweeps, u, f_shape, t_tape, r_tape = saved

    # 13: return np.sum(u**2)
    u_bar = out_bar * (2.0 * u)

    # 8: for k in range(sweeps):
    f_bar = np.zeros(f_shape)
    for k in range(sweeps - 1, -1, -1):
        # 9: r = f[1:-1] - (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h**2
        t = h ** 2

        # 12: u[1:-1] -= 0.4 * h**2 * r
        r_bar = -(u_bar[1:-1] * (0.4 * t))

        # 10: if np.max(np.abs(r)) > 1.0:
        if t_tape[k]:
            r = r_tape[k]

            # 11: r = np.tanh(r)
            r_bar *= 1.0 - r * r

        # 9: r = f[1:-1] - (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h**2
        q = -r_bar / t
        u_bar[:-2] += q
        u_bar[1:-1] -= q * 2.0
        u_bar[2:] += q
        f_bar[1:-1] += r_bar

    return u_bar, f_bar
