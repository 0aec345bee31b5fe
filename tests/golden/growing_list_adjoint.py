"""Adjoint of `growing_list` (growing_list.py:6) with respect to y and end.

Written by srcad 0.1.0.  Do not edit: change `growing_list` and run it again.
"""

import numpy as np

from srcad.runtime.arrays import doubled


def growing_list_fwd(y, count, end):
    """`growing_list`, also returning what `growing_list_bwd` needs."""
    squares = np.empty(y.shape[0])
    for v in range(y.shape[0]):
        v2 = y[v]
        squares[v] = v2 ** 2
    kept = np.empty(count)
    kept_count_tape = np.empty(count, np.int64)
    t_tape = np.empty(count, np.bool_)
    kept_count = 0
    for k in range(count):
        kept_count_tape[k] = kept_count
        t = squares[k] > 0.2
        t_tape[k] = t
        if t:
            kept[kept_count] = np.sin(squares[k])
            kept_count = kept_count + 1
    steps = np.empty(8)
    steps[0] = y[0]
    steps_count_tape = []
    t_tape2 = []
    steps_count = 1
    k = 0
    while steps[steps_count - 1] < end:
        steps_count_tape.append(steps_count)
        t = steps[steps_count - 1] * 1.5
        t2 = steps_count == steps.shape[0]
        t_tape2.append(t2)
        if t2:
            steps = doubled(steps)
        steps[steps_count] = t
        steps_count = steps_count + 1
        k += 1
    trips = k
    kept2 = kept[:kept_count]
    t = np.sum(kept2 ** 2)
    total = 0.0
    for item in range(steps_count):
        item = steps[item]
        total = total + item
    return t + total, (y, count, squares, kept_count, kept, steps_count, trips, steps.shape, steps_count_tape, t_tape2, kept_count_tape, t_tape)


def growing_list_bwd(saved, out_bar):
    """Pull `out_bar` back to y and end."""
    y, count, squares, kept_count, kept, steps_count, trips, steps_shape, steps_count_tape, t_tape, kept_count_tape, t_tape2 = saved

    # 7: squares = [v**2 for v in y]
    t = y.shape[0]

    # 15: return np.sum(np.array(kept) ** 2) + sum(steps)
    kept2 = kept[:kept_count]
    steps_bar = np.zeros(steps_shape)
    for item in range(steps_count - 1, -1, -1):
        steps_bar[item] += out_bar
    kept_bar = out_bar * (2.0 * kept2)
    kept_bar2 = np.zeros(kept.shape)
    kept_bar2[:kept_count] = kept_bar

    # 13: while steps[-1] < end:
    for k in range(trips - 1, -1, -1):
        steps_count = steps_count_tape[k]
        t2 = t_tape[k]

        # 14: steps.append(steps[-1] * 1.5)
        t3 = steps_count - 1
        t4 = steps_bar[steps_count]
        steps_bar[steps_count] = 0.0
        if t2:
            steps_bar = steps_bar[:steps_bar.shape[0] // 2]
        steps_bar[t3] += t4 * 1.5

    # 12: steps = [y[0]]
    y_bar = np.zeros(y.shape)
    y_bar[0] = steps_bar[0]

    # 9: for k in range(count):
    squares_bar = np.zeros(squares.shape)
    for k in range(count - 1, -1, -1):
        kept_count = kept_count_tape[k]

        # 10: if squares[k] > 0.2:
        if t_tape2[k]:
            # 11: kept.append(np.sin(squares[k]))
            t2 = squares[k]
            t3 = kept_bar2[kept_count]
            kept_bar2[kept_count] = 0.0
            squares_bar[k] += t3 * np.cos(t2)

    # 7: squares = [v**2 for v in y]
    for v in range(t - 1, -1, -1):
        v2 = y[v]
        t2 = squares_bar[v]
        squares_bar[v] = 0.0
        v_bar = t2 * (2.0 * v2)
        y_bar[v] += v_bar

    return y_bar, 0.0
