"""The backward function: what an adjoint reads is loaded or computed again in each block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from srcad.ir.dims import Dim, ValueOf, value_of
from srcad.ir.nodes import Atom, Block, Const, Effect, If, Let, Loop, Operand, ShapeOf, Stmt, Var
from srcad.ir.walk import map_atom, map_operand, map_range, map_stmt
from srcad.transforms.reverse import Adjoint
from srcad.transforms.tapes import Tape, TapeWriter

if TYPE_CHECKING:
    from srcad.transforms.residuals import Keeper
    from srcad.transforms.shapes import ShapePlan

Change = Callable[[Var], Atom]
Counters = dict[Loop, Var]


def provide(
    keeper: Keeper,
    adjoint: Adjoint,
    saved: dict[Var, Tape | None],
    shapes: ShapePlan,
    writer: TapeWriter,
) -> tuple[Block, dict[Var, Let]]:
    """The adjoint with loads and recomputations at the top of each block.

    Args:
        keeper: which values of each block are kept, and which are computed again.
        adjoint: the adjoint as it was written, in terms of the primal's variables.
        saved: the tapes of the values that are kept; None for those that are handed over.
        shapes: what stands for the shapes that are read.
        writer: reads the tapes.

    Returns:
        It, and what is computed again in it: the statements of the primal by the new variables.
    """
    provider = _Provider(keeper, adjoint, saved, shapes, writer, {})
    return provider.block(adjoint.body, {}, {}), provider.made


@dataclass(frozen=True)
class _Provider:
    keeper: Keeper
    adjoint: Adjoint
    saved: dict[Var, Tape | None]
    shapes: ShapePlan
    writer: TapeWriter
    made: dict[Var, Let]

    def block(self, block: Block, outer: dict[Var, Atom], counters: Counters) -> Block:
        """A block of the adjoint; `outer` are the names of the primal's values around it."""
        names = dict(outer)

        def change(var: Var) -> Atom:
            return names.get(var, var)

        body = self._prelude(block, names, counters, change)
        for stmt in block.body:
            if isinstance(stmt, Let) and self.keeper.ahead.of(stmt.target) in self.writer.ahead:
                names[stmt.target] = change(self.keeper.ahead.of(stmt.target))
            else:
                body.append(self._stmt(stmt, change, names, counters))
        return Block(tuple(body), tuple(map_atom(result, change) for result in block.results))

    def _prelude(
        self, block: Block, names: dict[Var, Atom], counters: Counters, change: Change
    ) -> list[Stmt]:
        """What is loaded and computed again before a block; `names` learns of it."""
        prelude: list[Stmt] = []
        primal = self.adjoint.mirrors.get(id(block))
        if primal is None:
            return prelude
        known = self.keeper.builder.known
        with self.keeper.builder.at(prelude):
            for var in self.keeper.kept.get(id(primal), ()):
                tape = self.saved[var]
                if tape is not None:
                    names[var] = self.writer.load(tape, counters, change)
            for let in self.keeper.again.get(id(primal), ()):
                fresh = Var(let.target.hint, let.target.kind, let.target.shape)
                if let.target in known:
                    known[fresh] = _in_adjoint(known[let.target], names, known)
                prelude.append(replace(self._let(let, change), target=fresh))
                names[let.target] = fresh
                self.made[fresh] = let
        return prelude

    def _let(self, stmt: Let, change: Change) -> Let:
        def operand(value: Operand) -> Operand:
            match value:
                case ShapeOf(var) if var in self.shapes.replaced:
                    return map_operand(self.shapes.replaced[var], change)
                case tuple():
                    return tuple(operand(item) for item in value)
                case _:
                    return map_operand(value, change)

        return replace(
            stmt,
            args=tuple(operand(arg) for arg in stmt.args),
            kwargs=tuple((key, operand(value)) for key, value in stmt.kwargs),
        )

    def _stmt(self, stmt: Stmt, change: Change, names: dict[Var, Atom], counters: Counters) -> Stmt:
        match stmt:
            case Let():
                return self._let(stmt, change)
            case If():
                return replace(
                    stmt,
                    test=map_atom(stmt.test, change),
                    then=self.block(stmt.then, names, counters),
                    orelse=self.block(stmt.orelse, names, counters),
                )
            case Loop() if stmt.counter not in self.adjoint.loops:  # of a rule of the user's
                head = map_stmt(replace(stmt, test=None, body=Block()), change)
                assert isinstance(head, Loop)
                test = None if stmt.test is None else self.block(stmt.test, names, counters)
                return replace(head, test=test, body=self.block(stmt.body, names, counters))
            case Loop():
                primal = self.adjoint.loops[stmt.counter]
                inner = {**names, primal.counter: stmt.counter}
                assert stmt.range is not None
                return replace(
                    stmt,
                    range=map_range(stmt.range, change),
                    inits=tuple(map_atom(init, change) for init in stmt.inits),
                    body=self.block(stmt.body, inner, {**counters, primal: stmt.counter}),
                )
            case Effect():
                return map_stmt(stmt, change)
            case _:
                assert_never(stmt)


def _in_adjoint(size: Dim, names: Mapping[Var, Atom], known: Mapping[Var, Dim]) -> Dim:
    """The symbolic value of an int in the adjoint, whose counters and ints have other names."""
    total = Dim(size.constant)
    for symbol, count in size.terms:
        part = Dim(0, ((symbol, 1),))
        if isinstance(symbol, ValueOf):
            here = names.get(symbol.var)
            if isinstance(here, Const) and isinstance(here.value, int):
                part = Dim(here.value)
            elif isinstance(here, Var):
                part = known.get(here, value_of(here))
        total = total + part.scaled(count)
    return total
