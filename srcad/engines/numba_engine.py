"""The Numba engine: compiles the loop level, and hands to the array level what that cannot do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numba import typeof
from numba.core.errors import NumbaError

from srcad import cache
from srcad.emit.generated import Generated
from srcad.emit.ownership import owned_results
from srcad.engines import boxing, float_errors, kept, vector_math
from srcad.engines.direct import Direct
from srcad.engines.modules import load_cached
from srcad.engines.numpy_engine import Engine as NumpyEngine
from srcad.errors import CompilationError, EngineWarning
from srcad.ir.kinds import BOOL, Kind
from srcad.ir.nodes import Const, Var
from srcad.runtime import compiled
from srcad.transforms.derivative import Derivative
from srcad.transforms.pythons import of_objects

FLAGS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": {"contract"}}


class Compiled:
    """Calls of compiled code: what it is given, what it returns, and where it gives up."""

    def __init__(
        self, name: str, strict: bool, kinds: Sequence[Kind], results: Sequence[object]
    ) -> None:
        self.name = name
        self.strict = strict
        self.refused = False
        self.refusal = ""
        self.failures = 0
        self.count = len(results)
        self.conversions = tuple(map(_conversion, results))
        self.arrays = tuple(i for i, kind in enumerate(kinds) if kind.is_array)

    def ready(self, inputs: Sequence[Any]) -> list[Any]:
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

    def call(self, function: Callable[..., Any], args: Sequence[Any]) -> Any:
        """Call compiled code; `REFUSED` if the array level has to do it."""
        if self.refused:
            return REFUSED
        try:
            return function(*args)
        except Exception as error:
            # An int beyond 64 bits, a singular matrix, shapes that do not fit: the array level
            # says it in Python's and NumPy's own words.  Where nothing has been compiled, it is
            # something that Numba or LLVM does not take.
            if isinstance(error, NumbaError) or not getattr(function, "signatures", True):
                self._refuse(error)
        # Not from inside a handler, or what the array level raises would name this as its context.
        return REFUSED

    def _refuse(self, error: Exception) -> None:
        """Leave all calls to the array level, and say so."""
        self.refused, self.refusal = True, _first_words(error)
        message = f"Numba cannot compile `{self.name}`: {self.refusal}"
        if self.strict:
            raise CompilationError(message, None, 'use engine="numpy"') from None
        warnings.warn(
            f"{message}; it runs at the array level, under NumPy", EngineWarning, stacklevel=3
        )

    def results(self, out: Any) -> tuple[Any, ...]:
        """Results of the kinds that Python would give: compiled code makes no NumPy scalars."""
        return _converted((out,) if self.count == 1 else out, self.conversions)


class Engine(Compiled):
    """The compiled pair of functions of a derivative."""

    def __init__(
        self, generated: Generated, derivative: Derivative, text: str, strict: bool = False
    ) -> None:
        name = derivative.program.function.name
        kinds = [param.kind for param in derivative.primal.params]
        results = derivative.primal.body.results
        super().__init__(name, strict, kinds, results)
        self.plain = NumpyEngine(generated, derivative)
        self.seeds = derivative.seeded
        self.single = self.plain.single
        self.text = text
        self.failures = 0
        objects = of_objects(derivative.fwd)
        self.residuals = tuple(
            _as_objects if kept in objects else _conversion(kept)
            for kept in derivative.fwd.body.results[self.count :]
        )
        scalar = _scalar(results[0]) if len(results) == 1 else None
        facts = [*map(repr, kinds), f"returns {scalar}"]
        namespace, entry = load_cached(text, name, generated.constants, facts)
        self.fwd, self.bwd, self.both = compile_module(namespace, name, entry, scalar)

    def forward(self, inputs: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the residuals."""
        float_errors.clear()
        ready = self.ready(inputs)
        found = self.call(self.fwd, ready)
        if found is not REFUSED and float_errors.noted():
            # Perhaps it was the compiler that noted one: ask the compiled code alone.
            float_errors.clear()
            found = self.call(self.fwd, ready)
            if float_errors.noted():
                found = REFUSED
        if found is REFUSED:
            out, saved = self.plain.forward(inputs)
            return out, (_PLAIN, *saved)
        out, saved = found
        return self.results(out), saved

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
        found = self.call(self.bwd, (saved, *ready))
        if found is REFUSED:
            # Both levels are texts of the same two programs, so the residuals serve either.
            return self.plain.backward(_converted(saved, self.residuals), seeds)
        return (found,) if self.single else found

    def value_and_grad(
        self, inputs: Sequence[Any], check: Callable[[Any], None]
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The results and the gradient of the first of them."""
        if self.both is None:
            return self._one_after_the_other(inputs, check)
        float_errors.clear()
        found = self.call(self.both, self.ready(inputs))
        if found is REFUSED:
            if float_errors.noted():  # perhaps in the adjoint alone
                return self._one_after_the_other(inputs, check)
            return self.plain.value_and_grad(inputs, check)
        out, bars = found
        results = self.results(out)
        check(results)
        return results, (bars,) if self.single else bars

    def _one_after_the_other(
        self, inputs: Sequence[Any], check: Callable[[Any], None]
    ) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The value and the gradient by the two functions of `vjp`."""
        results, saved = self.forward(inputs)
        if self.both is not None and not (saved and saved[0] is _PLAIN):
            # It was in the adjoint alone, which is nothing to speak of.
            self.failures += 1
            if self.failures == PATIENCE:
                self.both = None
        check(results)
        seeds = tuple(np.ones_like(results[i])[()] for i in self.seeds[:1])
        return results, self.backward(saved, seeds)

    def direct(self, inputs: Sequence[Any]) -> Direct | None:
        """What `value_and_grad` runs for inputs like these; None if that is not compiled code."""
        # Only a call tells whether Numba can compile it.
        overloads: Mapping[Any, Any] = getattr(self.both, "overloads", {})
        if self.refused or not overloads:
            return None
        found = overloads.get(tuple(map(typeof, self.ready(inputs))))
        if found is None:
            return None
        owned = owned_results(self.text, f"{self.name}_value_and_grad")
        retry = (Exception,)  # whatever `call` leaves to the array level, or warns of
        out, bars = found.signature.return_type
        convert = None if isinstance(out, boxing.Scalar) else self.conversions[0]
        kinds = tuple(map(boxing.python_kind, (bars,) if self.single else bars))
        # The dispatcher would look at the types of the inputs, which the caller has done.
        return Direct(found.entry_point, convert, retry, owned, self.single, kinds)


_PLAIN = "array level"
REFUSED = object()

PATIENCE = 3
"""How often the adjoint may spoil value and gradient in one function before it is given up."""


def _scalar(result: object) -> np.dtype[Any] | None:
    """The dtype of a result that is a scalar of NumPy's."""
    if isinstance(result, Var) and result.kind.form == "numpy":
        return np.dtype(result.kind.dtype)
    return None


def _as_objects(tape: Any) -> Any:
    """A tape of Python's ints or bools as the array level keeps it."""
    return tape.astype(object)


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


def _converted(
    values: Sequence[Any], conversions: Sequence[Callable[[Any], Any] | None]
) -> tuple[Any, ...]:
    return tuple(
        value if convert is None else convert(value)
        for value, convert in zip(values, conversions, strict=True)
    )


def _first_words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith(("Failed in", "\x1b", "-", "["))]
    return (plain or lines or ["no reason given"])[0][:160]


