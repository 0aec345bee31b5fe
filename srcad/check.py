"""`@differentiable(check=True)`: the first gradient of each specialisation against differences."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from srcad import pipeline
from srcad.cotangents import LeafType, leaf_type, split_aux
from srcad.differences import Verdict, is_flat
from srcad.errors import CheckWarning, GradientMismatch
from srcad.target import Function, Target, primal_names
from srcad.trees import Tree, flatten, unflatten

__all__ = ["Call", "check_gradient", "random_cotangents"]

MOST_BLAMED = 16
"""Arguments that are looked at one by one when a gradient is wrong; each takes runs of its own."""


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """A call of a function whose gradient is to be checked.

    Args:
        function: the function.
        leaves: the leaves of its `(args, kwargs)`.
        structure: their structure.
        has_aux: whether it returns a pair of its value and something else.
        chosen: the leaves that it was differentiated by.
        gradients: the gradient by each of these.
        cotangents: the cotangent of each leaf of the value; None for integers.
    """

    function: Function
    leaves: Sequence[Any]
    structure: Tree
    has_aux: bool
    chosen: Sequence[int]
    gradients: Sequence[Any]
    cotangents: Sequence[Any]


@dataclass(frozen=True, eq=False, slots=True)
class _Line:
    """A call, and where to move its arguments: one array for each of `chosen`, None to stay.

    The curve to look at is the function along the line, contracted with the cotangents, less what
    the gradient says that it rises by. It is flat if the gradient is right. That arguments of low
    precision are rounded where they are moved to is part of both, and makes no difference.
    """

    call: Call
    directions: Sequence[np.ndarray | None]

    def at(self, step: float) -> float | None:
        """The curve after a step, in relative terms; None where the function is not defined."""
        call = self.call
        leaves = list(map(_copied, call.leaves))
        rise = 0.0
        for place, gradient, direction in zip(
            call.chosen, call.gradients, self.directions, strict=True
        ):
            if direction is not None:
                leaves[place], change = _moved(call.leaves[place], step * direction)
                rise += float(np.sum((gradient * change).real))
        try:
            found = _value(call, leaves)
        except Exception:  # as the function likes: it is run where nobody may have meant it to be
            return None
        value = _contracted(call.cotangents, found)
        return value - rise if value is not None and np.isfinite(value - rise) else None

    def along(self) -> tuple[float, float, float]:
        """The gradient along the line, the sizes of its parts together, the line's length."""
        total = parts = square = 0.0
        for gradient, direction in zip(self.call.gradients, self.directions, strict=True):
            if direction is not None:
                products = (gradient * direction).real
                total += float(np.sum(products))
                parts += float(np.sum(np.abs(products)))
                square += float(np.sum(np.abs(direction) ** 2))
        return total, parts, float(np.sqrt(square))


def check_gradient(target: Target, made: pipeline.Specialisation, call: Call) -> None:
    """Compare a gradient with differences of the function, along a direction drawn at random.

    The direction is the same for all calls with arguments of the same shapes. The function is run
    some ten times, and sixty times where the two do not agree, on copies of the arguments.

    Args:
        target: the function.
        made: the specialisation that computed the gradient; it is not checked again.
        call: the call.

    Raises:
        GradientMismatch: when they are different beyond the error of the differences.
    """
    directions = _random_directions(call)
    if any(direction is not None for direction in directions) and any(
        cotangent is not None for cotangent in call.cotangents
    ):
        line = _Line(call, directions)
        verdict = _judged(line)
        if verdict.answer == "no":
            raise _mismatch(target, made, line, verdict)
        target.history.checked.add(made.shared)  # first: the warning may be raised
        if verdict.answer == "unknown":
            warnings.warn(
                f"the gradient of {_named(target, made)} could not be checked by differences:"
                f" {verdict.reason}",
                CheckWarning,
                stacklevel=2,
            )


def random_cotangents(leaves: Sequence[object]) -> tuple[object, ...]:
    """Draw a cotangent for each leaf of a result; large ones count no more than small ones.

    Args:
        leaves: numbers and arrays.

    Returns:
        One of the same kind for each, None for integers and booleans.
    """
    generator = np.random.default_rng(1982)
    drawn: list[object] = []
    for leaf in leaves:
        kind = leaf_type(leaf)
        if not kind.differentiable:
            drawn.append(None)
            continue
        size = _size(np.asarray(leaf))
        scale = 1.0 / size if 1e-30 < size < 1e30 else 1.0
        drawn.append(_like(kind, scale * _random(generator, kind)))
    return tuple(drawn)


def _judged(line: _Line) -> Verdict:
    """Whether the gradient along a line is the function's slope."""
    call = line.call
    total, parts, _ = line.along()
    if not np.isfinite(total) or not np.isfinite(parts):
        return Verdict("unknown", reason="it is not finite")
    try:
        found = _value(call, list(map(_copied, call.leaves)))
    except Exception as error:
        reason = f"it raises {type(error).__name__} when it is run again"
        return Verdict("unknown", reason=reason)
    sizes = [
        float(np.sum(np.abs(_wide(cotangent) * _wide(leaf))))
        for cotangent, leaf in zip(call.cotangents, found, strict=False)
        if cotangent is not None
    ]
    epsilon = _epsilon([*(call.leaves[place] for place in call.chosen), *found])
    return is_flat(line.at, parts, 2.0 * epsilon * sum(sizes), epsilon)


