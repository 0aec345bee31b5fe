"""Adjoint of `comprehension` (comprehension.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `comprehension` and run it again.
"""

import numpy as np


def comprehension_fwd(x, y):
    """`comprehension`, also returning what `comprehension_bwd` needs."""
    total = 0.0
    for k in range(x.shape[0]):
        a = x[k]
        b = y[k]
        total = total + a * b
    t = x.shape[0]
    v = x[0]
    candidate = v ** 2
    t_tape = np.empty(t, np.bool_)
    largest = candidate
    for v in range(1, t):
        v2 = x[v]
        candidate = v2 ** 2
        t2 = candidate > largest
        t_tape[v] = t2
        if t2:
            largest = candidate
    found = False
    for v in range(y.shape[0]):
        v = y[v]
        broke = v > 1.0
        if broke:
            found = True
        if broke:
            break
    if found:
        total2 = total * largest
    else:
        total2 = total
    values = np.empty(x.shape[0])
    for k in range(x.shape[0]):
        v = x[k]
        values[k] = np.sin(v) * k
    return total2 + np.sum(values), (x, y, total, largest, found, t_tape)


def comprehension_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, total, largest, found, t_tape = saved

    # 8: largest = max(v**2 for v in x)
    v = x[0]

    # 11: return total + np.sum(np.array([np.sin(v) * k for k, v in enumerate(x)]))
    values_bar = np.broadcast_to(out_bar, x.shape)
    x_bar = np.zeros(x.shape)
    t = x.shape[0] - 1
    values_bar = values_bar.copy()
    for k in range(t, -1, -1):
        v2 = x[k]
        t2 = values_bar[k]
        values_bar[k] = 0.0
        v_bar = t2 * k * np.cos(v2)
        x_bar[k] += v_bar

    # 9: if any(v > 1.0 for v in y):
    if found:
        # 10: total = total * largest
        total_bar = out_bar * largest
        largest_bar = out_bar * total
    else:
        largest_bar = 0.0
        total_bar = out_bar

    # 8: largest = max(v**2 for v in x)
    for v2 in range(t, 0, -1):
        v3 = x[v2]
        if t_tape[v2]:
            candidate_bar = largest_bar
            largest_bar = 0.0
        else:
            candidate_bar = 0.0
        v_bar = candidate_bar * (2.0 * v3)
        x_bar[v2] += v_bar
    v_bar = largest_bar * (2.0 * v)
    x_bar[0] += v_bar

    # 7: total = sum(a * b for a, b in zip(x, y))
    y_bar = np.zeros(y.shape)
    for k in range(t, -1, -1):
        a = x[k]
        b = y[k]
        a_bar = total_bar * b
        b_bar = total_bar * a
        y_bar[k] += b_bar
        x_bar[k] += a_bar

    return x_bar, y_bar
