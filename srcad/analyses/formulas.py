"""Lengths and amounts of memory: as formulas in the names of the user, and as numbers of a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

from srcad.ir.dims import OPERATIONS, Dim, Opaque, SizeOf, SliceLength, Symbol, ValueOf
from srcad.ir.nodes import Var

NO_NAMES: Mapping[Symbol, str] = MappingProxyType({})


@dataclass(frozen=True)
class Amount:
    """An amount of memory.

    Args:
        formula: how many bytes, as a product or sum of lengths; Python that can be evaluated,
            except for what only the run tells.
        bytes: the same for the arguments at hand; None if only the run tells.
    """

    formula: str
    bytes: int | None

    def __str__(self) -> str:
        """The formula and its value."""
        if self.bytes is None:
            return f"{self.formula} bytes"
        if self.bytes == 1 and self.formula == "1":
            return "1 byte"
        if self.formula == str(self.bytes):
            return readable(self.bytes)
        return f"{self.formula} = {readable(self.bytes)}"


@dataclass(frozen=True)
class Product:
    """So many bytes for each of so many elements: an itemsize and the lengths of axes."""

    itemsize: int
    lengths: tuple[Dim, ...]

    def value(self, values: Mapping[Var, Any]) -> int | None:
        """The bytes, with the arguments of a call; None if they do not follow from these."""
        if any(value(dim, values) is None for dim in self.lengths):
            return None
        return self.least(values)

    def least(self, values: Mapping[Var, Any]) -> int:
        """The bytes if the lengths that cannot be foreseen are 1."""
        lengths = [value(dim, values) for dim in self.lengths]
        return self.itemsize * prod(max(n, 0) for n in lengths if n is not None)


def amount(
    products: Iterable[Product], values: Mapping[Var, Any], names: Mapping[Symbol, str]
) -> Amount:
    """The sum of products as one formula, and its value.

    Args:
        products: what is added up.
        values: the arguments of the call.
        names: the user's names for lengths.
    """
    terms: dict[tuple[str, ...], int] = {}
    order: dict[tuple[str, ...], tuple[str, ...]] = {}
    total: int | None = 0
    for product in products:
        factor = product.itemsize * prod(d.constant for d in product.lengths if d.is_constant)
        varying = [dim for dim in product.lengths if not dim.is_constant]
        texts = tuple(written(dim, names) for dim in varying)
        key = tuple(sorted(texts))
        terms[key] = terms.get(key, 0) + factor
        order.setdefault(key, texts)
        found = product.value(values)
        total = None if total is None or found is None else total + found
    parts = [
        " * ".join([str(count)] * (count != 1 or not key) + [*order[key]])
        for key, count in terms.items()
        if count
    ]
    return Amount(" + ".join(parts) or "0", total)


def value(dim: Dim | None, values: Mapping[Var, Any]) -> int | None:
    """A length, with the arguments of a call; None if it does not follow from them."""
    if dim is None:
        return None
    total = dim.constant
    for symbol, count in dim.terms:
        found = _symbol(symbol, values)
        if found is None:
            return None
        total += count * found
    return total


def _symbol(symbol: Symbol, values: Mapping[Var, Any]) -> int | None:
    match symbol:
        case SizeOf(var, axis) if var in values:
            return int(values[var].shape[axis])
        case ValueOf(var) if var in values:
            return int(values[var])
        case SliceLength(start, stop, step, length):
            whole, first, last = (value(dim, values) for dim in (length, start, stop))
            ends = (start is None or first is not None, stop is None or last is not None)
            if whole is None or not all(ends):
                return None
            return len(range(*slice(first, last, step).indices(whole)))
        case Opaque(operation, (left, right)):
            a, b = value(left, values), value(right, values)
            if a is None or b is None or (operation == "//" and not b):
                return None
            return OPERATIONS[operation](a, b)
    return None


def written(dim: Dim, names: Mapping[Symbol, str] = NO_NAMES) -> str:
    """A length as the user would write it, in brackets if it is a sum."""
    parts = [str(dim.constant)] if dim.constant or not dim.terms else []
    for symbol, count in dim.terms:
        name = names.get(symbol) or _name(symbol, names)
        parts.insert(0, {1: name, -1: f"-{name}"}.get(count, f"{count} * {name}"))
    text = " + ".join(sorted(parts, key=lambda part: part.startswith("-"))).replace("+ -", "- ")
    return text if len(parts) == 1 else f"({text})"


def _name(symbol: Symbol, names: Mapping[Symbol, str]) -> str:
    match symbol:
        case SizeOf(var, axis):
            return f"{var.hint or 'array'}.shape[{axis}]"
        case ValueOf(var):
            return var.hint or "number"
        case SliceLength(start, stop, step, length):
            ends = ["" if d is None else bare(written(d, names)) for d in (start, stop)]
            return f"len(range({bare(written(length, names))})[{ends[0]}:{ends[1]}:{step}])"
        case Opaque(operation, operands):
            texts = [written(operand, names) for operand in operands]
            if operation.isidentifier():
                return f"{operation}({', '.join(map(bare, texts))})"
            return f"({f' {operation} '.join(texts)})"


def bare(text: str) -> str:
    """A length without the brackets that stand around a sum."""
    return text[1:-1] if text.startswith("(") and text.find(")") == len(text) - 1 else text


def user_names(known: Mapping[Var, Dim], params: Sequence[Var]) -> dict[Symbol, str]:
    """The names that a program gives to lengths of its arguments, where they stand for one only.

    Args:
        known: the symbolic values of its ints.
        params: its parameters.
    """
    meanings: dict[str, set[Dim]] = {}
    for var, dim in known.items():
        meanings.setdefault(var.hint, set()).add(dim)
    names: dict[Symbol, str] = {}
    taken = {param.hint for param in params}
    for var, dim in known.items():
        match dim.constant, dim.terms:
            case 0, ((SizeOf() as symbol, 1),) if symbol.var in params:
                if var.hint and var.hint not in taken and len(meanings[var.hint]) == 1:
                    names.setdefault(symbol, var.hint)
    return names


def readable(size: float) -> str:
    """Bytes in the unit that suits them."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} TiB"
