"""`vmap`: a function of one example as a function of a batch of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from srcad import trees
from srcad.axes import Axes, axis_of, checked, disagreement, spread
from srcad.collectives import BOUND, Binding, Collected, NeedsProgram
from srcad.errors import ArgumentError

__all__ = ["Mapped", "batch_size", "empty", "mapped_result", "vmap"]


class Mapped:
    """A function that calls another one for each example of a batch. Made by `vmap`.

    Args:
        inner: the function of one example.
        axes: which axes of its arguments and of its results are mapped.
    """

    # What functools.update_wrapper writes.
    __wrapped__: Callable[..., Any]
    __name__: str

    def __init__(self, inner: Callable[..., Any], axes: Axes) -> None:
        functools.update_wrapper(self, inner, updated=())
        self.__doc__ = (
            f"Vectorized version of {_name(inner)}. Takes similar arguments as {_name(inner)} but"
            " with additional array axes over which it is mapped."
        )
        self.inner = inner
        self.axes = axes
        # Kinds of arguments for which there is no compiled loop; asking again would take as long.
        self.refused: set[object] = set()

    @property
    def key(self) -> tuple[str, ...]:
        """What a program depends on beside the function of one example."""
        return self.axes.key

    @property
    def call_mapped(self) -> Callable[..., object] | None:
        """How the function of one example wants to be called for a batch, if it has a say."""
        return getattr(self.inner, "call_mapped", None)

    def __call__(self, /, *args: object, **kwargs: object) -> object:
        """Return the results for all examples of the batch."""
        call = self.call_mapped
        return self.each(args, kwargs) if call is None else call(self, args, kwargs)

    def each(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Call the function for one example after the other, and stack the results."""
        batch = _Batch(self, args, kwargs)
        if not batch.size:
            raise ValueError(empty(f"`{_name(self.inner)}`"))
        binding = None if self.axes.name is None else Binding(self.axes.name, batch.size)
        while True:
            try:
                results, collected = self._pass(batch, binding)
            except NeedsProgram as needed:
                if needed.binding is not binding:
                    raise
                return needed.run(self, args, kwargs)
            if binding is None or not collected:
                return self._stacked(results)
            if results or len({found.how for found in collected}) > 1:
                raise ArgumentError(
                    f"not all examples of `{_name(self.inner)}` come to the same collective",
                    hint="call it on every path, outside of branches on the data",
                )
            binding.close(collected[0].how, [found.value for found in collected])

    def _pass(self, batch: _Batch, binding: Binding | None) -> tuple[list[object], list[Collected]]:
        """Call the function for each example, as far as it comes: to a collective, or the end."""
        results: list[object] = []
        collected: list[Collected] = []
        if binding is None:
            results += (batch.call(self.inner, k) for k in range(batch.size))
            return results, collected
        token = BOUND.set((*BOUND.get(), binding))
        try:
            for k in range(batch.size):
                binding.begin(k)
                try:
                    results.append(batch.call(self.inner, k, own=True))
                except Collected as found:
                    if found.binding is not binding:
                        raise
                    collected.append(found)
        finally:
            BOUND.reset(token)
        return results, collected

    def _stacked(self, results: list[object]) -> object:
        """The results of all examples as one tree of arrays."""
        first, structure = trees.flatten(results[0])
        places = spread(self.axes.results, results[0], "out_axes")
        rows = [first]
        for result in results[1:]:
            leaves, other = trees.flatten(result)
            if other != structure:
                where, one, two = trees.difference(structure, other, "out")
                raise ArgumentError(
                    f"`{_name(self.inner)}` returns {one} for the first example and {two} for"
                    f" another one: `{where}`"
                )
            rows.append(leaves)
        names = trees.paths(structure, "out")
        trees.check_numeric(first, names, f"`{_name(self.inner)}` cannot be mapped: its result")
        columns = zip(*rows, strict=True)
        whole = [
            _joined(column, axis, name)
            for column, axis, name in zip(columns, places, names, strict=True)
        ]
        return trees.unflatten(structure, whole)

    def __repr__(self) -> str:
        """Return what is mapped over what."""
        axes = self.axes
        return f"<vmap of {_name(self.inner)}, in_axes={axes.given}, out_axes={axes.results}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by function and axes."""
        return type(self), (self.inner, self.axes)


