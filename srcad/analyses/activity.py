"""Which values depend, through inexact values, on the inputs that a derivative is taken of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from srcad.ir.nodes import Atom, Block, Effect, If, Let, Loop, ShapeOf, Var
from srcad.ir.walk import operand_vars


def active(body: Block, inputs: Iterable[Var]) -> frozenset[Var]:
    """Every variable that carries a derivative.

    Args:
        body: a program.
        inputs: the parameters that the derivative is taken with respect to.

    Returns:
        The inputs, and all inexact variables computed from them.
    """
    found = set(inputs)
    _block(body, found)
    return frozenset(found)


def influential(body: Block, outputs: Iterable[Atom]) -> frozenset[Var]:
    """Every variable that some output is computed from, other than by a decision or a shape.

    Args:
        body: a program.
        outputs: those of its results that derivatives are wanted of.
    """
    found = {output for output in outputs if isinstance(output, Var)}
    while True:
        before = len(found)
        _trace(body, found)
        if len(found) == before:
            return frozenset(found)


def _trace(block: Block, found: set[Var]) -> None:
    for stmt in reversed(block.body):
        match stmt:
            case Let(target=target, primitive=primitive):
                if target in found and primitive.form != "constant":
                    operands = (*stmt.args, *(value for _, value in stmt.kwargs))
                    found.update(
                        v for o in operands if not isinstance(o, ShapeOf) for v in operand_vars(o)
                    )
            case If(then=then, orelse=orelse, targets=targets):
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    if target in found:
                        found.update(atom for atom in (yes, no) if isinstance(atom, Var))
                _trace(then, found)
                _trace(orelse, found)
            case Loop(carried=carried, inits=inits, body=body, targets=targets):
                nexts = body.results[1:] if stmt.breaks else body.results
                parts = list(zip(targets, carried, inits, nexts, strict=True))
                while True:
                    before = len(found)
                    for target, phi, init, following in parts:
                        if target in found or phi in found:
                            handed = (phi, init, following)
                            found.update(atom for atom in handed if isinstance(atom, Var))
                    _trace(body, found)
                    if len(found) == before:
                        break
            case Effect():
                continue
            case _:
                assert_never(stmt)


def _is_active(atom: Atom, found: set[Var]) -> bool:
    return isinstance(atom, Var) and atom in found


def _block(block: Block, found: set[Var]) -> None:
    for stmt in block.body:
        match stmt:
            case Let(target=target, primitive=primitive):
                if primitive.form == "constant" or not target.kind.is_inexact:
                    continue
                operands = (*stmt.args, *(value for _, value in stmt.kwargs))
                if any(
                    v in found
                    for o in operands
                    if not isinstance(o, ShapeOf)
                    for v in operand_vars(o)
                ):
                    found.add(target)
            case If(then=then, orelse=orelse, targets=targets):
                _block(then, found)
                _block(orelse, found)
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    if _is_active(yes, found) or _is_active(no, found):
                        found.add(target)
            case Loop(carried=carried, inits=inits, body=body, targets=targets):
                nexts = body.results[1:] if stmt.breaks else body.results
                found.update(
                    phi for phi, init in zip(carried, inits, strict=True) if _is_active(init, found)
                )
                while True:
                    before = len(found)
                    _block(body, found)
                    found.update(
                        phi for phi, n in zip(carried, nexts, strict=True) if _is_active(n, found)
                    )
                    if len(found) == before:
                        break
                found.update(t for t, phi in zip(targets, carried, strict=True) if phi in found)
            case Effect():
                continue
            case _:
                assert_never(stmt)