def compile_module(
    namespace: dict[str, Any],
    name: str,
    entry: cache.Entry | None,
    scalar: np.dtype[Any] | None = None,
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any] | None]:
    """Replace the functions of a module by ones that Numba compiles when they are called.

    Args:
        namespace: the module.
        name: the name of the user's function.
        entry: where to keep machine code.
        scalar: the dtype of the result if that is to be a scalar of NumPy's.
    """
    from srcad.engines.pipeline import Compiler, OutermostCompiler

    prepare(namespace)
    both = OutermostCompiler.returning(scalar)
    made = [
        compile_function(namespace, f"{name}_{suffix}", entry, passes)
        for suffix, passes in (("fwd", Compiler), ("bwd", Compiler), ("value_and_grad", both))
    ]
    return made[0], made[1], made[2]  # type: ignore[return-value]


def prepare(namespace: dict[str, Any]) -> None:
    """Give a module the compiled forms of what it calls by name."""
    _quiet()
    boxing.load()
    kept.load()
    vector_math.install(namespace)
    checks = float_errors.compiled_checks()
    namespace.update({name: check for name, check in checks.items() if name in namespace})
    for helper in compiled.HELPERS:
        if helper.__name__ in namespace:
            namespace[helper.__name__] = _helper(helper)


def compile_function(
    namespace: dict[str, Any], name: str, entry: cache.Entry | None, passes: Any
) -> Callable[..., Any] | None:
    """Replace a function of a module, if it is there, by one that Numba compiles when called."""
    import numba

    from srcad.engines.store import stored

    function = namespace.get(name)
    if function is None:
        return None
    # Object mode holds the lock of the interpreter anyway; Numba warns if told otherwise.
    flags = {**FLAGS, "nogil": "objmode" not in namespace}
    function = numba.njit(pipeline_class=passes, **flags)(function)
    if entry is not None:
        stored(function, entry)
    namespace[name] = function
    return function  # type: ignore[no-any-return]


_HELPERS: dict[str, Any] = {}


def _helper(function: Callable[..., Any]) -> Any:
    import numba

    if function.__name__ not in _HELPERS:
        _HELPERS[function.__name__] = numba.njit(**FLAGS)(function)
    return _HELPERS[function.__name__]


def _quiet() -> None:
    from numba.core.errors import NumbaPerformanceWarning

    warnings.filterwarnings("ignore", category=NumbaPerformanceWarning)
