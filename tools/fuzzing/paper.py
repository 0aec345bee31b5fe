"""The loop level without a compiler: its text under plain Python.

Memory that `np.empty` gives is full of nan, so that what is read before it is written shows; loops
over `independent(n)` take their trips in another order, so that those which are not independent
show; and an index out of range raises, where compiled code would read or write somewhere else.
"""

import random
import re
from typing import Any

import numpy as np

from srcad import pipeline

SENTINEL = -77777777
NUMBERS = re.compile(r"(_tape\d* = np\.empty\([^(),]+), np\.(?:int64|bool_)\)")
"""Tapes whose numbers are Python's where the text is compiled; here they would be NumPy's."""


def paper(made: pipeline.Specialisation) -> dict[str, Any]:
    """The functions of a specialisation's loop level.

    Raises:
        Unsupported: if the program has no loop level.
    """
    shared = made.shared
    functions = executed(made.loop_source, shared.generated.constants)
    # Writing the loop level asks questions about lengths: their answers hold for the next call
    # only if the guards are asked for. The engines do that; here it was too early.
    derivative = shared.derivative
    fits = pipeline.compile_guards(derivative.guards, derivative.primal.params)
    object.__setattr__(shared, "fits", fits)
    return functions


def executed(source: str, constants: dict[str, Any]) -> dict[str, Any]:
    """The functions of a loop-level module."""
    text = NUMBERS.sub(r"\1, object)", source).replace("np.empty(", "_poisoned(")
    namespace = {**constants, "_poisoned": poisoned}
    exec(compile(text, "<loops>", "exec"), namespace)
    namespace["independent"] = shuffled
    return namespace


def poisoned(shape: Any, dtype: Any = float) -> np.ndarray:
    """Memory that nobody has written to."""
    found = np.empty(shape, dtype)
    found.fill({"f": np.nan, "b": True, "c": np.nan}.get(found.dtype.kind, SENTINEL))
    return found


def shuffled(length: int) -> list[int]:
    """The trips of an independent loop: the same order for a length, but never the usual one."""
    order = random.Random(int(length)).sample(range(length), length)
    return order if order != sorted(order) else order[::-1]


def ready(inputs: list[Any]) -> list[Any]:
    """Inputs as the engine hands them to compiled code: copies in C order, numbers for rank 0."""
    return [
        (np.array(value, order="C") if value.ndim else value[()])
        if isinstance(value, np.ndarray)
        else value
        for value in inputs
    ]
