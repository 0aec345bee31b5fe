"""Tangent of `kepler` (kepler.py:6) with respect to mean and eccentricity.

Written by srcad 0.1.0.  Do not edit: change `kepler` and run it again.
"""

import math


def kepler_jvp(mean, eccentricity, mean_dot, eccentricity_dot):
    """`kepler` and its tangent, along mean_dot and eccentricity_dot."""

    # 8: while True:
    anomaly = mean
    anomaly_dot = mean_dot
    while True:
        # 9: error = anomaly - eccentricity * math.sin(anomaly) - mean
        t = math.cos(anomaly)
        t2 = math.sin(anomaly)
        error_dot = anomaly_dot - (eccentricity_dot * t2 + anomaly_dot * t * eccentricity) - mean_dot
        error = anomaly - eccentricity * t2 - mean

        # 10: step = error / (1.0 - eccentricity * math.cos(anomaly))
        t3 = 1.0 - eccentricity * t
        step = error / t3
        step_dot = (error_dot + step * (eccentricity_dot * t - anomaly_dot * t2 * eccentricity)) / t3

        # 11: anomaly -= step
        anomaly_dot = anomaly_dot - step_dot
        anomaly = anomaly - step

        # 12: if abs(step) < 1e-7:
        returned = abs(step) < 1e-07
        if returned:
            out = math.cos(anomaly) - eccentricity
            out_dot = -(anomaly_dot * math.sin(anomaly)) - eccentricity_dot
        if returned:
            break
    return out, out_dot
