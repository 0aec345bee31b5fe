"""Stores before shifted additions, as a clearing and an addition: then they can share a nest.

`u_bar[1:-1, 1:-1] = t` and then `u_bar[:-2, 1:-1] += t` are two passes: a row that the second one
adds to is not to be overwritten later by the first.  Cleared beforehand, where `u_bar` was read
last, all that comes is added in any order, and `t` is a row in place of an array.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.frontend.builder import Builder
from srcad.ir.nodes import Block, Const, Function, If, Let, Loop, Operand, Slice, Stmt, Var
from srcad.ir.walk import items_of, own_vars
from srcad.rules.indexing import add_at, setitem
from srcad.rules.registry import PRIMITIVES

ZERO = Const(0.0)


def clear_ahead(function: Function, builder: Builder) -> Function:
    """Clear what is stored into, and add, where shifted additions to the same array follow."""
    return replace(function, body=_block(function.body, builder))


def _block(block: Block, builder: Builder) -> Block:
    body: list[Stmt] = []
    lets = {stmt.target: stmt for stmt in block.body if isinstance(stmt, Let)}
    added = {
        stmt.args[0]: stmt
        for stmt in lets.values()
        if stmt.primitive.text == "add_at" and isinstance(stmt.args[0], Var)
    }
    for stmt in block.body:
        match stmt:
            case If():
                sides = (_block(side, builder) for side in (stmt.then, stmt.orelse))
                stmt = replace(stmt, then=next(sides), orelse=next(sides))
            case Loop():
                stmt = replace(stmt, body=_block(stmt.body, builder))
            case Let() if _is_followed(stmt, added.get(stmt.target), lets):
                array, index, value = stmt.args
                assert isinstance(array, Var)
                made = lets.get(array)
                if made is None or made.primitive.text != "np.zeros":
                    empty = builder.fresh(array.hint, array.kind, array.shape)
                    body.append(replace(stmt, target=empty, args=(array, index, ZERO)))
                    array = empty
                stmt = replace(stmt, primitive=PRIMITIVES[add_at], args=(array, index, value))
        body.append(stmt)
    return Block(tuple(body), block.results)


def _is_followed(stmt: Let, later: Let | None, lets: dict[Var, Let]) -> bool:
    """Whether a store of something else into a part is followed by an addition to a shifted one."""
    if stmt.primitive is not PRIMITIVES[setitem] or later is None:
        return False
    array, index, value = stmt.args
    if not isinstance(value, Var) or not value.kind.rank or not isinstance(array, Var):
        return False
    if not (_is_part(index) and _is_part(later.args[1])) or index == later.args[1]:
        return False
    return array.kind.is_inexact and not _reads(value, array, lets)


def _is_part(index: Operand) -> bool:
    """Whether an index is made of slices and numbers, with two slices at least."""
    items = items_of(index)
    plain = all(
        isinstance(i, Slice | Const) or (isinstance(i, Var) and not i.kind.rank) for i in items
    )
    return plain and sum(isinstance(item, Slice) for item in items) > 1


def _reads(value: Var, array: Var, lets: dict[Var, Let]) -> bool:
    """Whether an expression reads an array, or what that was before."""
    earlier = {array}
    while (made := lets.get(array)) is not None and made.primitive.form == "mutation":
        array = made.args[0]  # type: ignore[assignment]
        earlier.add(array)
    stack, seen = [value], set()
    while stack:
        var = stack.pop()
        if var in earlier:
            return True
        if var in lets and var not in seen and lets[var].primitive.form != "mutation":
            seen.add(var)
            stack += own_vars(lets[var])
    return False
