"""Finite differences along one direction, and whether they can be trusted."""

import copy
from typing import Any

import numpy as np

from fuzzing.numbers import inner, is_float, leaves, rebuilt

STEPS = (1e-5, 3e-6, 1e-6)
SPREAD, KINK = 1e-4, 1e-3


def directional(function: Any, call: tuple[Any, ...], weights: list[Any], direction: list[Any]):
    """The derivative of <weights, function(*call)> along a direction, and how far it is uncertain.

    None at kinks and jumps: where three steps do not agree, or the two sides do not. How far the
    sides differ is the uncertainty, for there are kinks among large numbers, too.

    Args:
        function: a plain function.
        call: its arguments.
        weights: for each leaf of the result, an array like it, or None.
        direction: for each leaf of the arguments, an array like it, or None.
    """

    def at(step: float) -> float:
        return inner(weights, leaves(function(*moved(call, direction, step))))

    try:
        here = at(0.0)
        sides = [(at(step), at(-step)) for step in STEPS]
    except Exception:  # a step away, the program raises
        return None
    both = [(up - down) / (2 * step) for step, (up, down) in zip(STEPS, sides, strict=True)]
    size = 1 + abs(both[0])
    up, down = sides[-1]
    one_sided = (up - here) / STEPS[-1], (here - down) / STEPS[-1]
    if not max(both) - min(both) <= SPREAD * size:
        return None
    if not abs(one_sided[0] - one_sided[1]) <= KINK * size:
        return None
    return both[1], abs(one_sided[0] - one_sided[1])


def moved(call: tuple[Any, ...], direction: list[Any], step: float) -> tuple[Any, ...]:
    """Other arguments, a step along a direction away."""
    return rebuilt(
        call,
        [
            leaf if along is None else _sum(leaf, step * along)
            for leaf, along in zip(copy.deepcopy(leaves(call)), direction, strict=True)
        ],
    )


def _sum(leaf: Any, change: Any) -> Any:
    return leaf + change if isinstance(leaf, np.ndarray) else float(leaf + change)


def random_direction(call: tuple[Any, ...], random: np.random.Generator) -> list[Any]:
    """A direction for each leaf of the arguments; None for those without a derivative."""
    return [
        random.standard_normal(np.shape(leaf)) if is_float(leaf) else None for leaf in leaves(call)
    ]
