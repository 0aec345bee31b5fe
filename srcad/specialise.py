"""Keys, guards and captures: when a specialisation fits a call, and the inputs it reads itself."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srcad.analyses.sizes import Guard
from srcad.custom import Ruled
from srcad.derived import Derived, DerivedFunction
from srcad.frontend.context import Capture, Identity
from srcad.frontend.lower import inner_function
from srcad.frontend.values import Path
from srcad.ir.dims import Dim, Opaque, SizeOf, SliceLength, Symbol, ValueOf
from srcad.ir.nodes import Var
from srcad.mapped import Mapped

# What following a path may raise when something is not where it was.
ABSENT = (LookupError, AttributeError, TypeError, ValueError)


def root_key(function: Any) -> Any:
    """What tells callables apart whose programs may differ: code, not identity."""
    if isinstance(function, types.FunctionType):
        return function.__code__
    if isinstance(function, types.MethodType):
        return ("method", root_key(function.__func__), type(function.__self__))
    if isinstance(function, functools.partial):
        kinds = tuple(map(leaf_key, function.args))
        named = tuple((key, leaf_key(value)) for key, value in function.keywords.items())
        return ("partial", root_key(function.func), kinds, named)
    if isinstance(function, Ruled):
        rules = tuple(map(root_key, (function.function, *function.rules)))
        return (type(function), rules, function.nondiff_argnums)
    if isinstance(function, Mapped):
        return ("mapped", function.key, root_key(function.inner))
    if isinstance(function, DerivedFunction):
        return (function.derived, root_key(function.target.function))
    for attribute in ("py_func", "function"):
        inner = getattr(function, attribute, None)
        if isinstance(inner, types.FunctionType):
            return ("wrapped", inner.__code__)
    dunder = getattr(type(function), "__call__", None)  # noqa: B004  the function itself
    if isinstance(dunder, types.FunctionType):
        return ("object", type(function), dunder.__code__)
    return function


def leaf_key(leaf: Any) -> Any:
    """What a program depends on in a leaf: its kind, and its layout."""
    if type(leaf) is np.ndarray:
        return (leaf.dtype.str, leaf.ndim, leaf.flags.c_contiguous)
    if isinstance(leaf, bool | int | float | complex | np.generic):
        return type(leaf)
    if leaf is None or isinstance(leaf, str | bytes | type | np.dtype):
        return ("static", leaf)
    # What else it depends on is looked at before each call, as with what it finds outside.
    return ("leaf", root_key(leaf) if callable(leaf) else type(leaf))


def reach(root: Any, path: Path, leaves: Sequence[Any] = ()) -> Any:
    """Follow a path from the function, or from a leaf of its arguments, to a Python object.

    Raises:
        LookupError: if it is not there any more.
    """
    value = root
    for step, key in path:
        match step:
            case "object":
                value = key
            case "leaf":
                value = leaves[key]  # type: ignore[call-overload]
            case "global":
                function = _plain(value)
                namespace = function.__globals__
                if key not in namespace:
                    raise LookupError(key)
                value = namespace[key]
            case "cell":
                function = _plain(value)
                place = function.__code__.co_freevars.index(key)
                value = function.__closure__[place].cell_contents
            case "attr":
                value = getattr(value, str(key))
            case "item":
                value = value[key]
            case "type":
                value = type(value)
            case "len":
                value = (type(value), len(value))
            case "keys":
                value = (type(value), *value)
            case "set":
                value = frozenset(value)
            case "has":
                value = hasattr(value, str(key))
            case "own":
                value = key in getattr(value, "__dict__", {})
            case "call":
                given: Any = key
                value = value(*given[0], **dict(given[1]))
    return value


def _plain(function: Any) -> Any:
    return function if isinstance(function, types.FunctionType) else inner_function(function)


def unchanged(root: Any, identities: Sequence[Identity], leaves: Sequence[Any]) -> bool:
    """Whether the objects that a program took as they are still are those."""
    for identity in identities:
        try:
            found = reach(root, identity.path, leaves)
        except ABSENT:
            return False
        if found is not identity.value and not same(found, identity.value):
            return False
    return True


COMPARED = (str, int, float, complex, bytes, slice, range, frozenset, np.dtype, Derived)


def same(found: Any, expected: Any) -> bool:
    """Whether an object stands for another one that it is not: equal strings, bound methods."""
    if isinstance(found, tuple) and isinstance(expected, tuple):
        pairs = zip(found, expected, strict=False)
        return len(found) == len(expected) and all(a is b or same(a, b) for a, b in pairs)
    if isinstance(found, COMPARED) and type(found) is type(expected):
        return bool(found == expected)
    if isinstance(found, types.MethodType | types.BuiltinMethodType):
        return bool(found == expected)
    return False


def captured(root: Any, captures: Sequence[Capture], leaves: Sequence[Any]) -> list[Any] | None:
    """The present values of what a program reads from outside; None if a kind has changed."""
    values = []
    for capture in captures:
        try:
            value = reach(root, capture.path, leaves)
        except ABSENT:
            return None
        kind = capture.var.kind
        if kind.is_array:
            if type(value) is not np.ndarray or value.ndim != kind.rank:
                return None
            if value.dtype.name != kind.dtype:
                return None
        elif type(value) is not type(kind.example()):
            return None
        values.append(value)
    return values


def compile_guards(
    guards: Sequence[Guard], params: Sequence[Var]
) -> Callable[[Sequence[Any]], bool]:
    """One function that checks all guards against the values of the parameters."""
    names = {var: f"v[{i}]" for i, var in enumerate(params)}
    return eval(f"lambda v: {guard_text(guards, names)}", dict(GUARD_NAMES))  # type: ignore[no-any-return]


def guard_text(guards: Sequence[Guard], names: Mapping[Var, str]) -> str:
    """The expression that is true where all guards hold; it needs `GUARD_NAMES`.

    Args:
        guards: the guards.
        names: the texts of the parameters.
    """
    tests = [
        f"{dim_text(replace(guard.dim, constant=0), names)} {guard.relation} {-guard.dim.constant}"
        for guard in guards
        if not _always(guard)
    ]
    return " and ".join(dict.fromkeys(tests)) or "True"


def _always(guard: Guard) -> bool:
    """Whether a guard says no more than that lengths are not negative."""
    terms, constant = guard.dim.terms, guard.dim.constant
    return (
        guard.relation == ">="
        and constant >= 0
        and all(isinstance(symbol, SizeOf) and count > 0 for symbol, count in terms)
    )


def _slice_length(start: int | None, stop: int | None, step: int, length: int) -> int:
    return len(range(*slice(start, stop, step).indices(length)))


GUARD_NAMES = {"_length": _slice_length}


def dim_text(dim: Dim | None, names: Mapping[Var, str]) -> str:
    """The expression for a length; it needs `GUARD_NAMES`."""
    if dim is None:
        return "None"
    parts = [
        _symbol(symbol, names) if count == 1 else f"{count} * {_symbol(symbol, names)}"
        for symbol, count in dim.terms
    ]
    if dim.constant or not parts:
        parts.append(str(dim.constant))
    return " + ".join(parts)


def _symbol(symbol: Symbol, names: Mapping[Var, str]) -> str:
    match symbol:
        case SizeOf(var, axis):
            # `len` is several times faster than `shape`.
            return f"{names[var]}.shape[{axis}]" if axis else f"len({names[var]})"
        case ValueOf(var):
            return f"{names[var]}"
        case SliceLength(start, stop, step, length):
            inner = ", ".join(
                (dim_text(start, names), dim_text(stop, names), str(step), dim_text(length, names))
            )
            return f"_length({inner})"
        case Opaque("max" | "min" as function, operands):
            return f"{function}({', '.join(dim_text(d, names) for d in operands)})"
        case Opaque(operation, operands):
            return "(" + f" {operation} ".join(f"({dim_text(d, names)})" for d in operands) + ")"
