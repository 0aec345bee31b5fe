"""What a derivative was written for, as a function that raises for other arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from srcad.analyses.sizes import Guard
from srcad.ir.dims import Dim, SizeOf, Symbol
from srcad.ir.kinds import Kind, python_type
from srcad.ir.nodes import Var
from srcad.specialise import dim_text

NAME = "check_arguments"

_ARTICLES = {"int": "an"}


@dataclass(frozen=True)
class Param:
    """A parameter of a generated function.

    Args:
        name: its name in the text.
        kind: what it was written for.
        whole: whether the function writes to it, so that no other may share its memory.
        like: the parameter whose tangent it is, if it is one.
    """

    name: str
    kind: Kind
    whole: bool = False
    like: str | None = None


def described(kind: Kind) -> str:
    """A kind in words.

    >>> described(Kind("float64", 2, "array")), described(Kind("int64"))
    ('an array of float64 with 2 axes', 'an int')
    """
    if kind.is_array:
        axes = "axis" if kind.rank == 1 else "axes"
        return f"an array of {kind.dtype} with {kind.rank} {axes}"
    name = python_type(kind).__name__ if kind.is_python else f"np.{kind.dtype}"
    return f"{_ARTICLES.get(name, 'a')} {name}"


def check_text(
    params: Sequence[Param], guards: Sequence[Guard], names: Mapping[Var, str], numba: bool
) -> str:
    """The function that raises for arguments of other kinds, or of sizes that do not fit.

    Args:
        params: the parameters.
        guards: what must hold for their sizes.
        names: the names of the parameters that guards speak of.
        numba: whether the function is compiled, where all arrays are plain ones.
    """
    lines = [
        f"def {NAME}({', '.join(param.name for param in params)}):",
        '    """Raise for arguments that this was not written for."""',
    ]
    for param in params:
        lines += _kind_lines(param, numba)
    arrays = [param for param in params if param.kind.is_array]
    for one, other in combinations(sorted(arrays, key=lambda param: not param.whole), 2):
        if one.whole:
            lines += _apart_lines(one.name, other.name)
    tests = dict.fromkeys(filter(None, (condition(guard, names) for guard in guards)))
    for test in tests:
        lines.append(f"    if not {test}:")
        lines.append(f'        raise ValueError("this was written for {test}")')
    return "\n".join(lines)


def condition(guard: Guard, names: Mapping[Var, str]) -> str:
    """What a guard says, as Python; empty where it says no more than that lengths are lengths."""
    dim = guard.dim
    more = [(symbol, count) for symbol, count in dim.terms if count > 0]
    less = [(symbol, -count) for symbol, count in dim.terms if count < 0]
    if guard.relation == ">=" and not less and dim.constant >= 0 and _lengths(more):
        return ""
    left = _sum(dim, more, max(dim.constant, 0), names)
    right = _sum(dim, less, max(-dim.constant, 0), names)
    return f"{left} {guard.relation} {right}"


def _lengths(terms: Sequence[tuple[Symbol, int]]) -> bool:
    return all(isinstance(symbol, SizeOf) for symbol, _ in terms)


def _sum(
    dim: Dim, terms: Sequence[tuple[Symbol, int]], constant: int, names: Mapping[Var, str]
) -> str:
    text = dim_text(replace(dim, terms=tuple(terms), constant=constant), names)
    return re.sub(r"\b_length\(", "slice_length(", text)


def _kind_lines(param: Param, numba: bool) -> list[str]:
    name, kind = param.name, param.kind
    if not kind.is_array:
        wanted = python_type(kind).__name__ if kind.is_python else f"np.{kind.dtype}"
        return [
            f"    if not isinstance({name}, {wanted}):",
            f'        raise TypeError("`{name}` must be {described(kind)}")',
        ]
    others = [f'{name}.ndim != {kind.rank} or not {name}.dtype == np.dtype("{kind.dtype}")']
    if not numba:  # which knows of its arrays what they are
        others.insert(0, f"type({name}) is not np.ndarray")
    lines = []
    for other in others:
        lines += [
            f"    if {other}:",
            f'        raise TypeError("`{name}` must be {described(kind)}")',
        ]
    lines += [
        f"    if not {name}.flags.c_contiguous:",
        f'        raise ValueError("`{name}` must be in one piece: np.ascontiguousarray({name})")',
    ]
    if param.like is not None:
        lines += [
            f"    if {name}.shape != {param.like}.shape:",
            f'        raise ValueError("`{name}` must have the shape of `{param.like}`")',
        ]
    return lines


def _apart_lines(one: str, other: str) -> list[str]:
    return [
        f"    if {one}.ctypes.data < {other}.ctypes.data + {other}.nbytes and "
        f"{other}.ctypes.data < {one}.ctypes.data + {one}.nbytes:",
        f'        raise ValueError("`{one}` is written to: `{other}` must not share its memory")',
    ]
