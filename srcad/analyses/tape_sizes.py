"""How much memory the tapes of a call take, asked before it is used.

Only tapes whose lengths follow from the arguments can be foreseen; where one cannot, NumPy's own
MemoryError is what is left.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.analyses.formulas import Product, readable, written
from srcad.analyses.undefined import EMPTY
from srcad.errors import Origin, TapeMemoryError
from srcad.ir.dims import Dim
from srcad.ir.nodes import Block, Const, Function, Let, Loop, Operand, ShapeOf, Var
from srcad.ir.walk import statements

SMALL = 1 << 28
"""Bytes that are taken without asking."""


@dataclass(frozen=True, eq=False)
class TapeSize:
    """A tape: its size, and the loop that fills it."""

    var: Var
    product: Product
    origin: Origin | None

    @property
    def name(self) -> str:
        """The user's name for what is kept."""
        return self.var.hint.removesuffix("_tape")


def tape_sizes(function: Function, known: Mapping[Var, Dim]) -> tuple[TapeSize, ...]:
    """The tapes that a forward function surely allocates, as far as their sizes can be foreseen.

    Args:
        function: a forward function with its tapes.
        known: the symbolic values of its ints.
    """
    made = {s.target: s for s in statements(function.body) if isinstance(s, Let)}
    return tuple(_found(function.body, known, made))


def _found(block: Block, known: Mapping[Var, Dim], made: Mapping[Var, Let]) -> Iterator[TapeSize]:
    for position, stmt in enumerate(block.body):
        if isinstance(stmt, Let) and (product := tape_size(stmt, known, made)) is not None:
            loop = next((s for s in block.body[position:] if isinstance(s, Loop)), None)
            yield TapeSize(stmt.target, product, None if loop is None else loop.origin)


def tape_size(stmt: Let, known: Mapping[Var, Dim], made: Mapping[Var, Let]) -> Product | None:
    """The size of a tape, if a statement makes one and its lengths can be foreseen.

    Args:
        stmt: any statement of a forward function.
        known: the symbolic values of its ints.
        made: all of its statements, by what they define.
    """
    if stmt.primitive is not EMPTY or not stmt.target.hint.endswith("_tape"):
        return None
    lengths, dtype = _lengths(stmt.args[0], known, made), stmt.args[1]
    if lengths is None or not isinstance(dtype, Const):
        return None
    return Product(np.dtype(dtype.value).itemsize, lengths)  # type: ignore[call-overload]


def _lengths(
    shape: Operand, known: Mapping[Var, Dim], made: Mapping[Var, Let]
) -> tuple[Dim, ...] | None:
    found: list[Dim] = []
    for item in shape if isinstance(shape, tuple) else (shape,):
        if isinstance(item, ShapeOf):
            found += item.var.shape
        elif (dim := _dim(item, known, made)) is not None:
            found.append(dim)
        else:
            return None
    return tuple(found)


def _dim(item: Operand, known: Mapping[Var, Dim], made: Mapping[Var, Let]) -> Dim | None:
    """The symbolic value of an int, followed through the sums that tapes are sized by."""
    if isinstance(item, Const):
        return Dim(item.value) if isinstance(item.value, int) else None
    if not isinstance(item, Var):
        return None
    if item in known:
        return known[item]
    stmt = made.get(item)
    if stmt is None:
        return None
    match stmt.primitive.text, stmt.args:
        case "size", (ShapeOf(var), Const(int() as axis)):
            return var.shape[axis]
        case "max", (first, Const(0)):
            return _dim(first, known, made)
        case ("trips", (start, stop, Const(1))) | ("trips", (stop, start, Const(-1))):
            begin, end = _dim(start, known, made), _dim(stop, known, made)
            return None if begin is None or end is None else end - begin
        case "+", (left, right):
            one, other = _dim(left, known, made), _dim(right, known, made)
            return None if one is None or other is None else one + other
        case "*", (Const(int() as factor), right):
            scaled = _dim(right, known, made)
            return None if scaled is None else scaled.scaled(factor)
    return None


# -- at every call --------------------------------------------------------------------------------


def check(tapes: Sequence[TapeSize], params: Sequence[Var], inputs: Sequence[Any]) -> None:
    """Raise before the first tape is allocated if all of them together do not fit.

    Args:
        tapes: the tapes of the program.
        params: the parameters of the program.
        inputs: their values in this call.

    Raises:
        TapeMemoryError: with the line of the loop whose tape is the largest.
    """
    if not tapes:
        return
    values = dict(zip(params, inputs, strict=True))
    sizes = [(tape.product.least(values), tape) for tape in tapes]
    total = sum(size for size, _ in sizes)
    if total <= SMALL or total <= (free := available()):
        return
    size, largest = max(sizes, key=lambda pair: pair[0])
    formula = " * ".join(
        [*map(written, largest.product.lengths), f"{largest.product.itemsize} bytes"]
    )
    raise TapeMemoryError(
        f"what this loop has to remember does not fit into memory: `{largest.name}` of every trip "
        f"takes {formula} = {readable(size)}; {readable(total)} in all, {readable(free)} free",
        largest.origin,
        "run fewer trips or smaller arrays in one call",
    )


def available() -> int:
    """The bytes that this process can still get; very many if that cannot be found out."""
    free = 1 << 62
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    free = int(line.split()[1]) * 1024
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            with open("/proc/self/statm", encoding="ascii") as pages:
                used = int(pages.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            free = min(free, max(limit - used, 0))
    except (OSError, ImportError, ValueError):
        pass
    return free
