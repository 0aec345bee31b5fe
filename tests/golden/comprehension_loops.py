"""Adjoint of `comprehension` (comprehension.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `comprehension` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus


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
    for v2 in range(1, t):
        v = x[v2]
        candidate = v ** 2
        t2 = candidate > largest
        t_tape[v2] = t2
        if t2:
            largest = candidate
    found = False
    for v2 in range(y.shape[0]):
        v = y[v2]
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
    total3 = 0.0
    for i in range(values.shape[0]):
        total3 = plus(total3, values[i])
    return total2 + total3, (x, y, total, largest, found, t_tape)


def comprehension_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, total, largest, found, t_tape = saved

    # 8: largest = max(v**2 for v in x)
    v = x[0]
    x_bar = np.zeros(x.shape)
    t = x.shape[0] - 1

    # 11: return total + np.sum(np.array([np.sin(v) * k for k, v in enumerate(x)]))
    values_bar = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        values_bar[i] = out_bar
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
    for v3 in range(t, 0, -1):
        v2 = x[v3]
        if t_tape[v3]:
            candidate_bar = largest_bar
            largest_bar = 0.0
        else:
            candidate_bar = 0.0
        v_bar = candidate_bar * (2.0 * v2)
        x_bar[v3] += v_bar

    # 8: largest = max(v**2 for v in x)
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


def comprehension_value_and_grad(x0, x1):
    """`comprehension` and its gradient."""
    clear_float_errors()
    out, saved = comprehension_fwd(x0, x1)
    check_float_errors()
    return out, comprehension_bwd(saved, 1.0)
