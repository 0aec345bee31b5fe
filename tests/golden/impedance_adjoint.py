"""Adjoint of `impedance` (impedance.py:6) with respect to frequency, resistance, inductance and capacity.

Written by srcad 0.1.0.  Do not edit: change `impedance` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def impedance_fwd(frequency, resistance, inductance, capacity):
    """`impedance`, also returning what `impedance_bwd` needs."""
    z = resistance + 1.0j * frequency * inductance + 1.0 / (1.0j * frequency * capacity)
    current = 1.0 / z
    t = np.abs(current)
    return t ** 2 * np.real(z), (frequency, resistance, inductance, capacity, t)


def impedance_bwd(saved, out_bar):
    """Pull `out_bar` back to frequency, resistance, inductance and capacity."""
    frequency, resistance, inductance, capacity, t = saved

    # 7: z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    t2 = 1.0j * frequency
    t3 = t2 * capacity
    t4 = 1.0 / t3
    z = resistance + t2 * inductance + t4

    # 8: current = 1.0 / z
    current = 1.0 / z

    # 9: return np.abs(current) ** 2 * np.real(z)
    z_bar = (out_bar * t ** 2).astype(np.complex128)
    current_bar = out_bar * np.real(z) * (2.0 * t) * np.conjugate(current) / (t + (t == 0.0))

    # 8: current = 1.0 / z
    q = current_bar / z
    z_bar += masked(current_bar, -(q * current))

    # 7: z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    q = z_bar / t3
    t = masked(z_bar, -(q * t4))
    capacity_bar = np.float64(np.sum(t * t2).real)
    frequency_bar = (t * capacity * 1.0j).real.astype(np.float64)
    resistance_bar = np.float64(np.sum(z_bar).real)
    inductance_bar = np.float64(np.sum(z_bar * t2).real)
    frequency_bar += (z_bar * inductance * 1.0j).real.astype(np.float64)

    return frequency_bar, resistance_bar, inductance_bar, capacity_bar
