"""Dicts that make what they do not have."""

from collections import defaultdict

import numpy as np


def tracks(x, y):
    track = defaultdict(list)
    for value in x:
        track["low"].append(value * y)
        track["high"].append(value + y)
    return {key: np.array(found) for key, found in track.items()}


def totals(x, y):
    total = defaultdict(float)
    for name, value in zip(("a", "b", "a"), (x[0], x[1] * y, x[2] ** 2)):
        total[name] += value
    return total["a"] * total["b"] + total["c"]


def of_a_function(x, y):
    room = defaultdict(lambda: x * y)
    room["first"][0] = 2.0 * y
    if y > 0.0:
        room["first"] = room["first"] ** 2
    return np.sum(room["first"] * room["second"]) + len(room)


def without_a_factory(x, y):
    held = defaultdict(None, a=y)
    try:
        return held["b"] * y
    except KeyError:
        return held.get("b", 2.0) * held["a"] * x


X = np.array([0.7, 1.3, -0.4])

PROGRAMS = [
    (tracks, (X, 0.6)),
    (totals, (X, 0.6)),
    (of_a_function, (X, 0.6)),
    (without_a_factory, (X, 0.6)),
]
