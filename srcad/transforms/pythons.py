"""Python's ints and bools on tapes: where it matters, they come back as what they were.

An array of int64 gives back NumPy's ints, which wrap, and one of bools such whose sum is a bool.
The adjoint that computes with them would be silently wrong.  An array of objects keeps what it is
given.  Compiled code knows the kinds of what it reads, and has no need of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from srcad.ir.nodes import Block, Const, Effect, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import blocks, operand_vars, own_vars, statements
from srcad.transforms.tapes import Tape

INDEXED = ("getitem", "setitem", "add_at")
OBJECT = Const(np.dtype(object))


def as_pythons(forward: Function, backward: Function, tapes: Iterable[Tape | None]) -> Function:
    """The forward function with arrays of objects for the tapes that need them.

    Args:
        forward: a forward function with its tapes.
        backward: the backward function that reads them.
        tapes: all of them.
    """
    numbers = {
        tape.var
        for tape in tapes
        if tape is not None
        and not tape.is_stack
        and tape.of.kind.is_python
        and tape.of.kind.dtype in ("int64", "bool")
    }
    if not numbers:
        return forward
    computed = set(_computed_with(backward.body))
    kept: set[Var] = {
        stmt.args[0]  # type: ignore[misc]
        for stmt in statements(backward.body)
        if isinstance(stmt, Let)
        and stmt.primitive.text == "getitem"
        and stmt.args[0] in numbers
        and stmt.target in computed
    }
    return replace(forward, body=_changed(forward.body, kept)) if kept else forward


def of_objects(forward: Function) -> set[Var]:
    """The tapes of a forward function that are arrays of objects."""
    return {
        stmt.target
        for stmt in statements(forward.body)
        if isinstance(stmt, Let) and stmt.primitive.text == "np.empty" and OBJECT in stmt.args[1:]
    }


def _computed_with(block: Block) -> Iterator[Var]:
    """Variables that are more than tests, places in arrays, and bounds of loops."""
    yield from (result for result in block.results if isinstance(result, Var))
    for stmt in block.body:
        match stmt:
            case Let(primitive=primitive, args=(array, _, *others)) if primitive.text in INDEXED:
                for operand in (array, *others):
                    yield from operand_vars(operand)
            case Let(primitive=primitive) if primitive.text == "not":
                pass
            case Let() | Effect():
                yield from own_vars(stmt)
            case Loop(inits=inits):
                yield from (atom for atom in inits if isinstance(atom, Var))
        for inner in blocks(stmt):
            yield from _computed_with(inner)


def _changed(block: Block, kept: set[Var]) -> Block:
    def changed(stmt: Stmt) -> Stmt:
        match stmt:
            case Let(target=target, args=(shape, _)) if target in kept:
                return replace(stmt, args=(shape, OBJECT))
            case If(then=then, orelse=orelse):
                return replace(stmt, then=_changed(then, kept), orelse=_changed(orelse, kept))
            case Loop(body=body):
                return replace(stmt, body=_changed(body, kept))
        return stmt

    return replace(block, body=tuple(changed(stmt) for stmt in block.body))
