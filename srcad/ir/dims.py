"""Symbolic lengths of axes: integer linear forms over sizes known only at run time."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Opaque:
    """An unknown length; equal only to the same unknown."""

    operation: str
    operands: tuple[Dim, ...]


Symbol = SizeOf | ValueOf | SliceLength | Opaque


@dataclass(frozen=True)
class Dim:
    """`constant + sum(coefficient * symbol)`: the length of an axis, or an int used in one."""

    constant: int = 0
    terms: tuple[tuple[Symbol, int], ...] = ()

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
        if factor == 0:
            return Dim()
        terms = tuple((symbol, count * factor) for symbol, count in self.terms)
        return Dim(self.constant * factor, terms)

    @property
    def is_constant(self) -> bool:
        return not self.terms


def _normal(constant: int, coefficients: dict[Symbol, int]) -> Dim:
    # Sorted so that equal forms compare equal whatever order they were added up in.  The order
    # itself is never seen, so Python's hash of the symbol is good enough.
    terms = [(symbol, count) for symbol, count in coefficients.items() if count]
    terms.sort(key=lambda term: hash(term[0]))
    return Dim(constant, tuple(terms))


def as_dim(value: Dim | int) -> Dim:
    return value if isinstance(value, Dim) else Dim(value)


def size_of(var: Var, axis: int) -> Dim:
    return Dim(0, ((SizeOf(var, axis), 1),))


def value_of(var: Var) -> Dim:
    return Dim(0, ((ValueOf(var), 1),))


ONE = Dim(1)
