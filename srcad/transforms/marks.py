"""Statements that mark values for a derivative, and programs without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from srcad.ir.nodes import Atom, Block, Const, Function, If, Let, Loop, ShapeOf, Stmt, Var
from srcad.ir.primitives import Primitive
from srcad.ir.walk import map_atom, map_stmt
from srcad.rules.marks import MARKS, STOP, TANGENT
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.reverse import Adjoint


def compiled_form(function: Function) -> Function:
    """A program without calls of `stop_gradient`, which nobody will differentiate again."""
    return unmarked(function, (STOP,))


def unmarked(function: Function, marks: Iterable[Primitive] = MARKS) -> Function:
    """A program in which marked values are what they were marked in: the first arguments."""
    plain = _Plain(frozenset(marks))
    body = plain.block(function.body)
    return replace(function, body=body) if plain.same or plain.found else function


def both_unmarked(primal: Function, adjoint: Adjoint) -> tuple[Function, Adjoint]:
    """The same of a program and its adjoint, which reads the values of the program."""
    plain = _Plain(MARKS)
    body, bars = plain.block(primal.body), plain.block(adjoint.body)
    if not plain.same and not plain.found:
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

    marks: frozenset[Primitive]
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
                case Let(target=target, primitive=primitive, args=args) if primitive in self.marks:
                    assert isinstance(args[0], Atom)
                    self.same[target] = args[0]
                case Let(primitive=primitive) if "pull" in primitive.options:
                    continue
                case Let(primitive=primitive) if primitive is TANGENT:
                    body += self.zero(stmt)
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

    def zero(self, stmt: Let) -> list[Stmt]:
        """What is left of a tangent that a rule was given."""
        (of,) = stmt.args
        kind = stmt.target.kind
        if not kind.is_array:
            self.same[stmt.target] = Const(0.0j if kind.is_complex else 0.0)
            return []
        self.found = True
        assert isinstance(of, Var)
        like = self.value(of)
        assert isinstance(like, Var)
        shape, dtype = ShapeOf(like), Const(np.dtype(kind.dtype))
        return [replace(stmt, primitive=PRIMITIVES[np.zeros], args=(shape, dtype))]

    def loop(self, stmt: Loop) -> Loop:
        head = map_stmt(replace(stmt, test=None, body=Block()), self.value)
        assert isinstance(head, Loop)
        test = None if stmt.test is None else self.block(stmt.test)
        made = self.loops[id(stmt)] = replace(head, test=test, body=self.block(stmt.body))
        return made
