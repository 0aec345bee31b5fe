"""Moves read what they move: variables that some way leaves unbound get something to stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from srcad.analyses.undefined import filled, unsure
from srcad.ir.nodes import Atom, Block, Function, If, Loop, Var
from srcad.ir.walk import blocks


def definite(function: Function, names: Mapping[Var, str]) -> Function:
    """Bind on every way what would be moved from one name to another.

    Args:
        function: a program about to be written.
        names: the names of its variables; a move of a variable to its own name is not written.

    Returns:
        The same function if nothing was to be done.
    """
    doubtful = unsure(function.body)
    read = [
        atom
        for target, atom in _moves(function.body)
        if isinstance(atom, Var) and atom in doubtful and names.get(atom) != names.get(target)
    ]
    if not read:
        return function
    body = filled(function.body, read)
    return replace(function, body=body) if len(unsure(body)) < len(doubtful) else function


def _moves(block: Block) -> Iterator[tuple[Var, Atom]]:
    for stmt in block.body:
        match stmt:
            case If(then=then, orelse=orelse, targets=targets):
                yield from zip(targets, then.results, strict=True)
                yield from zip(targets, orelse.results, strict=True)
            case Loop(body=body):
                nexts = body.results[1:] if stmt.breaks else body.results
                yield from zip(stmt.carried, stmt.inits, strict=True)
                yield from zip(stmt.carried, nexts, strict=True)
        for inner in blocks(stmt):
            yield from _moves(inner)
