"""Adjoint of `gravity` (gravity.py:8) with respect to mass, position and softening.

Written by srcad 0.1.0.  Do not edit: change `gravity` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, half_power, independent, nonzero
from srcad.runtime.vector_math import plus


def gravity_fwd(mass, position, softening):
    """`gravity`, also returning what `gravity_bwd` needs."""
    force = np.zeros(position.shape)
    t = mass.shape[0]
    t2 = t * t
    t_tape = np.empty(t2)
    t_tape2 = np.empty(t2)
    for k in range(t2):
        j = k % nonzero(t)
        i = k // nonzero(t)
        if i != j:
            if not -position.shape[0] <= j < position.shape[0]:
                raise Bail
            if not -position.shape[0] <= i < position.shape[0]:
                raise Bail
            total = 0.0
            d = np.empty(position.shape[1])
            for l in independent(position.shape[1]):
                d[l] = position[j, l] - position[i, l]
                total = plus(total, d[l] * d[l])
            t3 = total
            t_tape[k] = t3
            t3 = half_power(t3 + softening, 1.5)
            t_tape2[k] = t3
            if not -mass.shape[0] <= j < mass.shape[0]:
                raise Bail
            for l in independent(force.shape[1]):
                force[i, l] += mass[j] * d[l] / t3
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

            # 14: force[i] += mass[j] * d / (d @ d + softening) ** 1.5
            t3 = mass[j]

            # 13: d = position[j] - position[i]
            total = 0.0
            total2 = 0.0
            d = np.empty(position.shape[1])
            t4 = np.empty(position.shape[1])
            for l in independent(position.shape[1]):
                d[l] = position[j, l] - position[i, l]
                q_l = out_bar[i, l] / t2
                t4[l] = q_l if out_bar[i, l] != 0.0 else 0.0
                total = plus(total, -(q_l * (t3 * d[l] / t2)) if out_bar[i, l] != 0.0 else 0.0)
                total2 = plus(total2, t4[l] * d[l])
            t2 = total * (1.5 * half_power(t_tape[k] + softening, 0.5))
            softening_bar = softening_bar + t2
            mass_bar[j] += total2
            d_bar2 = np.empty(d.shape[0])
            for l in independent(d.shape[0]):
                d_bar_l = t2 * d[l]
                d_bar2[l] = 2.0 * d_bar_l + t4[l] * t3
                position_bar[i, l] -= d_bar2[l]
            for l in independent(d.shape[0]):
                position_bar[j, l] += d_bar2[l]
    return mass_bar, position_bar, softening_bar
