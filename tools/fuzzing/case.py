"""A case: a program, the calls that it is tried with, and what came of them."""

import copy
import linecache
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from fuzzing.arguments import arguments
from fuzzing.grammar import program
from fuzzing.numbers import finite
from fuzzing.patience import TooLong, limited

RETURNING, RAISING, TRIED = 3, 1, 8

Program = Callable[..., Any]
Call = tuple[Any, ...]


class Wrong(Exception):
    """What srcad got wrong.

    Args:
        kind: what it is and where, in words that the same fault has in every program.
        detail: the numbers.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Case:
    """A program as text, and the arguments that it is called with, one call after the other.

    Args:
        seed: what it was made of.
        source: a module with a function `f`.
        calls: the arguments of each call.
    """

    seed: int
    source: str
    calls: tuple[Call, ...]

    @property
    def statements(self) -> int:
        """How many lines the program has."""
        return sum(bool(line.strip()) for line in self.source.splitlines()) - 1


@dataclass
class Outcome:
    """What came of a case.

    Args:
        failure: what is wrong, if anything is.
        refusal: why srcad refused the program, if it did.
        counts: how often each check could be made.
    """

    failure: Wrong | None = None
    refusal: str | None = None
    counts: Counter[str] = field(default_factory=Counter)


def case_of(seed: int) -> Case | None:
    """The case of a seed: a few calls that return and one that raises; None if none returns."""
    source = program(seed)
    returning: list[Call] = []
    raising: list[Call] = []
    with loaded(source) as function:
        for number in range(TRIED):
            call = arguments(seed, number)
            try:
                with limited(PATIENCE):
                    result = function(*copy.deepcopy(call))
            except TooLong:  # a loop without an end
                continue
            except Exception:
                raising.append(call)
                continue
            if finite(result):
                returning.append(call)
            if len(returning) == RETURNING:
                break
    if not returning:
        return None
    # The call that raises goes last: a fault of another call is then shown by that alone.
    return Case(seed, source, (*returning, *raising[:RAISING]))


_FILES = count()
PATIENCE = 5.0
"""Seconds that plain Python may take for a call, of which most take a thousandth."""


@contextmanager
def loaded(source: str) -> Any:
    """The function `f` of a module that is in no file; `linecache` has its text for srcad."""
    name = f"<fuzz {next(_FILES)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": "fuzzed"}
    try:
        exec(compile(source, name, "exec"), namespace)
        yield namespace["f"]
    finally:
        del linecache.cache[name]
