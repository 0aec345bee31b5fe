"""Adjoint of `growing_list` (growing_list.py:6) with respect to y and end.

Written by srcad 0.1.0.  Do not edit: change `growing_list` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, clipped, doubled, independent, push_number
from srcad.runtime.vector_math import plus


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
            if not -kept.shape[0] <= kept_count < kept.shape[0]:
                raise Bail
            kept[kept_count] = np.sin(squares[k])
            kept_count = kept_count + 1
    steps = np.empty(8)
    steps[0] = y[0]
    steps_count_tape = np.empty(0, np.int64)
    steps_count_tape_count = 0
    t_tape2 = np.empty(0, np.bool_)
    t_tape2_count = 0
    steps_count = 1
    k = 0
    while True:
        if not -steps.shape[0] <= steps_count - 1 < steps.shape[0]:
            raise Bail
        if not steps[steps_count - 1] < end:
            break
        steps_count_tape = push_number(steps_count_tape, steps_count_tape_count, steps_count)
        steps_count_tape_count += 1
        t2 = steps[steps_count - 1] * 1.5
        t = steps_count == steps.shape[0]
        t_tape2 = push_number(t_tape2, t_tape2_count, t)
        t_tape2_count += 1
        if t:
            steps2 = doubled(steps)
            steps = steps2
        if not -steps.shape[0] <= steps_count < steps.shape[0]:
            raise Bail
        steps[steps_count] = t2
        steps_count = steps_count + 1
        k += 1
    trips = k
    total2 = 0.0
    for i in range(clipped(kept_count, kept.shape[0])):
        total2 = plus(total2, kept[i] ** 2)
    t2 = total2
    total = 0.0
    if steps_count > steps.shape[0]:
        raise Bail
    for item in range(steps_count):
        item2 = steps[item]
        total = total + item2
    return t2 + total, (y, count, squares, kept_count, kept, steps_count, trips, steps.shape, steps_count_tape[:steps_count_tape_count], t_tape2[:t_tape2_count], kept_count_tape, t_tape)


def growing_list_bwd(saved, out_bar):
    """Pull `out_bar` back to y and end."""
    y, count, squares, kept_count, kept, steps_count, trips, steps_shape, steps_count_tape, t_tape, kept_count_tape, t_tape2 = saved

    # 7: squares = [v**2 for v in y]
    t = y.shape[0]

    # 15: return np.sum(np.array(kept) ** 2) + sum(steps)
    steps_bar = np.zeros(steps_shape)
    for item in range(steps_count - 1, -1, -1):
        steps_bar[item] += out_bar
    kept_bar2 = np.zeros(kept.shape)
    for i in independent(clipped(kept_count, kept.shape[0])):
        kept_bar_i = out_bar * (2.0 * kept[i])
        kept_bar2[i] = kept_bar_i

    # 13: while steps[-1] < end:
    for k in range(trips - 1, -1, -1):
        steps_count = steps_count_tape[k]
        t2 = t_tape[k]

        # 14: steps.append(steps[-1] * 1.5)
        t3 = steps_count - 1
        t4 = steps_bar[steps_count]
        steps_bar[steps_count] = 0.0
        if t2:
            steps_bar2 = np.empty(clipped(steps_bar.shape[0] // 2, steps_bar.shape[0]))
            for i in range(clipped(steps_bar.shape[0] // 2, steps_bar.shape[0])):
                steps_bar2[i] = steps_bar[i]
            steps_bar = steps_bar2
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
            t4 = squares[k]
            t5 = kept_bar2[kept_count]
            kept_bar2[kept_count] = 0.0
            squares_bar[k] += t5 * np.cos(t4)

    # 7: squares = [v**2 for v in y]
    for v in range(t - 1, -1, -1):
        v2 = y[v]
        t4 = squares_bar[v]
        squares_bar[v] = 0.0
        v_bar = t4 * (2.0 * v2)
        y_bar[v] += v_bar
    return y_bar, 0.0


def growing_list_value_and_grad(x0, x1, x2):
    """`growing_list` and its gradient."""
    clear_float_errors()
    out, saved = growing_list_fwd(x0, x1, x2)
    check_float_errors()
    return out, growing_list_bwd(saved, 1.0)