def _mismatch(
    target: Target, made: pipeline.Specialisation, line: _Line, verdict: Verdict
) -> GradientMismatch:
    """The error for a gradient that is not the function's."""
    total, _, length = line.along()
    longest, shortest = verdict.steps
    blamed = _blamed(target, line)
    at_fault = f"\n  arguments that differ:     {', '.join(blamed)}" if blamed else ""
    return GradientMismatch(
        f"the gradient of {_named(target, made)} is not the slope of the function\n"
        f"  along a random direction of size {length:.6g}:\n"
        f"  gradient:                  {total:.12g}\n"
        f"  differences:               {total + verdict.slope:.12g}, to about {verdict.error:.1g}\n"
        f"  steps:                     {longest:.1g} to {shortest:.1g} of the direction{at_fault}",
        None,
        "a kink or a jump of the function there, randomness, or state that it keeps between calls\n"
        "can be the reason; if there is none of these, the gradient is wrong and the fault is\n"
        "srcad's: please report the function, its arguments, and what srcad.source prints for them",
    )


def _named(target: Target, made: pipeline.Specialisation) -> str:
    """The function's name, and its place if it has one."""
    place = made.shared.program.place
    return f"`{target.name}` ({place})" if place else f"`{target.name}`"


def _blamed(target: Target, line: _Line) -> list[str]:
    """The names of the arguments that the gradient is wrong for."""
    moving = [i for i, direction in enumerate(line.directions) if direction is not None]
    names = primal_names(target.function, line.call.structure)
    blamed = []
    for i in moving[:MOST_BLAMED]:
        only = [direction if i == j else None for j, direction in enumerate(line.directions)]
        if len(moving) == 1 or _judged(replace(line, directions=only)).answer == "no":
            blamed.append(names[line.call.chosen[i]])
    return blamed


def _value(call: Call, leaves: Sequence[Any]) -> list[Any]:
    """Run the function on leaves that are its own, and return the leaves of its value."""
    args, kwargs = cast(tuple[Any, Any], unflatten(call.structure, leaves))
    with np.errstate(all="ignore"):
        result = call.function(*args, **kwargs)
    return flatten(split_aux(result)[0] if call.has_aux else result)[0]


def _contracted(cotangents: Sequence[Any], leaves: Sequence[Any]) -> float | None:
    """The sum of the products of cotangents and values; None if they do not fit."""
    if len(leaves) != len(cotangents):
        return None
    total = 0.0
    for cotangent, leaf in zip(cotangents, leaves, strict=True):
        if cotangent is not None:
            if np.shape(leaf) != np.shape(cotangent):
                return None
            total += float(np.sum(_wide(cotangent) * _wide(leaf)).real)
    return total


def _random_directions(call: Call) -> list[np.ndarray | None]:
    """Draw a direction for each leaf: about as large as the leaf is, element by element."""
    generator = np.random.default_rng(1982)
    return [_direction(generator, call.leaves[place]) for place in call.chosen]


def _direction(generator: np.random.Generator, leaf: Any) -> np.ndarray | None:
    kind = leaf_type(leaf)
    if not kind.differentiable or not np.size(leaf):
        return None
    wide = _wide(leaf)
    finite = np.isfinite(wide)
    # Steps relative to each element stay inside of domains: logarithms, square roots. Zeros have
    # to be moved too, and elements that are far smaller than their neighbours.
    size = np.maximum(np.abs(np.where(finite, wide, 0.0)), _size(wide) / 16.0)
    return np.where(finite, _random(generator, kind) * size, 0.0)


def _random(generator: np.random.Generator, kind: LeafType) -> np.ndarray:
    """Numbers between 0.4 and 1 in size, of both signs or all phases."""
    sizes = generator.uniform(0.4, 1.0, kind.shape)
    if kind.dtype.kind == "c":
        return np.asarray(sizes * np.exp(2j * np.pi * generator.uniform(0.0, 1.0, kind.shape)))
    return np.asarray(sizes * generator.choice([-1.0, 1.0], kind.shape))


def _moved(leaf: object, change: np.ndarray) -> tuple[object, np.ndarray]:
    """A leaf of the same kind that lies further along, and by how much."""
    before = _wide(leaf)
    moved = _like(leaf_type(leaf), np.where(change == 0.0, before, before + change))
    if isinstance(leaf, np.ndarray):
        copy = _copied(leaf)
        writeable = copy.flags.writeable
        copy.flags.writeable = True
        copy[...] = moved
        copy.flags.writeable = writeable
        moved = copy
    return moved, np.where(change == 0.0, 0.0, _wide(moved) - before)


def _copied(leaf: Any) -> Any:
    """A leaf that the function may write to: of the same layout, on which views depend."""
    if not isinstance(leaf, np.ndarray):
        return leaf
    if leaf.flags.forc:
        copy = np.array(leaf, order="K")
    else:
        copy = np.empty((*leaf.shape, 2), leaf.dtype)[..., 0]
        copy[...] = leaf
    copy.flags.writeable = leaf.flags.writeable
    return copy


def _like(kind: LeafType, value: np.ndarray) -> object:
    """An array of doubles as a number or an array of another kind."""
    if kind.form == "array":
        return value.astype(kind.dtype)
    if kind.form == "scalar":
        return kind.dtype.type(value[()])
    return complex(value) if kind.dtype.kind == "c" else float(value)


def _wide(leaf: Any) -> np.ndarray:
    """A number or an array in double precision."""
    array = np.asarray(leaf)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _size(array: np.ndarray) -> float:
    """How large the elements of an array are, as a rule; 1 if all are zero."""
    sizes = np.abs(_wide(array))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
    return float(np.sqrt(np.mean(sizes**2))) if sizes.size else 1.0


def _epsilon(leaves: Sequence[Any]) -> float:
    """The relative rounding error of the lowest precision among numbers and arrays."""
    dtypes = [np.asarray(leaf).dtype for leaf in leaves]
    found = [float(np.finfo(dtype).eps) for dtype in dtypes if dtype.kind in "fc"]
    return max(found, default=float(np.finfo(np.float64).eps))
