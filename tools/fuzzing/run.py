"""One program after the other."""

import warnings
from collections.abc import Callable
from typing import Any

from fuzzing.case import Case, Outcome, Wrong, case_of
from fuzzing.checks import check
from fuzzing.patience import TooLong, limited
from fuzzing.report import Report, entry
from fuzzing.segmented import segmented
from fuzzing.shrinking import shrink
from fuzzing.words import renamed

ATTEMPTS, COMPILED_ATTEMPTS = 1500, 60
"""How many smaller cases to try; numbers, not seconds, so that a run can be repeated."""


LIMIT = 120.0
"""Seconds for a program; a hundred times what most of them take."""

WORDS = 8
"""Of so many programs, one has the names that srcad would make up."""

SEGMENTED = 10
"""Of so many, one has its loops checkpointed."""

PROGRESS = 1000
"""After how many seeds a run says how far it is."""


def run(
    first: int,
    programs: int,
    every: int,
    late: Callable[[], bool] = lambda: False,
    most: int = 10,
    tell: Callable[[str], Any] = print,
) -> tuple[Report, int]:
    """Try the programs of consecutive seeds.

    Args:
        first: the first seed.
        programs: how many seeds.
        every: one in so many is compiled, none if this is 0.
        late: whether it is time to stop.
        most: after how many failures to stop.
        tell: where failures are printed.

    Returns:
        The sums, and the seed to go on with.
    """
    report = Report()
    seed = first
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nan and infinity are among the things that are tried
        while seed < first + programs and not late() and report.failures.total() < most:
            case = case_of(seed)
            if case is not None:
                if seed % WORDS == 0:
                    case = renamed(case) or case
                if seed % SEGMENTED == 1:
                    case = segmented(case) or case
                compiled = bool(every) and seed % every == 0
                outcome = attempt(case, compiled)
                report.add(case, outcome, compiled)
                if outcome.failure:
                    tell(entry(*smallest(case, outcome.failure, compiled), seed, compiled))
            seed += 1
            if (seed - first) % PROGRESS == 0:
                tell(f"# {report.programs} programs, {report.failures.total()} failed")
    return report, seed


def attempt(case: Case, compiled: bool) -> Outcome:
    """Check a case, which must not take for ever."""
    try:
        with limited(LIMIT):
            return check(case, compiled)
    except TooLong:
        return Outcome(Wrong("takes too long"))


def smallest(case: Case, failure: Wrong, compiled: bool) -> tuple[Case, Wrong]:
    """A failing case made small, and how that fails."""

    def fails(smaller: Case) -> bool:
        nonlocal failure
        try:
            found = attempt(smaller, compiled).failure
        except Exception:  # the program itself is broken
            return False
        if found is None or found.kind != failure.kind:
            return False
        failure = found
        return True

    if failure.kind == "takes too long":
        return case, failure  # so would each attempt
    again = check(case).failure if compiled else None
    if again is not None and again.kind == failure.kind:
        compiled = False  # it can be seen without a compiler, which is faster
    return shrink(case, fails, COMPILED_ATTEMPTS if compiled else ATTEMPTS), failure
