"""What the grammar knows while it writes a program: names, their types, and how deep it is.

A type is the tuple of the lengths of an array's axes, as text: `("n", "m-1")` is one row of `u`
shorter; `()` is a number. Lengths are those that slices of the parameters have, so that most
programs run, and those that do not raise what NumPy raises.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

Length = str | int
Type = tuple[Length, ...]
Weighted = Sequence[tuple[int, Callable[..., Any]]]

PARAMETERS: dict[str, Type] = {
    "x": ("n",),
    "y": ("n",),
    "r": ("m",),
    "u": ("n", "m"),
    "v": ("n", "m"),
    "c": ("n", 1),
    "h": ("n", "m", 2),
    "a": (),
    "b": (),
}
"""The parameters that carry a derivative."""

INTEGERS = ("n", "m", "k", "idx", "xi")
"""The others: lengths, a number of trips, indices of rows (repeated ones too), small integers."""


@dataclass
class Scope:
    """A program being written.

    Args:
        random: where all choices come from.
        result: the type of what the program returns; None for a container of several things.
        returns: whether it may return from inside of loops and branches.
        makers: what expressions are made by, with weights.
        types: the variables that are bound on every way to here.
        indices: the texts of integers that may be an index.
        lines: what has been written.
        depth: how many loops and branches there are around the present line.
        loops: how many of them are loops.
    """

    random: Random
    result: Type | None
    returns: bool
    makers: Weighted
    types: dict[str, Type] = field(default_factory=lambda: dict(PARAMETERS))
    indices: list[str] = field(default_factory=lambda: ["0", "-1", "1"])
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    loops: int = 0
    names: int = 0

    def line(self, text: str) -> None:
        """Write a line of the function's body, or several."""
        self.lines += ["    " * (self.depth + 1) + part for part in text.split("\n")]

    def name(self, stem: str) -> str:
        """A name that nothing has yet."""
        self.names += 1
        return f"{stem}{self.names}"

    def of(self, kind: Type) -> list[str]:
        """The variables of a type."""
        return [name for name, other in self.types.items() if other == kind]

    def chance(self, probability: float) -> bool:
        """Whether something happens that has a probability."""
        return self.random.random() < probability

    def pick(self, *choices: Any) -> Any:
        """One of several things."""
        return self.random.choice(choices)

    def weighted(self, makers: Weighted) -> Callable[..., Any]:
        """One of several makers of text, by weight."""
        (maker,) = self.random.choices(
            [maker for _, maker in makers], [weight for weight, _ in makers]
        )
        return maker

    @contextmanager
    def block(self, loop: bool = False, indices: Sequence[str] = ()) -> Iterator[None]:
        """Write what follows one level deeper; names bound there are not known behind it."""
        types, count = dict(self.types), len(self.indices)
        self.depth += 1
        self.loops += loop
        self.indices.extend(indices)
        yield
        self.types = types
        del self.indices[count:]
        self.depth -= 1
        self.loops -= loop
