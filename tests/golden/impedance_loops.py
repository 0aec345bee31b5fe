"""Adjoint of `impedance` (impedance.py:6) with respect to frequency, resistance, inductance and capacity.

Written by srcad 0.1.0.  Do not edit: change `impedance` and run it again.
"""

import numpy as np
from numba import objmode

from srcad.runtime.compiled import independent


def impedance_fwd(frequency, resistance, inductance, capacity):
    """`impedance`, also returning what `impedance_bwd` needs."""
    z = np.empty(frequency.shape[0], np.complex128)
    t = np.empty(frequency.shape[0])
    for i in independent(frequency.shape[0]):
        z[i] = resistance + 1.0j * frequency[i] * inductance + 1.0 / (1.0j * frequency[i] * capacity)
        current_i = 1.0 / z[i]
        t[i] = abs(current_i)
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(np.real(z), np.float64)
    array2 = made
    array = np.empty(t.shape[0])
    for i in independent(t.shape[0]):
        array[i] = t[i] ** 2 * array2[i]
    return array, (frequency, resistance, inductance, capacity, t)


def impedance_bwd(saved, out_bar):
    """Pull `out_bar` back to frequency, resistance, inductance and capacity."""
    frequency, resistance, inductance, capacity, t = saved

    # 7: z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    t2 = np.empty(frequency.shape[0], np.complex128)
    t3 = np.empty(frequency.shape[0], np.complex128)
    t4 = np.empty(frequency.shape[0], np.complex128)
    z = np.empty(frequency.shape[0], np.complex128)
    current = np.empty(frequency.shape[0], np.complex128)
    z_bar = np.empty(frequency.shape[0], np.complex128)
    for i in independent(frequency.shape[0]):
        t2[i] = 1.0j * frequency[i]
        t3[i] = t2[i] * capacity
        t4[i] = 1.0 / t3[i]
        z[i] = resistance + t2[i] * inductance + t4[i]
        current[i] = 1.0 / z[i]
        z_bar[i] = np.complex128(out_bar[i] * t[i] ** 2)

    # 9: return np.abs(current) ** 2 * np.real(z)
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(np.real(z), np.float64)
    array = made
    with objmode(made2="complex128[::1]"):
        made2 = np.ascontiguousarray(np.conjugate(current), np.complex128)
    array2 = made2
    total = np.complex128(0)
    total2 = np.complex128(0)
    total3 = np.complex128(0)
    frequency_bar = np.empty(out_bar.shape[0])
    for i in independent(out_bar.shape[0]):
        current_bar_i = out_bar[i] * array[i] * (2.0 * t[i]) * array2[i] / (t[i] + (t[i] == 0.0))
        q_i = current_bar_i / z[i]
        z_bar[i] += -(q_i * current[i]) if current_bar_i != 0.0 else np.complex128(0.0)
        q2_i = z_bar[i] / t3[i]
        t5_i = -(q2_i * t4[i]) if z_bar[i] != 0.0 else np.complex128(0.0)
        total += t5_i * t2[i]
        frequency_bar[i] = np.float64((t5_i * capacity * 1.0j).real)
        total2 += z_bar[i]
        total3 += z_bar[i] * t2[i]
        frequency_bar[i] += np.float64((z_bar[i] * inductance * 1.0j).real)

    # 7: z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    capacity_bar = np.float64(total.real)
    resistance_bar = np.float64(total2.real)
    inductance_bar = np.float64(total3.real)
    return frequency_bar, resistance_bar, inductance_bar, capacity_bar
