"""Statements that mark values for a derivative, and programs without them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import numpy as np

from srcad.ir.nodes import Atom, Block, Const, Function, If, Let, Loop, ShapeOf, Stmt, Var
from srcad.ir.walk import map_atom, map_stmt, statements
from srcad.rules.indexing import same
from srcad.rules.marks import STOP, TANGENT, number_of
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.reverse import Adjoint

SAME = PRIMITIVES[same]


def compiled_form(function: Function) -> Function:
    """A program without calls of `stop_gradient`, which nobody will differentiate again."""
    return _without(function, lambda stmt: stmt.primitive is STOP, named=False)


def unmarked(function: Function) -> Function:
    """A program without the marks of rules, in which values are what they are."""
    return _without(function, _is_mark, named=False)


def both_unmarked(primal: Function, adjoint: Adjoint) -> tuple[Function, Adjoint]:
    """The same of a program and its adjoint, which reads the values of the program."""
    return _both(primal, adjoint, _is_mark, named=False)


def settled(function: Function, active: Collection[Var]) -> Function:
    """A program without the marks of those calls that a derivative went through.

    Other derivatives may be taken of it, and rules of other calls wait for those. What was marked
    keeps its name, as the program around it may have it.
    """
    return _without(function, _calls_with(function, active), named=True)


def both_settled(
    primal: Function, adjoint: Adjoint, active: Collection[Var]
) -> tuple[Function, Adjoint]:
    """The same of a program and its adjoint."""
    return _both(primal, adjoint, _calls_with(primal, active), named=True)


Goes = Callable[[Let], bool]


def _is_mark(stmt: Let) -> bool:
    return number_of(stmt) is not None


def _calls_with(function: Function, active: Collection[Var]) -> Goes:
    numbers = {
        number
        for stmt in statements(function.body)
        if isinstance(stmt, Let)
        and stmt.target in active
        and (number := number_of(stmt)) is not None
    }
    return lambda stmt: number_of(stmt) in numbers


def _without(function: Function, goes: Goes, named: bool) -> Function:
    plain = _Plain(goes, named)
    body = plain.block(function.body)
    return replace(function, body=body) if plain.found else function


def _both(primal: Function, adjoint: Adjoint, goes: Goes, named: bool) -> tuple[Function, Adjoint]:
    plain = _Plain(goes, named)
    body, bars = plain.block(primal.body), plain.block(adjoint.body)
    if not plain.found:
        return primal, adjoint
    mirrors = {
        id(plain.blocks[block]): plain.blocks[id(mirrored)]
        for block, mirrored in adjoint.mirrors.items()
        if block in plain.blocks
    }
    loops = {
        counter: plain.loops[id(loop)]
        for counter, loop in adjoint.loops.items()
        if id(loop) in plain.loops
    }
    return replace(primal, body=body), Adjoint(bars, adjoint.seeds, mirrors, loops)


@dataclass
class _Plain:
    """What was left out, and what has become of the blocks and loops around it, by identity."""

    goes: Goes
    named: bool
    found: bool = False
    same: dict[Var, Atom] = field(default_factory=dict)
    blocks: dict[int, Block] = field(default_factory=dict)
    loops: dict[int, Loop] = field(default_factory=dict)

    def value(self, var: Var) -> Atom:
        found: Atom = var
        while isinstance(found, Var) and found in self.same:
            found = self.same[found]
        return found

    def block(self, block: Block) -> Block:
        body: list[Stmt] = []
        for stmt in block.body:
            match stmt:
                case Let() if self.goes(stmt):
                    self.found = True
                    body += self.left(stmt)
                case If(test=test, then=then, orelse=orelse):
                    test = map_atom(test, self.value)
                    then, orelse = self.block(then), self.block(orelse)
                    body.append(replace(stmt, test=test, then=then, orelse=orelse))
                case Loop():
                    body.append(self.loop(stmt))
                case _:
                    body.append(map_stmt(stmt, self.value))
        results = tuple(map_atom(result, self.value) for result in block.results)
        made = self.blocks[id(block)] = Block(tuple(body), results)
        return made

    def left(self, stmt: Let) -> list[Stmt]:
        """What is left of a mark: another name for the value."""
        kind = stmt.target.kind
        if "pull" in stmt.primitive.options:
            return []
        value = stmt.args[0]
        if stmt.primitive is TANGENT:
            value = Const(0.0j if kind.is_complex else 0.0)
            if kind.is_array:
                like = stmt.args[-1]
                assert isinstance(like, Var)
                like = map_atom(like, self.value)
                assert isinstance(like, Var)
                zeros = ShapeOf(like), Const(np.dtype(kind.dtype))
                return [replace(stmt, primitive=PRIMITIVES[np.zeros], args=zeros)]
        assert isinstance(value, Var | Const)
        value = map_atom(value, self.value)
        if self.named:
            return [replace(stmt, primitive=SAME, args=(value,))]
        self.same[stmt.target] = value
        return []

    def loop(self, stmt: Loop) -> Loop:
        head = map_stmt(replace(stmt, test=None, body=Block()), self.value)
        assert isinstance(head, Loop)
        test = None if stmt.test is None else self.block(stmt.test)
        made = self.loops[id(stmt)] = replace(head, test=test, body=self.block(stmt.body))
        return made
