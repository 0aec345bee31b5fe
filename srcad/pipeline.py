"""From a call to the compiled pair that differentiates it: `specialise` finds or makes it."""

from __future__ import annotations

import functools
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import numpy as np

from srcad import cotangents, trees
from srcad.analyses.sizes import Guard
from srcad.analyses.tape_sizes import TapeSize, tape_sizes
from srcad.analyses.tape_sizes import check as check_tapes
from srcad.emit.generated import Generated, generate
from srcad.engines import numpy_engine
from srcad.errors import (
    CompilationError,
    EngineWarning,
    Origin,
    SrcadError,
    UnsafeMutation,
    UnsupportedSyntax,
)
from srcad.frontend.lower import Node, Program, Template, build, function_name, lower
from srcad.ir.nodes import Var
from srcad.loops.elements import Unsupported
from srcad.loops.module import loop_module
from srcad.nesting.calls import call as nested
from srcad.nesting.segments import recomputing
from srcad.specialise import captured, compile_guards, leaf_key, root_key, unchanged
from srcad.transforms.derivative import Derivative, differentiate

Function = Callable[..., Any]
Kept = TypeVar("Kept", bound="Lowered")

DEEPEST = 10_000
"""How many calls of Python's deep srcad may go: a call of the user's is some fifteen of its own."""


@dataclass(frozen=True)
class Options:
    """How a function is differentiated.

    Args:
        engine: "numba" compiles the loop level; "numpy" runs the array level as it stands;
            "auto" compiles what can be compiled.
        check: whether the first gradient of each specialisation is compared with differences. It
            has no part in comparisons: what is compiled is the same.
    """

    engine: str = "auto"
    check: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Uncompiled:
    """Why a program runs at the array level, and the line that is the reason, if one is."""

    reason: str
    origin: Origin | None = None


@dataclass(frozen=True, eq=False)
class Lowered:
    """What a lowered function needs to be called, in either mode."""

    program: Program
    template: Template
    aux: Template | None
    places: tuple[int, ...]
    written: tuple[int, ...]
    fits: Callable[[Sequence[Any]], bool]

    def inputs(self, function: Function, leaves: Sequence[Any]) -> list[Any]:
        """The parameters of the program: leaves of the arguments, and what it reads itself."""
        values = captured(function, self.program.captures, leaves)
        assert values is not None
        return [leaves[i] for i in self.places] + values


@dataclass(frozen=True, eq=False)
class Shared(Lowered):
    """What all calls of one specialisation share."""

    derivative: Derivative
    generated: Generated
    engine: Any
    uncompiled: Uncompiled | None
    order: tuple[int, ...]
    bars: tuple[int | None, ...]
    tapes: tuple[TapeSize, ...]


@dataclass(frozen=True, eq=False)
class Specialisation:
    """A function differentiated for arguments of one combination of kinds.

    `forward` and `backward` are the two halves of `vjp`; `value_and_grad` is both in one call.
    """

    shared: Shared
    function: Function

    @property
    def array_source(self) -> str:
        """The array-level module: runs under NumPy as it stands."""
        return self.shared.generated.array

    @property
    def loop_source(self) -> str:
        """The loop-level module: what Numba compiles."""
        return self.shared.generated.loops()

    def forward(self, leaves: Sequence[Any]) -> tuple[Any, Any, Any]:
        """Run the function once: its result, what goes with it, and what `backward` needs."""
        shared = self.shared
        inputs = self._inputs(leaves)
        results, saved = shared.engine.forward(inputs)
        saved = _owned(saved, (*inputs, *results))
        result = build(shared.template, results)
        aux = None if shared.aux is None else build(shared.aux, results)
        return result, aux, saved

    def backward(self, saved: Any, bars: Sequence[Any]) -> tuple[Any, ...]:
        """The bars of the inputs for cotangents of the results; None stands for zero."""
        shared = self.shared
        seeds = tuple(bars[i] for i in shared.order)
        found = shared.engine.backward(saved, seeds) if shared.derivative.inputs else ()
        return tuple(None if place is None else found[place] for place in shared.bars)

    def value_and_grad(self, leaves: Sequence[Any]) -> tuple[Any, Any, tuple[Any, ...]]:
        """The value of a scalar function and its gradient, in one call."""
        shared = self.shared
        results, found = shared.engine.value_and_grad(
            self._inputs(leaves), lambda out: _check_output(build(shared.template, out))
        )
        result = build(shared.template, results)
        aux = None if shared.aux is None else build(shared.aux, results)
        return result, aux, tuple(None if p is None else found[p] for p in shared.bars)

    def _inputs(self, leaves: Sequence[Any]) -> list[Any]:
        inputs = self.shared.inputs(self.function, leaves)
        check_inputs(self.shared, self.function, inputs)
        return inputs


