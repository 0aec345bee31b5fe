"""Names in the loop that a mapped function is: those of the user's function and its parameters."""

from __future__ import annotations

import types
from typing import Any

import gast

from srcad.frontend.source import Source
from srcad.frontend.values import Closure, Foreign, Partial, Static, Value
from srcad.mapped import Mapped

RESERVED = frozenset({"k", "np", "len", "range"})
"""Names that the text has a use for itself."""


def run_mapped(*_: object) -> None:
    """Stands for the call of a mapped function: of a function, its axes, and the arguments."""


def name_of(function: Value) -> str:
    """What a function is called, as an identifier."""
    found, mapped = _python(function)
    name = str(getattr(found, "name", None) or getattr(found, "__name__", ""))
    return "mapped_" * mapped + (name if name.isidentifier() else "function")


def parameters_of(function: Value, count: int) -> list[str]:
    """Names for positional arguments, as the function itself calls them."""
    found, _ = _python(function)
    names: list[str] = []
    if isinstance(found, gast.AST):
        names = [arg.id for arg in found.args.args]
    elif isinstance(found, types.FunctionType):
        names = list(found.__code__.co_varnames[: found.__code__.co_argcount])
    return [*names, *(f"x{i}" for i in range(len(names), count))][:count]


def _python(function: Value) -> tuple[Any, int]:
    """The function, or its tree, that a value stands for, and how often it is mapped."""
    found: Any = None
    mapped = 0
    while isinstance(function, Partial) and isinstance(function.function, Static):
        if function.function.value is not run_mapped:
            break
        function, mapped = function.args[0], mapped + 1
    match function:
        case Closure(function=None, source=Source(node=node)):
            found = node
        case Closure(function=outside):
            found = outside
        case Static(value=outside) | Foreign(value=outside):
            found = outside
    while isinstance(found, Mapped):
        found, mapped = found.inner, mapped + 1
    for holder in (found, getattr(found, "target", None)):  # a decorated function, a gradient
        plain = getattr(holder, "function", None)
        if isinstance(plain, types.FunctionType):
            return plain, mapped
    return found, mapped


def unused(name: str, used: set[str]) -> str:
    """A name that is not used yet; from now on it is."""
    while name in used:
        name += "_"
    used.add(name)
    return name


def identifier(path: str) -> str:
    """An expression as an identifier.

    >>> identifier("params['w'][0]")
    'params_w_0'
    """
    return "_".join("".join(c if c.isalnum() else " " for c in path).split())
