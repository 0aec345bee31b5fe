"""Arrays whose every element is written anew: no copy is made of them before."""

from __future__ import annotations

from dataclasses import replace

from srcad.analyses.sizes import Sizes
from srcad.emit.buffers import Buffers
from srcad.ir.nodes import Block, Function, If, Let, Loop, Operand, Slice, Stmt, Var
from srcad.ir.walk import use_counts


def renewed(function: Function, buffers: Buffers, sizes: Sizes) -> Function:
    """Write `y[...] = value` as `y = value` if the old `y` is needed and `value` is not.

    Returns:
        The same function if nothing was to be done.
    """
    uses = use_counts(function.body)

    def block(old: Block) -> Block:
        made = {s.target: s for s in old.body if isinstance(s, Let)}
        targets: dict[Var, Var] = {}
        for stmt in old.body:
            if isinstance(stmt, Let) and id(stmt) in buffers.copied:
                value = _whole(stmt)
                if not isinstance(value, Var) or uses[value] != 1 or value not in made:
                    continue
                if _is_like(made[value], stmt.target, sizes):
                    targets[value] = stmt.target
        gone = set(targets.values())
        body: list[Stmt] = []
        for stmt in old.body:
            match stmt:
                case Let(target=target) if target in targets:
                    body.append(replace(stmt, target=targets[target]))
                case Let(target=target) if target in gone:
                    continue
                case If(then=then, orelse=orelse):
                    sides = block(then), block(orelse)
                    changed = sides != (then, orelse)
                    body.append(replace(stmt, then=sides[0], orelse=sides[1]) if changed else stmt)
                case Loop(body=inner):
                    inside = block(inner)
                    body.append(stmt if inside is inner else replace(stmt, body=inside))
                case _:
                    body.append(stmt)
        same = len(body) == len(old.body) and all(
            a is b for a, b in zip(body, old.body, strict=True)
        )
        return old if same else replace(old, body=tuple(body))

    body = block(function.body)
    return function if body is function.body else replace(function, body=body)


def _whole(stmt: Let) -> Operand | None:
    """What an update writes to a whole array; None if some of it stays."""
    match stmt.primitive.text, stmt.args:
        case "assign", (_, value):
            return value
        case "setitem", (_, Slice(None, None, None), value):
            return value
    return None


def _is_like(value: Let, target: Var, sizes: Sizes) -> bool:
    """Whether a computed array is one that could stand for another."""
    made = value.target
    return (
        value.primitive.form == "elementwise"
        and made.kind == target.kind
        and len(made.shape) == len(target.shape)
        and all(sizes.equal(a, b) for a, b in zip(made.shape, target.shape, strict=True))
    )
