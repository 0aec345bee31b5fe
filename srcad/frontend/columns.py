"""`zip(*rows)` of a list whose length is known only at run time: the columns of its array."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING

import gast

from srcad.frontend import calls, comprehensions, control, cursors, objects, outside, rows
from srcad.frontend.memory import content
from srcad.frontend.values import Items, Iteration, Ref, Rows, Static, Value
from srcad.ir.nodes import Const, Slice
from srcad.rules.indexing import getitem

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def is_transposition(callee: Value, node: gast.Call) -> bool:
    """Whether a call is `zip(*something)`."""
    starred = len(node.args) == 1 and isinstance(node.args[0], gast.Starred)
    return isinstance(callee, Static) and callee.value is zip and starred and not node.keywords


def transposed(ctx: Lowering, callee: Value, node: gast.Call) -> Value:
    """`zip(*items)`."""
    found = comprehensions.items_of(ctx, node.args[0].value)
    if ctx.state.dead:
        return found
    found = outside.resolve(ctx, cursors.taken(ctx, found, node), node)
    held = ctx.state.heap.get(found.identity) if isinstance(found, Ref) else None
    if isinstance(held, Rows) and (apart := _columns(ctx, held, node)) is not None:
        return Iteration("written", (apart, found))
    items = objects.iterate(ctx, found, node.args[0])
    return calls.call(ctx, callee, items, {}, node)


def _columns(ctx: Lowering, held: Rows, node: gast.AST) -> Items | None:
    """The columns, each as a list that is not written to; None if their number is not known."""
    buffer = content(ctx, held.cell)
    if held.form[0] not in ("tuple", "list") or not buffer.shape[1].is_constant:
        return None
    some = rows.truth(ctx, held)
    none = Const(not some) if isinstance(some, bool) else ctx.builder.emit(operator.not_, some)
    without = "the columns of a list without items are taken, of which there are none"
    control.refuse_if(ctx, none, without, "ask first whether it has any")
    if ctx.state.dead:
        return Items(())
    whole = rows.filled(ctx, held)
    inner = replace(held, form=held.form[1:])
    found = []
    for place in range(buffer.shape[1].constant):
        column = ctx.builder.emit(getitem, whole, (Slice(), Const(place)))
        found.append(rows.inside(ctx, rows.listed(ctx, column, inner)))
    return Items(tuple(found))
