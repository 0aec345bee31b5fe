"""Comparisons of an adjoint that the forward sweep makes: it keeps the outcome, not the numbers.

The adjoint of `np.minimum(x, y)` asks which of the two was smaller.  Made again in the backward
sweep, that takes both of them from each trip of a loop; made where they are at hand, a byte for
each answer.  Outside of loops there is one value each, and the comparison stays where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from srcad.ir.nodes import Block, Const, Let, Operand, Stmt, Var
from srcad.ir.walk import blocks, own_operands
from srcad.transforms.definitions import Definitions, Scope
from srcad.transforms.repeating import uses
from srcad.transforms.reverse import Adjoint

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=", "np.isnan")
SAME_TURNED = ("==", "!=")


@dataclass(frozen=True, eq=False)
class Foresight:
    """A comparison of the adjoint, and the statement of the primal before which it can be made."""

    let: Let
    before: Stmt
    block: Block


@dataclass(frozen=True, eq=False)
class Forethought:
    """The comparisons that may be made ahead; `same` are others, with the one that they repeat."""

    found: Mapping[Var, Foresight]
    same: Mapping[Var, Var]

    def reads(self, stmt: Stmt) -> bool:
        """Whether the operands of a statement of the adjoint count as read: not of these."""
        return not (isinstance(stmt, Let) and self.of(stmt.target) in self.found)

    def of(self, var: Var) -> Var:
        """The variable that stands for a comparison, and for all that repeat it."""
        return self.same.get(var, var)


def forethought(adjoint: Adjoint, defs: Definitions) -> Forethought:
    """Find the comparisons of values of the primal that meet in one of its statements.

    Args:
        adjoint: the adjoint, which reads variables of the primal.
        defs: where those are defined.
    """
    looped = {id(scope.block) for scope in defs.scope.values() if scope.loops}
    found: dict[Var, Foresight] = {}
    same: dict[Var, Var] = {}
    known: dict[object, Var] = {}
    for block in _blocks(adjoint.body):
        primal = adjoint.mirrors.get(id(block))
        if primal is None or id(primal) not in looped:
            continue
        for stmt in block.body:
            if not isinstance(stmt, Let) or stmt.primitive.text not in COMPARISONS:
                continue
            if not _is_of_primal(stmt, defs):
                continue
            key = (id(primal), _key(stmt))
            if key in known:
                same[stmt.target] = known[key]
            elif (meeting := _meeting(stmt, primal)) is not None:
                found[stmt.target] = Foresight(stmt, meeting, primal)
                known[key] = stmt.target
    return Forethought(found, same)


def with_foresights(defs: Definitions, ahead: Forethought) -> None:
    """Define comparisons as variables of the primal, which they become if they are kept."""
    scopes: dict[int, Scope] = {id(scope.block): scope for scope in defs.scope.values()}
    for var, foresight in ahead.found.items():
        defs.add(var, scopes[id(foresight.block)], foresight.let)


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for stmt in block.body:
        for inner in blocks(stmt):
            yield from _blocks(inner)


def _is_of_primal(stmt: Let, defs: Definitions) -> bool:
    """Whether a comparison is of variables of the primal and constants alone."""
    operands = tuple(own_operands(stmt))
    plain = all(isinstance(operand, Var | Const) for operand in operands)
    read = [operand for operand in operands if isinstance(operand, Var)]
    return plain and bool(read) and all(var in defs.scope for var in read)


def _key(stmt: Let) -> object:
    operands: tuple[Operand, ...] = tuple(own_operands(stmt))
    turned = stmt.primitive.text in SAME_TURNED
    return stmt.primitive.text, frozenset(operands) if turned else operands


def _meeting(comparison: Let, primal: Block) -> Let | None:
    """The first statement that reads all that is compared: before it, nothing else is late."""
    read = {operand for operand in own_operands(comparison) if isinstance(operand, Var)}
    for stmt in primal.body:
        if isinstance(stmt, Let):
            here = {
                var for o in own_operands(stmt) for var, only_shape in uses(o) if not only_shape
            }
            if read <= here:
                return stmt
    return None
