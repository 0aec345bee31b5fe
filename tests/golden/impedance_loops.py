"""Adjoint of `impedance` (impedance.py:6) with respect to frequency, resistance, inductance and capacity.

Written by srcad 0.1.0.  Do not edit: change `impedance` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent


def impedance_fwd(frequency, resistance, inductance, capacity):
    """`impedance`, also returning what `impedance_bwd` needs."""
    t = np.empty(frequency.shape[0])
    array = np.empty(frequency.shape[0])
    for i in independent(frequency.shape[0]):
        z_i = resistance + 1.0j * frequency[i] * inductance + 1.0 / (1.0j * frequency[i] * capacity)
        current_i = 1.0 / z_i
        t[i] = abs(current_i)
        array[i] = t[i] ** 2 * z_i.real
    return array, (frequency, resistance, inductance, capacity, t)


def impedance_bwd(saved, out_bar):
    """Pull `out_bar` back to frequency, resistance, inductance and capacity."""
    frequency, resistance, inductance, capacity, t = saved

    # 7: z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    total = np.complex128(0)
    total2 = np.complex128(0)
    total3 = np.complex128(0)
    frequency_bar = np.empty(frequency.shape[0])
    for i in independent(frequency.shape[0]):
        t2_i = 1.0j * frequency[i]
        t3_i = t2_i * capacity
        t4_i = 1.0 / t3_i
        z_i = resistance + t2_i * inductance + t4_i
        current_i = 1.0 / z_i
        current_bar_i = out_bar[i] * z_i.real * (2.0 * t[i]) * current_i.conjugate() / (t[i] + (t[i] == 0.0))
        q_i = current_bar_i / z_i
        z_bar_i = np.complex128(out_bar[i] * t[i] ** 2) + (-(q_i * current_i) if current_bar_i != 0.0 else np.complex128(0.0))
        q2_i = z_bar_i / t3_i
        t5_i = -(q2_i * t4_i) if z_bar_i != 0.0 else np.complex128(0.0)
        total += t5_i * t2_i
        total2 += z_bar_i
        total3 += z_bar_i * t2_i
        frequency_bar[i] = np.float64((t5_i * capacity * 1.0j).real) + np.float64((z_bar_i * inductance * 1.0j).real)

    # 7: z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    capacity_bar = np.float64(total.real)
    resistance_bar = np.float64(total2.real)
    inductance_bar = np.float64(total3.real)
    return frequency_bar, resistance_bar, inductance_bar, capacity_bar
