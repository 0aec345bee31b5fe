"""What holds for an engine: values and gradients, their types, and that nothing else changes."""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

import srcad
from fuzzing.case import Call, Wrong
from fuzzing.numbers import (
    close,
    constant_like,
    duplicate,
    finite,
    floats,
    is_float,
    leaves,
    rebuilt,
    same,
    same_type,
    shown,
    spoil,
    structure,
    typed_like,
    wider_type,
)


@dataclass(frozen=True)
class Truth:
    """What one engine found for a call, for the others to agree with.

    Args:
        call: the arguments.
        expected: what Python returns.
        weights: a cotangent of it.
        bars: the gradient for that.
        pullback: gives others.
        tolerance: what may be rounding.
    """

    call: Call
    expected: Any
    weights: Any
    bars: Any
    pullback: Any
    tolerance: float


def gradient(
    engine: Any, call: Call, expected: Any, weights: Any, tolerance: float, where: str
) -> tuple[Any, Any]:
    """The gradient by an engine, and the pullback, after checking all but its value."""
    given = duplicate(call)
    try:
        out, pullback = engine.vjp(*given)
        check_value(out, expected, tolerance, where)
        weights = typed_like(weights, out)
        kept = copy.deepcopy(weights)
        nothing = rebuilt(out, [constant_like(leaf, 0.0) for leaf in leaves(out)])
        bars = pullback(weights)
        first = copy.deepcopy(bars)
        if not same(given, call):
            raise Wrong(f"arguments changed, {where}")
        if not same(floats(weights), floats(kept)):
            raise Wrong(f"cotangents changed, {where}")
        spoil((given, out, bars))
        again = pullback(weights)
        zeros = pullback(nothing)
    except (Wrong, srcad.SrcadError):
        raise
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, {where}", shown(error)) from error
    if not same(floats(again), floats(first)):
        detail = f"{shown(again)} instead of {shown(first)}"
        raise Wrong(f"another gradient the second time, {where}", detail)
    if finite(floats(first)) and any(np.any(bar) for bar in floats(zeros)):
        raise Wrong(f"gradient of nothing, {where}", shown(zeros))
    for bar, leaf in zip(leaves(first), leaves(call), strict=True):
        if is_float(leaf) and not (same_type(bar, leaf) and np.shape(bar) == np.shape(leaf)):
            raise Wrong(f"type of the gradient, {where}", f"{shown(bar)} for {shown(leaf)}")
    return first, pullback


def check_value(out: Any, expected: Any, tolerance: float, where: str) -> None:
    """The value is what Python gives, and of its type, or of a wider one."""
    if structure(out) != structure(expected):
        raise Wrong(f"structure, {where}", f"{shown(out)} instead of {shown(expected)}")
    for leaf, other in zip(leaves(out), leaves(expected), strict=True):
        detail = f"{shown(leaf)} instead of {shown(other)}"
        if not close(leaf, other, tolerance * 0.01):
            raise Wrong(f"value, {where}", detail)
        if not (same_type(leaf, other) or wider_type(leaf, other)):
            raise Wrong(f"type, {where}", detail)


def check_compiled(engine: Any, truth: Truth) -> None:
    """Numba's engine gives what the array level gives, twice; also value and gradient at once."""
    call, expected, tolerance = truth.call, truth.expected, truth.tolerance
    found, pullback = gradient(engine, call, expected, truth.weights, tolerance, "compiled")
    check_bars(leaves(found), leaves(truth.bars), tolerance, "compiled")
    if is_float(expected) and np.shape(expected) == ():
        numbers = tuple(i for i, leaf in enumerate(call) if is_float(leaf))
        unit = leaves(pullback(1.0))
        for _ in range(2):  # the second call takes a shorter way
            value, partial = srcad.value_and_grad(engine, argnums=numbers)(*call)
            check_value(value, expected, tolerance, "value_and_grad")
            wanted = [unit[number] for number in numbers]
            check_bars(leaves(partial), wanted, tolerance, "value_and_grad")


def check_bars(found: list[Any], expected: list[Any], tolerance: float, where: str) -> None:
    """Two gradients are the same."""
    for place, (bar, other) in enumerate(zip(found, expected, strict=True)):
        if is_float(other) and bar is not None and not close(bar, other, tolerance):
            nan = " (nan)" if np.any(np.isnan(np.asarray(bar, float))) else ""
            detail = f"of leaf {place}: {shown(bar)} instead of {shown(other)}"
            raise Wrong(f"gradient, {where}{nan}", detail)
