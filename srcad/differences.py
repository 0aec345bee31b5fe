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

__all__ = ["Curve", "Residue", "Verdict", "is_flat"]

Curve: TypeAlias = Callable[[float], float | None]
"""A function of a step; None where it raises or is not finite."""

ROWS = 6
"""Steps of a ladder."""

SHRINK = 1.9
"""How much shorter each step is than the one before. Halves would be rounded all alike wherever the
function rounds, and the slopes of stairs would agree."""

SAFETY = 10.0
"""How much larger than its estimate the error of a slope may be."""


@dataclass(frozen=True, slots=True)
class Residue:
    """What is left of a function along a line when the slope that it should have is taken off it.

    Args:
        curve: what is left, over steps that are relative: 1 is as large as what is stepped over.
        slope: the slope that was taken off.
        size: how large the parts are that this slope is the sum of.
        rounding: how large a rounding error in values of the curve is.
        epsilon: the relative rounding error of the numbers that it computes with.
        relative: how large a slope may be, relative to `size`, that counts as zero.
    """

    curve: Curve
    slope: float
    size: float
    rounding: float = 2.2e-16
    epsilon: float = 2.2e-16
    relative: float = 1.5e-8


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the slope of a residue at zero is zero.

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
        noise: the part of the error that is rounding.
    """

    value: float
    error: float
    steps: tuple[float, float]
    bend: float
    bend_error: float
    jumps: bool
    noise: float


def is_flat(residue: Residue) -> Verdict:
    """Tell whether the slope of a residue at zero is zero.

    Args:
        residue: what is left of a function.

    Returns:
        The verdict.

    >>> is_flat(Residue(lambda step: math.sin(step) - step, 1.0, 1.0)).answer
    'yes'
    >>> found = is_flat(Residue(lambda step: math.sin(step) - 3.0 * step, 3.0, 3.0))
    >>> found.answer, found.slope
    ('no', -2.0000)
    >>> is_flat(Residue(lambda step: max(step, 0.0) - step, 1.0, 1.0)).reason
    'the function has a kink there'
    >>> is_flat(Residue(lambda step: step + (step == 0.0), 0.0, 0.0)).reason
    'the function jumps there'
    """
    curve, rounding = residue.curve, residue.rounding
    middle, again = curve(0.0), curve(0.0)
    if middle is None or again is None:
        return Verdict("unknown", reason="the function is not finite there when it is run again")
    if abs(middle - again) > SAFETY * rounding:
        return Verdict("unknown", reason="the function gives another result each time it is run")
    tolerance = residue.relative * residue.size
    wrong: list[_Slope] = []
    slopes: list[_Slope] = []
    for longest in _longest_steps(residue.epsilon):
        last: _Slope | None = None
        for slope in _ladder(residue, middle, longest):
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
    # None is as sure as it might be. Below the second bound a slope is nothing but rounding,
    # by the longest steps, which have the least.
    for index, slope in enumerate(slopes):
        finer = [other for other in slopes[index:] if other in wrong]
        surest = all(slope.error <= other.error for other in finer)
        bound = max(residue.relative**0.5 * residue.size, 0.0 if index else 8.0 * slope.noise)
        if slope.error <= bound and surest and _is_zero(slope, tolerance, wrong):
            return Verdict("yes")
    # How large the function is, and how far it was seen to rise.
    heights = [abs(slope.value + residue.slope) * slope.steps[0] for slope in slopes]
    heights.append(rounding / residue.epsilon)
    if wrong and abs(wrong[-1].value) * slopes[-1].steps[1] > max(heights):
        # A function as steep as that would go up and down between any two steps.
        return Verdict("unknown", reason="it is too steep for differences")
    return _verdict(slopes, wrong, residue.slope)


def _is_zero(slope: _Slope, tolerance: float, wrong: list[_Slope]) -> bool:
    """Whether a slope is zero, and sure enough of it to overrule those that are not."""
    error = SAFETY * slope.error + tolerance
    return abs(slope.value) <= error and all(error <= abs(other.value) / 2 for other in wrong)


def _verdict(slopes: list[_Slope], wrong: list[_Slope], taken: float) -> Verdict:
    """What slopes say together, from the longest steps to the shortest; `wrong` are not zero."""
    unsettled = Verdict("unknown", reason="its differences do not settle")
    if not wrong:
        return unsettled
    best = min(wrong, key=lambda slope: slope.error)
    if best.jumps:
        return Verdict("unknown", reason="the function jumps there")
    for slope in reversed(wrong):
        if slope.bend_error <= 0.2 * abs(slope.value):
            if abs(slope.bend) > max(5.0 * slope.bend_error, 0.05 * abs(slope.value)):
                return Verdict("unknown", reason="the function has a kink there")
            break
    if any(slope not in wrong and slope.error < 1e-3 * abs(best.value) for slope in slopes):
        # Steps of one length say that it is right, of another that it is wrong: stairs, whose slope
        # is a matter of how closely one looks.
        return unsettled
    agree = [slope for slope in wrong if _agree(slope, best, taken)]
    finer = slopes[slopes.index(best) + 1 :]
    if len(agree) < 2 or not all(_agree(slope, best, taken) for slope in finer):
        return unsettled
    return Verdict("no", best.value, best.error, best.steps)


def _agree(slope: _Slope, best: _Slope, taken: float) -> bool:
    """Whether two ladders found the same, in what they say of the function, too.

    A gradient that is far too large leaves a residue that all agree on, whatever the function does.
    """
    apart, error = abs(slope.value - best.value), SAFETY * (slope.error + best.error)
    sizes = (abs(taken + slope.value), abs(taken + best.value), 1e-6 * abs(best.value))
    return apart <= 0.1 * abs(best.value) + error and apart <= 0.1 * max(sizes) + error


def _longest_steps(epsilon: float) -> list[float]:
    """The first step of each ladder, down to where rounding drowns differences."""
    bits = round(-math.log2(epsilon))
    powers = range(2, bits // 2 + 1, max(bits // 10, 2))
    return [2.0**-power * 0.96**index for index, power in enumerate(powers)]


def _ladder(residue: Residue, middle: float, longest: float) -> Iterator[_Slope]:
    """The best slope so far, after each step but the first; none where the curve is not defined."""
    curve = residue.curve
    rows: list[list[float]] = []
    bends: list[float] = []
    best, error, noise, first = 0.0, math.inf, 0.0, longest
    for level in range(ROWS):
        step = longest / SHRINK**level
        right = curve(step)
        left = None if right is None else curve(-step)
        if right is None or left is None:
            # Extrapolation needs steps in a row.
            rows, bends, first = [], [], step / SHRINK
            continue
        # What is zero in the middle is not so around it.
        rounding = max(residue.rounding, residue.epsilon * max(abs(right), abs(left)))
        row = [(right - left) / (2.0 * step)]
        bends.append((right - 2.0 * middle + left) / step)
        for order, before in enumerate(rows[-1] if rows else (), start=1):
            row.append(row[-1] + (row[-1] - before) / (SHRINK ** (2 * order) - 1.0))
            guess = max(abs(row[-1] - row[-2]), abs(row[-1] - before)) + rounding / step
            if guess < error:
                best, error, noise = row[-1], guess, rounding / step
        rows.append(row)
        if len(rows) > 1:
            bend = _bend(bends, rounding / step)
            jumps = _jumps(bends, step, rounding)
            yield _Slope(best, error, (first, step), *bend, jumps, noise)


def _bend(bends: list[float], rounding: float) -> tuple[float, float]:
    """The bends, which shrink with the step where there is no kink, at step zero."""
    if len(bends) < 3:
        return 0.0, math.inf
    bend = (SHRINK * bends[-1] - bends[-2]) / (SHRINK - 1.0)
    before = (SHRINK * bends[-2] - bends[-3]) / (SHRINK - 1.0)
    return bend, abs(bend - before) + 12.0 * rounding


def _jumps(bends: list[float], step: float, rounding: float) -> bool:
    """Whether the gap to the middle stays, which shrinks with the step at a kink."""
    gap, before = abs(bends[-1]) * step, abs(bends[-2]) * step * SHRINK
    return gap > SAFETY * rounding and gap > 0.9 * before
