"""What an eval asks for: how its input comes in, what is timed, how its output goes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Task:
    """One function of an eval.

    Attributes:
        arguments: from the message's input to the arguments of ``compute``, all of them.
        compute: what is timed.
        output: from its result to what JSON can say.
    """

    arguments: Callable[[Any], tuple[Any, ...]]
    compute: Callable[..., Any]
    output: Callable[[Any], Any] = float


def numbers(values):
    """Make an array of floats of a list, however deep."""
    return np.array(values, dtype=np.float64)


def lists(array):
    """Make lists of Python's numbers of an array."""
    return np.asarray(array).tolist()
