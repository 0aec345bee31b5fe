"""What is known about the lengths of axes, and the guards that make it known.

A program is specialised while the arguments of a call are at hand.  A question such as "are these
two lengths equal?" is answered with the lengths of that call, and the answer is kept as a `Guard`:
the specialisation is used again only where the answer is the same.  Lengths that do not follow
from the arguments cannot be guarded: the answer is None, and the generated code must be right
either way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from srcad.ir.dims import ONE, Dim, SizeOf, SliceLength, Symbol, ValueOf
from srcad.ir.nodes import Var

Shape = tuple[Dim, ...]

MOST_LOOPS = 8
"""How many loops around a place have a say in what is known there."""


@dataclass(frozen=True)
class Guard:
    """A fact about lengths that holds for a specialisation: `dim == 0`, `dim != 0`, `dim >= 0`."""

    dim: Dim
    relation: Literal["==", "!=", ">=", "<"]


@dataclass
class Sizes:
    """Answers questions about lengths; `hints` are the lengths and ints of the present call.

    `floors` are ints that a symbol is never below, such as the first value of a loop counter;
    `limits` are the least and the largest value of a loop counter, in any trip there is.
    """

    hints: dict[Symbol, int] = field(default_factory=dict)
    floors: dict[Symbol, int] = field(default_factory=dict)
    limits: dict[Symbol, tuple[Dim, Dim]] = field(default_factory=dict)
    guards: dict[Guard, None] = field(default_factory=dict)

    def hint(self, dim: Dim) -> int | None:
        """The value of a length in the present call, if it follows from the arguments."""
        total = dim.constant
        for symbol, count in dim.terms:
            known = self.hints.get(symbol)
            if known is None:
                return None
            total += count * known
        return total

    def dim(self, value: Any) -> Dim | None:
        """The symbolic value of an int argument of a shape rule, if it has one."""
        if isinstance(value, int):
            return Dim(int(value))
        size = getattr(value, "size", None)
        return size if isinstance(size, Dim) else None

    def _ask(self, dim: Dim, yes: Literal["==", ">="], no: Literal["!=", "<"]) -> bool | None:
        value = self.hint(dim)
        if value is None:
            return None
        answer = value == 0 if yes == "==" else value >= 0
        if not dim.is_constant:
            self.guards[Guard(dim, yes if answer else no)] = None
        return answer

    def equal(self, left: Dim, right: Dim) -> bool | None:
        """Whether two lengths are equal; None if that is only known at run time."""
        difference = left - right
        if difference.is_constant:
            return difference.constant == 0
        if (answer := self._same_slices(left, right)) is not None:
            return answer
        return self._ask(difference, "==", "!=")

    def _same_slices(self, left: Dim, right: Dim) -> bool | None:
        match left.terms, right.terms:
            case ((SliceLength() as a, 1),), ((SliceLength() as b, 1),) if (
                left.constant == right.constant
                and (a.start, a.stop, a.step) == (b.start, b.stop, b.step)
                and self.equal(a.length, b.length)
            ):
                return True
        return None

    def at_least(self, dim: Dim, bound: Dim | int) -> bool | None:
        """Whether a length is not below a bound; None if that is only known at run time."""
        difference = dim - bound
        if difference.is_constant:
            return difference.constant >= 0
        if self.floors and (least := self.floor(difference)) is not None and least >= 0:
            return True
        lowest = self._least(difference)
        if lowest != difference and (known := self.hint(lowest)) is not None and known >= 0:
            return self._ask(lowest, ">=", "<")
        return self._ask(difference, ">=", "<")

    def most(self, dim: Dim) -> Dim:
        """A length with loop counters at the values that make it largest."""
        return -self._least(-dim)

    def least(self, dim: Dim | None) -> int | None:
        """The smallest value that loop counters let a length have, if that is the same for all."""
        lowest = None if dim is None else self._least(dim)
        return lowest.constant if lowest is not None and lowest.is_constant else None

    def _least(self, dim: Dim) -> Dim:
        """A length with loop counters at the values that make it smallest."""
        for _ in range(MOST_LOOPS):
            bounded = [(symbol, count) for symbol, count in dim.terms if symbol in self.limits]
            if not bounded:
                break
            for symbol, count in bounded:
                low, high = self.limits[symbol]
                dim = dim + ((low if count > 0 else high) - Dim(0, ((symbol, 1),))).scaled(count)
        return dim

    def floor(self, dim: Dim) -> int | None:
        """An int that a length or counter is surely not below."""
        total = dim.constant
        for symbol, count in dim.terms:
            least = 0 if isinstance(symbol, SizeOf) else self.floors.get(symbol)
            if least is None or count < 0:
                return None
            total += count * least
        return total

    def constant(self, dim: Dim) -> int | None:
        """The value of a length that has to be known while specialising."""
        value = self.hint(dim)
        if value is None:
            return None
        if not dim.is_constant:
            self.guards[Guard(dim - value, "==")] = None
        return value

    def is_one(self, dim: Dim) -> bool | None:
        """Whether a length is 1; None if that is only known at run time."""
        return self.equal(dim, ONE)

    def broadcast(self, shapes: Iterable[Shape]) -> tuple[Dim | None, ...]:
        """NumPy's broadcast shape; None for an axis whose length is only known at run time."""
        result: list[Dim | None] = []
        for shape in shapes:
            missing = len(shape) - len(result)
            if missing > 0:
                result[:0] = shape[:missing]
                shape = shape[missing:]
            for axis in range(1, len(shape) + 1):
                result[-axis] = self._wider(result[-axis], shape[-axis])
        return tuple(result)

    def _wider(self, left: Dim | None, right: Dim | None) -> Dim | None:
        if left is None or right is None or left == right:
            return left if left == right else None
        if left == ONE:
            return right
        if right == ONE or self.equal(left, right):
            return left
        # Not equal, or not known to be: one of them may be 1.
        if self.is_one(left):
            return right
        return left if self.is_one(right) else None

    def slice_length(self, lower: Dim | None, upper: Dim | None, step: int, length: Dim) -> Dim:
        """The length of `x[lower:upper:step]` along an axis of the given length."""
        if step == 1:
            start = self._clip(lower, Dim(), length)
            stop = self._clip(upper, length, length)
            if start is not None and stop is not None:
                forward = self.at_least(stop, start)
                if forward is not None:
                    return stop - start if forward else Dim()
        elif lower is None and upper is None and step == -1:
            return length
        known = [self.hint(d) if d is not None else 0 for d in (lower, upper, length)]
        symbol = SliceLength(lower, upper, step, length)
        bounds = (lower, upper, length)
        if all(value is not None for value in known):
            limits = [None if d is None else self.hint(d) for d in bounds]
            extent = limits[2] or 0
            count = len(range(*slice(limits[0], limits[1], step).indices(extent)))
            if all(d is None or d.is_constant for d in bounds):
                return Dim(count)
            self.hints[symbol] = count
        return Dim(0, ((symbol, 1),))

    def _clip(self, bound: Dim | None, default: Dim, length: Dim) -> Dim | None:
        """A slice bound as Python clips it to 0..length, if that has a linear form."""
        if bound is None:
            return default
        negative = self.at_least(bound, 0)
        if negative is None:
            return None
        if not negative:
            bound = bound + length
            inside = self.at_least(bound, 0)
            return None if inside is None else (bound if inside else Dim())
        inside = self.at_least(length, bound)
        return None if inside is None else (bound if inside else length)


def is_argument(symbol: Symbol, params: frozenset[Var]) -> bool:
    """Whether a length can be read off the arguments of a call."""
    return isinstance(symbol, SizeOf | ValueOf) and symbol.var in params
