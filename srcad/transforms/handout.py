"""Values of branches that a program hands out: on the ways around them, something stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from srcad.analyses.undefined import placeholder
from srcad.ir.nodes import Atom, Block, Const, If, Stmt, Var
from srcad.ir.walk import defined


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