def check_inputs(shared: Shared, function: Function, inputs: Sequence[Any]) -> None:
    """Raise for inputs of a specialisation that it fits, but cannot be run with."""
    check_overlap(inputs, shared.written, function)
    check_tapes(shared.tapes, shared.derivative.fwd.params, inputs)


def _check_output(result: Any) -> None:
    """Refuse results without a gradient; whether complex ones are wanted, the caller checks."""
    is_complex = isinstance(result, complex) or (
        isinstance(result, np.ndarray | np.generic) and result.dtype.kind == "c"
    )
    cotangents.check_gradient_output(result, holomorphic=is_complex)


def _owned(saved: tuple[Any, ...], visible: Sequence[Any]) -> tuple[Any, ...]:
    """Residuals that nobody else can change: what the caller can reach is copied."""
    arrays = [v for v in visible if isinstance(v, np.ndarray)]
    return tuple(
        item.copy()
        if isinstance(item, np.ndarray)
        and any(item is a or np.may_share_memory(item, a) for a in arrays)
        else item
        for item in saved
    )


def check_overlap(inputs: Sequence[Any], written: Sequence[int], function: Function) -> None:
    """Raise if an input that the function writes to shares memory with another one."""
    for i in written:
        for j, other in enumerate(inputs):
            if j != i and isinstance(other, np.ndarray) and np.shares_memory(inputs[i], other):
                raise UnsafeMutation(
                    f"`{getattr(function, '__name__', 'the function')}` writes to an argument "
                    "that shares memory with another one",
                    None,
                    "pass copies, so that each argument has memory of its own",
                )


_CACHE: dict[Any, list[Any]] = {}
_LOCK = threading.RLock()


def specialise(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wrt: tuple[bool, ...],
    has_aux: bool,
    options: Options,
    flat: tuple[list[Any], trees.Tree] | None = None,
) -> Specialisation:
    """Find or make the specialisation of a function for arguments like these.

    Args:
        function: any callable.
        args: the positional arguments of the call.
        kwargs: its keyword arguments.
        wrt: for each leaf of `(args, kwargs)`, whether its bar is wanted.
        has_aux: whether the function returns a pair of which only the first is differentiated.
        options: the engine.
        flat: `(args, kwargs)` taken apart, if the caller has done that.
    """
    leaves, structure = flat or trees.flatten((args, kwargs))
    key = (root_key(function), structure, tuple(map(leaf_key, leaves)), wrt, has_aux, options)

    def make() -> Shared:
        return _make(function, args, kwargs, wrt, has_aux, options)

    return Specialisation(find(key, function, leaves, make), function)


def find(key: Any, function: Function, leaves: Sequence[Any], make: Callable[[], Kept]) -> Kept:
    """What was made before for a key, if it fits a call, or else what is made now.

    Args:
        key: what tells calls apart before anything is known of the program.
        function: any callable.
        leaves: the leaves of its arguments.
        make: makes what is missing.
    """
    for kept in _CACHE.get(key, ()):
        if _fits(kept, function, leaves):
            return cast(Kept, kept)
    with _LOCK:
        for kept in _CACHE.get(key, ()):
            if _fits(kept, function, leaves):
                return cast(Kept, kept)
        made = make()
        _CACHE.setdefault(key, []).append(made)
    return made


def _fits(shared: Lowered, function: Function, leaves: Sequence[Any]) -> bool:
    if not unchanged(function, shared.program.identities, leaves):
        return False
    values = captured(function, shared.program.captures, leaves)
    if values is None:
        return False
    return shared.fits([leaves[i] for i in shared.places] + values)


def _make(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wrt: tuple[bool, ...],
    has_aux: bool,
    options: Options,
) -> Shared:
    program, template, aux, wanted, order = begun(function, args, kwargs, wrt, has_aux)
    with own_faults(function):
        derivative = differentiate(recomputing(program), wanted, order)
        text = generate(derivative)
    generated = replace(text, loops=functools.partial(loop_module, derivative))
    engine, uncompiled = _engine(generated, derivative, options)  # its text may add guards
    index = {var: i for i, var in enumerate(derivative.inputs)}
    return Shared(
        **facts(program, template, aux, derivative.guards),
        derivative=derivative,
        generated=generated,
        engine=engine,
        uncompiled=uncompiled,
        order=tuple(order.index(result) for result in derivative.seeded),
        bars=tuple(index.get(var) if var is not None else None for var in program.leaves),
        tapes=tape_sizes(derivative.fwd, program.known),
    )


