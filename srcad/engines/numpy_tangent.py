"""Tangent programs under NumPy, as they stand."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcad.emit.tangent import GeneratedTangent
from srcad.engines.modules import load_cached, of_numpy
from srcad.ir.nodes import Effect
from srcad.ir.walk import statements
from srcad.transforms.tangent import Tangent


class Engine:
    """Runs a tangent program at the array level."""

    def __init__(self, generated: GeneratedTangent, tangent: Tangent) -> None:
        self.generated = generated
        self.name = tangent.program.function.name
        namespace, _ = load_cached(generated.array, self.name, generated.constants)
        self.function: Callable[..., Any] = namespace[generated.name]
        self.inputs = len(tangent.primal.params)
        self.counts = len(tangent.primal.body.results), len(tangent.outputs)
        effects = (s for s in statements(tangent.primal.body) if isinstance(s, Effect))
        self.repeatable = all(effect.action == "raise" for effect in effects)

    def run(self, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results, and the tangents of some of them.

        NumPy warns of what happens in the program, and of nothing in its tangents: infinite
        derivatives tell of nothing.
        """
        if not self.repeatable:
            return self.halves(self.function(*self._of_numpy(inputs)))
        noted: list[str] = []
        found = None
        with np.errstate(all="call", call=lambda kind, _: noted.append(kind)):
            try:
                found = self.function(*inputs)
            except ZeroDivisionError:
                noted.append("of Python's numbers")
        if noted:
            self.primal(*inputs[: self.inputs])  # warns or raises, if it was the program
        if found is None:
            with np.errstate(all="ignore"):
                found = of_numpy(self.function)(*self._of_numpy(inputs))  # type: ignore[arg-type]
        return self.halves(found)

    def halves(self, found: tuple[Any, Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """What a tangent program returned, as two tuples."""
        out, dots = (
            (half,) if n == 1 else half for half, n in zip(found, self.counts, strict=True)
        )
        return out, dots

    @functools.cached_property
    def primal(self) -> Callable[..., Any]:
        """The program alone, for what it warns of."""
        text, constants = self.generated.primal()
        namespace, _ = load_cached(text, self.name, constants)
        function: Callable[..., Any] = namespace[self.name]
        return function

    def _of_numpy(self, inputs: Sequence[Any]) -> list[Any]:
        """The inputs with tangents that may be divided by zero."""
        dots = (
            np.asarray(d)[()] if type(d) in (float, complex) else d for d in inputs[self.inputs :]
        )
        return [*inputs[: self.inputs], *dots]
