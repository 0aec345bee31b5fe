"""What an engine runs for a value and a gradient, for callers that check the inputs themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Direct:
    """A function of the inputs of a program with one result.

    Args:
        call: takes the inputs, arrays of which are in one piece, native, writable and of rank 1 at
            least; returns the result and the bars: a tuple of them, or the only one.
        convert: makes of the result what Python would give; None if it is that already.
        retry: raised where the engine's `value_and_grad` has to do it, from the start.
        owned: for each bar, whether it is new memory if it is an array.
        single: whether there is one bar only.
        kinds: for each bar, what `call` always returns: the dtype and the rank of an array, or the
            type of a number; None if that may be another one from call to call. Where there are
            any, the result is of one kind, too.
    """

    call: Callable[..., tuple[Any, Any]]
    convert: Callable[[Any], Any] | None
    retry: tuple[type[Exception], ...]
    owned: tuple[bool, ...]
    single: bool
    kinds: tuple[object, ...] = ()


__all__ = ["Direct"]
