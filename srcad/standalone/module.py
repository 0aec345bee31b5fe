"""From a call to a module of its own that differentiates the function for arguments like these."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from srcad import trees
from srcad.emit.generated import VERSION, generate, listed
from srcad.emit.tangent import generate_tangent
from srcad.errors import ArgumentError, CompilationError, SourceUnavailable
from srcad.frontend.lower import Place, Program, Template, build
from srcad.frontend.source import source_of
from srcad.ir.kinds import Kind
from srcad.ir.nodes import Const, Var
from srcad.loops.elements import Unsupported
from srcad.loops.module import loop_module
from srcad.loops.tangent import tangent_loops
from srcad.pipeline import begun, own_faults
from srcad.specialise import captured
from srcad.standalone.calls import Pair, bars_owned, packed, parameters, value_and_grad, vjp
from srcad.standalone.checks import NAME, Param, check_text, described
from srcad.standalone.text import Apart, apart, checked, constants, together, without_notes
from srcad.target import Function, primal_names
from srcad.transforms.derivative import differentiate
from srcad.transforms.tangent import push

__all__ = ["Gradient", "Written", "adjoint", "adjoint_module", "tangent_module"]


@dataclass(frozen=True)
class Gradient:
    """What a gradient is by.

    Args:
        places: the leaves of the arguments, in the order in which their gradients are returned.
        several: whether they come as a tuple, also if there is only one.
    """

    places: tuple[int, ...]
    several: bool


@dataclass(frozen=True)
class Written:
    """The functions of an adjoint, and what a module of them needs.

    Args:
        name: the name of the user's function.
        header: the docstring of the module, and the user's function as a comment.
        functions: the text of each function, and whether Numba compiles it.
        parts: the generated module that they were taken from.
        constants: objects that they name without importing them.
    """

    name: str
    header: str
    functions: tuple[tuple[str, bool], ...]
    parts: Apart
    constants: Mapping[str, Any]


def adjoint_module(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any], numba: bool
) -> str:
    """The text of a module with the adjoint of a function.

    Args:
        function: any callable.
        args: its positional arguments; the adjoint is by all that are floats or complex numbers.
        kwargs: its keyword arguments.
        numba: whether Numba is to compile it.

    Raises:
        ArgumentError: for arguments that are not in one piece, or none to differentiate by.
        CompilationError: if Numba cannot compile it.
        UnsupportedType: if it needs objects that it cannot import.
    """
    made = adjoint(function, args, kwargs, None, numba)
    helpers = [*made.parts.called, *constants(made.constants, made.name), "cotangent_of"]
    functions = [(without_notes(text), compiled) for text, compiled in made.functions]
    return together(made.header, functions, made.parts.imports, _needed(helpers, functions))


def adjoint(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    gradient: Gradient | None,
    numba: bool,
) -> Written:
    """The functions of the adjoint of a function.

    Args:
        function: any callable.
        args: its positional arguments.
        kwargs: its keyword arguments.
        gradient: what to differentiate by; None for all that are floats or complex numbers.
        numba: whether it is the loop level that is wanted.
    """
    leaves, structure = trees.flatten((args, kwargs))
    chosen = range(len(leaves)) if gradient is None else gradient.places
    wrt = tuple(place in chosen for place in range(len(leaves)))
    # Made anew each time: what was asked of one that is shared before would be in the text.
    program, template, _, wanted, order = begun(function, args, kwargs, wrt, False)
    name = program.function.name
    _check(program, function, leaves, numba)
    with own_faults(function):
        derivative = differentiate(program, wanted, order)
        generated = generate(derivative)
    loops = functools.partial(loop_module, derivative)
    parts = apart(_loops(program, loops) if numba else generated.array)
    params = derivative.primal.params
    names = parameters(parts.nodes[f"{name}_fwd"])
    named = dict(zip(params, names, strict=True))
    bars = {f"{named[var]}_bar": var.kind.is_array for var in derivative.inputs}
    fused = f"{name}_value_and_grad"
    is_fused = fused in parts.nodes and f"{name}_fwd(" not in parts.functions[fused]
    backward = fused if is_fused else f"{name}_bwd"
    seeds = parameters(parts.nodes[f"{name}_bwd"])[1:]
    pair = Pair(
        name,
        names,
        frozenset(named[var] for var in params if var.kind.is_array),
        bars,
        tuple(r.kind if isinstance(r, Var) else None for r in derivative.primal.body.results),
        order,
        dict(zip(seeds, derivative.seeded, strict=True)),
        bars_owned(parts_text(parts.functions), backward, len(bars)),
        is_fused,
        numba,
    )
    check = f"{NAME}({', '.join(names)})"
    texts = parts.functions
    functions = [(checked(texts[f"{name}_fwd"], check), numba), (texts[f"{name}_bwd"], numba)]
    scalar = isinstance(template, Place) and _is_real(derivative.primal.body.results[0])
    if scalar:
        if is_fused:
            both = texts[fused].replace(f"def {fused}(", f"def {name}_fused(", 1)
            functions.append((checked(both, check), numba))
        places = {program.leaves.index(var): var for var in derivative.inputs}
        one = gradient is not None and not gradient.several
        rows = [named[places[i]] for i in gradient.places] if gradient else None
        packs = None if rows is None else (tuple(f"{row}_bar" for row in rows), one)
        functions.append((value_and_grad(pair, f"{name}_fused", packs), numba))
    elif gradient is not None:
        raise ArgumentError(
            f"`{name}` has no gradient: its result is not one real number",
            hint="return a real number, or take the backward function of srcad.emit(numba=True)",
        )
    if gradient is None:
        functions.append((vjp(pair, check), False))
    given = [Param(named[var], var.kind, var in program.written) for var in params]
    functions.append((check_text(given, derivative.guards, named, numba), numba))
    usage = [f"{name}_vjp({', '.join(names)}) -> value, pull"]
    if scalar:
        shown = ", ".join(bars)
        shown = f"({shown})" if len(bars) > 1 else shown
        usage.insert(0, f"{name}_value_and_grad({', '.join(names)}) -> value, {shown}")
    usage += _results(template, value=order, cotangents=derivative.seeded)
    header = _header(
        f"Adjoint of `{name}`{_place(program)} with respect to {listed(derivative.inputs)}.",
        program,
        _meanings(function, program, leaves, structure, named),
        usage,
        _libraries(parts, numba),
    )
    return Written(name, header, tuple(functions), parts, generated.constants)


def tangent_module(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any], numba: bool
) -> str:
    """The text of a module with the tangent of a function; as `adjoint_module`."""
    leaves, structure = trees.flatten((args, kwargs))
    wrt = (True,) * len(leaves)
    program, template, _, moving, order = begun(function, args, kwargs, wrt, False)
    count = len(program.function.body.results)
    name = program.function.name
    _check(program, function, leaves, numba)
    with own_faults(function):
        tangent = push(program, moving, order)
        generated = generate_tangent(tangent, lambda: tangent_loops(tangent))
    parts = apart(_loops(program, generated.loops) if numba else generated.array)
    ((key, text),) = parts.functions.items()
    names = parameters(parts.nodes[key])
    params = tangent.primal.params
    named = dict(zip(params, names, strict=False))
    given = [Param(named[var], var.kind, var in program.written) for var in params]
    dots = names[len(params) :]
    for dot, var in zip(dots, tangent.inputs, strict=True):
        given.append(Param(dot, var.kind, like=named[var]))
    check = f"{NAME}({', '.join(names)})"
    functions = [
        (checked(without_notes(text), check), numba),
        (check_text(given, tangent.guards, named, numba), numba),
    ]
    meanings = _meanings(function, program, leaves, structure, named)
    meanings += [
        (dot, f"the tangent of {named[var]}") for dot, var in zip(dots, tangent.inputs, strict=True)
    ]
    header = _header(
        f"Tangent of `{name}`{_place(program)} with respect to {listed(tangent.inputs)}.",
        program,
        meanings,
        [
            f"{key}({', '.join(names)}) -> value, tangent",
            *_results(template, value=tuple(range(count)), tangent=tangent.outputs),
        ],
        _libraries(parts, numba),
    )
    helpers = [*parts.called, *constants(generated.constants, name)]
    return together(header, functions, parts.imports, _needed(helpers, functions))


def parts_text(functions: Mapping[str, str]) -> str:
    """Functions as one text."""
    return "\n\n\n".join(functions.values())


def _check(program: Program, function: Function, leaves: Sequence[Any], numba: bool) -> None:
    """Refuse arguments that a module of its own cannot be written for."""
    name = program.function.name
    if not any(var is not None and var.kind.is_inexact for var in program.leaves):
        raise ArgumentError(f"`{name}` has no float or complex argument to differentiate by")
    given = [leaf for var, leaf in zip(program.leaves, leaves, strict=True) if var is not None]
    given += captured(function, program.captures, leaves) or []
    for var, value in zip(program.function.params, given, strict=True):
        if var.kind.form == "opaque":
            raise ArgumentError(f"`{var.hint}` is neither a number nor an array")
        if var.kind.is_array and not value.flags.c_contiguous:
            raise ArgumentError(
                f"`{var.hint}` is not in one piece",
                hint=f"give np.ascontiguousarray({var.hint})",
            )
        if numba and var.kind.is_array and not var.kind.rank:
            raise ArgumentError(
                f"`{var.hint}` is an array of no axes, which Numba takes for a number",
                hint=f"give a number: {var.hint}[()]",
            )


def _loops(program: Program, loops: Callable[[], str]) -> str:
    """The loop level of a program."""
    name = program.function.name
    if program.printing:
        raise CompilationError(f"`{name}` prints", None, "take the `print` out, or numba=True")
    try:
        return loops()
    except Unsupported as refusal:
        raise CompilationError(
            f"`{name}` cannot be compiled: {refusal}", refusal.origin, "leave out numba=True"
        ) from None


def _libraries(parts: Apart, numba: bool) -> str:
    """What a module imports, in words."""
    found = ["NumPy", *(["SciPy"] if any("scipy" in line for line in parts.imports) else [])]
    found += ["Numba"] if numba else []
    return " and ".join(found)


def _is_real(result: object) -> bool:
    """Whether a result is a real number, which has a gradient."""
    if isinstance(result, Const):
        return isinstance(result.value, float)
    kind: Kind = result.kind  # type: ignore[attr-defined]
    return not kind.rank and kind.is_inexact and not kind.is_complex


def _needed(names: Sequence[str], functions: Sequence[tuple[str, bool]]) -> list[str]:
    """Those of the names that the functions use, and what only checks use."""
    body = "\n".join(text for text, _ in functions)
    found = [name for name in names if f"{name}(" in body or f"raise {name}" in body]
    return found + (["slice_length"] if "slice_length(" in body else [])


class _Result:
    """Stands for a result while the structure of all results is taken apart."""

    def __init__(self, number: int) -> None:
        self.number = number


def _results(template: Template, **rows: Sequence[int]) -> list[str]:
    """Where in what the function returns those results are that a module has in a row."""
    if isinstance(template, Place):
        return []
    count = 1 + max((number for row in rows.values() for number in row), default=0)
    leaves, structure = trees.flatten(build(template, [_Result(i) for i in range(count)]))
    places = zip(leaves, trees.paths(structure, "out"), strict=True)
    found = {leaf.number: path for leaf, path in places if isinstance(leaf, _Result)}
    return [f"{name} = {packed([found[number] for number in row])}" for name, row in rows.items()]


def _meanings(
    function: Function,
    program: Program,
    leaves: Sequence[Any],
    structure: trees.Tree,
    named: Mapping[Var, str],
) -> list[tuple[str, str]]:
    """What each parameter is, and what is fixed."""
    found = []
    for path, var, leaf in zip(
        primal_names(function, structure), program.leaves, leaves, strict=True
    ):
        if var is None:
            text = repr(leaf) if isinstance(leaf, str | bool | None) else type(leaf).__name__
            found.append((path, f"{text}, which is fixed"))
        else:
            of = f"{path}, " if path != named[var] else ""
            found.append((named[var], of + described(var.kind)))
    for capture in program.captures:
        kind = described(capture.var.kind)
        found.append((named[capture.var], f"what `{program.function.name}` finds outside, {kind}"))
    return found


def _place(program: Program) -> str:
    return f" ({program.place})" if program.place else ""


def _header(
    title: str,
    program: Program,
    meanings: Sequence[tuple[str, str]],
    usage: Sequence[str],
    libraries: str,
) -> str:
    """The docstring of a module, and the user's function as a comment."""
    width = max((len(name) for name, _ in meanings), default=0)
    lines = [f'"""{title}', ""]
    lines += [f"    {line}" for line in usage]
    lines += ["", "It was written for", ""]
    lines += [*(f"    {name.ljust(width)}  {meaning}" for name, meaning in meanings), ""]
    lines += [
        f"by srcad {VERSION}, which it does not need: it imports {libraries}.  Do not edit it:",
        f"change `{program.function.name}` and write it again.",
        '"""',
    ]
    lines += _primal(program)
    return "\n".join(lines)


def _primal(program: Program) -> list[str]:
    """The user's function as a comment, with the numbers that other comments cite."""
    if program.root is None:
        return []
    try:
        source = source_of(program.root)
    except SourceUnavailable:
        return []
    first, last = source.node.lineno, source.node.end_lineno
    rows = [(number, source.lines[number - 1]) for number in range(first, last + 1)]
    digits = len(str(last))
    return ["", *(f"# {number:{digits}}: {row}".rstrip() for number, row in rows)]
