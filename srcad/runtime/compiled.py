"""Functions that loop-level modules call: Python's semantics where compiled arithmetic has others.

They run under plain Python too.  `Bail` hands the call to the array level, which does exactly what
Python does; the caller's arrays are unchanged at that point.
"""

from __future__ import annotations

import numpy as np

LARGEST = 1 << 62


class Bail(Exception):
    """Compiled code met something that only Python can do right."""


def clear_float_errors():
    """Forget the floating-point errors so far; under plain Python, NumPy sees to them itself."""


def check_float_errors():
    """Leave compiled code if NumPy would have warned; under plain Python, NumPy has done so."""


def pass_float_errors(ignored):
    """Forget the errors so far if nobody is to hear of them, else leave compiled code.

    Bits of `ignored`: 1 for divisions by zero, 2 for overflows, 4 for invalid operations.
    """


def independent(length):
    """A range whose trips may be taken in any order or at once: none touches what another writes.

    Sums by `plus` excepted.  Only loops that srcad writes for array expressions run over it.
    """
    return range(length)


def to_int(x):
    """`int(x)`, which raises for nan and infinity and is unbounded in Python."""
    if not abs(x) < 9.0e18:
        raise Bail
    return int(x)


def nonzero(x):
    """A divisor of Python numbers, which must not be zero."""
    if x == 0:
        raise Bail
    return x


def finite(x):
    """A result for which Python may have raised instead: `math.log(0)`, `1e200 ** 2`."""
    if not np.isfinite(x):
        raise Bail
    return x


def add_int(a, b):
    """`a + b` of Python ints, unbounded in Python."""
    if abs(a) > LARGEST or abs(b) > LARGEST:
        raise Bail
    return a + b


def subtract_int(a, b):
    """`a - b` of Python ints, unbounded in Python."""
    if abs(a) > LARGEST or abs(b) > LARGEST:
        raise Bail
    return a - b


def multiply_int(a, b):
    """`a * b` of Python ints, unbounded in Python."""
    if abs(float(a) * float(b)) > 4.0e18:
        raise Bail
    return a * b


def power_int(a, b):
    """`a ** b` of Python ints: a float for negative `b`, unbounded for large ones."""
    if b < 0 or (abs(a) > 1 and b * np.log2(float(abs(a))) > 61.0):
        raise Bail
    return a**b


def half_power(x, p):
    """`x ** p` for odd multiples of 1/2, by square roots: several times faster than `pow`."""
    root = np.sqrt(x)
    if p == 0.5:
        return root
    if p == 1.5:
        return x * root
    if p == 2.5:
        return x * x * root
    if p == -0.5:
        return 1.0 / root
    if p == -1.5:
        return 1.0 / (x * root)
    return 1.0 / (x * x * root)


def clipped(bound, length):
    """A slice bound as Python clips it."""
    if bound < 0:
        bound += length
    return min(max(bound, 0), length)


def clipped_back(bound, length):
    """A bound of a slice with a negative step as Python clips it."""
    if bound < 0:
        bound += length
    return min(max(bound, -1), length - 1)


def not_before(stop, start):
    """The end of a slice that may be empty."""
    return max(stop, start)


def from_start(index, length):
    """An index that may count from the end, as one from the start."""
    return index + length if index < 0 else index


def in_range(index, length):
    """An array of indices, none of them out of range."""
    for i in range(index.shape[0]):
        if not -length <= index[i] < length:
            raise Bail
    return index


def recurrence_of_numbers(b, x):
    """`recurrence` of arrays of one axis: `y[k] = b[k] + x[k] * y[k - 1]`."""
    result = b.copy()
    for k in range(1, result.shape[0]):
        result[k] += x[k] * result[k - 1]
    return result


def push_number(tape, count, value):
    """A tape with a number stored at `count`; it grows as needed."""
    if count == tape.shape[0]:
        grown = np.empty(max(16, 2 * count), tape.dtype)
        grown[:count] = tape
        tape = grown
    tape[count] = value
    return tape


def push_array(tape, count, value):
    """A tape with an array stored at `count`; all of them have one shape."""
    if count == 0:
        tape = np.empty((16, *value.shape), tape.dtype)
    elif tape.shape[1:] != value.shape:
        raise Bail
    if count == tape.shape[0]:
        grown = np.empty((2 * count, *value.shape), tape.dtype)
        grown[:count] = tape
        tape = grown
    tape[count] = value
    return tape


def doubled(rows):
    """An array with these rows and as many more, at least one, which are still to be written.

    >>> doubled(np.array([1.0, 2.0]))
    array([1., 2., 0., 0.])
    """
    count = rows.shape[0]
    longer = np.zeros((max(1, 2 * count), *rows.shape[1:]), rows.dtype)
    longer[:count] = rows
    return longer


HELPERS = (
    doubled,
    to_int,
    nonzero,
    finite,
    add_int,
    subtract_int,
    multiply_int,
    power_int,
    half_power,
    clipped,
    clipped_back,
    not_before,
    from_start,
    in_range,
    recurrence_of_numbers,
    push_number,
    push_array,
)
