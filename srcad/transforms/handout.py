"""Values of branches that a program hands out: on the ways around them, something stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from srcad.ir.kinds import Kind
from srcad.ir.nodes import UNDEFINED, Atom, Block, Const, If, Let, Loop, Stmt, Var
from srcad.ir.walk import defined
from srcad.rules.registry import Primitive

EMPTY_LIST = Primitive("tape", list, "constant")
EMPTY = Primitive("np.empty", np.empty, "constant")


def hand_out(block: Block, wanted: Iterable[Var]) -> tuple[Block, dict[Var, Var]]:
    """Make values that are defined inside branches known after them.

    Args:
        block: a program.
        wanted: variables, some of them defined inside the branches of the block.

    Returns:
        The block, and for each variable from inside a branch the one that stands for it; where
        the branch is not taken that is an empty value, which nobody reads.
    """
    outside: dict[Var, Var] = {}
    body: list[Stmt] = []
    wanted = list(wanted)
    for stmt in block.body:
        body.append(_handed(stmt, wanted, outside) if isinstance(stmt, If) else stmt)
    return replace(block, body=tuple(body)), outside


def _handed(stmt: If, wanted: list[Var], outside: dict[Var, Var]) -> If:
    sides = [stmt.then, stmt.orelse]
    targets = list(stmt.targets)
    for here in (0, 1):
        inside = set(defined(sides[here]))
        found = [var for var in wanted if var in inside]
        if not found:
            continue
        sides[here], names = hand_out(sides[here], found)
        for var in found:
            target = Var(var.hint, var.kind, var.shape)
            there = 1 - here
            sides[here] = _with_result(sides[here], names.get(var, var))
            sides[there] = _with_filler(sides[there], var)
            targets.append(target)
            outside[var] = target
    return replace(stmt, then=sides[0], orelse=sides[1], targets=tuple(targets))


def _with_result(block: Block, atom: Atom) -> Block:
    return replace(block, results=(*block.results, atom))


def _with_filler(block: Block, var: Var) -> Block:
    filler = placeholder(var.kind)
    if isinstance(filler, Const):
        return _with_result(block, filler)
    return Block((*block.body, filler), (*block.results, filler.target))


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
    """Give a value on every way to the variables that are read although not every way binds them."""
    needed = set(read)
    while True:
        before = len(needed)
        reach(block, needed)
        if len(needed) == before:
            return _fill(block, needed)


def reach(block: Block, needed: set[Var]) -> None:
    """Add the variables that needed ones are handed out from; once more until nothing is added."""
    for stmt in block.body:
        match stmt:
            case If(then=then, orelse=orelse):
                for target, yes, no in zip(stmt.targets, then.results, orelse.results, strict=True):
                    if target in needed:
                        needed.update(v for v in (yes, no) if isinstance(v, Var))
                reach(then, needed)
                reach(orelse, needed)
            case Loop(body=body):
                nexts = body.results[1:] if stmt.breaks else body.results
                parts = zip(stmt.targets, stmt.carried, stmt.inits, nexts, strict=True)
                for target, phi, init, following in parts:
                    if target in needed or phi in needed:
                        needed.add(phi)
                        needed.update(v for v in (init, following) if isinstance(v, Var))
                reach(body, needed)


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
