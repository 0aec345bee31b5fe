"""Indices: those that surely count from the start are not looked at again, all others wrap."""

import numba
import numpy as np
import pytest

from srcad.engines.numba_engine import FLAGS
from srcad.engines.pipeline import Compiler


def down(x, n):
    total = 0.0
    for i in range(n - 1, -1, -1):
        for k in range(n - i):
            total = 2.0 * total + x[k + i]
    return total


def below_zero(x, n):
    total = 0.0
    for i in range(n - 1, -3, -1):
        total = 2.0 * total + x[i]
    return total


def one_less(x, n):
    total = 0.0
    for i in range(n):
        total = 2.0 * total + x[i - 1]
    return total


def one_less_from_one(x, n):
    total = 0.0
    for i in range(1, n):
        for k in range(n - i):
            total = 2.0 * total + x[k + i - 1]
    return total


def stop_that_moves(x, n):
    total = 0.0
    for i in range(n - 1, -1, -1):
        last = i - 2
        for k in range(n - 1, last, -1):
            total = 2.0 * total + x[k]
    return total


def in_twos(x, n):
    total = 0.0
    for i in range(n - 1, -2, -2):
        total = 2.0 * total + x[i]
    return total


def two_ways(x, n):
    total = 0.0
    for i in range(n):
        place = i
        if i % 3 == 1:
            place = -i
        total = 2.0 * total + x[place]
    return total


def carried(x, n):
    total, place = 0.0, 1
    for _ in range(n):
        total = 2.0 * total + x[place]
        place = place - 1
    return total


def argument(x, n):
    total = 0.0
    for i in range(3):
        total = 2.0 * total + x[i - n + 1]
    return total


def places(x, n):
    chosen = np.array([-1, 0, -2])
    total = 0.0
    for i in range(3):
        total = 2.0 * total + x[chosen[i]]
    return total


def of_lengths(x, n):
    total = 0.0
    for i in range(x.shape[0]):
        total = 2.0 * total + x[x.shape[0] - 1 - i] + x[0 * i]
    return total


def in_rows(x, n):
    rows = np.arange(24.0).reshape(4, 6)
    total = 0.0
    for i in range(3, -1, -1):
        for j in range(6):
            total = 2.0 * total + rows[-1 - i, j] + rows[i, -j] + rows[i, j] + rows[i, 1:][j - 1]
            rows[i, j - 3] = total
    return total + np.sum(rows)


PROGRAMS = [
    down,
    below_zero,
    one_less,
    one_less_from_one,
    stop_that_moves,
    in_twos,
    two_ways,
    carried,
    argument,
    places,
    of_lengths,
    in_rows,
]


def compiled(function):
    return numba.njit(pipeline_class=Compiler, **FLAGS)(function)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_elements_are_those_of_python(program):
    x = np.random.default_rng(1).standard_normal(6)
    assert compiled(program)(x, 5) == pytest.approx(program(x, 5), rel=1e-12)


def added_up(x, y, n):
    for i in range(n - 1, -1, -1):
        for k in range(n - i):
            y[k] += x[k + i]


def test_loops_downwards_read_elements_side_by_side():
    function = compiled(added_up)
    function(np.ones(8), np.zeros(8), 8)
    (code,) = function.inspect_llvm().values()
    assert "x double>" in code
    assert "gather" not in code
