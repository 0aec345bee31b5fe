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
