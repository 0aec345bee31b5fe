"""Adjoint of `dry_cells` (dry_cells.py:6) with respect to depth, flow and floor.

Written by srcad 0.1.0.  Do not edit: change `dry_cells` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, independent
from srcad.runtime.vector_math import plus


def dry_cells_fwd(depth, flow, floor):
    """`dry_cells`, also returning what `dry_cells_bwd` needs."""
    depth2 = np.empty(depth.shape[0])
    dry = np.empty(depth.shape[0], np.bool_)
    for i in independent(depth.shape[0]):
        depth2[i] = depth[i]
        dry[i] = depth2[i] < floor
    for i in range(dry.shape[0]):
        if dry[i]:
            depth2[i] = floor
    speed = np.empty(flow.shape[0])
    for i in independent(flow.shape[0]):
        speed[i] = flow[i] / depth2[i]
    for i in range(dry.shape[0]):
        if dry[i]:
            speed[i] = 0.0
    speed2 = speed.copy()
    fast = np.empty(speed.shape[0], np.bool_)
    for i in independent(speed.shape[0]):
        fast[i] = abs(speed[i]) > np.sqrt(depth2[i])
    if speed.shape[0] != fast.shape[0]:
        raise Bail
    array2 = speed[fast]
    if depth2.shape[0] != fast.shape[0]:
        raise Bail
    array3 = depth2[fast]
    if array3.shape[0] != array2.shape[0]:
        raise Bail
    array = np.empty(array2.shape[0])
    for i in independent(array2.shape[0]):
        array[i] = array2[i] / array3[i]
    if fast.shape[0] != speed2.shape[0] or np.sum(fast) != array.shape[0]:
        raise Bail
    place = 0
    for i in range(fast.shape[0]):
        if fast[i]:
            speed2[i] = array[place]
            place += 1
    array4 = np.empty(speed2.shape[0])
    for i in independent(speed2.shape[0]):
        array4[i] = speed2[i] ** 2 + depth2[i]
    return array4, (flow, dry, depth2, speed, fast, speed2)


def dry_cells_bwd(saved, out_bar):
    """Pull `out_bar` back to depth, flow and floor."""
    flow, dry, depth, speed, fast, speed2 = saved

    # 13: speed[fast] /= depth[fast]
    t = speed[fast]
    t2 = depth[fast]

    # 10: speed = flow / depth
    speed3 = np.empty(flow.shape[0])
    speed_bar = np.empty(flow.shape[0])
    for i in independent(flow.shape[0]):
        speed3[i] = flow[i] / depth[i]
        speed_bar[i] = out_bar[i] * (2.0 * speed2[i])

    # 13: speed[fast] /= depth[fast]
    array = speed_bar[fast]
    if t2.shape[0] != t.shape[0]:
        raise Bail
    t3 = np.empty(t.shape[0])
    t4 = np.empty(t.shape[0])
    for i in independent(t.shape[0]):
        t3[i] = t[i] / t2[i]
        t4[i] = array[i]
    for i in range(fast.shape[0]):
        if fast[i]:
            speed_bar[i] = 0.0
    out_bar = out_bar.copy()
    if t2.shape[0] != t4.shape[0]:
        raise Bail
    q = np.empty(t4.shape[0])
    for i in independent(t4.shape[0]):
        q[i] = t4[i] / t2[i]
    if q.shape[0] != t4.shape[0]:
        raise Bail
    t5 = np.empty(t4.shape[0])
    for i in independent(t4.shape[0]):
        t5[i] = q[i] if t4[i] != 0.0 else 0.0
    if q.shape[0] != t4.shape[0]:
        raise Bail
    if t3.shape[0] != q.shape[0]:
        raise Bail
    array2 = np.empty(t4.shape[0])
    for i in independent(t4.shape[0]):
        array2[i] = -(q[i] * t3[i]) if t4[i] != 0.0 else 0.0
    place = 0
    for i in range(fast.shape[0]):
        if fast[i]:
            out_bar[i] += array2[place]
            place += 1
    place2 = 0
    for i in range(fast.shape[0]):
        if fast[i]:
            speed_bar[i] += t5[place2]
            place2 += 1

    # 11: speed[dry] = 0.0
    for i in range(dry.shape[0]):
        if dry[i]:
            speed_bar[i] = 0.0

    # 10: speed = flow / depth
    flow_bar = np.empty(speed_bar.shape[0])
    for i in independent(speed_bar.shape[0]):
        q2_i = speed_bar[i] / depth[i]
        flow_bar[i] = q2_i if speed_bar[i] != 0.0 else 0.0
        out_bar[i] += -(q2_i * speed3[i]) if speed_bar[i] != 0.0 else 0.0

    # 9: depth[dry] = floor
    array3 = out_bar[dry]
    total = 0.0
    for i in range(array3.shape[0]):
        total = plus(total, array3[i])
    floor_bar = total
    for i in range(dry.shape[0]):
        if dry[i]:
            out_bar[i] = 0.0
    return out_bar, flow_bar, floor_bar
