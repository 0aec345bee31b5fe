"""Symbolic lengths of axes: integer linear forms over sizes known only at run time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srcad.ir.nodes import Var


@dataclass(frozen=True)
class SizeOf:
    """The length of one axis of an array."""

    var: Var
    axis: int


@dataclass(frozen=True)
class ValueOf:
    """The value of an integer variable."""

    var: Var


@dataclass(frozen=True)
class SliceLength:
    """`len(range(*slice(start, stop, step).indices(length)))` where that has no linear form."""

    start: Dim | None
    stop: Dim | None
    step: int
    length: Dim


OPERATIONS: Mapping[str, Callable[[int, int], int]] = MappingProxyType(
    {"*": operator.mul, "//": operator.floordiv, "max": max, "min": min}
)
"""What lengths are computed by that are no linear forms."""


@dataclass(frozen=True)
class Opaque:
    """What one of `OPERATIONS` makes of lengths; equal only to the same operation on the same."""

    operation: str
    operands: tuple[Dim, ...]


Symbol = SizeOf | ValueOf | SliceLength | Opaque


@dataclass(frozen=True, eq=False)
class Dim:
    """`constant + sum(coefficient * symbol)`: the length of an axis, or an int used in one.

    The terms stand in the order in which they were added up, so that text made from them is the
    same every time; two sums are equal in whatever order.
    """

    constant: int = 0
    terms: tuple[tuple[Symbol, int], ...] = ()

    def __eq__(self, other: object) -> bool:
        """Whether two lengths have the same form."""
        if not isinstance(other, Dim):
            return NotImplemented
        return self.constant == other.constant and set(self.terms) == set(other.terms)

    def __hash__(self) -> int:
        """Equal forms have equal hashes."""
        return hash((self.constant, frozenset(self.terms)))

    def __add__(self, other: Dim | int) -> Dim:
        other = as_dim(other)
        coefficients = dict(self.terms)
        for symbol, coefficient in other.terms:
            coefficients[symbol] = coefficients.get(symbol, 0) + coefficient
        return _normal(self.constant + other.constant, coefficients)

    def __neg__(self) -> Dim:
        return Dim(-self.constant, tuple((symbol, -count) for symbol, count in self.terms))

    def __sub__(self, other: Dim | int) -> Dim:
        return self + (-as_dim(other))

    def scaled(self, factor: int) -> Dim:
        """The length times an int."""
        if factor == 0:
            return Dim()
        terms = tuple((symbol, count * factor) for symbol, count in self.terms)
        return Dim(self.constant * factor, terms)

    @property
    def is_constant(self) -> bool:
        """Whether the length does not depend on the call."""
        return not self.terms


def _normal(constant: int, coefficients: dict[Symbol, int]) -> Dim:
    return Dim(constant, tuple((s, count) for s, count in coefficients.items() if count))


def as_dim(value: Dim | int) -> Dim:
    """An int as a length."""
    return value if isinstance(value, Dim) else Dim(value)


def size_of(var: Var, axis: int) -> Dim:
    """The length of one axis of a variable."""
    return Dim(0, ((SizeOf(var, axis), 1),))


def value_of(var: Var) -> Dim:
    """The value of an integer variable as a length."""
    return Dim(0, ((ValueOf(var), 1),))


ONE = Dim(1)
