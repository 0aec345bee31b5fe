"""Where the variables of a program are defined, and in which loops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from srcad.ir.nodes import Block, Loop, Stmt, Var
from srcad.ir.walk import blocks, targets


@dataclass(frozen=True, eq=False)
class Scope:
    """A block of the primal: the loops around it, and the scope around it."""

    block: Block
    loops: tuple[Loop, ...]
    parent: Scope | None


@dataclass
class Definitions:
    """Where every primal variable is defined, and by what."""

    scope: dict[Var, Scope] = field(default_factory=dict)
    stmt: dict[Var, Stmt | None] = field(default_factory=dict)
    order: dict[Var, int] = field(default_factory=dict)

    def add(self, var: Var, scope: Scope, stmt: Stmt | None) -> None:
        """Note where a variable is defined."""
        self.scope[var] = scope
        self.stmt[var] = stmt
        self.order[var] = len(self.order)


def definitions(params: Iterable[Var], body: Block) -> Definitions:
    """Where every variable of a program is defined."""
    found = Definitions()
    root = Scope(body, (), None)
    for param in params:
        found.add(param, root, None)
    _define(body, root, found)
    return found


def _define(block: Block, scope: Scope, found: Definitions) -> None:
    for stmt in block.body:
        for inner in blocks(stmt):
            if isinstance(stmt, Loop):
                around = Scope(inner, (*scope.loops, stmt), scope)
                if inner is stmt.body:
                    for var in (stmt.counter, *stmt.carried):
                        found.add(var, around, None)
            else:
                around = Scope(inner, scope.loops, scope)
            _define(inner, around, found)
        for target in targets(stmt):
            found.add(target, scope, stmt)
