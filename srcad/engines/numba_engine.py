"""The Numba engine: compiles the loop level, and hands to the array level what that cannot do."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcad import cache
from srcad.emit.generated import Generated
from srcad.engines.modules import load_cached
from srcad.engines.numpy_engine import Engine as NumpyEngine
from srcad.runtime import compiled
from srcad.runtime.compiled import Bail
from srcad.transforms.derivative import Derivative

FLAGS = {"error_model": "numpy", "nogil": True, "fastmath": {"contract"}}


class CannotCompile(Exception):
    """Numba refuses the program; `reason` is its own first words."""


class Engine:
    """The compiled pair of functions of a derivative."""

    def __init__(self, generated: Generated, derivative: Derivative, text: str) -> None:
        self.plain = NumpyEngine(generated, derivative)
        self.count = self.plain.count
        self.seeds = derivative.seeded
        self.single = self.plain.single
        name = derivative.program.function.name
        kinds = [param.kind for param in derivative.primal.params]
        namespace, entry = load_cached(text, name, generated.constants, map(repr, kinds))
        self.fwd, self.bwd, self.both = compile_module(namespace, name, entry)
        self.arrays = tuple(i for i, kind in enumerate(kinds) if kind.is_array)

    def _ready(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays that compiled code reads fastest: in one piece, in C order, native."""
        ready = list(inputs)
        for i in self.arrays:
            array = ready[i]
            if not array.flags.c_contiguous or not array.dtype.isnative:
                ready[i] = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(
                    array.shape
                )
        return ready

    def forward(self, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the residuals."""
        try:
            out, saved = self.fwd(*self._ready(inputs))
        except Bail:
            out_plain, saved_plain = self.plain.forward(inputs)
            return out_plain, (_PLAIN, saved_plain)
        return (out,) if self.count == 1 else out, saved

    def backward(self, saved: tuple[Any, ...], seeds: Sequence[Any]) -> tuple[Any, ...]:
        """The bars of the inputs."""
        if len(saved) == 2 and saved[0] is _PLAIN:
            return self.plain.backward(saved[1], seeds)
        ready = [
            np.ascontiguousarray(seed) if isinstance(seed, np.ndarray) and seed.ndim else seed
            for seed in seeds
        ]
        found = self.bwd(saved, *ready)
        return (found,) if self.single else found

    def value_and_grad(
        self, inputs: Sequence[Any], check: Callable[[Any], None]
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the gradient of the first of them."""
        if self.both is None:
            results, saved = self.forward(inputs)
            check(results)
            seeds = tuple(np.ones_like(results[i])[()] for i in self.seeds[:1])
            return results, self.backward(saved, seeds)
        try:
            out, found = self.both(*self._ready(inputs))
        except Bail:
            return self.plain.value_and_grad(inputs, check)
        check((out,))
        return (out,), (found,) if self.single else found


_PLAIN = "array level"


def compile_module(
    namespace: dict[str, Any], name: str, entry: cache.Entry | None
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any] | None]:
    """Replace the functions of a module by ones that Numba compiles when they are called."""
    import numba

    from srcad.engines.store import stored

    _quiet()
    for helper in compiled.HELPERS:
        if helper.__name__ in namespace:
            namespace[helper.__name__] = _helper(helper)
    made = []
    for suffix in ("fwd", "bwd", "value_and_grad"):
        function = namespace.get(f"{name}_{suffix}")
        if function is not None:
            function = numba.njit(**FLAGS)(function)
            if entry is not None:
                stored(function, entry)
            namespace[f"{name}_{suffix}"] = function
        made.append(function)
    return made[0], made[1], made[2]  # type: ignore[return-value]


_HELPERS: dict[str, Any] = {}


def _helper(function: Callable[..., Any]) -> Any:
    import numba

    if function.__name__ not in _HELPERS:
        _HELPERS[function.__name__] = numba.njit(**FLAGS)(function)
    return _HELPERS[function.__name__]


def _quiet() -> None:
    from numba.core.errors import NumbaPerformanceWarning

    warnings.filterwarnings("ignore", category=NumbaPerformanceWarning)


def _path(value: object) -> str:
    return getattr(sys.modules.get("srcad"), "__file__", "") or ""
