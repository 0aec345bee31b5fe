"""Tapes of the loop level: arrays with one axis more for each loop, or stacks that grow."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from srcad.emit.printer import expression
from srcad.ir.nodes import Const, Effect, Var
from srcad.loops import fusion
from srcad.loops.elements import NotScalar
from srcad.loops.items import Item

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


def record(writer: LoopWriter, stmt: Effect) -> None:
    """Store a value on its tape."""
    tape, index, value = stmt.args
    assert isinstance(tape, Var)
    assert isinstance(index, tuple)
    name = writer.names[tape]
    if not index:
        count = writer.stacks[tape]
        array = isinstance(value, Var) and value.kind.rank > 0
        helper = "push_array" if array else "push_number"
        writer.helpers.add(helper)
        shown = writer.whole(value)
        writer.line(f"{name} = {helper}({name}, {count}, {shown})")
        writer.line(f"{count} += 1")
        return
    starts: Any = stmt.payload
    places: list[ast.expr] = []
    for counter, (start, step) in zip(index, starts, strict=True):
        place = writer.scalar(counter)
        if start != Const(0):
            place = ast.BinOp(place, ast.Sub(), writer.scalar(start))
        if step != Const(1):
            place = ast.BinOp(place, ast.FloorDiv(), writer.scalar(step))
        places.append(place)
    if not isinstance(value, Var) or not value.kind.rank:
        node = writer.scalar(value)
        writer.line(f"{name}[{', '.join(map(expression, places))}] = {expression(node)}")
        return
    elements = writer.elements()
    rank = value.kind.rank
    counters, position = writer.indices(list(value.shape))
    try:
        lengths = [elements.length(value, axis) for axis in range(rank)]
        node = elements.element(value, position)
    except NotScalar:
        whole = writer.materialise(value)
        node = ast.Subscript(
            ast.Name(whole, ast.Load()),
            position[0] if rank == 1 else ast.Tuple(position, ast.Load()),
            ast.Load(),
        )
        lengths = [elements.length(value, axis) for axis in range(rank)]
    item = Item("store", name, [*places, *position], node, None, value.kind.dtype)
    fusion.push(writer, item, list(value.shape), lengths, elements, counters, [])


def begin(writer: LoopWriter, tape: Var, name: str) -> None:
    """An empty stack."""
    rank = tape.kind.rank
    shape = "0" if not rank else f"({', '.join(['0'] * (rank + 1))})"
    dtype = tape.kind.dtype
    shown = "bool_" if dtype == "bool" else np.dtype(dtype).name
    suffix = "" if dtype == "float64" else f", np.{shown}"
    writer.line(f"{name} = np.empty({shape}{suffix})")
    writer.line(f"{writer.stacks[tape]} = 0")


def replay(writer: LoopWriter, stmt: Effect) -> None:
    """Read a stack backwards; it stays as it is, so that a pullback can be called again."""
    tape, *place = stmt.args
    assert isinstance(tape, Var)
    position = expression(writer.scalar(place[0])) if place else writer.positions[tape]
    if not place:
        writer.line(f"{position} -= 1")
    writer.line(f"{writer.names[stmt.targets[0]]} = {writer.names[tape]}[{position}]")
