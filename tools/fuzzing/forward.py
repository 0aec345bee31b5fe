"""Forward mode against reverse mode: what one pushes and the other pulls back is the same."""

import copy
from typing import Any

import numpy as np

import srcad
from fuzzing.case import Wrong
from fuzzing.engines import Truth, check_value
from fuzzing.level import AGREED, BAILED, OTHERS, REFUSED, UNBOUND
from fuzzing.numbers import close, duplicate, floats, is_float, leaves, rebuilt, same, shown
from fuzzing.paper import executed, ready
from srcad import pipeline
from srcad.loops.elements import Unsupported
from srcad.pushforward import Pushforward
from srcad.runtime.compiled import Bail
from srcad.target import Target


def check_forward(engine: Any, truth: Truth) -> str:
    """Check the tangent program of a call, at both levels; tell how far the loop level came."""
    tangents, dot = check_pushed(engine, truth, "forward")
    pushed = Pushforward(Target.of(engine), duplicate(truth.call))
    shared = pushed.program.shared
    try:
        text = pushed.program.loop_source
    except Unsupported:
        return REFUSED
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, writing tangents", shown(error)) from error
    fits = pipeline.compile_guards(shared.tangent.guards, shared.tangent.primal.params)
    object.__setattr__(shared, "fits", fits)  # as in `paper`
    if not fits(pushed.inputs):
        return OTHERS
    function = executed(text, shared.generated.constants)[shared.generated.name]
    flat = pushed.accept(tangents)
    inputs = ready([*pushed.inputs, *(flat[i] for i in shared.moving)])
    kept = copy.deepcopy(inputs)
    try:
        with np.errstate(all="ignore"):
            out, dots = function(*inputs)
    except (Bail, ZeroDivisionError):  # compiled, a division by zero is infinite
        return BAILED
    except UnboundLocalError:  # compiled, it is a null that nobody looks at
        return UNBOUND
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, tangents in loops", shown(error)) from error
    if not same(inputs, kept):
        raise Wrong("arguments changed, tangents in loops")
    results = (out,) if len(shared.tangent.primal.body.results) == 1 else out
    dots = (dots,) if len(shared.tangent.outputs) == 1 else dots
    value = leaves(pipeline.build(shared.template, results))
    check("value, tangents in loops", value, leaves(truth.expected), truth.tolerance * 0.01)
    found = [None if place is None else dots[place] for place in shared.dots]
    check("tangent, tangents in loops", found, leaves(dot), truth.tolerance)
    return AGREED


def check_pushed(engine: Any, truth: Truth, where: str) -> tuple[Any, Any]:
    """<weights, jvp(tangents)> is <vjp(weights), tangents>; returns tangents and their image."""
    random = np.random.default_rng(len(leaves(truth.call)))
    tangents = rebuilt(truth.call, [direction(leaf, random) for leaf in leaves(truth.call)])
    given, kept = duplicate(truth.call), copy.deepcopy(tangents)
    try:
        out, dot = srcad.jvp(engine, given, tangents)
    except srcad.SrcadError:
        raise
    except Exception as error:
        raise Wrong(f"raises {type(error).__name__}, {where}", shown(error)) from error
    check_value(out, truth.expected, truth.tolerance, where)
    if not same(given, truth.call) or not same(floats(tangents), floats(kept)):
        raise Wrong(f"arguments changed, {where}")
    for leaf, moved in zip(leaves(out), leaves(dot), strict=True):
        if is_float(leaf) and not (type(leaf) is type(moved) and np.shape(leaf) == np.shape(moved)):
            raise Wrong(f"type of the tangent, {where}", f"{shown(moved)} for {shown(leaf)}")
    pushed, bound = paired(leaves(truth.weights), leaves(dot))
    pulled, other = paired(leaves(truth.bars), leaves(tangents))
    if not abs(pushed - pulled) <= truth.tolerance * (1.0 + bound + other):
        raise Wrong(f"tangent, {where}", f"{pushed} instead of {pulled}")
    return tangents, dot


def direction(leaf: Any, random: np.random.Generator) -> Any:
    """A tangent of a leaf."""
    if not is_float(leaf):
        return leaf
    drawn = random.uniform(-1.0, 1.0, np.shape(leaf))
    if np.iscomplexobj(leaf):
        drawn = drawn + 1.0j * random.uniform(-1.0, 1.0, np.shape(leaf))
    if isinstance(leaf, np.ndarray):
        return drawn.astype(leaf.dtype)
    return type(leaf)(drawn)


def paired(first: list[Any], second: list[Any]) -> tuple[float, float]:
    """The inner product of what are floats, and a bound of its terms."""
    terms = [
        np.real(np.asarray(one) * np.asarray(two))
        for one, two in zip(first, second, strict=True)
        if is_float(one) and is_float(two)
    ]
    return sum(float(np.sum(t)) for t in terms), sum(float(np.sum(np.abs(t))) for t in terms)


def check(what: str, found: list[Any], expected: list[Any], tolerance: float) -> None:
    """Leaves that are floats are equal."""
    for leaf, other in zip(found, expected, strict=True):
        if leaf is not None and is_float(other) and not close(leaf, other, tolerance):
            raise Wrong(what, f"{shown(leaf)} instead of {shown(other)}")
