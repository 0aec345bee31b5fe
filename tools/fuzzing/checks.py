"""All checks of a case: each raises `Wrong`, or counts that it has been made."""

import copy
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import srcad
from fuzzing.case import Call, Case, Outcome, Program, Wrong, loaded
from fuzzing.differences import directional, moved, random_direction
from fuzzing.engines import Truth, check_compiled, check_value, gradient
from fuzzing.forward import check_forward, check_pushed
from fuzzing.level import check_loops
from fuzzing.numbers import (
    finite,
    floats,
    inner,
    is_float,
    leaves,
    random_like,
    rebuilt,
    same,
    shown,
    single,
)
from fuzzing.omitted import explained
from fuzzing.rounding import depends_on_layout, depends_on_rounding
from fuzzing.second import check_second
from srcad import pipeline

EXACT, COARSE = 1e-9, 2e-3
DIFFERENCES, DIRECTIONS = 2e-4, 8
BESIDE = 1e-3
SECOND = 6
"""Of so many programs, one is differentiated twice: that takes as long as all the rest."""
SHAPES = (IndexError, ValueError)
FAULTS = ("stumbled", "Numba", "no loop form")
"""Refusals that say of themselves that they are faults."""


@dataclass
class Subject:
    """A program under test: one object for all of its calls, as a user has it."""

    function: Program
    source: str
    compiled: bool
    counts: Counter[str] = field(default_factory=Counter)
    papers: dict[int, Any] = field(default_factory=dict)
    truth: Truth | None = None

    def __post_init__(self) -> None:
        self.array = srcad.differentiable(engine="numpy")(self.function)
        self.numba = srcad.differentiable(engine="numba")(self.function)


def check(case: Case, compiled: bool = False) -> Outcome:
    """Try a case.

    Args:
        case: the program and its calls.
        compiled: whether to compile it, too.
    """
    outcome = Outcome()
    pipeline._CACHE.clear()  # nothing is to be remembered of the programs before
    with loaded(case.source) as function:
        subject = Subject(function, case.source, compiled, outcome.counts)
        for number, call in enumerate(case.calls):
            # The numbers drawn for a case do not depend on the cases before.
            random = np.random.default_rng([zlib.crc32(b"cotangents"), case.seed, number])
            try:
                check_call(subject, call, random)
            except Wrong as wrong:
                if is_rounding(subject, call, wrong):
                    outcome.counts["decided by rounding"] += 1
                else:
                    outcome.failure = wrong
            except srcad.SrcadError as error:
                if is_fault(error):
                    outcome.failure = Wrong(f"fault: {reason(error)}", str(error))
                else:
                    outcome.refusal = reason(error)
            if outcome.failure or outcome.refusal:
                break
    return outcome


def is_rounding(subject: Subject, call: Call, wrong: Wrong) -> bool:
    """Whether rounding decides what the program gives, and may decide otherwise at each level."""
    tolerance = COARSE if single(call) or "float32" in subject.source else EXACT
    if wrong.kind.startswith("value"):
        return depends_on_layout(subject.function, call, tolerance) or depends_on_rounding(
            subject.source, call, None, tolerance
        )
    if wrong.kind.startswith("gradient") and "array level" not in wrong.kind:
        return subject.truth is not None and depends_on_rounding(
            subject.source, call, subject.truth, tolerance
        )
    return False


def is_fault(error: srcad.SrcadError) -> bool:
    """Whether a refusal is not one of the program."""
    own = isinstance(error, srcad.CotangentError | srcad.TangentError | srcad.ArgumentError)
    return own or any(word in str(error) for word in FAULTS)


def reason(error: Exception) -> str:
    """An error without what is particular to a program, so that its kin can be counted."""
    first = str(error).split("\n")[0]
    if not isinstance(error, srcad.MissingRule):  # there, the name is NumPy's
        first = re.sub(r"`[^`]*`", "`_`", first)
    return re.sub(r"\d+", "0", f"{type(error).__name__}: {first}")[:100]


def check_call(subject: Subject, call: Call, random: np.random.Generator) -> None:
    """Try a program with arguments."""
    before = copy.deepcopy(call)
    subject.truth = None
    try:
        expected = subject.function(*copy.deepcopy(call))
    except Exception as error:
        check_raises(subject, call, error)
        expected = None
    else:
        if finite(expected):  # else rounding decides everything
            check_returns(subject, call, expected, random)
    if not same(call, before):
        raise Wrong("arguments changed")


