"""Where a loop nest goes: into one that is waiting, or behind them all."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from srcad.emit.printer import expression
from srcad.ir.dims import ONE, Dim
from srcad.loops.elements import Elements
from srcad.loops.items import Item
from srcad.loops.nests import Nest
from srcad.loops.queue import commute, item_touches, plain_line, touched

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


def push(
    writer: LoopWriter,
    item: Item,
    dims: list[Dim],
    lengths: list[ast.expr],
    elements: Elements,
    counters: list[str],
    before: list[str],
) -> None:
    """Put an assignment over a space of indices into a nest, with the lines that come before it."""
    checks = _check_lines(writer, elements)
    ones = [dim == ONE for dim in dims]
    item.shape = lengths
    lengths = [n for n, dim in zip(lengths, dims, strict=True) if dim != ONE]
    dims = [dim for dim in dims if dim != ONE]
    item.live_after = writer.live.after.get(id(writer.current), writer.handed)
    ready = [*writer.pending, *before]
    writer.pending = []
    writer.measured.clear()  # from here on it shows in the queue what is needed
    if not checks and (joined := _joined(writer, item, dims, ready)) is not None:
        # The same lengths, said with arrays that are surely still there.
        left = list(joined.lengths)
        item.shape = [ast.Constant(1) if one else left.pop(0) for one in ones]
        return
    made = Nest(
        dims,
        lengths,
        counters,
        [*ready, *checks],
        note=writer.note,
        taken=writer.taken,
        alias=writer.alias,
        ordered=writer.checked,
    )
    writer.note = []
    made.add(item)
    writer.queue.append(made)


def _joined(writer: LoopWriter, item: Item, dims: list[Dim], ready: list[str]) -> Nest | None:
    """Let an item join a nest that is waiting, moving up past what is independent of it."""
    own = item_touches(item, ready)
    lines = set().union(*(item_touches(item, [text])[1] for text in ready)) - {item.target}
    reachable: list[Nest] = []
    for element in reversed(writer.queue):
        reads, writes = touched(element)
        if (
            isinstance(element, Nest)
            and _fits(writer, element, dims)
            and not lines & (reads | writes)
            and not _ready_reads(ready) & writes
        ):
            reachable.append(element)
        if not commute((reads, writes), own, writer.alias):
            break
    if not reachable:
        return _sunk(writer, item, dims, ready)
    for nest in reversed(reachable):  # the earliest, so that what follows can join it too
        if nest.add(item):
            nest.before += ready
            return nest
    return None


def _sunk(writer: LoopWriter, item: Item, dims: list[Dim], ready: list[str]) -> Nest | None:
    """Let an item join a nest that can wait until after all that the item needs."""
    for place in range(len(writer.queue) - 1, -1, -1):
        nest = writer.queue[place]
        if not isinstance(nest, Nest) or not _fits(writer, nest, dims):
            continue
        own = touched(nest)
        later = writer.queue[place + 1 :]
        if not all(commute(own, touched(other), writer.alias) for other in later):
            continue
        if set().union(*(item_touches(item, [t])[1] for t in ready)) - {item.target}:
            continue
        if _ready_reads(ready) & own[1]:
            continue
        if nest.add(item):
            nest.before += ready
            del writer.queue[place]
            writer.queue.append(nest)
            return nest
    return None


def _fits(writer: LoopWriter, nest: Nest, dims: list[Dim]) -> bool:
    return len(nest.dims) == len(dims) and all(
        a == b or writer.sizes.equal(a, b) for a, b in zip(nest.dims, dims, strict=True)
    )


def _check_lines(writer: LoopWriter, elements: Elements) -> list[str]:
    lines = []
    for a, b in elements.checks:
        writer.helpers.add("Bail")
        lines.append(f"if {expression(a)} != {expression(b)}:")
        lines.append("    raise Bail")
    return lines


def _ready_reads(ready: list[str]) -> set[str]:
    """The names that the lines before a nest read."""
    found: set[str] = set()
    for text in ready:
        if (line := plain_line(text.strip())) is not None:
            found |= line.reads - line.writes
        else:
            found |= set(re.findall(r"[A-Za-z_]\w*", text))
    return found
