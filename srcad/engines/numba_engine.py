"""The Numba engine: compiles the loop level, and hands to the array level what that cannot do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from srcad import cache
from srcad.emit.generated import Generated
from srcad.emit.ownership import owned_results
from srcad.engines import float_errors, vector_math
from srcad.engines.direct import Direct
from srcad.engines.modules import load_cached
from srcad.engines.numpy_engine import Engine as NumpyEngine
from srcad.errors import CompilationError, EngineWarning
from srcad.ir.kinds import BOOL
from srcad.ir.nodes import Const, Var
from srcad.runtime import compiled
from srcad.runtime.compiled import Bail
from srcad.transforms.derivative import Derivative

FLAGS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": {"contract"}}


class Engine:
    """The compiled pair of functions of a derivative."""

    def __init__(
        self, generated: Generated, derivative: Derivative, text: str, strict: bool = False
    ) -> None:
        self.plain = NumpyEngine(generated, derivative)
        self.count = self.plain.count
        self.seeds = derivative.seeded
        self.single = self.plain.single
        name = derivative.program.function.name
        self.name = name
        self.text = text
        self.strict = strict
        self.refused = False
        kinds = [param.kind for param in derivative.primal.params]
        self.conversions = tuple(_conversion(result) for result in derivative.primal.body.results)
        namespace, entry = load_cached(text, name, generated.constants, map(repr, kinds))
        self.fwd, self.bwd, self.both = compile_module(namespace, name, entry)
        self.arrays = tuple(i for i, kind in enumerate(kinds) if kind.is_array)

    def _ready(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays that compiled code reads fastest: in one piece, in C order, native."""
        ready = list(inputs)
        for i in self.arrays:
            array = ready[i]
            if not array.ndim:
                ready[i] = array[()]  # the loop level knows numbers only
                continue
            if not (array.flags.carray and array.dtype.isnative):
                # Strided, read-only or foreign arrays would each need machine code of their own.
                ready[i] = np.array(array, array.dtype.newbyteorder("="), order="C", ndmin=0)
        return ready

    def _call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Call compiled code; `Bail` if the array level has to do it."""
        if self.refused:
            raise Bail
        try:
            return function(*args)
        except Exception as error:
            # An int beyond 64 bits, a singular matrix, shapes that do not fit: the array level
            # says it in Python's and NumPy's own words.
            if not isinstance(error, NumbaError) and getattr(function, "signatures", True):
                raise Bail from None
            # What LLVM does not take either, which is no error of Numba's.
            self.refused = True
            message = f"Numba cannot compile `{self.name}`: {_first_words(error)}"
            if self.strict:
                raise CompilationError(message, None, 'use engine="numpy"') from None
            warnings.warn(
                f"{message}; it runs at the array level, under NumPy", EngineWarning, stacklevel=2
            )
            raise Bail from None

    def _results(self, out: Any) -> tuple[Any, ...]:
        """Results of the kinds that Python would give: compiled code makes no NumPy scalars."""
        results = (out,) if self.count == 1 else out
        return tuple(
            value if convert is None else convert(value)
            for value, convert in zip(results, self.conversions, strict=True)
        )

    def forward(self, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the residuals."""
        try:
            float_errors.clear()
            ready = self._ready(inputs)
            out, saved = self._call(self.fwd, ready)
            if float_errors.noted():
                # Perhaps it was the compiler that noted one: ask the compiled code alone.
                float_errors.clear()
                out, saved = self._call(self.fwd, ready)
                if float_errors.noted():
                    raise Bail
        except Bail:
            out_plain, saved_plain = self.plain.forward(inputs)
            return out_plain, (_PLAIN, *saved_plain)
        return self._results(out), saved

    def backward(self, saved: tuple[Any, ...], seeds: Sequence[Any]) -> tuple[Any, ...]:
        """The bars of the inputs."""
        if saved and saved[0] is _PLAIN:
            return self.plain.backward(saved[1:], seeds)
        ready = [
            (np.ascontiguousarray(seed) if seed.ndim else seed[()])
            if isinstance(seed, np.ndarray)
            else seed
            for seed in seeds
        ]
        try:
            found = self._call(self.bwd, (saved, *ready))
        except Bail:  # both levels save the same
            return self.plain.backward(saved, seeds)
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
            out, found = self._call(self.both, self._ready(inputs))
        except Bail:
            return self.plain.value_and_grad(inputs, check)
        results = self._results(out)
        check(results)
        return results, (found,) if self.single else found

    def direct(self) -> Direct | None:
        """What `value_and_grad` runs; None as long as that is not compiled code."""
        # Only a call tells whether Numba can compile it.
        if self.both is None or self.refused or not getattr(self.both, "signatures", ()):
            return None
        owned = owned_results(self.text, f"{self.name}_bwd")
        retry = (Exception,)  # whatever `_call` turns into `Bail`, or warns of
        return Direct(self.both, self.conversions[0], retry, owned, self.single)


_PLAIN = "array level"


def _conversion(result: object) -> Callable[[Any], Any] | None:
    if isinstance(result, Const):
        constant = result.value
        return lambda _: constant
    assert isinstance(result, Var)
    dtype = np.dtype(result.kind.dtype) if result.kind.form != "opaque" else None
    if result.kind.form == "numpy":
        kind: Callable[[Any], Any] = np.dtype(result.kind.dtype).type
        return kind
    if result.kind.is_array and not result.kind.rank:
        return lambda value: np.array(value, dtype)
    if result.kind == BOOL:
        return bool
    return None


def _first_words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith(("Failed in", "\x1b", "-", "["))]
    return (plain or lines or ["no reason given"])[0][:160]


def compile_module(
    namespace: dict[str, Any], name: str, entry: cache.Entry | None
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any] | None]:
    """Replace the functions of a module by ones that Numba compiles when they are called."""
    import numba

    from srcad.engines.pipeline import Compiler
    from srcad.engines.store import stored

    _quiet()
    vector_math.install(namespace)
    checks = float_errors.compiled_checks()
    namespace.update({name: check for name, check in checks.items() if name in namespace})
    # Object mode holds the lock of the interpreter anyway; Numba warns if told otherwise.
    flags = {**FLAGS, "nogil": "objmode" not in namespace}
    for helper in compiled.HELPERS:
        if helper.__name__ in namespace:
            namespace[helper.__name__] = _helper(helper)
    made = []
    for suffix in ("fwd", "bwd", "value_and_grad"):
        function = namespace.get(f"{name}_{suffix}")
        if function is not None:
            function = numba.njit(pipeline_class=Compiler, **flags)(function)
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
