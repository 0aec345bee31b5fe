"""Arguments for a program: lengths from 0 on, ties, float32, orders, steps, repeated indices."""

from typing import Any

import numpy as np

from fuzzing.numbers import strided
from fuzzing.scope import PARAMETERS

LENGTHS = (0, 1, 2, 3, 4, 5)
OFTEN = (0.05, 0.1, 0.2, 0.25, 0.25, 0.15)
FLAVOURS = ("plain", "plain", "plain", "plain", "fortran", "single", "strided")


def arguments(seed: int, call: int) -> tuple[Any, ...]:
    """The arguments of one call of the program of a seed.

    The calls of one program differ in lengths and values, and only in one of the flavours in
    types: srcad makes a gradient for each combination of types.
    """
    flavour = FLAVOURS[seed % len(FLAVOURS)]
    types = np.random.default_rng([seed, 1])
    random = np.random.default_rng([seed, 2, call])
    lengths = {name: int(random.choice(LENGTHS, p=OFTEN)) for name in ("n", "m", "k")}
    n = lengths["n"]
    found: list[Any] = []
    for kind in PARAMETERS.values():
        if not kind:
            found.append(float(random.random()))
            continue
        shape = [lengths[length] if isinstance(length, str) else length for length in kind]
        single = flavour == "single" and types.random() < 0.5
        array = _numbers(random, shape).astype(np.float32 if single else np.float64)
        if flavour == "fortran" and types.random() < 0.7:
            array = np.asfortranarray(array)
        if flavour == "strided" and types.random() < 0.7:
            array = strided(array)
        found.append(array)
    rows = random.integers(0, max(n, 1), n)
    return (*found, *lengths.values(), rows, random.integers(0, 3, n))


def _numbers(random: np.random.Generator, shape: list[int]) -> np.ndarray:
    """Numbers between 0 and 1; now and then such that many of them are equal."""
    if random.random() < 0.2:
        return random.integers(0, 3, shape) * 0.5
    return random.random(shape)