def check_raises(subject: Subject, call: Call, expected: Exception) -> None:
    """An exception is Python's own, at every level.

    Those of statements that nothing needs may be lost.
    """
    engines = [("array level", subject.array)]
    engines += [("compiled", subject.numba)] * subject.compiled
    for where, engine in engines:
        found: Any
        try:
            found, _ = engine.vjp(*call)
        except srcad.SrcadError:
            raise
        except Exception as error:
            if type(error) is type(expected):
                subject.counts["exceptions"] += 1
                continue
            if isinstance(error, SHAPES) and isinstance(expected, SHAPES):
                # Of one statement often both are true, and which comes first is hardly a promise.
                subject.counts["exceptions, another one of the same statement"] += 1
                continue
            found = error

        def agree(found: Any, other: Any, where: str = where) -> None:
            tolerance = COARSE if single(call) or "float32" in subject.source else EXACT
            check_value(found, other, tolerance, where)

        if not explained(subject.source, call, found, expected, agree):
            raised = isinstance(found, Exception)
            what = f"{type(found).__name__ if raised else 'nothing'} raised"
            what += f" instead of {type(expected).__name__}"
            raise Wrong(f"{what}, {where}", f"{shown(found)} instead of {expected!r}")
        subject.counts["exceptions left out"] += 1


def check_returns(subject: Subject, call: Call, expected: Any, random: np.random.Generator) -> None:
    """Value and gradient, at every level."""
    tolerance = COARSE if single(call) or "float32" in subject.source else EXACT
    weights = rebuilt(expected, [random_like(leaf, random) for leaf in leaves(expected)])
    where = "array level"
    bars, pullback = gradient(subject.array, call, expected, weights, tolerance, where)
    if not finite(floats(bars)):
        subject.counts["gradients that are not finite"] += 1
        return
    truth = subject.truth = Truth(call, expected, weights, bars, pullback, tolerance)
    if tolerance == EXACT:
        check_differences(subject, truth, random)
    subject.counts["array level"] += 1
    subject.counts[check_loops(truth, subject.papers)] += 1
    subject.counts[f"forward, {check_forward(subject.array, truth)}"] += 1
    if tolerance == EXACT and zlib.crc32(subject.source.encode()) % SECOND == 0:
        subject.counts[f"second order, {check_second(subject.function, truth)}"] += 1
    if subject.compiled:
        check_pushed(subject.numba, truth, "forward, compiled")
        check_compiled(subject.numba, truth)
        subject.counts["compiled"] += 1


def check_differences(subject: Subject, truth: Truth, random: np.random.Generator) -> None:
    """The gradient is what finite differences say.

    Where three things are equal, of which one is the median, a kink looks smooth along one
    direction in three: before they are called wrong, several are tried.
    """
    flat = [leaf if is_float(leaf) else None for leaf in leaves(truth.weights)]
    wrong = None
    for _ in range(DIRECTIONS):
        direction = random_direction(truth.call, random)
        measured = directional(subject.function, truth.call, flat, direction)
        if measured is None:
            subject.counts["kinks"] += 1
            return
        expected, error = measured
        found = inner(direction, leaves(truth.bars))
        if not abs(found - expected) <= DIFFERENCES * (1 + abs(expected)) + error:
            wrong = wrong or Wrong("gradient, array level", f"{found} instead of {expected}")
        if wrong is None:
            subject.counts["finite differences"] += 1
            return
    if wrong and not is_additive(subject, truth, flat, random):
        subject.counts["kinks"] += 1
    elif wrong and is_right_beside(subject, truth, flat, random):
        subject.counts["kinks that cancel"] += 1
    elif wrong:
        raise wrong


def is_additive(
    subject: Subject, truth: Truth, flat: list[Any], random: np.random.Generator
) -> bool:
    """Whether differences along two directions add up to that along their sum.

    Along each of them alone, the median of four equal numbers looks smooth, from both sides; and
    along some pairs it adds up, too.
    """
    for _ in range(DIRECTIONS):
        one, two = (random_direction(truth.call, random) for _ in range(2))
        both = [
            left if right is None else left + right for left, right in zip(one, two, strict=True)
        ]
        measured = [
            directional(subject.function, truth.call, flat, along) for along in (one, two, both)
        ]
        if None in measured:
            return False
        (first, _), (second, _), (total, error) = measured
        if not abs(first + second - total) <= DIFFERENCES * (1 + abs(total)) + error:
            return False
    return True


def is_right_beside(
    subject: Subject, truth: Truth, flat: list[Any], random: np.random.Generator
) -> bool:
    """Whether the gradient is right at points nearby.

    The maximum of several `minimum(x, 0.5)` is smooth where they are all 0.5, but each of the ties
    takes its share of the derivative.
    """
    measured_at = 0
    for _ in range(DIRECTIONS):
        away = random_direction(truth.call, random)
        call = moved(truth.call, away, BESIDE)
        direction = random_direction(truth.call, random)
        measured = directional(subject.function, call, flat, direction)
        if measured is None:  # another kink, close to this one
            continue
        measured_at += 1
        _, pullback = subject.array.vjp(*copy.deepcopy(call))
        expected, error = measured
        found = inner(direction, leaves(pullback(truth.weights)))
        if not abs(found - expected) <= DIFFERENCES * (1 + abs(expected)) + error:
            return False
    return measured_at >= DIRECTIONS // 2
