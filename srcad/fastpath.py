"""Calls with plain arguments: one generated function a specialisation, from check to gradient.

A call of a `Gradient` takes its arguments apart, looks a specialisation up, asks whether that still
fits, runs it and puts the gradients together. Where all arguments are numbers and arrays, that is
written out here for one function and one specialisation: the same questions as straight code, with
the way to every global and cell prepared. Whatever it does not cover is handed to the next such
function, and at last to the general way, before anything has run that can be seen.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad import pipeline
from srcad.analyses import tape_sizes
from srcad.cotangents import bars_like, check_gradient_output, leaf_type
from srcad.engines.direct import Direct
from srcad.frontend.lower import Place
from srcad.frontend.values import Path
from srcad.ir.dims import SizeOf, ValueOf
from srcad.ir.nodes import Var
from srcad.specialise import (
    ABSENT,
    GUARD_NAMES,
    captured,
    dim_text,
    guard_text,
    reach,
    root_key,
    same,
)
from srcad.target import History

__all__ = ["FastPath", "FastPaths", "Form"]

FastPath = Callable[..., object]

# Every call tries them in turn; each miss takes about as long as a dozen comparisons.
KEPT = 4
# Specialisations whose calls are counted.
SEEN = 256

_NUMBERS = frozenset({bool, int, float, complex})

# Stands for an argument that was not given.
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Form:
    """What calls of one gradient return.

    Args:
        several: whether the gradients come as a tuple; else there is only one.
        with_value: whether the value stands before them.
        holomorphic: whether the value must be complex.
    """

    several: bool
    with_value: bool
    holomorphic: bool


class FastPaths:
    """The fast paths of one function with one set of options.

    Threads may use it at the same time; at worst one of them makes a path again.

    Args:
        general: how to call the function with arguments that no path is for.
        history: where to note the specialisation of each call.
        form: what calls return.
    """

    __slots__ = ("_form", "_general", "_history", "_seen", "paths")

    def __init__(self, general: FastPath, history: History, form: Form) -> None:
        self.paths: tuple[FastPath, ...] = ()
        self._general = general
        self._history = history
        self._form = form
        self._seen: dict[pipeline.Shared, bool] = {}

    def learn(
        self, made: pipeline.Specialisation, args: tuple[object, ...], chosen: Sequence[int]
    ) -> FastPath | None:
        """Note a call that went the general way; make a path for its kind when it is the second.

        Writing one takes longer than a call, which must not be the price of `grad(f)(x)`.

        Args:
            made: the specialisation that the call used.
            args: its positional arguments; it had no others.
            chosen: which of them are differentiated by, in the order of the gradients.

        Returns:
            What to call from now on, if that has changed: a function that passes on whatever it is
            not for.
        """
        known = self._seen.get(made.shared)
        if known:
            return None
        if len(self._seen) >= SEEN:
            self._seen.clear()
        self._seen[made.shared] = known is not None
        if known is None:
            return None
        text = write(made, args, chosen, self._history, self._form)
        if text is None:
            return None
        older = self.paths[: KEPT - 1]
        path = text.function(older[0] if older else self._general)
        if older:
            older[-1].__globals__["otherwise"] = self._general
        self.paths = (path, *older)
        return path


def write(
    made: pipeline.Specialisation,
    args: tuple[object, ...],
    chosen: Sequence[int],
    history: History,
    form: Form,
) -> _Text | None:
    """Write the fast path for calls like one that has just succeeded.

    Args:
        made: the specialisation that the call used.
        args: its positional arguments; it had no others.
        chosen: which of them are differentiated by, in the order of the gradients.
        history: where to note `made` before it is run.
        form: what to return.

    Returns:
        The text of a function that returns what the call would; None for specialisations and
        arguments that it is not for.
    """
    shared = made.shared
    if shared.template != Place(0) or shared.aux is not None or not chosen:
        return None
    if shared.places != tuple(range(len(args))) or shared.program.printing:
        return None  # a call that is handed over half-way must not have printed anything
    if not all(map(_is_plain, args)):
        return None
    for capture in shared.program.captures:
        if not capture.path or (capture.var.kind.is_array and not capture.var.kind.rank):
            return None
    read = captured(made.function, shared.program.captures, args)
    if read is None:
        return None
    direct: Direct | None = shared.engine.direct([*args, *read])
    bars = [bar for place in chosen if (bar := shared.bars[place]) is not None]
    if direct is None or len(bars) < len(chosen):
        return None
    text = _Text(made, args)
    text.arguments()
    text.outside()
    text.guards()
    text.constants["history"] = history
    text.line("history.last = made")
    text.limits()
    text.run(direct, form.holomorphic)
    gradients = text.gradients(direct, chosen, bars)
    gradient = f"({', '.join(gradients)},)" if form.several else gradients[0]
    text.line(f"return {'value, ' if form.with_value else ''}{gradient}")
    return text


def _pass_on(
    otherwise: FastPath,
    given: tuple[object, ...],
    rest: tuple[object, ...],
    kwargs: dict[str, object],
) -> object:
    """Make a call in another way."""
    args = [arg for arg in given if arg is not _NOTHING]
    return otherwise(*args, *rest, **kwargs)


def _is_plain(value: object) -> bool:
    """Whether a value is a number, or an array as compiled code likes it."""
    if type(value) is np.ndarray:
        if not value.ndim or not value.flags.carray or not value.dtype.isnative:
            return False
    elif not isinstance(value, np.generic):
        return type(value) in _NUMBERS
    return value.dtype.kind in "biufc"


class _Text:
    """The text of a fast path, and the objects that it names.

    Args:
        made: the specialisation.
        args: the arguments of a call that it was used for.
    """

    def __init__(self, made: pipeline.Specialisation, args: tuple[object, ...]) -> None:
        self.made = made
        self.shared = made.shared
        self.args = args
        self.lines: list[str] = []
        self.places = [f"a{i}" for i in range(len(args))]
        self.captures = [f"c{i}" for i in range(len(self.shared.program.captures))]
        params = self.shared.derivative.primal.params
        self.names: dict[Var, str] = dict(zip(params, self.places + self.captures, strict=True))
        self.constants: dict[str, Any] = {
            "NOTHING": _NOTHING,
            "ABSENT": ABSENT,
            "ndarray": np.ndarray,
            "pass_on": _pass_on,
            "same": same,
            "reach": reach,
            "made": made,
            "root": made.function,
            **GUARD_NAMES,
        }

    def line(self, text: str, depth: int = 0) -> None:
        """Add a line."""
        self.lines.append("    " * (depth + 2) + text)

    def constant(self, value: object) -> str:
        """Return the name of an object."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def miss_if(self, tests: Iterable[str], depth: int = 0) -> None:
        """Leave the path where one of the tests is true."""
        self.line(f"if {' or '.join(tests)}:", depth)
        self.line("break", depth + 1)

    def function(self, otherwise: FastPath) -> FastPath:
        """Return the function that has been written.

        Args:
            otherwise: what to call with arguments that it is not for.
        """
        given = ", ".join(self.places)
        defaults = ", ".join(f"{name}=NOTHING" for name in self.places)
        text = "\n".join(
            [
                f"def fast({defaults}, /, *rest, **kwargs):",
                "    while not (rest or kwargs):",
                *self.lines,
                # Here no exception is being handled, which another one would name as its context.
                f"    return pass_on(otherwise, ({given},), rest, kwargs)",
            ]
        )
        namespace = {**self.constants, "otherwise": otherwise}
        place = f"<srcad call of {self.shared.program.function.name}>"
        exec(compile(text, place, "exec"), namespace)
        made: FastPath = namespace.pop("fast")  # in there, it would keep itself alive
        return made

    def arguments(self) -> None:
        """Compare the kinds of the arguments."""
        tests: list[str] = []
        for name, value in zip(self.places, self.args, strict=True):
            tests += self._kind_differs(name, value)
        self.miss_if(tests)

    def outside(self) -> None:
        """Compare what the program took from outside as it is, and read what it captured."""
        function, program = self.made.function, self.shared.program
        if isinstance(function, types.FunctionType):
            self.miss_if([f"root.__code__ is not {self.constant(function.__code__)}"])
        else:
            self.constants["root_key"] = root_key
            self.miss_if([f"root_key(root) != {self.constant(root_key(function))}"])
        if not program.identities and not program.captures:
            return
        fixed: dict[Path, Any] = {(): function}
        self.line("try:")
        for identity in program.identities:
            name = self.constant(identity.value)
            self.line(f"found = {self._reached(identity.path, fixed)}", 1)
            self.miss_if([f"found is not {name} and not same(found, {name})"], 1)
            fixed[identity.path] = identity.value
        tests = []
        for name, capture in zip(self.captures, program.captures, strict=True):
            self.line(f"{name} = {self._reached(capture.path, fixed)}", 1)
            tests += self._kind_differs(name, capture.var.kind.example())
        self.line("except ABSENT:")
        self.line("break", 1)
        if tests:
            self.miss_if(tests)

    def guards(self) -> None:
        """Ask for the lengths and ints that the program was made for."""
        guards = guard_text(self.shared.derivative.guards, self.names)
        if guards != "True":
            self.miss_if([f"not ({guards})"])

    def limits(self) -> None:
        """Raise for inputs that the program fits, but cannot be run with."""
        shared = self.shared
        params = shared.derivative.primal.params
        overlap = shared.written and sum(var.kind.is_array for var in params) > 1
        if not overlap and not shared.tapes:
            return
        self.constants.update(
            check_inputs=pipeline.check_inputs, shared=shared, SMALL=tape_sizes.SMALL
        )
        names = ", ".join(self.places + self.captures)
        depth = 0
        taken = None if overlap else self._tape_bytes()
        if taken is not None:
            self.line(f"if {taken} > SMALL:")
            depth = 1
        self.line(f"check_inputs(shared, root, ({names},))", depth)

    def run(self, direct: Direct, holomorphic: bool) -> None:
        """Run the adjoint, and look at the value."""
        self.constants.update(call=direct.call, retry=direct.retry, check=check_gradient_output)
        count = len(self.shared.derivative.inputs)
        names = "b0" if direct.single else f"({', '.join(f'b{i}' for i in range(count))},)"
        call = f"value, {names} = call({', '.join(self.places + self.captures)})"
        if direct.retry:
            self.line("try:")
            self.line(call, 1)
            self.line("except retry:")
            self.line("break", 1)
        else:
            self.line(call)
        if direct.convert is not None:
            self.line(f"value = {self.constant(direct.convert)}(value)")
        if direct.kinds:
            return  # the value is of the kind of the one that has been checked
        # `check` itself has nothing against them.
        test = "True" if holomorphic else "not isinstance(value, float)"
        self.line(f"if {test}:")
        self.line(f"check(value, holomorphic={holomorphic})", 1)

    def gradients(self, direct: Direct, chosen: Sequence[int], bars: Sequence[int]) -> list[str]:
        """Give the bars the form of the arguments, where they do not have it.

        Returns:
            Their names.
        """
        args = [self.places[place] for place in chosen]
        found = [f"b{bar}" for bar in bars]
        tests: list[str] = []
        for bar, place, arg, name in zip(bars, chosen, args, found, strict=True):
            value = self.args[place]
            kind = direct.kinds[bar] if direct.kinds else None
            if isinstance(value, np.ndarray):
                if kind != (value.dtype, value.ndim):
                    dtype = self.constant(value.dtype)
                    tests.append(f"type({name}) is not ndarray or {name}.dtype != {dtype}")
                if kind == (value.dtype, 1):
                    tests.append(f"len({name}) != len({arg})")
                else:
                    tests.append(f"{name}.shape != {arg}.shape")
                if bar >= len(direct.owned) or not direct.owned[bar]:
                    tests.append("True")  # its memory may be that of an input or of another bar
            elif type(value) is float:
                if kind is not float:
                    self.line(f"if type({name}) is not float:")
                    self.line(f"{name} = float({name}.real)", 1)
            else:
                tests.append(f"type({name}) is not {self.constant(type(value))}")
        if tests:
            self.constants.update(like=bars_like, kind=leaf_type)
            kinds = ", ".join(f"kind({arg})" for arg in args)
            self.line("if True:" if "True" in tests else f"if {' or '.join(tests)}:")
            names = ", ".join(found)
            self.line(f"{names}, = like(({kinds},), ({names},))", 1)
        return found

    def _kind_differs(self, name: str, value: Any) -> list[str]:
        """The tests for values that are not of the kind of `value`."""
        if not isinstance(value, np.ndarray):
            return [f"type({name}) is not {self.constant(type(value))}"]
        dtype = self.constant(value.dtype)
        return [
            f"type({name}) is not ndarray",
            f"{name}.dtype is not {dtype} and {name}.dtype != {dtype}",
            f"{name}.ndim != {value.ndim}",
            f"not {name}.flags.carray",
        ]

    def _reached(self, path: Path, fixed: dict[Path, Any]) -> str:
        """The expression for what is at the end of a path.

        `fixed` are the objects that it passes which the lines before have compared: the namespaces
        and the cells of functions never change.
        """
        start = next(n for n in range(len(path), -1, -1) if path[:n] in fixed and n < len(path))
        value: Any = fixed[path[:start]]
        text = "root" if not start else self.constant(value)
        for place, (step, key) in enumerate(path[start:], start):
            function = value if place == start and isinstance(value, types.FunctionType) else None
            match step:
                case "object":
                    value, start = key, place + 1
                    text = self.constant(key)
                    continue
                case "global" if function is not None:
                    text = f"{self.constant(function.__globals__)}[{key!r}]"
                case "cell" if function is not None and function.__closure__ is not None:
                    index = function.__code__.co_freevars.index(str(key))
                    text = f"{self.constant(function.__closure__[index])}.cell_contents"
                case "item":
                    text = f"{text}[{self.constant(key)}]"
                case "type":
                    text = f"type({text})"
                case "attr":
                    text = f"getattr({text}, {str(key)!r})"
                case _:
                    text = f"reach({text}, {self.constant(((step, key),))})"
        return text

    def _tape_bytes(self) -> str | None:
        """The expression for the bytes that the tapes take, if it is simple."""
        parts = []
        for tape in self.shared.tapes:
            for dim in tape.product.lengths:
                for symbol, _ in dim.terms:
                    if not isinstance(symbol, SizeOf | ValueOf) or symbol.var not in self.names:
                        return None
            lengths = [f"max({dim_text(dim, self.names)}, 0)" for dim in tape.product.lengths]
            parts.append(" * ".join([str(tape.product.itemsize), *lengths]))
        return " + ".join(parts)
