"""`argnums`: which arguments a function is differentiated by."""

import operator
from typing import Any

from srcad.errors import ArgumentError

__all__ = ["checked_argnums", "positions_of"]


def checked_argnums(argnums: Any) -> int | tuple[int, ...]:
    """Return `argnums` as an int or as a tuple of ints.

    Args:
        argnums: an int, or a sequence of ints, of any types that Python takes for indices.

    Raises:
        ArgumentError: for anything else, such as a float, and for a number given twice.
    """
    try:
        return operator.index(argnums)
    except TypeError:
        pass
    try:
        numbers = tuple(map(operator.index, argnums))
    except TypeError:
        raise ArgumentError(
            f"argnums must be an int or a sequence of ints, got {argnums!r}"
        ) from None
    if len(set(numbers)) < len(numbers):
        raise ArgumentError(f"argnums names an argument twice: {argnums!r}")
    return numbers


def positions_of(argnums: int | tuple[int, ...], count: int) -> list[int]:
    """Return the arguments to differentiate by, counted from 0, when there are `count`."""
    positions = []
    for number in argnums if isinstance(argnums, tuple) else (argnums,):
        if number >= count:
            raise ArgumentError(
                f"differentiating with respect to {argnums=} requires at least"
                f" {number + 1} positional arguments to be passed by the caller, but got only"
                f" {count} positional arguments."
            )
        if number < -count:
            raise ArgumentError(
                f"{argnums=} counts further back than there are arguments: the caller passed"
                f" {count} positional arguments."
            )
        positions.append(number % count)
    if len(set(positions)) < len(positions):
        raise ArgumentError(f"{argnums=} names an argument twice when there are {count}")
    return positions
