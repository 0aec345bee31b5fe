"""Gradients against differences of the function: for `check=True`, and for `check_grads`."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from srcad import pipeline
from srcad.cotangents import split_aux
from srcad.differences import Residue, Verdict, is_flat
from srcad.directions import copied, epsilon, moved, random_directions, wide, widened
from srcad.errors import CheckWarning, GradientMismatch
from srcad.target import Function, Target, primal_names
from srcad.trees import Tree, flatten, unflatten

__all__ = ["Call", "check_gradient", "compare"]

OURS = "gradient is wrong, and the fault is srcad's: please report the function and its arguments"
"""Whose fault a wrong gradient is that srcad computed."""

MOST_ALONE = 16
"""Leaves that are moved one by one where moving all of them finds something."""


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """A call of a function, and its gradient.

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

    def value(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the function on leaves that are its own, and return the leaves of its value."""
        args, kwargs = cast(tuple[Any, Any], unflatten(self.structure, leaves))
        with np.errstate(all="ignore"):
            result = self.function(*args, **kwargs)
        return flatten(split_aux(result)[0] if self.has_aux else result)[0]


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """A line through the arguments of a call.

    Args:
        call: the call.
        directions: where to move each of the chosen leaves; None to leave it where it is.
    """

    call: Call
    directions: Sequence[np.ndarray | None]

    def residue(self, step: float) -> float | None:
        """Return the function after a step, less what the gradient says that it rises by.

        That is flat where the gradient is right. Both parts go to the same place, that of rounded
        arguments: so they may be of low precision.

        Args:
            step: how far to go; 1 is about as far as the arguments are from zero.

        Returns:
            The value contracted with the cotangents, less the rise; None where that is not defined.
        """
        call = self.call
        leaves = list(map(copied, call.leaves))
        rise = 0.0
        for place, gradient, direction in zip(
            call.chosen, call.gradients, self.directions, strict=True
        ):
            if direction is not None:
                leaves[place], change = moved(call.leaves[place], step * direction)
                rise += float(np.sum((gradient * change).real))
        try:
            found = call.value(leaves)
        except Exception:  # of any kind: the function was not meant to be run there
            return None
        value = _contracted(call.cotangents, found)
        return value - rise if value is not None and np.isfinite(value - rise) else None

    def slope(self) -> tuple[float, float]:
        """Return the slope that the gradient gives, and the sizes of its parts together."""
        total = parts = 0.0
        for gradient, direction in zip(self.call.gradients, self.directions, strict=True):
            if direction is not None:
                products = (gradient * direction).real
                total += float(np.sum(products))
                parts += float(np.sum(np.abs(products)))
        return total, parts

    def only(self, index: int) -> "Line":
        """Return the line that moves one of the leaves and leaves the others."""
        directions = [d if i == index else None for i, d in enumerate(self.directions)]
        return Line(self.call, directions)


def check_gradient(target: Target, made: pipeline.Specialisation, call: Call) -> None:
    """Compare the first gradient of a specialisation with differences of the function.

    Args:
        target: the function.
        made: what computed the gradient; it is not checked again, unless the gradient is wrong.
        call: the call.

    Raises:
        GradientMismatch: when they are different beyond the error of the differences.
    """
    place = made.shared.program.place
    name = f"`{target.name}` ({place})" if place else f"`{target.name}`"
    names = primal_names(target.function, call.structure)
    unsure = compare(f"the gradient of {name}", names, call)
    target.history.checked.add(made.shared)
    if unsure:
        warnings.warn(unsure, CheckWarning, stacklevel=2)


def compare(what: str, names: Sequence[str], call: Call, fault: str = OURS) -> str:
    """Compare a gradient with differences of the function, along a direction drawn at random.

    The direction is the same for all calls with arguments of the same shapes. The function is run
    some ten times, more where the two do not agree, on copies of the arguments.

    Args:
        what: what is compared: "the gradient of `f`".
        names: the names of the leaves of the arguments.
        call: the call.
        fault: the end of a sentence that says what is wrong if no reason is found.

    Returns:
        What to warn of; empty if the gradient is right.

    Raises:
        GradientMismatch: when they are different beyond the error of the differences.
    """
    line = Line(call, random_directions(call.leaves[place] for place in call.chosen))
    moving = [index for index, direction in enumerate(line.directions) if direction is not None]
    if not moving or all(cotangent is None for cotangent in call.cotangents):
        return ""
    verdict = _judged(line)
    if verdict.answer == "yes":
        return ""
    # One argument at a time: one that is at a kink (a flag, say) must not hide the others.
    lines = {names[call.chosen[index]]: line.only(index) for index in moving[:MOST_ALONE]}
    if len(moving) == 1:
        found = dict.fromkeys(lines, verdict)
    else:
        found = {leaf: _judged(alone) for leaf, alone in lines.items()}
    wrong = [leaf for leaf, one in found.items() if one.answer == "no"]
    if verdict.answer == "unknown" and wrong:
        line, verdict = lines[wrong[0]], found[wrong[0]]
    if verdict.answer == "no":
        raise _mismatch(what, line, verdict, wrong, fault)
    unknown = {leaf: one for leaf, one in found.items() if one.answer == "unknown"}
    if not unknown and len(moving) <= MOST_ALONE:
        return ""
    some = f" by {', '.join(unknown)}" if unknown and len(unknown) < len(moving) else ""
    reasons = dict.fromkeys(one.reason for one in unknown.values() or [verdict])
    return f"{what}{some} could not be checked: {'; '.join(reasons)}"


def _judged(line: Line) -> Verdict:
    """Whether the gradient along a line is the function's slope.

    In low precision differences see little, and kinks are close everywhere. So doubles are asked
    first, and what they do not confirm is looked at as it is.
    """
    call = line.call
    total, parts = line.slope()
    verdict = None
    if not np.isfinite(total) or not np.isfinite(parts):
        return Verdict("unknown", reason="it is not finite")
    doubles = replace(call, leaves=list(map(widened, call.leaves)))
    widens = any(a is not b for a, b in zip(call.leaves, doubles.leaves, strict=True))
    if widens and _runs(doubles):
        relative = epsilon([call.leaves[place] for place in call.chosen]) ** 0.5
        verdict = _flatness(replace(line, call=doubles), relative)
        if verdict.answer == "yes":
            return verdict
    found = _flatness(line)
    return found if verdict is None or found.answer == "yes" else verdict


def _runs(call: Call) -> bool:
    """Whether a function takes such arguments at all."""
    try:
        call.value(list(map(copied, call.leaves)))
    except Exception:
        return False
    return True


def _flatness(line: Line, relative: float = 0.0) -> Verdict:
    """Whether the residue along a line is flat, by the precision of what it computes with."""
    call = line.call
    try:
        found = call.value(list(map(copied, call.leaves)))
    except Exception as error:
        return Verdict(
            "unknown", reason=f"the function raises {type(error).__name__} when it is run again"
        )
    size = sum(
        float(np.sum(np.abs(wide(cotangent) * wide(leaf))))
        for cotangent, leaf in zip(call.cotangents, found, strict=False)
        if cotangent is not None
    )
    unit = epsilon([*(call.leaves[place] for place in call.chosen), *found])
    total, parts = line.slope()
    relative = max(relative, unit**0.5)
    return is_flat(Residue(line.residue, total, parts, 2.0 * unit * size, unit, relative))


def _mismatch(
    what: str, line: Line, verdict: Verdict, wrong: Sequence[str], fault: str
) -> GradientMismatch:
    """The error for a gradient that is not the function's."""
    total, _ = line.slope()
    squares = [np.sum(np.abs(d) ** 2) for d in line.directions if d is not None]
    longest, shortest = verdict.steps
    at = f"\n  wrong by:     {', '.join(wrong)}" if wrong else ""
    return GradientMismatch(
        f"{what} is not the slope of the function\n"
        f"  gradient:     {total:.12g}\n"
        f"  differences:  {total + verdict.slope:.12g}, to about {verdict.error:.1g}\n"
        f"  along:        a random direction of size {np.sqrt(sum(squares)):.3g},"
        f" in steps of {longest:.1g} to {shortest:.1g} of it{at}",
        None,
        "if the function has a kink or a jump there, check it elsewhere; if it is random or keeps\n"
        "something between calls, take that out of it; if none of these is the reason, the\n"
        f"{fault}",
    )


def _contracted(cotangents: Sequence[Any], leaves: Sequence[Any]) -> float | None:
    """The sum of the products of cotangents and values; None if they do not fit."""
    if len(leaves) != len(cotangents):
        return None
    total = 0.0
    for cotangent, leaf in zip(cotangents, leaves, strict=True):
        if cotangent is not None:
            if np.shape(leaf) != np.shape(cotangent):
                return None
            total += float(np.sum(wide(cotangent) * wide(leaf)).real)
    return total
