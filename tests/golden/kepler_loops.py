"""Adjoint of `kepler` (kepler.py:6) with respect to mean and eccentricity.

Written by srcad 0.1.0.  Do not edit: change `kepler` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, nonzero, push_number


def kepler_fwd(mean, eccentricity):
    """`kepler`, also returning what `kepler_bwd` needs."""
    anomaly_tape = np.empty(0)
    anomaly_tape_count = 0
    t_tape = np.empty(0)
    t_tape_count = 0
    t_tape2 = np.empty(0)
    t_tape2_count = 0
    returned_tape = np.empty(0, np.bool_)
    returned_tape_count = 0
    anomaly = mean
    k = 0
    while True:
        anomaly_tape = push_number(anomaly_tape, anomaly_tape_count, anomaly)
        anomaly_tape_count += 1
        t = finite(math.sin(anomaly))
        t_tape = push_number(t_tape, t_tape_count, t)
        t_tape_count += 1
        error = anomaly - eccentricity * t - mean
        t = finite(math.cos(anomaly))
        t_tape2 = push_number(t_tape2, t_tape2_count, t)
        t_tape2_count += 1
        step = error / nonzero(1.0 - eccentricity * t)
        anomaly = anomaly - step
        returned = abs(step) < 1e-07
        returned_tape = push_number(returned_tape, returned_tape_count, returned)
        returned_tape_count += 1
        if returned:
            out = finite(math.cos(anomaly)) - eccentricity
        k += 1
        if returned:
            break
    trips = k
    return out, (mean, eccentricity, trips, anomaly_tape[:anomaly_tape_count], t_tape[:t_tape_count], t_tape2[:t_tape2_count], returned_tape[:returned_tape_count])


def kepler_bwd(saved, out_bar):
    """Pull `out_bar` back to mean and eccentricity."""
    mean, eccentricity, trips, anomaly_tape, t_tape, t_tape2, returned_tape = saved

    # 8: while True:
    anomaly_bar = 0.0
    eccentricity_bar = 0.0
    mean_bar = 0.0
    for k in range(trips - 1, -1, -1):
        anomaly = anomaly_tape[k]
        t = t_tape[k]
        t2 = t_tape2[k]
        returned = returned_tape[k]

        # 9: error = anomaly - eccentricity * math.sin(anomaly) - mean
        error = anomaly - eccentricity * t - mean

        # 10: step = error / (1.0 - eccentricity * math.cos(anomaly))
        t3 = 1.0 - eccentricity * t2
        step = error / t3

        # 11: anomaly -= step
        anomaly2 = anomaly - step

        # 12: if abs(step) < 1e-7:
        if returned:
            # 13: return math.cos(anomaly) - eccentricity
            eccentricity_bar = eccentricity_bar - out_bar
            anomaly_bar = anomaly_bar - out_bar * math.sin(anomaly2)
            out_bar = 0.0

        # 11: anomaly -= step
        step_bar = -anomaly_bar

        # 10: step = error / (1.0 - eccentricity * math.cos(anomaly))
        q = step_bar / t3
        t3 = q * step
        eccentricity_bar = eccentricity_bar + t3 * t2
        anomaly_bar = anomaly_bar - t3 * eccentricity * math.sin(anomaly)

        # 9: error = anomaly - eccentricity * math.sin(anomaly) - mean
        mean_bar = mean_bar - q
        anomaly_bar = anomaly_bar + q
        eccentricity_bar = eccentricity_bar - q * t
        anomaly_bar = anomaly_bar - q * eccentricity * math.cos(anomaly)

    # 8: while True:
    mean_bar = mean_bar + anomaly_bar
    return mean_bar, eccentricity_bar


def kepler_value_and_grad(x0, x1):
    """`kepler` and its gradient."""
    clear_float_errors()
    out, saved = kepler_fwd(x0, x1)
    check_float_errors()
    return out, kepler_bwd(saved, 1.0)
