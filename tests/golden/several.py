"""Several results, of which one carries no derivative; shapes are moved about."""

from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    position: np.ndarray
    velocity: np.ndarray


def several(state, dt):
    q, p = state
    p = p - dt * q.reshape(3, 2).T.ravel()
    q = np.concatenate([q[:3] + dt * p[:3], q[3:]])
    return State(q, p), np.stack([q, p]).swapaxes(0, 1), len(q)


ARGS = (State(np.linspace(0.1, 1.0, 6), np.linspace(-1.0, 0.5, 6)), 0.1)
