"""`nonlocal`: a function in a function kicks and counts the work that was done."""

import numpy as np


def leapfrog(q, p, dt, steps):
    work = 0.0

    def kick(share):
        nonlocal p, work
        force = -np.sin(q)
        work = work + np.sum(force * p)
        p = p + share * dt * force

    for k in range(steps):
        kick(0.5)
        q = q + dt * p
        kick(0.5)
    return q, work


ARGS = (np.array([0.9, -0.2]), np.array([0.3, 0.6]), 0.1, 4)
