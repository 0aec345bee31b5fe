"""Tangent programs compiled by Numba, or left to the array level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from srcad.emit.tangent import GeneratedTangent
from srcad.engines import float_errors
from srcad.engines.modules import load_cached
from srcad.engines.numba_engine import REFUSED, Compiled, compile_function, prepare
from srcad.engines.numpy_tangent import Engine as NumpyEngine
from srcad.transforms.tangent import Tangent


class Engine(Compiled):
    """Runs a tangent program at the loop level."""

    def __init__(
        self, generated: GeneratedTangent, tangent: Tangent, text: str, strict: bool = False
    ) -> None:
        from srcad.engines.pipeline import Compiler

        name = tangent.program.function.name
        kinds = [param.kind for param in tangent.jvp.params]
        super().__init__(name, strict, kinds, tangent.jvp.body.results)
        self.plain = NumpyEngine(generated, tangent)
        namespace, entry = load_cached(text, name, generated.constants, map(repr, kinds))
        prepare(namespace)
        self.function = compile_function(namespace, generated.name, entry, Compiler)

    def run(self, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results, and the tangents of some of them."""
        assert self.function is not None
        float_errors.clear()
        found = self.call(self.function, self.ready(inputs))
        if found is REFUSED:
            return self.plain.run(inputs)
        if float_errors.noted():  # in the program or in its tangents: NumPy warns of the former
            self.plain.primal(*inputs[: self.plain.inputs])
        out, dots = self.plain.halves(found)
        both = (*out, *dots)
        every = self.results(both[0] if len(both) == 1 else both)
        return every[: len(out)], every[len(out) :]
