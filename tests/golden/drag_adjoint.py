"""Adjoint of `drag` (drag.py:6) with respect to velocity, width and limit.

Written by srcad 0.1.0.  Do not edit: change `drag` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked


def drag_fwd(velocity, width, limit):
    """`drag`, also returning what `drag_bwd` needs."""
    speed = np.sqrt(np.sum(velocity ** 2))
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
    return force * velocity, (velocity, width, speed, turbulent, excess, force, t)


def drag_bwd(saved, out_bar):
    """Pull `out_bar` back to velocity, width and limit."""
    velocity, width, speed, turbulent, excess, force, t = saved

    # 14: return force * velocity
    force_bar = np.sum(out_bar * velocity)
    velocity_bar = out_bar * force

    # 12: if turbulent:
    if turbulent:
        # 13: force = force + np.log1p(excess) * speed**2
        t2 = force_bar * speed ** 2
        speed_bar = force_bar * t * (2.0 * speed)
        excess_bar = masked(t2, t2 / (1.0 + excess))
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
    velocity_bar += masked(speed_bar, 0.5 * speed_bar / speed) * (2.0 * velocity)

    return velocity_bar, width_bar, limit_bar
