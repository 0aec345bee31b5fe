"""Variables that not every way through a program binds, and something to stand in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from srcad.ir.kinds import Kind
from srcad.ir.nodes import UNDEFINED, Atom, Block, Const, If, Let, Loop, Stmt, Var
from srcad.ir.primitives import Primitive
from srcad.ir.walk import blocks

EMPTY_LIST = Primitive("tape", list, "constant")
EMPTY = Primitive("np.empty", np.empty, "constant")


def placeholder(kind: Kind) -> Const | Let:
    """Something of a kind that is never read: a number, or the statement that makes an array."""
    if kind.form == "opaque":
        return Let(Var("", kind), EMPTY_LIST, (), (), None)
    if not kind.is_array:
        zero = np.dtype(kind.dtype).type(0)
        return Const(zero.item() if kind.is_python else zero)
    made = Var("", kind)
    shape = tuple(Const(0) for _ in range(kind.rank))
    return Let(made, EMPTY, (shape, Const(np.dtype(kind.dtype))), (), None)


def filled(block: Block, read: Iterable[Var]) -> Block:
    """Give variables that are read a value on every way, also where nothing binds them."""
    needed = set(read)
    while True:
        before = len(needed)
        reach(block, needed)
        if len(needed) == before:
            return _fill(block, needed)


def reach(block: Block, needed: set[Var]) -> None:
    """Add the variables that needed ones are handed out from; once more until nothing is added."""
    for stmt in block.body:
        for made, given in _handed(stmt):
            if not needed.isdisjoint(made):
                needed.update(made)
                needed.update(v for v in given if isinstance(v, Var))
        for inner in blocks(stmt):
            reach(inner, needed)


def _handed(stmt: Stmt) -> Iterator[tuple[tuple[Var, ...], tuple[Atom, Atom]]]:
    """The values that a statement makes of others, one way or another, and those others."""
    match stmt:
        case If(then=then, orelse=orelse):
            for target, yes, no in zip(stmt.targets, then.results, orelse.results, strict=True):
                yield (target,), (yes, no)
        case Loop(body=body):
            nexts = body.results[1:] if stmt.breaks else body.results
            parts = zip(stmt.targets, stmt.carried, stmt.inits, nexts, strict=True)
            for target, phi, init, following in parts:
                yield (target, phi), (init, following)


def _fill(block: Block, needed: set[Var]) -> Block:
    body: list[Stmt] = []

    def fill(atom: Atom, target: Var, place: list[Stmt]) -> Atom:
        if atom != UNDEFINED or target not in needed:
            return atom
        filler = placeholder(target.kind)
        if isinstance(filler, Const):
            return filler
        place.append(filler)
        return filler.target

    for stmt in block.body:
        match stmt:
            case If(then=then, orelse=orelse):
                sides = []
                for side in (then, orelse):
                    inner = _fill(side, needed)
                    more: list[Stmt] = []
                    results = tuple(
                        fill(result, target, more)
                        for result, target in zip(inner.results, stmt.targets, strict=True)
                    )
                    sides.append(Block((*inner.body, *more), results))
                body.append(replace(stmt, then=sides[0], orelse=sides[1]))
            case Loop():
                inits = tuple(
                    fill(init, phi, body)
                    for init, phi in zip(stmt.inits, stmt.carried, strict=True)
                )
                body.append(replace(stmt, inits=inits, body=_fill(stmt.body, needed)))
            case _:
                body.append(stmt)
    return replace(block, body=tuple(body))


def unsure(block: Block) -> set[Var]:
    """The variables of a program that some way through it leaves unbound."""
    found: set[Var] = set()
    while True:
        before = len(found)
        _spread(block, found)
        if len(found) == before:
            return found


def _spread(block: Block, found: set[Var]) -> None:
    def bad(atom: Atom) -> bool:
        return atom == UNDEFINED or atom in found

    for stmt in block.body:
        for made, given in _handed(stmt):
            if any(bad(atom) for atom in given):
                found.update(made)
        for inner in blocks(stmt):
            _spread(inner, found)
