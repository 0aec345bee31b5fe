"""Statements that mark values for a derivative, and programs without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcad.ir.nodes import Atom, Block, Function, If, Let, Loop, Stmt, Var
from srcad.ir.primitives import Primitive
from srcad.ir.walk import map_block
from srcad.rules.marks import STOP


def compiled_form(function: Function) -> Function:
    """A program without calls of `stop_gradient`, which nobody will differentiate again."""
    return unmarked(function, (STOP,))


def unmarked(function: Function, marks: Iterable[Primitive]) -> Function:
    """A program in which marked values are what they were marked in: the first arguments."""
    found: dict[Var, Atom] = {}
    body = _without(function.body, frozenset(marks), found)
    if not found:
        return function

    def plain(var: Var) -> Atom:
        value: Atom = var
        while isinstance(value, Var) and value in found:
            value = found[value]
        return value

    return replace(function, body=map_block(body, plain))


def _without(block: Block, marks: frozenset[Primitive], found: dict[Var, Atom]) -> Block:
    body: list[Stmt] = []
    for stmt in block.body:
        match stmt:
            case Let(target=target, primitive=primitive, args=args) if primitive in marks:
                assert isinstance(args[0], Atom)
                found[target] = args[0]
            case If(then=then, orelse=orelse):
                then, orelse = _without(then, marks, found), _without(orelse, marks, found)
                body.append(replace(stmt, then=then, orelse=orelse))
            case Loop(test=test, body=inner):
                test = None if test is None else _without(test, marks, found)
                body.append(replace(stmt, test=test, body=_without(inner, marks, found)))
            case _:
                body.append(stmt)
    return replace(block, body=tuple(body))
