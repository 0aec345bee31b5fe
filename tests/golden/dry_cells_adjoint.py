"""Adjoint of `dry_cells` (dry_cells.py:6) with respect to depth, flow and floor.

Written by srcad 0.1.0.  Do not edit: change `dry_cells` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import masked, unbroadcast


def dry_cells_fwd(depth, flow, floor):
    """`dry_cells`, also returning what `dry_cells_bwd` needs."""
    depth = np.copy(depth)
    dry = depth < floor
    depth[dry] = floor
    speed = flow / depth
    speed[dry] = 0.0
    fast = np.abs(speed) > np.sqrt(depth)
    speed2 = speed.copy()
    speed2[fast] /= depth[fast]
    return speed2 ** 2 + depth, (flow, dry, depth, speed, fast, speed2)


def dry_cells_bwd(saved, out_bar):
    """Pull `out_bar` back to depth, flow and floor."""
    flow, dry, depth, speed, fast, speed2 = saved

    # 10: speed = flow / depth
    speed3 = flow / depth

    # 13: speed[fast] /= depth[fast]
    t = speed[fast]
    t2 = depth[fast]
    t3 = t / t2

    # 14: return speed**2 + depth
    speed_bar = out_bar * (2.0 * speed2)

    # 13: speed[fast] /= depth[fast]
    t4 = unbroadcast(speed_bar[fast], t3.shape)
    speed_bar[fast] = 0.0
    q = t4 / t2
    t = unbroadcast(masked(t4, q), t.shape)
    out_bar = out_bar.copy()
    out_bar[fast] += unbroadcast(masked(t4, -(q * t3)), t2.shape)
    speed_bar[fast] += t

    # 11: speed[dry] = 0.0
    speed_bar[dry] = 0.0

    # 10: speed = flow / depth
    q = speed_bar / depth
    flow_bar = masked(speed_bar, q)
    out_bar += masked(speed_bar, -(q * speed3))

    # 9: depth[dry] = floor
    floor_bar = np.sum(out_bar[dry])
    out_bar[dry] = 0.0

    return out_bar, flow_bar, floor_bar
