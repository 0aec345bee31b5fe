"""Adjoint of `line_search` (line_search.py:6) with respect to x, stiffness and step.

Written by srcad 0.1.0.  Do not edit: change `line_search` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, push_number


def line_search_fwd(x, stiffness, step):
    """`line_search`, also returning what `line_search_bwd` needs."""
    t = finite(math.cosh(x))
    before = stiffness * t
    t2 = finite(math.sinh(x))
    slope = stiffness * t2
    step_tape = np.empty(0)
    step_tape_count = 0
    broke_tape = np.empty(0, np.bool_)
    broke_tape_count = 0
    trial = 0.0
    broke = False
    k = 0
    while step > 0.01:
        step_tape = push_number(step_tape, step_tape_count, step)
        step_tape_count += 1
        trial = x - step * slope
        broke = stiffness * finite(math.cosh(trial)) < before
        broke_tape = push_number(broke_tape, broke_tape_count, broke)
        broke_tape_count += 1
        if not broke:
            step = 0.5 * step
        k += 1
        if broke:
            break
    trips = k
    if not broke:
        trial = x
    return trial * before, (x, stiffness, t, t2, broke, trips, trial, step_tape[:step_tape_count], broke_tape[:broke_tape_count])


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


def line_search_value_and_grad(x0, x1, x2):
    """`line_search` and its gradient."""
    clear_float_errors()
    out, saved = line_search_fwd(x0, x1, x2)
    check_float_errors()
    return out, line_search_bwd(saved, 1.0)
