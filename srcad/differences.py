"""Slopes of a function of one number by extrapolated differences, and what they say about it.

Central differences of shrinking step are extrapolated to step zero, and the entry whose neighbours
agree best is taken, with their disagreement as its error (Ridders 1982). One such ladder believes
too much in a function with a kink or a jump nearby, or with much rounding inside. So there are
several, each of finer steps than the last: it takes two that agree to call a slope wrong, and one
that is sure of itself to call it right.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Curve", "Verdict", "is_flat"]

Curve: TypeAlias = Callable[[float], float | None]
"""A function of a step; None where it raises or is not finite."""

ROWS = 6
"""Steps of a ladder, each half as long as the one before."""

SAFETY = 10.0
"""How much larger than its estimate the error of a slope may be."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the slope of a curve at zero is zero.

    Args:
        answer: "yes", "no", or "unknown" where differences cannot tell.
        slope: the slope, for "no".
        error: the estimated error of the slope, for "no".
        steps: the longest and the shortest step that it was taken with, for "no".
        reason: why it is unknown.
    """

    answer: Literal["yes", "no", "unknown"]
    slope: float = 0.0
    error: float = 0.0
    steps: tuple[float, float] = (0.0, 0.0)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Slope:
    """What one ladder found.

    Args:
        value: the slope.
        error: the estimated error.
        steps: the longest and the shortest step.
        bend: by how much the slope to the right differs from the one to the left, at step zero.
        bend_error: the estimated error of that.
        jumps: whether the value at zero lies apart from those around.
    """

    value: float
    error: float
    steps: tuple[float, float]
    bend: float
    bend_error: float
    jumps: bool


def is_flat(curve: Curve, size: float, rounding: float, epsilon: float, relative: float) -> Verdict:
    """Tell whether the slope of a curve at zero is zero.

    Args:
        curve: the curve, over steps that are relative: 1 is as large as what is stepped over.
        size: how large the slopes are that the curve is the sum of.
        rounding: how large a rounding error in values of the curve is.
        epsilon: the relative rounding error of the numbers that it computes with.
        relative: how large a slope may be, relative to `size`, that counts as zero.

    Returns:
        The verdict.

    >>> is_flat(lambda step: 1.0 + step**2, 1.0, 1e-16, 1e-16, 1e-8).answer
    'yes'
    >>> found = is_flat(lambda step: 2.0 * math.sin(step), 1.0, 1e-16, 1e-16, 1e-8)
    >>> found.answer, found.slope
    ('no', 2.0000)
    >>> is_flat(abs, 0.5, 1e-16, 1e-16, 1e-8).answer
    'yes'
    >>> is_flat(lambda step: max(step, 0.0), 0.5, 1e-16, 1e-16, 1e-8).reason
    'the function has a kink there'
    >>> is_flat(lambda step: step + (step == 0.0), 1.0, 1e-16, 1e-16, 1e-8).reason
    'the function jumps there'
    """
    middle, again = curve(0.0), curve(0.0)
    if middle is None or again is None:
        return Verdict("unknown", reason="the function is not finite there when it is run again")
    if abs(middle - again) > SAFETY * rounding:
        return Verdict("unknown", reason="the function gives another result each time it is run")
    tolerance = relative * size
    wrong: list[_Slope] = []
    slopes: list[_Slope] = []
    for longest in _longest_steps(epsilon):
        last: _Slope | None = None
        for slope in _ladder(curve, middle, longest, rounding):
            last = slope
            if slope.error <= tolerance and _is_zero(slope, tolerance, wrong):
                return Verdict("yes")
        if last is None:
            continue
        slopes.append(last)
        if abs(last.value) > SAFETY * last.error + tolerance:
            wrong.append(last)
    if not slopes:
        return Verdict("unknown", reason="the function raises or is not finite around there")
    # None is as sure as it might be. Below the second bound a slope is nothing but rounding.
    bound = max(relative**0.5 * size, 32.0 * rounding)
    for index, slope in enumerate(slopes):
        finer = [other for other in slopes[index:] if other in wrong]
        surest = all(slope.error <= other.error for other in finer)
        if slope.error <= bound and surest and _is_zero(slope, tolerance, wrong):
            return Verdict("yes")
    return _verdict(slopes, wrong)


def _is_zero(slope: _Slope, tolerance: float, wrong: list[_Slope]) -> bool:
    """Whether a slope is zero, and sure enough of it to overrule those that are not."""
    error = SAFETY * slope.error + tolerance
    return abs(slope.value) <= error and all(error <= abs(other.value) / 2 for other in wrong)


def _verdict(slopes: list[_Slope], wrong: list[_Slope]) -> Verdict:
    """What slopes say together, from the longest steps to the shortest; `wrong` are not zero."""
    if not wrong:
        return Verdict("unknown", reason="its differences do not settle")
    best = min(wrong, key=lambda slope: slope.error)
    if best.jumps:
        return Verdict("unknown", reason="the function jumps there")
    for slope in reversed(wrong):
        if slope.bend_error <= 0.2 * abs(slope.value):
            if abs(slope.bend) > max(5.0 * slope.bend_error, 0.05 * abs(slope.value)):
                return Verdict("unknown", reason="the function has a kink there")
            break
    finer = slopes[slopes.index(best) + 1 :]
    agree = sum(abs(slope.value - best.value) <= 0.1 * abs(best.value) for slope in wrong)
    contradict = sum(
        abs(slope.value - best.value) > 0.1 * abs(best.value) + 3.0 * slope.error for slope in finer
    )
    if agree < 2 or contradict:
        return Verdict("unknown", reason="its differences do not settle")
    return Verdict("no", best.value, best.error, best.steps)


def _longest_steps(epsilon: float) -> list[float]:
    """The first step of each ladder, down to where rounding drowns differences."""
    bits = round(-math.log2(epsilon))
    return [2.0**-power for power in range(2, bits // 2 + 1, max(bits // 10, 2))]


def _ladder(curve: Curve, middle: float, longest: float, rounding: float) -> Iterator[_Slope]:
    """The best slope so far, after each step but the first; none where the curve is not defined."""
    rows: list[list[float]] = []
    bends: list[float] = []
    best, error, first = 0.0, math.inf, longest
    for level in range(ROWS):
        step = longest / 2.0**level
        right = curve(step)
        left = None if right is None else curve(-step)
        if right is None or left is None:
            # Extrapolation needs steps in a row.
            rows, bends, first = [], [], step / 2.0
            continue
        row = [(right - left) / (2.0 * step)]
        bends.append((right - 2.0 * middle + left) / step)
        for order, before in enumerate(rows[-1] if rows else (), start=1):
            row.append(row[-1] + (row[-1] - before) / (4.0**order - 1.0))
            guess = max(abs(row[-1] - row[-2]), abs(row[-1] - before)) + rounding / step
            if guess < error:
                best, error = row[-1], guess
        rows.append(row)
        if len(rows) > 1:
            bend = _bend(bends, rounding / step)
            yield _Slope(best, error, (first, step), *bend, _jumps(bends, step, rounding))


def _bend(bends: list[float], rounding: float) -> tuple[float, float]:
    """The bends, which shrink with the step where there is no kink, at step zero."""
    if len(bends) < 3:
        return 0.0, math.inf
    bend, before = 2.0 * bends[-1] - bends[-2], 2.0 * bends[-2] - bends[-3]
    return bend, abs(bend - before) + 8.0 * rounding


def _jumps(bends: list[float], step: float, rounding: float) -> bool:
    """Whether the gap to the middle stays, which halves with the step at a kink."""
    gap, before = abs(bends[-1]) * step, abs(bends[-2]) * step * 2.0
    return gap > SAFETY * rounding and gap > 0.9 * before
