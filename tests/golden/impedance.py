"""Complex numbers inside: the power that a resonant circuit takes up."""

import numpy as np


def impedance(frequency, resistance, inductance, capacity):
    z = resistance + 1j * frequency * inductance + 1.0 / (1j * frequency * capacity)
    current = 1.0 / z
    return np.abs(current) ** 2 * np.real(z)


ARGS = (np.array([0.5, 1.2, 0.8]), 0.3, 1.1, 0.7)