def begun(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wrt: tuple[bool, ...],
    has_aux: bool,
) -> tuple[Program, Template, Template | None, tuple[Var, ...], tuple[int, ...]]:
    """What both modes begin with.

    Returns:
        The lowered program, the templates of its value and of what goes with that, the parameters
        to differentiate by, and the numbers of the results in the order of the value's leaves.
    """
    with own_faults(function):
        program = lower(function, args, kwargs, nested)
    template, aux = _split(program.template, has_aux)
    wanted = tuple(
        var for var, want in zip(program.leaves, wrt, strict=True) if want and var is not None
    )
    order = _leaf_order(template, len(program.function.body.results))
    return program, template, aux, wanted, order


def facts(
    program: Program, template: Template, aux: Template | None, guards: tuple[Guard, ...]
) -> dict[str, Any]:
    """The fields of `Lowered`."""
    params = program.function.params
    return {
        "program": program,
        "template": template,
        "aux": aux,
        "places": tuple(i for i, var in enumerate(program.leaves) if var is not None),
        "written": tuple(i for i, var in enumerate(params) if var in program.written),
        "fits": compile_guards(guards, params),
    }


@contextmanager
def own_faults(function: Function) -> Iterator[None]:
    """Turn a fault of srcad itself into an error that says what it is and what to do."""
    name = function_name(function)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        yield
    except SrcadError:
        raise
    except RecursionError:
        raise UnsupportedSyntax(
            f"`{name}` is nested too deeply to be differentiated",
            None,
            "write recursion as a loop, and long expressions in several lines",
        ) from None
    except Exception as fault:
        raise CompilationError(
            f"srcad stumbled over `{name}`: {type(fault).__name__}: {fault}",
            None,
            "this is a fault of srcad's, not of the function: please report it",
        ) from fault
    finally:
        sys.setrecursionlimit(limit)


def _engine(
    generated: Generated, derivative: Derivative, options: Options
) -> tuple[Any, Uncompiled | None]:
    """The engine for a derivative: compiled, unless that cannot be or is not wanted; and why."""
    text = compilable(generated.loops, derivative.program, options)
    if isinstance(text, Uncompiled):
        return numpy_engine.Engine(generated, derivative), text
    from srcad.engines import numba_engine

    return numba_engine.Engine(generated, derivative, text, options.engine == "numba"), None


def compilable(loops: Callable[[], str], program: Program, options: Options) -> str | Uncompiled:
    """The loop level of a program; why the array level is to run otherwise, which is told."""
    # What is printed has to come once and in order, also where compiled code gives up: Python
    # prints.
    if options.engine == "numpy":
        return Uncompiled('engine="numpy"')
    name = program.function.name
    if program.printing:
        warnings.warn(
            f"`{name}` prints, so it runs at the array level, under NumPy; take the `print` out to "
            'have it compiled, or choose engine="numpy"',
            EngineWarning,
            stacklevel=2,
        )
        return Uncompiled("it prints")
    try:
        return loops()
    except Exception as cause:  # a fault of the loop level too: the array level is there
        refusal = cause if isinstance(cause, Unsupported) else Unsupported("it has no loop form")
        message = f"`{name}` cannot be compiled: {refusal}"
        if options.engine == "numba":
            raise CompilationError(message, refusal.origin, 'use engine="numpy"') from None
        place = f"\n{refusal.origin.render()}" if refusal.origin is not None else ""
        warnings.warn(
            f"{message}; it runs at the array level, under NumPy{place}",
            EngineWarning,
            stacklevel=2,
        )
        return Uncompiled(str(refusal), refusal.origin)


def _split(template: Template, has_aux: bool) -> tuple[Template, Template | None]:
    """The value of a function and what goes with it, if `has_aux`."""
    if not has_aux:
        return template, None
    if isinstance(template, Node) and len(template.children) == 2:
        made = template.make([1, 2])
        if isinstance(made, tuple | list):
            return template.children[0], template.children[1]
    # Not a pair: build what the function returned, so that the error can show it.
    cotangents.split_aux(build(template, [0.0] * 999))
    raise AssertionError


def _leaf_order(template: Template, count: int) -> tuple[int, ...]:
    """The numbers of the results in the order of the leaves of what the function returns."""
    leaves, _ = trees.flatten(build(template, [_Marker(i) for i in range(count)]))
    return tuple(leaf.index for leaf in leaves if isinstance(leaf, _Marker))


class _Marker:
    """Stands for a result while the structure of all results is taken apart."""

    def __init__(self, index: int) -> None:
        self.index = index


def source(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: Options,
    level: str,
) -> str:
    """The generated source for arguments like these, at the array or the loop level."""
    leaves, _ = trees.flatten((args, kwargs))
    made = specialise(function, args, kwargs, (True,) * len(leaves), False, options)
    return made.array_source if level == "array" else made.loop_source
