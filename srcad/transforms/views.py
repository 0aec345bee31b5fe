"""Copies of views: where part of an array is read before and used after that array is updated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from srcad.ir.nodes import Block, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import block_vars, is_basic, map_atom, map_stmt
from srcad.rules.registry import PRIMITIVES


def copy_views(function: Function) -> Function:
    """Copy the parts of arrays that are used after an update of the array they were read from.

    Without that the whole array would have to be copied, so that the update leaves the part alone.
    """
    return replace(function, body=_block(function.body))


def _block(block: Block) -> Block:
    block = _updated_late(block)
    last = _last_uses(block)
    copied = _copied(block, last)
    body: list[Stmt] = []
    names: dict[Var, Var] = {}

    def change(var: Var) -> Var:
        return names.get(var, var)

    for stmt in block.body:
        changed = map_stmt(stmt, change)
        match changed:
            case If(then=then, orelse=orelse):
                changed = replace(changed, then=_block(then), orelse=_block(orelse))
            case Loop(body=inner):
                changed = replace(changed, body=_block(inner))
        body.append(changed)
        if isinstance(stmt, Let) and stmt.target in copied:
            whole = stmt.target
            own, view = Var(whole.hint, whole.kind, whole.shape), whole
            if isinstance(changed, Let) and not _measured_by_itself(whole):
                # The copy has the name: `part = x[1:].copy()` on one line.
                view = Var("", whole.kind, whole.shape)
                body[-1] = replace(changed, target=view)
            body.append(Let(own, PRIMITIVES[np.copy], (view,), (), stmt.origin))
            names[whole] = own
    return Block(tuple(body), tuple(map_atom(result, change) for result in block.results))


def _updated_late(block: Block) -> Block:
    """Let updates wait for the statements of their line that still read what is overwritten.

    `t = u[1:] * c; u[1:] = 0.0` needs no copy of the part, `t = u[1:]; u[1:] = 0.0; t *= c` does.
    """
    body = list(block.body)
    for place in reversed(range(len(body))):
        update = body[place]
        if not isinstance(update, Let) or update.primitive.form != "mutation":
            continue
        array = update.args[0]
        views = [
            stmt.target
            for stmt in body[:place]
            if isinstance(stmt, Let) and _is_part(stmt) and stmt.args[0] is array
        ]
        if not views:
            continue
        last = _last_uses(Block(tuple(body), block.results))
        late = max((last.get(view, -1) for view in views), default=-1)
        between = body[place + 1 : late + 1]
        if place < late < len(body) and all(
            _line(stmt) == _line(update) and update.target not in block_vars(Block((stmt,)))
            for stmt in between
        ):
            body[place : late + 1] = [*between, update]
    return replace(block, body=tuple(body))


def _line(stmt: Stmt) -> tuple[str, int] | None:
    return (stmt.origin.file, stmt.origin.line) if stmt.origin else None


def _is_part(stmt: Let) -> bool:
    """Whether a statement reads a part of an array without copying it."""
    return stmt.primitive.text == "getitem" and stmt.target.kind.is_array and is_basic(stmt.args[1])


def _measured_by_itself(var: Var) -> bool:
    return any(getattr(s, "var", None) is var for dim in var.shape for s, _ in dim.terms)


def _last_uses(block: Block) -> dict[Var, int]:
    """The place of the last statement of a block that reads a variable."""
    last: dict[Var, int] = {}
    for place, stmt in enumerate(block.body):
        inner = block_vars(Block((stmt,)))
        for var in inner:
            last[var] = place
    for result in block.results:
        if isinstance(result, Var):
            last[result] = len(block.body)
    return last


def _copied(block: Block, last: dict[Var, int]) -> set[Var]:
    views: dict[Var, list[Var]] = {}
    found: set[Var] = set()
    for place, stmt in enumerate(block.body):
        if not isinstance(stmt, Let) or not stmt.args or not isinstance(stmt.args[0], Var):
            continue
        array = stmt.args[0]
        if _is_part(stmt):
            views.setdefault(array, []).append(stmt.target)
        elif stmt.primitive.form == "mutation" and last[array] == place:
            found.update(view for view in views.get(array, ()) if last.get(view, -1) > place)
    return found
