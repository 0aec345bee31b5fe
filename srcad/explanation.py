"""What `srcad.explain` returns: what an adjoint remembers, as numbers and as a text to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from srcad.analyses.formulas import Amount
from srcad.errors import Origin

__all__ = ["Amount", "Explanation", "LoopReport", "Recomputed", "Saved", "Taped"]


@dataclass(frozen=True)
class Taped:
    """A value that is kept in each trip of a loop.

    Args:
        name: the user's name for it, or the expression that it is the value of.
        origin: the line that it comes from.
        why: why it is not computed again.
        trip: the bytes of one trip.
        total: the bytes of all trips; `trips` in its formula is what only the run tells.
        at_most: whether a branch or the end of a loop may make it less.
    """

    name: str
    origin: Origin | None
    why: str
    trip: Amount
    total: Amount
    at_most: bool


@dataclass(frozen=True)
class Recomputed:
    """What the backward sweep does not read from memory, though it needs it.

    Args:
        names: the values, by their names or expressions.
        origin: the line that they come from.
        why: where they are had from, and why that is cheap.
    """

    names: tuple[str, ...]
    origin: Origin | None
    why: str


@dataclass(frozen=True)
class Saved:
    """A value outside of loops that is kept.

    Args:
        name: the user's name for it, or the expression that it is the value of.
        origin: the line that it comes from.
        why: why it is not computed again.
        memory: its bytes; None for numbers and objects, which are not counted.
        at_most: whether a branch may leave it empty.
    """

    name: str
    origin: Origin | None
    why: str
    memory: Amount | None
    at_most: bool


@dataclass(frozen=True)
class LoopReport:
    """One loop of the user's program.

    Args:
        origin: its line.
        depth: how many loops are around it.
        trips: how many trips it makes, as a formula.
        count: the same for the arguments at hand; None if only the run tells.
        taped: what is kept in each trip.
        recomputed: what is computed again in each trip of the backward sweep.
    """

    origin: Origin | None
    depth: int
    trips: str
    count: int | None
    taped: tuple[Taped, ...]
    recomputed: tuple[Recomputed, ...]


@dataclass(frozen=True)
class Explanation:
    """What the adjoint of a function remembers for arguments of these kinds and sizes.

    Its text is the report: `print(srcad.explain(f, *args))`.

    Args:
        function: the name of the function.
        inputs: what is differentiated by.
        engine: "numba" or "numpy".
        level: the level of the text that runs: "loops" or "array".
        why: why it is not compiled; empty if it is.
        loops: the loops of the program, in its order.
        saved: what is kept outside of loops.
        recomputed: what is computed again outside of loops.
        total: the bytes of all arrays that a pullback holds.
        at_most: whether branches or the ends of loops may make that less.
    """

    function: str
    inputs: tuple[str, ...]
    engine: str
    level: str
    why: str
    loops: tuple[LoopReport, ...]
    saved: tuple[Saved, ...]
    recomputed: tuple[Recomputed, ...]
    total: Amount
    at_most: bool

    def __str__(self) -> str:
        """The report."""
        return "\n".join(_lines(self))


def _lines(found: Explanation) -> Iterator[str]:
    runs = "compiled by Numba from" if found.engine == "numba" else "run by NumPy from"
    level = {"loops": "the loop level", "array": "the array level"}[found.level]
    inputs = ", ".join(found.inputs) or "nothing"
    yield f"`{found.function}` differentiated by {inputs}: {runs} {level}"
    if found.why:
        yield from (f"    {line}" for line in f"because {found.why}".splitlines())
    for loop in found.loops:
        yield ""
        yield from ("  " * loop.depth + line for line in _loop(loop))
    yield ""
    yield "outside of loops"
    arrays = [item for item in found.saved if item.memory is not None]
    for item in arrays:
        yield f"    saved: {_named(item.name, item.origin)}, {_most(item.at_most)}{item.memory}"
        yield f"        {item.why}"
    numbers = [item.name for item in found.saved if item.memory is None]
    if numbers:
        yield f"    saved: {', '.join(f'`{name}`' for name in numbers)}, which are no arrays"
    yield from _recomputed(found.recomputed)
    if not found.saved and not found.recomputed:
        yield "    nothing"
    yield ""
    yield f"a pullback holds {_most(found.at_most)}{found.total}"


def _loop(loop: LoopReport) -> Iterator[str]:
    place = "a loop" if loop.origin is None else _place(loop.origin)
    count = "" if loop.count is None or loop.trips == str(loop.count) else f" = {loop.count}"
    yield place
    yield f"    trips: {loop.trips}{count}"
    for item in loop.taped:
        yield f"    taped: {_named(item.name, item.origin)}, {item.trip} a trip"
        yield f"        in all {_most(item.at_most)}{item.total}"
        yield f"        {item.why}"
    yield from _recomputed(loop.recomputed)
    if not loop.taped and not loop.recomputed:
        yield "    nothing is taped, nothing computed again"


def _recomputed(items: tuple[Recomputed, ...]) -> Iterator[str]:
    for item in items:
        names = ", ".join(f"`{name}`" for name in item.names)
        line = "" if item.origin is None else f" (line {item.origin.line})"
        yield f"    again: {names}{line}"
        yield f"        {item.why}"


def _named(name: str, origin: Origin | None) -> str:
    return f"`{name}`" if origin is None else f"`{name}` (line {origin.line})"


def _place(origin: Origin) -> str:
    return f"{origin.file}:{origin.line} | {origin.text.strip()}"


def _most(at_most: bool) -> str:
    return "at most " if at_most else ""
