"""The generated modules of a derivative: array level now, loop level when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from srcad.emit.module import Text, function_text, joined, module_text, tupled
from srcad.ir.nodes import Function, Var
from srcad.transforms.derivative import Derivative

VERSION = "0.1.0"


@dataclass(frozen=True, eq=False)
class Generated:
    """The text of a derivative, and the objects that the text names without importing them."""

    array: str
    fwd_name: str
    bwd_name: str
    constants: dict[str, Any]
    loops: Callable[[], str]


def generate(derivative: Derivative) -> Generated:
    """Write the array-level module of a derivative."""
    fwd, bwd = texts(derivative, derivative.fwd, derivative.bwd)
    text = module_text(header(derivative), [fwd, bwd])
    return Generated(
        text,
        fwd.name,
        bwd.name,
        {**fwd.constants, **bwd.constants},
        lambda: text,
    )


def texts(derivative: Derivative, fwd: Function, bwd: Function) -> tuple[Text, Text]:
    """The two functions of a module."""
    count = len(derivative.primal.body.results)
    sizes = derivative.program.sizes
    name = derivative.program.function.name

    def results(parts: list[str]) -> str:
        head = parts[:count]
        value = head[0] if len(head) == 1 else tupled(head) if head else "()"
        return f"{value}, {tupled(parts[count:])}"

    forward = function_text(
        fwd, sizes, f"`{name}`, also returning what `{name}_bwd` needs.", results
    )
    seeds = seed_names(derivative.bwd.params[derivative.saved :])
    doc = f"Pull {seeds} back to {input_names(derivative)}."
    backward = function_text(bwd, sizes, doc, joined, derivative.saved, comments=True)
    return forward, backward


def seed_names(seeds: tuple[Var, ...]) -> str:
    """The parameters of the cotangents, for a docstring."""
    names = [f"`{seed.hint}`" for seed in seeds]
    return " and ".join(names) if names else "nothing"


def input_names(derivative: Derivative) -> str:
    """The inputs that bars are wanted of, for a docstring."""
    return listed(derivative.inputs)


def listed(inputs: tuple[Var, ...]) -> str:
    """The names of variables as a person lists them."""
    names = [var.hint for var in inputs]
    if not names:
        return "nothing"
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def header(derivative: Derivative) -> str:
    """The docstring of a generated module."""
    name = derivative.program.function.name
    place = derivative.program.place
    where = f" ({place})" if place else ""
    return (
        f"Adjoint of `{name}`{where} with respect to {input_names(derivative)}.\n\n"
        f"Written by srcad {VERSION}.  Do not edit: change `{name}` and run it again.\n"
    )
