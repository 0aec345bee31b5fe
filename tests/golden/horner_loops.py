"""Adjoint of `horner` (horner.py:6) with respect to rows and x.

Written by srcad 0.1.0.  Do not edit: change `horner` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent


def horner_fwd(rows, x):
    """`horner`, also returning what `horner_bwd` needs."""
    t = rows.shape[0]
    value_tape = np.empty(t)
    value_tape2 = np.empty((t, rows.shape[1]))
    total = 0.0
    for row in range(t):
        value = 0.0
        for coefficient in range(rows.shape[1] - 1, -1, -1):
            value_tape2[row, coefficient] = value
            coefficient2 = rows[row, coefficient]
            value = value * x + coefficient2
        value_tape[row] = value
        total = total + value ** 2
    return total, (x, rows.shape, rows.shape[1], value_tape, value_tape2)


def horner_bwd(saved, out_bar):
    """Pull `out_bar` back to rows and x."""
    x, rows_shape, row_length, value_tape, value_tape2 = saved

    # 8: for row in rows:
    rows_bar = np.zeros(rows_shape)
    x_bar = 0.0
    for row in range(rows_shape[0] - 1, -1, -1):
        # 12: total += value**2
        value_bar = out_bar * (2.0 * value_tape[row])

        # 10: for coefficient in reversed(row):
        row_bar = np.zeros(row_length)
        for coefficient in range(row_length):
            # 11: value = value * x + coefficient
            value_bar2 = value_bar * x
            x_bar = x_bar + value_bar * value_tape2[row, coefficient]

            # 10: for coefficient in reversed(row):
            row_bar[coefficient] += value_bar
            value_bar = value_bar2

        # 8: for row in rows:
        for i in independent(rows_bar.shape[1]):
            rows_bar[row, i] += row_bar[i]
    return rows_bar, x_bar


def horner_value_and_grad(x0, x1):
    """`horner` and its gradient."""
    clear_float_errors()
    out, saved = horner_fwd(x0, x1)
    check_float_errors()
    return out, horner_bwd(saved, 1.0)
