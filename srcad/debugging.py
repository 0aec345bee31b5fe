"""Where a NaN or an infinity first enters a program, or its adjoint: `debug_nans`."""

import functools
import linecache
import os
import re
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np

from srcad import pipeline
from srcad.cotangents import bars_like, outputs_of, tangent_of
from srcad.errors import ArgumentError, NotFinite, Origin
from srcad.pullback import numeric
from srcad.target import Function, Target, check_call
from srcad.trees import flatten, unflatten

__all__ = ["debug_nans"]

PLACE = re.compile(r"^# (?:(?P<file>\S+\.py):)?(?P<line>\d+): (?P<text>.*)$")
LIBRARIES = tuple(
    os.path.realpath(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib")
)
OWN = os.path.dirname(os.path.realpath(__file__))
Report = Callable[[FrameType, int, str, str], None]


def debug_nans(fun: Function) -> Function:
    """Return a function that tells where a NaN or an infinity first enters `fun` or its adjoint.

    It runs `fun` as Python does, line by line, and looks at all variables after each line; then the
    adjoint under NumPy, in the same way, with cotangents of one. It is slow, and for looking, not
    for production. A line that names `inf` or `nan` itself is left alone, and so is what never
    becomes a variable, such as the side of `np.where` that is not chosen.

    Args:
        fun: the function to differentiate.

    Returns:
        A function of the same arguments, which returns what `fun` does.

    Raises:
        ArgumentError: when `fun` is not callable; from the function that is returned, for arguments
            and results that are not numeric.
        NotFinite: from the function that is returned, naming the line of the user's, the variable,
            and which of the two sweeps it is.

    >>> import warnings
    >>> def f(x):
    ...     y = x - 1.0
    ...     return np.sqrt(y)
    >>> debug_nans(f)(2.0)
    np.float64(1.0)
    """
    target = Target.of(fun)

    @functools.wraps(target.function)
    def checked(*args: object) -> object:
        check_call(target.function, args, {})
        leaves, structure = flatten((args, {}))
        types = numeric(target, leaves, structure)
        for leaf in leaves:
            if (what := _fault(leaf)) is not None:
                raise ArgumentError(f"an argument of `{target.name}` is {what} already")
        copies = [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]
        own: Any = unflatten(structure, copies)
        with np.errstate(all="ignore"):
            result = _watched(lambda: target.function(*own[0]), _is_users, _in_program)
            options = pipeline.Options("numpy")
            made = pipeline.specialise(
                target.function, args, {}, (True,) * len(leaves), False, options
            )
            _, _, saved = made.forward(leaves)
            outputs = outputs_of(target.name, result)
            ones = [tangent_of(kind, 1.0) for kind in outputs.leaves]
            name = made.shared.generated.bwd_name
            lines = made.array_source.splitlines()
            report = functools.partial(_in_adjoint, lines, made.shared.program.place)
            _watched(
                lambda: bars_like(types, made.backward(saved, ones)),
                lambda frame: frame.f_code.co_name == name,
                report,
            )
        return result

    return checked


def _fault(value: object) -> str | None:
    """What is wrong with a value: that it is or has a nan, or an infinity."""
    if not isinstance(value, float | complex | np.inexact | np.ndarray):
        return None
    array = np.asarray(value)
    if array.dtype.kind not in "fc" or bool(np.all(np.isfinite(array))):
        return None
    return "nan" if bool(np.any(np.isnan(array))) else "infinite"


# -- watching -----------------------------------------------------------------------------------


@dataclass
class _Watch:
    """What was wrong in a frame before the line that is running."""

    line: int
    wrong: set[str] = field(default_factory=set)


def _watched(run: Callable[[], Any], wanted: Callable[[FrameType], bool], report: Report) -> Any:
    """Run something, and report the first line after which a variable is not finite.

    Args:
        run: what to run.
        wanted: whether to watch a frame.
        report: raises, given a frame, a line of it, the variable, and what that is.
    """
    watches: dict[FrameType, _Watch] = {}

    def enter(frame: FrameType, event: str, _: object) -> Any:
        if not wanted(frame):
            return None
        watch = watches[frame] = _Watch(frame.f_lineno)
        watch.wrong = {name for name, value in frame.f_locals.items() if _holds(value)}
        return step

    def step(frame: FrameType, event: str, given: object) -> Any:
        watch = watches[frame]
        if event in ("line", "return"):
            for name, value in list(frame.f_locals.items()):
                what = _holds(value)
                if what is None:
                    watch.wrong.discard(name)
                elif name not in watch.wrong:
                    watch.wrong.add(name)
                    report(frame, watch.line, name, what)
            if event == "return" and (what := _holds(given)) is not None and not watch.wrong:
                report(frame, watch.line, "", what)
        watch.line = frame.f_lineno
        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        return run()
    finally:
        sys.settrace(before)


def _holds(value: object) -> str | None:
    """What is wrong with a value, or with an item of it."""
    if isinstance(value, list | tuple):
        return next((what for item in value if (what := _holds(item)) is not None), None)
    if isinstance(value, dict):
        return _holds(list(value.values()))
    return _fault(value)


def _is_users(frame: FrameType) -> bool:
    """Whether a frame is of the user's: neither of a library nor of srcad."""
    file = os.path.realpath(frame.f_code.co_filename)
    return not file.startswith((*LIBRARIES, OWN)) and not frame.f_code.co_filename.startswith("<__")


# -- reports ------------------------------------------------------------------------------------


def _in_program(frame: FrameType, line: int, name: str, what: str) -> None:
    """Raise for a line of the user's, unless it names what it makes."""
    text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
    if re.search(r"\b(inf|nan|Infinity|NaN)\b", text):
        return
    file = os.path.basename(frame.f_code.co_filename)
    raise NotFinite(
        f"{_named(name)} {what} here",
        Origin(file, line, text.rstrip("\n"), function=frame.f_code.co_name),
        "look at what the line computes: a division by zero, the root or logarithm of what is not "
        "positive, an overflow",
    )


def _in_adjoint(
    lines: list[str], place: str, frame: FrameType, line: int, name: str, what: str
) -> None:
    """Raise for a line of the adjoint: of the user's, the one that stands above it."""
    above = (PLACE.match(text.strip()) for text in reversed(lines[:line]))
    found = next((match for match in above if match is not None), None)
    origin = None
    if found is not None:
        file = found["file"] or place.rpartition(":")[0]
        origin = Origin(file, int(found["line"]), found["text"])
    raise NotFinite(
        f"{_named(name)} {what} in the backward sweep of this line",
        origin,
        f"the adjoint computes it by `{lines[line - 1].strip()}`",
    )


def _named(name: str) -> str:
    return f"`{name}` is" if name else "the result is"
