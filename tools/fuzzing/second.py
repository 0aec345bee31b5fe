"""Second derivatives: forward over reverse against differences, and reverse over reverse."""

import copy
from typing import Any

import numpy as np

import srcad
from fuzzing.case import Wrong
from fuzzing.engines import Truth
from fuzzing.forward import direction, paired
from fuzzing.numbers import duplicate, finite, floats, is_float, leaves, rebuilt, shown

STEPS, BESIDE, TRIED = (1e-5, 3e-6), 1e-3, 4
NEAR, SPREAD = 1e-3, 1e-4
NOT_ALONE = "results with ints"
REFUSED, KINK, AGREED = "refused", "kink", "agreed"


def check_second(function: Any, truth: Truth) -> str:
    """Check the derivative of the gradient of a call; tell how far that came.

    Gradients that jump where several things are equal may look smooth from both sides. So what is
    wrong there counts only if it is wrong close by, too.
    """
    try:
        return _checked(function, truth, truth.call)
    except Wrong as wrong:
        if not wrong.kind.endswith("over forward"):
            raise
        random = np.random.default_rng(1)
        for _ in range(TRIED):
            beside = [
                leaf + BESIDE * along if is_float(leaf) else leaf
                for leaf, along in (
                    (leaf, direction(leaf, random)) for leaf in copy.deepcopy(leaves(truth.call))
                )
            ]
            try:
                if _checked(function, truth, rebuilt(truth.call, beside)) == AGREED:
                    return KINK
            except Wrong:
                continue
        raise


def _checked(function: Any, truth: Truth, call: Any) -> str:
    """Check it at one point."""
    if not all(is_float(leaf) and not np.iscomplexobj(leaf) for leaf in leaves(truth.expected)):
        return NOT_ALONE
    weights = rebuilt(truth.expected, [_plain(leaf) for leaf in leaves(truth.weights)])

    @srcad.differentiable(engine="numpy")
    def gradient(*args: Any) -> Any:
        _, pull = srcad.vjp(function, *args)
        return pull(weights)

    random = np.random.default_rng(len(leaves(call)))
    tangents = rebuilt(call, [direction(leaf, random) for leaf in leaves(call)])
    try:
        found, dot = srcad.jvp(gradient, duplicate(call), tangents)
        bars = rebuilt(found, [direction(leaf, random) for leaf in leaves(found)])
        _, pull = srcad.vjp(gradient, *duplicate(call))
        back = pull(bars)
    except srcad.SrcadError as error:
        if "stumbled" in str(error):
            raise Wrong("fault: second order", str(error)) from error
        return REFUSED
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, second order", shown(error)) from error
    if not finite(floats(dot)) or not finite(floats(back)):
        return KINK
    pushed, bound = paired(leaves(bars), leaves(dot))
    pulled, other = paired(leaves(back), leaves(tangents))
    if not abs(pushed - pulled) <= 1e-8 * (1.0 + bound + other):
        raise Wrong("second order, over reverse", f"{pulled} instead of {pushed}")
    slopes = [_slope(function, call, weights, tangents, step) for step in STEPS]
    for place, moved in enumerate(leaves(dot)):
        if not is_float(moved):
            continue
        coarse, fine = (slope[place] for slope in slopes)
        size = 1.0 + float(np.max(np.abs(coarse), initial=0.0))
        if not np.all(np.abs(coarse - fine) <= SPREAD * size):
            return KINK
        if not np.all(np.abs(np.asarray(moved) - fine) <= NEAR * size):
            raise Wrong("second order, over forward", f"{shown(moved)} instead of {shown(fine)}")
    return AGREED


def _plain(leaf: Any) -> Any:
    """A cotangent that a program can hold."""
    return np.asarray(leaf) if isinstance(leaf, np.ndarray) else float(leaf)


def _slope(function: Any, call: Any, weights: Any, tangents: Any, step: float) -> list[Any]:
    """The gradient's central difference, leaf by leaf."""
    sides = []
    for sign in (step, -step):
        moved = [
            leaf + sign * along if is_float(leaf) else leaf
            for leaf, along in zip(copy.deepcopy(leaves(call)), leaves(tangents), strict=True)
        ]
        try:
            _, pull = srcad.differentiable(engine="numpy")(function).vjp(*rebuilt(call, moved))
            sides.append(leaves(pull(weights)))
        except Exception:  # a step away, the program raises
            sides.append([np.nan] * len(leaves(call)))
    return [
        (np.asarray(ahead, float) - np.asarray(behind, float)) / (2.0 * step)
        if is_float(ahead) and is_float(behind)
        else np.nan
        for ahead, behind in zip(*sides, strict=True)
    ]
