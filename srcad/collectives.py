"""Named axes: what a mapped function computes of all examples of its batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeAlias, cast

import numpy as np

from srcad import trees

__all__ = [
    "BOUND",
    "Binding",
    "Collected",
    "Names",
    "NeedsProgram",
    "axis_index",
    "axis_size",
    "needs_program",
    "pmax",
    "pmean",
    "psum",
    "unbound",
]

Names: TypeAlias = str | Sequence[str]


class Collected(BaseException):
    """An example has come to a collective whose result is not known yet.

    Args:
        binding: the axis that it is over.
        how: what is computed of all examples: `sum` or `max`.
        value: what this example has to do with it.
    """

    def __init__(self, binding: object, how: str, value: Any) -> None:
        super().__init__()
        self.binding = binding
        self.how = how
        self.value = value


class NeedsProgram(BaseException):
    """What is asked for can be read off a program only: which values are mapped.

    Args:
        binding: the axis that it is about.
        run: runs a mapped function as a program.
    """

    def __init__(self, binding: object, run: Callable[..., object]) -> None:
        super().__init__()
        self.binding = binding
        self.run = run


def needs_program(names: Names, run: Callable[..., object]) -> None:
    """Have the mapped function around run as a program, if it binds one of some names."""
    for binding in BOUND.get():
        if binding.name in _each(names):
            raise NeedsProgram(binding, run)


class Binding:
    """A named axis while a mapped function runs in Python.

    All examples run as far as the first collective, then all of them from the start to the second
    one, and so on: what is known of all of them is in `totals`.
    """

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self.index = 0
        self.place = 0
        self.totals: list[object] = []

    def begin(self, index: int) -> None:
        """Start with an example."""
        self.index = index
        self.place = 0

    def collect(self, how: str, value: object) -> object:
        """What is computed of the values of all examples, if it is known already."""
        place, self.place = self.place, self.place + 1
        if place == len(self.totals):
            raise Collected(self, how, value)
        leaves, structure = trees.flatten(self.totals[place])
        return trees.unflatten(structure, [cast(Any, leaf).copy() for leaf in leaves])

    def close(self, how: str, values: Sequence[object]) -> None:
        """Note what is computed of the values of all examples."""
        combine: Callable[..., Any] = np.sum if how == "sum" else np.max
        structure = trees.flatten(values[0])[1]
        columns = zip(*(trees.flatten(value)[0] for value in values), strict=True)
        whole = [combine(np.stack(cast(Any, column)), axis=0) for column in columns]
        self.totals.append(trees.unflatten(structure, whole))


BOUND: ContextVar[tuple[Binding, ...]] = ContextVar("BOUND", default=())
"""The named axes of the mapped functions that run in Python just now, inside others last."""


def unbound(name: str) -> NameError:
    """The error for a name that no axis has."""
    return NameError(f"unbound axis name: {name}")


def _binding(name: str) -> Binding:
    for binding in reversed(BOUND.get()):
        if binding.name == name:
            return binding
    raise unbound(name)


def _each(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def psum(x: Any, axis_name: Names) -> Any:
    """Return the sum of a value over all examples of a mapped axis.

    Args:
        x: a number, an array or a tree of them: what this example adds.
        axis_name: the `axis_name` of a `vmap` around, or several of them.

    Returns:
        The same for all examples.

    Raises:
        NameError: when no `vmap` around has that name.

    >>> from srcad.mapped import vmap
    >>> print(vmap(lambda x: x / psum(x, "batch"), axis_name="batch")(np.array([1.0, 3.0])))
    [0.25 0.75]
    """
    for name in _each(axis_name):
        x = _binding(name).collect("sum", x)
    return x


def pmean(x: Any, axis_name: Names) -> Any:
    """Return the mean of a value over all examples of a mapped axis.

    Args:
        x: a number, an array or a tree of them.
        axis_name: as for `psum`.

    Returns:
        The same for all examples.

    Raises:
        NameError: when no `vmap` around has that name.

    >>> from srcad.mapped import vmap
    >>> print(vmap(lambda x: x - pmean(x, "batch"), axis_name="batch")(np.array([1.0, 3.0])))
    [-1.  1.]
    """
    for name in _each(axis_name):
        leaves, structure = trees.flatten(_binding(name).collect("sum", x))
        size = _binding(name).size
        x = trees.unflatten(structure, [cast(Any, leaf) / size for leaf in leaves])
    return x


def pmax(x: Any, axis_name: Names) -> Any:
    """Return the largest value that any example of a mapped axis has, element by element.

    Args:
        x: a number, an array or a tree of them.
        axis_name: as for `psum`.

    Returns:
        The same for all examples.

    Raises:
        NameError: when no `vmap` around has that name.

    >>> from srcad.mapped import vmap
    >>> print(vmap(lambda x: x == pmax(x, "batch"), axis_name="batch")(np.array([1.0, 3.0])))
    [False  True]
    """
    for name in _each(axis_name):
        x = _binding(name).collect("max", x)
    return x


def axis_index(axis_name: str) -> int:
    """Return which example of a mapped axis this is, counted from 0.

    Args:
        axis_name: the `axis_name` of a `vmap` around.

    Raises:
        NameError: when no `vmap` around has that name.

    >>> from srcad.mapped import vmap
    >>> print(vmap(lambda x: x * axis_index("batch"), axis_name="batch")(np.array([5.0, 7.0])))
    [0. 7.]
    """
    return _binding(axis_name).index


def axis_size(axis_name: str) -> int:
    """Return how many examples a mapped axis has.

    Args:
        axis_name: the `axis_name` of a `vmap` around.

    Raises:
        NameError: when no `vmap` around has that name.

    >>> from srcad.mapped import vmap
    >>> print(vmap(lambda x: x / axis_size("batch"), axis_name="batch")(np.array([5.0, 7.0])))
    [2.5 3.5]
    """
    return _binding(axis_name).size
