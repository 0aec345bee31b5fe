"""Adjoint of `line_search` (line_search.py:6) with respect to x, stiffness and step.

Written by srcad 0.1.0.  Do not edit: change `line_search` and run it again.
"""

import math


def line_search_fwd(x, stiffness, step):
    """`line_search`, also returning what `line_search_bwd` needs."""
    t = math.cosh(x)
    before = stiffness * t
    t2 = math.sinh(x)
    slope = stiffness * t2
    step_tape = []
    broke_tape = []
    trial = 0.0
    broke = False
    k = 0
    while step > 0.01:
        step_tape.append(step)
        trial = x - step * slope
        broke = stiffness * math.cosh(trial) < before
        broke_tape.append(broke)
        if not broke:
            step = 0.5 * step
        k += 1
        if broke:
            break
    trips = k
    if not broke:
        trial = x
    return trial * before, (x, stiffness, t, t2, broke, trips, trial, step_tape, broke_tape)


def line_search_bwd(saved, out_bar):
    """Pull `out_bar` back to x, stiffness and step."""
    x, stiffness, t, t2, broke, trips, trial, step_tape, broke_tape = saved

    # 7: before = stiffness * math.cosh(x)
    before = stiffness * t

    # 8: slope = stiffness * math.sinh(x)
    slope = stiffness * t2

    # 16: return trial * before
    trial_bar = out_bar * before
    before_bar = out_bar * trial

    # 9: while step > 1e-2:
    if broke:
        x_bar = 0.0
    else:
        x_bar = trial_bar
        trial_bar = 0.0
    step_bar = 0.0
    slope_bar = 0.0
    for k in range(trips - 1, -1, -1):
        step = step_tape[k]
        broke = broke_tape[k]

        # 11: if stiffness * math.cosh(trial) < before:
        if not broke:
            # 13: step = 0.5 * step
            step_bar = step_bar * 0.5

        # 10: trial = x - step * slope
        t3 = -trial_bar
        x_bar = x_bar + trial_bar
        step_bar = step_bar + t3 * slope
        slope_bar = slope_bar + t3 * step
        trial_bar = 0.0

    # 8: slope = stiffness * math.sinh(x)
    stiffness_bar = slope_bar * t2
    x_bar = x_bar + slope_bar * stiffness * math.cosh(x)

    # 7: before = stiffness * math.cosh(x)
    stiffness_bar = stiffness_bar + before_bar * t
    x_bar = x_bar + before_bar * stiffness * math.sinh(x)

    return x_bar, stiffness_bar, step_bar
