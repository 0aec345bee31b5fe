"""The backward function: what an adjoint reads is loaded or computed again in each block."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from srcad.ir.nodes import (
    Atom,
    Block,
    Effect,
    If,
    Let,
    Loop,
    Operand,
    ShapeOf,
    Stmt,
    Var,
)
from srcad.ir.walk import map_operand
from srcad.transforms.reverse import Adjoint
from srcad.transforms.tapes import Tape, TapeWriter

if TYPE_CHECKING:
    from srcad.transforms.residuals import Keeper, ShapePlan


def provide(
    keeper: Keeper,
    adjoint: Adjoint,
    saved: dict[Var, Tape | None],
    shapes: ShapePlan,
    writer: TapeWriter,
) -> Block:
    """The adjoint with loads and recomputations at the top of each block."""

    def rebuild(block: Block, renamed: dict[Var, Atom], counters: dict[Loop, Var]) -> Block:
        primal = adjoint.mirrors.get(id(block))
        prelude: list[Stmt] = []
        names = dict(renamed)

        def change(var: Var) -> Atom:
            return names.get(var, var)

        if primal is not None:
            with keeper.builder.at(prelude):
                for var in keeper.kept.get(id(primal), ()):
                    tape = saved[var]
                    if tape is not None:
                        names[var] = writer.load(tape, counters, change)
                for let in keeper.again.get(id(primal), ()):
                    fresh = Var(let.target.hint, let.target.kind, let.target.shape)
                    if let.target in keeper.builder.known:
                        keeper.builder.known[fresh] = keeper.builder.known[let.target]
                    changed = _shaped(let, change, shapes)
                    prelude.append(replace(changed, target=fresh))
                    names[let.target] = fresh
        body: list[Stmt] = list(prelude)
        for stmt in block.body:
            body.append(_rename(stmt, change, names, shapes, rebuild, counters, adjoint))
        results = tuple(_atom(r, change) for r in block.results)
        return Block(tuple(body), results)

    return rebuild(adjoint.body, {}, {})


def _atom(atom: Atom, change: object) -> Atom:
    return change(atom) if isinstance(atom, Var) else atom  # type: ignore[operator, no-any-return]


def _shaped(stmt: Let, change: object, shapes: ShapePlan) -> Let:
    def operand(value: Operand) -> Operand:
        match value:
            case ShapeOf(var) if var in shapes.replaced:
                return shapes.replaced[var]
            case tuple():
                return tuple(operand(item) for item in value)
            case _:
                return map_operand(value, change)  # type: ignore[arg-type]

    return replace(
        stmt,
        args=tuple(operand(arg) for arg in stmt.args),
        kwargs=tuple((key, operand(value)) for key, value in stmt.kwargs),
    )


def _rename(
    stmt: Stmt,
    change: object,
    names: dict[Var, Atom],
    shapes: ShapePlan,
    rebuild: object,
    counters: dict[Loop, Var],
    adjoint: Adjoint,
) -> Stmt:
    match stmt:
        case Let():
            return _shaped(stmt, change, shapes)
        case If():
            return replace(
                stmt,
                test=_atom(stmt.test, change),
                then=rebuild(stmt.then, names, counters),  # type: ignore[operator]
                orelse=rebuild(stmt.orelse, names, counters),  # type: ignore[operator]
            )
        case Loop():
            primal = adjoint.loops[stmt.counter]
            inner = {**names, primal.counter: stmt.counter}
            trip_range = stmt.range
            assert trip_range is not None
            return replace(
                stmt,
                range=replace(
                    trip_range,
                    start=_atom(trip_range.start, change),
                    stop=_atom(trip_range.stop, change),
                    step=_atom(trip_range.step, change),
                ),
                inits=tuple(_atom(init, change) for init in stmt.inits),
                body=rebuild(stmt.body, inner, {**counters, primal: stmt.counter}),  # type: ignore[operator]
            )
        case Effect():
            return stmt
