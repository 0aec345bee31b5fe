"""`while True` with a `return` inside: Kepler's equation by Newton's method."""

import math


def kepler(mean, eccentricity):
    anomaly = mean
    while True:
        error = anomaly - eccentricity * math.sin(anomaly) - mean
        step = error / (1.0 - eccentricity * math.cos(anomaly))
        anomaly -= step
        if abs(step) < 1e-7:
            return math.cos(anomaly) - eccentricity


ARGS = (0.7, 0.35)
