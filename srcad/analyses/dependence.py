"""Which values depend on some others: through numbers, shapes and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from srcad.ir.nodes import Atom, Block, Effect, If, Let, Loop, Operand, Stmt, Var
from srcad.ir.walk import operand_vars, own_operands


def dependent(statements: Sequence[Stmt], sources: Iterable[Var]) -> frozenset[Var]:
    """Every variable whose value may be another one when a source has another value.

    Args:
        statements: part of a program.
        sources: variables of it.

    Returns:
        The sources, and all that is computed from them or decided by them.
    """
    found = set(sources)
    _block(statements, found)
    return frozenset(found)


def _depends(operand: Operand | None, found: set[Var]) -> bool:
    return any(var in found for var in operand_vars(operand))


def _block(statements: Iterable[Stmt], found: set[Var]) -> None:
    for stmt in statements:
        match stmt:
            case Let(target=target):
                if any(_depends(operand, found) for operand in own_operands(stmt)):
                    found.add(target)
            case If(test=test, then=then, orelse=orelse, targets=targets):
                _block(then.body, found)
                _block(orelse.body, found)
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    if any(_depends(atom, found) for atom in (test, yes, no)):
                        found.add(target)
            case Loop():
                _loop(stmt, found)
            case Effect(targets=targets):
                if any(_depends(operand, found) for operand in own_operands(stmt)):
                    found.update(targets)
            case _:
                assert_never(stmt)


def _loop(loop: Loop, found: set[Var]) -> None:
    ends: list[Atom] = []
    if loop.range is not None:
        bounds = (loop.range.start, loop.range.stop, loop.range.step)
        ends += bounds
        if any(_depends(bound, found) for bound in bounds):
            found.add(loop.counter)
    nexts = loop.body.results
    if loop.breaks:
        ends.append(nexts[0])
        nexts = nexts[1:]
    if loop.test is not None:
        ends += loop.test.results
    while True:
        before = len(found)
        for phi, init, following in zip(loop.carried, loop.inits, nexts, strict=True):
            if _depends(init, found) or _depends(following, found):
                found.add(phi)
        for block in (loop.test, loop.body):
            _block(block.body if isinstance(block, Block) else (), found)
        if len(found) == before:
            break
    if any(_depends(end, found) for end in ends):
        found.update((*loop.targets, loop.trips))
    found.update(
        target for target, phi in zip(loop.targets, loop.carried, strict=True) if phi in found
    )
