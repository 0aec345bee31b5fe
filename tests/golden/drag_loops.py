"""Adjoint of `drag` (drag.py:6) with respect to velocity, width and limit.

Written by srcad 0.1.0.  Do not edit: change `drag` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import plus


def drag_fwd(velocity, width, limit):
    """`drag`, also returning what `drag_bwd` needs."""
    total = 0.0
    for i in range(velocity.shape[0]):
        total = plus(total, velocity[i] ** 2)
    speed = np.sqrt(total)
    turbulent = speed * width > limit
    if turbulent:
        excess = speed * width - limit
    else:
        excess = 0.0
    force = width * speed
    if turbulent:
        t = np.log1p(excess)
        force = force + t * speed ** 2
    else:
        t = 0.0
    array = np.empty(velocity.shape[0])
    for i in independent(velocity.shape[0]):
        array[i] = force * velocity[i]
    return array, (velocity, width, speed, turbulent, excess, force, t)


def drag_bwd(saved, out_bar):
    """Pull `out_bar` back to velocity, width and limit."""
    velocity, width, speed, turbulent, excess, force, t = saved

    # 14: return force * velocity
    total = 0.0
    velocity_bar = np.empty(out_bar.shape[0])
    for i in independent(out_bar.shape[0]):
        total = plus(total, out_bar[i] * velocity[i])
        velocity_bar[i] = out_bar[i] * force
    force_bar = total

    # 12: if turbulent:
    if turbulent:
        # 13: force = force + np.log1p(excess) * speed**2
        t2 = force_bar * speed ** 2
        speed_bar = force_bar * t * (2.0 * speed)
        excess_bar = t2 / (1.0 + excess) if t2 != 0.0 else 0.0
    else:
        speed_bar = 0.0
        excess_bar = 0.0

    # 11: force = width * speed
    width_bar = force_bar * speed
    speed_bar = speed_bar + force_bar * width

    # 9: if turbulent:
    if turbulent:
        # 10: excess = speed * width - limit
        speed_bar = speed_bar + excess_bar * width
        width_bar = width_bar + excess_bar * speed
        limit_bar = -excess_bar
    else:
        limit_bar = 0.0

    # 7: speed = np.sqrt(np.sum(velocity**2))
    for i in independent(velocity_bar.shape[0]):
        velocity_bar[i] += (0.5 * speed_bar / speed if speed_bar != 0.0 else 0.0) * (2.0 * velocity[i])
    return velocity_bar, width_bar, limit_bar
