"""The generated module of a tangent program: array level now, loop level when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from srcad.emit.generated import VERSION, listed
from srcad.emit.module import function_text, joined, module_text, tupled
from srcad.transforms.tangent import Tangent


@dataclass(frozen=True, eq=False)
class GeneratedTangent:
    """The text of a tangent program, and the objects that it names without importing them.

    `primal` writes the program alone.
    """

    array: str
    name: str
    constants: dict[str, Any]
    primal: Callable[[], tuple[str, dict[str, Any]]]
    loops: Callable[[], str]


def generate_tangent(tangent: Tangent, loops: Callable[[], str]) -> GeneratedTangent:
    """Write the array-level module of a tangent program; `loops` writes the other one."""

    def results(parts: list[str]) -> str:
        return returned(tangent, parts)

    def primal() -> tuple[str, dict[str, Any]]:
        alone = function_text(tangent.primal, sizes, f"`{tangent.primal.name}` itself.", joined)
        return module_text(header(tangent), [alone]), alone.constants

    sizes = tangent.program.sizes
    text = function_text(tangent.jvp, sizes, doc(tangent), results, comments=True)
    array = module_text(header(tangent), [text])
    return GeneratedTangent(array, text.name, text.constants, primal, loops)


def returned(tangent: Tangent, parts: list[str]) -> str:
    """What a tangent program returns: its results, and their tangents."""
    count = len(tangent.primal.body.results)
    halves = (parts[:count], parts[count:])
    return ", ".join(half[0] if len(half) == 1 else tupled(half) for half in halves)


def doc(tangent: Tangent) -> str:
    """The docstring of the function."""
    dots = tangent.jvp.params[len(tangent.primal.params) :]
    return f"`{tangent.primal.name}` and its tangent, along {listed(dots)}."


def header(tangent: Tangent) -> str:
    """The docstring of the module."""
    name = tangent.program.function.name
    where = f" ({tangent.program.place})" if tangent.program.place else ""
    return (
        f"Tangent of `{name}`{where} with respect to {listed(tangent.inputs)}.\n\n"
        f"Written by srcad {VERSION}.  Do not edit: change `{name}` and run it again.\n"
    )