class _Batch:
    """The arguments of one call: what is mapped, and how many examples that makes."""

    def __init__(
        self, mapped: Mapped, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> None:
        of_args = mapped.axes.of_arguments(len(args))
        self.count = len(args)
        self.keys = tuple(kwargs)
        parts = [*zip(args, of_args, map(str, range(len(args))), strict=True)]
        parts = [(value, axes, f"args[{i}]") for i, (value, axes, _) in enumerate(parts)]
        parts += [(value, 0, key) for key, value in kwargs.items()]
        self.parts: list[tuple[object, list[object], trees.Tree | None, list[int | None]]] = []
        found: list[tuple[str, int, int | None]] = []
        for value, axes, name in parts:
            if axes is None:
                self.parts.append((value, [], None, []))
                continue
            leaves, structure = trees.flatten(value)
            places = spread(axes, value, "in_axes")
            for i, path in enumerate(trees.paths(structure, name)):
                axis = places[i]
                if axis is None:
                    continue
                shape = np.shape(cast(Any, leaves[i]))
                places[i] = axis = axis_of(axis, len(shape), path)
                found.append((path, axis, shape[axis]))
            self.parts.append((value, leaves, structure, places))
        self.size = batch_size(mapped.axes, found)

    def call(self, function: Callable[..., Any], k: int, own: bool = False) -> object:
        """Call the function for one example, with arrays of its `own` where it may come again."""
        made = []
        for value, leaves, structure, places in self.parts:
            if structure is None:
                made.append(value)
                continue
            items = [
                leaf if axis is None else _part(cast(Any, leaf), axis, k, own)
                for leaf, axis in zip(leaves, places, strict=True)
            ]
            made.append(trees.unflatten(structure, items))
        named = dict(zip(self.keys, made[self.count :], strict=True))
        return function(*made[: self.count], **named)


def _part(leaf: Any, axis: int, k: int, own: bool) -> object:
    found = leaf[(slice(None),) * axis + (k,)]
    return found.copy() if own else found


def batch_size(axes: Axes, found: Sequence[tuple[str, int, int | None]]) -> int:
    """Return how many examples there are.

    Args:
        axes: what was asked for.
        found: for each mapped leaf its name, its axis and that axis's length.

    Raises:
        ValueError: when the lengths are not one, or when there are none.
    """
    sizes = {size for _, _, size in found}
    if axes.size is not None:
        if sizes - {axes.size}:
            raise ValueError(f"{disagreement(found)};\n  * axis_size is {axes.size}")
        return axes.size
    if not sizes:
        raise ValueError("vmap must have at least one array to map: all axes in in_axes are None")
    if len(sizes) > 1:
        raise ValueError(disagreement(found))
    (size,) = sizes
    assert size is not None
    return size


def empty(function: str) -> str:
    """Say why there is no result for a batch without examples."""
    return f"{function} is mapped over an axis of length 0: what it returns is known from calls"


def mapped_result(name: str) -> str:
    """Say that a result cannot come without the axis of the examples."""
    return (
        f"vmap has mapped output `{name}` but out_axes is None: it may be another one for each"
        " example"
    )


def _joined(column: tuple[object, ...], axis: int | None, name: str) -> object:
    """The results of all examples for one leaf, along a new axis."""
    if axis is not None:
        return np.stack(cast(Any, column), axis)
    first = column[0]
    if not all(np.array_equal(first, other, equal_nan=_may_be_nan(first)) for other in column[1:]):  # type: ignore[arg-type]
        raise ValueError(mapped_result(name))
    return first


def _may_be_nan(leaf: object) -> bool:
    return np.asarray(leaf).dtype.kind in "fc"


def _name(function: object) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def vmap(
    fun: Callable[..., Any],
    in_axes: Any = 0,
    out_axes: Any = 0,
    axis_name: str | None = None,
    axis_size: int | None = None,
) -> Mapped:
    """Return the function that calls another for each example of a batch, and stacks the results.

    Args:
        fun: the function of one example: any function, with loops and branches that differ from
            example to example.
        in_axes: which axis of the arguments counts the examples: an int for all of them, None for
            what is the same for all examples, or a tuple with an entry for each positional
            argument: an int, None, or a tree of them that is a prefix of the argument. Negative
            ones count from the last axis. Keyword arguments are mapped over their axis 0.
        out_axes: where the axis of the examples goes in the results, likewise; None for what is the
            same for all examples and comes without such an axis.
        axis_name: what the axis is called, for `psum` and its kin inside of `fun`.
        axis_size: the number of examples; needed only where no argument has them.

    Returns:
        The function of a batch. It runs a loop over the examples: `grad`, `vjp`, `jvp`, `source`
        and the others take it as they take any function, and so does a function that is
        differentiated when it calls it.

    Raises:
        ArgumentError: for what is no function, no axes, or no name. From the function that is
            returned: for axes that do not fit its arguments.
        ValueError: from the function that is returned, as in JAX, for axes that are not there and
            for batches of different sizes.

    >>> def below(limit, x):
    ...     steps = 0
    ...     while x > limit:
    ...         x, steps = x / 2.0, steps + 1
    ...     return x, steps
    >>> values, steps = vmap(below, in_axes=(None, 0))(1.0, np.array([3.0, 0.5, 16.0]))
    >>> print(values, steps)
    [0.75 0.5  1.  ] [2 0 4]
    """
    if not callable(fun):
        raise ArgumentError(f"Expected a callable value, got {fun}")
    return Mapped(fun, checked(in_axes, out_axes, axis_name, axis_size))
