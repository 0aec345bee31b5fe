"""What `vmap` is asked for: which axis of which leaf is mapped, and whether that can be."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from srcad import trees
from srcad.errors import ArgumentError

__all__ = ["Axes", "axis_of", "checked", "disagreement", "spread"]


@dataclasses.dataclass(frozen=True, eq=False)
class Axes:
    """How a function is mapped.

    Args:
        given: for each positional argument the axis that is mapped, None, or a tree of such.
        results: the same for the results: where the mapped axis goes; None where there is none.
        name: what the mapped axis is called inside the function.
        size: the length of the mapped axis, if that is said.
    """

    given: Any
    results: Any
    name: str | None
    size: int | None

    @property
    def key(self) -> tuple[str, ...]:
        """The same for two that ask for the same."""
        return (repr(self.given), repr(self.results), repr(self.name), repr(self.size))

    def of_arguments(self, count: int) -> tuple[Any, ...]:
        """One entry for each of `count` positional arguments.

        Raises:
            ArgumentError: if there are more or fewer entries than arguments.
        """
        if not isinstance(self.given, tuple):
            return (self.given,) * count
        if len(self.given) != count:
            raise ArgumentError(
                "vmap in_axes must be an int, None, or a tuple of entries corresponding to the"
                f" positional arguments passed to the function, but got {len(self.given)} entries"
                f" for {count} arguments"
            )
        return self.given


def checked(in_axes: Any, out_axes: Any, axis_name: Any, axis_size: Any) -> Axes:
    """Return what `vmap` was given.

    Raises:
        ArgumentError: for what are no axes, no name or no size.
    """
    given = tuple(in_axes) if isinstance(in_axes, list) else in_axes
    for word, axes, kinds in (("in_axes", given, int | tuple), ("out_axes", out_axes, object)):
        if not isinstance(axes, kinds) and axes is not None:
            raise ArgumentError(
                f"vmap {word} must be an int, None, or a tuple of entries corresponding to the"
                f" positional arguments passed to the function, but got {axes!r}"
            )
        for leaf in trees.flatten(axes)[0]:
            if not isinstance(leaf, int) or isinstance(leaf, bool):
                raise ArgumentError(
                    f"vmap {word} must be an int, None, or (nested) container with those types as"
                    f" leaves, but got {axes!r}"
                )
    if axis_name is not None and not isinstance(axis_name, str):
        raise ArgumentError(f"axis_name must be a string, got {axis_name!r}")
    if axis_size is not None and (not isinstance(axis_size, int) or axis_size < 0):
        raise ArgumentError(f"axis_size must be an int that is not negative, got {axis_size!r}")
    return Axes(given, out_axes, axis_name, axis_size)


def spread(axes: Any, tree: object, word: str) -> list[int | None]:
    """Return one axis for each leaf of a tree, of which `axes` is a prefix.

    Args:
        axes: an int, None, or a tree of them.
        tree: what is mapped, or what came of it.
        word: `in_axes` or `out_axes`.

    Raises:
        ArgumentError: when `axes` is no prefix of the tree.

    >>> spread({"w": 0, "b": None}, {"w": [1.0, 2.0], "b": 3.0}, "in_axes")
    [None, 0, 0]
    """
    found = trees.spread(axes, tree)
    if found is None:
        raise ArgumentError(
            f"vmap {word} specification must be a tree prefix of the corresponding value, got"
            f" specification {axes!r} for value tree {trees.show(trees.flatten(tree)[1])}"
        )
    return found  # type: ignore[return-value]


def axis_of(axis: int, rank: int, name: str) -> int:
    """Return an axis of an argument, counted from the first.

    Args:
        axis: as the user counts.
        rank: how many axes there are.
        name: what the argument is called.

    Raises:
        ValueError: as JAX, when there is no such axis.

    >>> axis_of(-1, 3, "x")
    2
    """
    if not -rank <= axis < rank:
        least = axis + 1 if axis >= 0 else -axis
        raise ValueError(
            f"vmap was requested to map its argument `{name}` along axis {axis}, which implies that"
            f" its rank should be at least {least}, but is only {rank}"
        )
    return axis % rank


def disagreement(found: Sequence[tuple[str, int, int | None]]) -> str:
    """Say which mapped axes have which lengths.

    Args:
        found: for each mapped leaf its name, its axis and its length, None if that is not known.
    """
    lines = [
        f"  * axis {axis} of `{name}`" + ("" if size is None else f" has size {size}")
        for name, axis, size in found
    ]
    return "vmap got inconsistent sizes for array axes to be mapped:\n" + ";\n".join(lines)
