"""Adjoint of `gravity` (gravity.py:8) with respect to mass, position and softening.

Written by srcad 0.1.0.  Do not edit: change `gravity` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def gravity_fwd(mass, position, softening):
    """`gravity`, also returning what `gravity_bwd` needs."""
    force = np.zeros(position.shape)
    t = mass.shape[0]
    t2 = t * t
    t_tape = np.empty(t2)
    t_tape2 = np.empty(t2)
    for k in range(t2):
        j = k % t
        i = k // t
        if i != j:
            d = position[j] - position[i]
            t3 = d @ d
            t_tape[k] = t3
            t3 = (t3 + softening) ** 1.5
            t_tape2[k] = t3
            force[i] += mass[j] * d / t3
    return force, (mass, position, softening, t_tape, t_tape2)


def gravity_bwd(saved, out_bar):
    """Pull `out_bar` back to mass, position and softening."""
    mass, position, softening, t_tape, t_tape2 = saved

    # 10: for i, j in itertools.product(range(len(mass)), repeat=2):
    t = mass.shape[0]
    position_bar = np.zeros(position.shape)
    mass_bar = np.zeros(mass.shape)
    softening_bar = 0.0
    for k in range(t * t - 1, -1, -1):
        j = k % t
        i = k // t

        # 11: if i == j:
        if i != j:
            t2 = t_tape2[k]

            # 13: d = position[j] - position[i]
            d = position[j] - position[i]

            # 14: force[i] += mass[j] * d / (d @ d + softening) ** 1.5
            t3 = mass[j]
            t4 = out_bar[i]
            q = t4 / t2
            t5 = masked(t4, q)
            t2 = np.sum(masked(t4, -(q * (t3 * d / t2)))) * (1.5 * (t_tape[k] + softening) ** 0.5)
            softening_bar = softening_bar + t2
            d_bar = t2 * d
            d_bar = 2.0 * d_bar
            d_bar += t5 * t3
            mass_bar[j] += np.sum(t5 * d)

            # 13: d = position[j] - position[i]
            position_bar[i] -= d_bar
            position_bar[j] += d_bar

    return mass_bar, position_bar, softening_bar
