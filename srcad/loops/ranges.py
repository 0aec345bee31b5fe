"""Indices out of range: checked once before a loop where that is possible, else at their use.

A check never raises by itself: it hands the call to the array level, which raises exactly where
and what Python raises, or finds that nothing is wrong.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from srcad.emit.expressions import BINARY
from srcad.emit.printer import expression
from srcad.ir.dims import Dim, SizeOf, ValueOf
from srcad.ir.nodes import Const, Let, Loop, Operand, Var
from srcad.loops.syntax import plus

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


@dataclass
class Around:
    """A loop being written: where a check before it goes, and what is known there."""

    stmt: Loop
    line: int
    depth: int
    known: frozenset[Var]
    conditions: int = 0
    checks: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)


def check(
    writer: LoopWriter, array: Var, axis: int, item: Operand, node: ast.expr, length: ast.expr
) -> None:
    """Make sure that `-length <= item < length`."""
    dim = array.shape[axis]
    assert writer.builder is not None
    size = writer.builder.size(item)
    sizes = writer.sizes
    if isinstance(item, Const) and isinstance(item.value, int | np.integer):
        place = int(item.value)
        if place >= 0 and sizes.at_least(dim, place + 1):
            return
        if place < 0 and sizes.at_least(dim, -place):
            return
    offset = _counter_offset(size) if size is not None else None
    if offset is not None:
        counter, shift = offset
        for around in reversed(writer.around):
            if around.stmt.counter is counter:
                if _within(writer, around, dim, shift):
                    return
                if _hoist(writer, around, array, shift, length):
                    return
    made = writer.folding.lets.get(item) if isinstance(item, Var) else None
    if made is not None and _is_remainder(made) and sizes.at_least(dim, made.args[1].value):  # type: ignore[union-attr,arg-type]
        return
    question = (_meaning(writer, item), dim)
    if question in writer.in_range:
        return
    writer.in_range = writer.in_range | {question}
    writer.helpers.add("Bail")
    shown, limit = expression(node), expression(length)
    writer.line(f"if not -{_wrapped(limit)} <= {shown} < {limit}:")
    writer.line("    raise Bail")


def _is_remainder(stmt: Let) -> bool:
    """`i % 2`, which is 0 or 1."""
    if stmt.primitive.text != "%" or not stmt.target.kind.is_integral:
        return False
    by = stmt.args[1]
    return isinstance(by, Const) and type(by.value) is int and by.value > 0


def _meaning(writer: LoopWriter, item: Operand) -> object:
    """What two expressions have in common that are computed alike of the same values."""
    made = writer.folding.lets.get(item) if isinstance(item, Var) else None
    if made is None or made.primitive.text not in BINARY:
        return item
    return (made.primitive.text, *(_meaning(writer, arg) for arg in made.args))


def not_negative(writer: LoopWriter, item: Operand) -> bool:
    """Whether an index surely counts from the start."""
    assert writer.builder is not None
    size = writer.builder.size(item)
    if size is None:
        return False
    counter, shift = _counter_offset(size) or (None, 0)
    for around in writer.around:
        bounds = around.stmt.range
        if around.stmt.counter is counter and bounds is not None:
            down = bounds.step == Const(-1)
            least = writer.builder.size(bounds.stop if down else bounds.start)
            if least is None or not (down or _is_positive(bounds.step)):
                return False
            return writer.sizes.at_least(least + shift + down, 0) is True
    return writer.sizes.at_least(size, 0) is True


def _is_positive(step: Operand) -> bool:
    return isinstance(step, Const) and isinstance(step.value, int) and step.value > 0


def _wrapped(text: str) -> str:
    return f"({text})" if any(c in text for c in "+-*/ ") else text


def _counter_offset(size: Dim) -> tuple[Var, int] | None:
    """`counter + shift`."""
    if len(size.terms) != 1:
        return None
    symbol, count = size.terms[0]
    if count == 1 and isinstance(symbol, ValueOf):
        return symbol.var, size.constant
    return None


def _within(writer: LoopWriter, around: Around, dim: Dim, shift: int) -> bool:
    """Whether the range of the counter is known to stay inside the axis."""
    bounds = around.stmt.range
    if bounds is None or bounds.step not in (Const(1), Const(-1)):
        return False
    assert writer.builder is not None
    start, stop = writer.builder.size(bounds.start), writer.builder.size(bounds.stop)
    if start is None or stop is None:
        return False
    if bounds.step == Const(-1):
        start, stop = stop + 1, start + 1
    return bool(
        writer.sizes.at_least(start + shift, 0) and writer.sizes.at_least(dim, stop + shift)
    )


def _hoist(writer: LoopWriter, around: Around, array: Var, shift: int, length: ast.expr) -> bool:
    """Check the whole range of the counter before its loop."""
    bounds = around.stmt.range
    if bounds is None or around.conditions or around.stmt.breaks:
        return False
    inner = writer.around[writer.around.index(around) + 1 :]
    if any(a.conditions for a in inner):
        return False
    if bounds.step not in (Const(1), Const(-1)):
        return False
    if not _available(writer, array, around):
        return False
    start, stop = writer.scalar(bounds.start), writer.scalar(bounds.stop)
    if bounds.step == Const(-1):
        start, stop = plus(stop, ast.Constant(1)), plus(start, ast.Constant(1))
    first, last = plus(start, ast.Constant(shift)), plus(stop, ast.Constant(shift))
    limit = expression(length)
    tests = []
    if not (isinstance(first, ast.Constant) and first.value >= 0):  # type: ignore[operator]
        tests.append(f"{expression(first)} < -{_wrapped(limit)}")
    if expression(last) != limit:
        tests.append(f"{expression(last)} > {limit}")
    if not tests:
        return True
    text = f"if {' or '.join(tests)}:"
    if text not in around.checks:
        writer.helpers.add("Bail")
        around.checks.add(text)
        around.lines += [text, "    raise Bail"]
    return True


def _available(writer: LoopWriter, array: Var, around: Around) -> bool:
    """Whether the array, with this very shape, is at hand before the loop."""
    for var in writer.folding.open(array):
        if var.kind.is_array and var not in around.known:
            if var not in around.stmt.carried:
                return False
            own = any(
                isinstance(s, SizeOf) and s.var is var for dim in var.shape for s, _ in dim.terms
            )
            if own:
                return False
        elif not var.kind.is_array and var not in around.known:
            return False
    return True
