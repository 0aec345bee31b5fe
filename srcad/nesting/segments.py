"""Checkpointed loops: the adjoint of a segment runs it again, and then goes backwards through it.

A segment stands in the program as a call that brings its own derivative does (`rules/marks.py`):
what the loop computes is constant, and its results are those of a call, whose pullback is the two
sweeps of the loop. So the program remembers what a segment begins with, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from srcad.errors import UnsupportedSyntax
from srcad.frontend.builder import Builder
from srcad.frontend.lower import Program
from srcad.ir.kinds import FLOAT
from srcad.ir.nodes import Block, Const, Function, If, Let, Loop, Operand, ShapeOf, Stmt, Var
from srcad.ir.walk import block_vars, defined, map_block, statements
from srcad.nesting import sweeps, tapes
from srcad.rules.marks import CALL, HELD, RESULT, Pull
from srcad.transforms import copies


def recomputing(program: Program) -> Program:
    """A program whose adjoint runs the segments of checkpointed loops again."""
    body = program.function.body
    if not any(isinstance(stmt, Loop) and stmt.segment for stmt in statements(body)):
        return program
    builder = Builder(program.sizes, known=program.known)
    made = _block(body, builder, count())
    return replace(program, function=replace(program.function, body=made))


def _block(block: Block, builder: Builder, numbers: Iterator[int]) -> Block:
    with builder.block() as body:
        for stmt in block.body:
            match stmt:
                case Loop(segment=True):
                    _segment(stmt, builder, numbers)
                case Loop(body=inner):
                    builder.add(replace(stmt, body=_block(inner, builder, numbers)))
                case If(then=then, orelse=orelse):
                    then, orelse = (_block(side, builder, numbers) for side in (then, orelse))
                    builder.add(replace(stmt, then=then, orelse=orelse))
                case _:
                    builder.add(stmt)
    return Block(tuple(body), block.results)


def _segment(loop: Loop, builder: Builder, numbers: Iterator[int]) -> None:
    """A segment as a call that has a pullback."""
    builder.origin = loop.origin
    number = Const(("segment", next(numbers)))
    alone = Block((replace(loop, segment=False),))
    inside = set(defined(alone))
    read = [var for var in dict.fromkeys(block_vars(alone)) if var not in inside]
    moving = [var for var in read if var.kind.is_inexact and var.kind.form != "opaque"]
    held: dict[Var, Var] = {}
    for var in moving:
        made = held[var] = _like(builder, var)
        builder.add(Let(made, HELD, (var, number), (), loop.origin))
    ends = [_like(builder, t) if t.kind.is_inexact else t for t in loop.targets]
    run = map_block(alone, lambda var: held.get(var, var)).body[0]
    assert isinstance(run, Loop)
    run = replace(run, targets=tuple(ends))
    builder.add(_plain(run))
    both = zip(ends, loop.targets, strict=True)
    results = [(end, target) for end, target in both if end is not target]
    bars = tuple(builder.fresh("", end.kind, end.shape) for end, _ in results)
    again = Block((run,), tuple(end for end, _ in results))
    block = _pullback(again, list(held.values()), bars, builder, numbers)
    inside = {*defined(block), *bars}
    free = tuple(var for var in dict.fromkeys(block_vars(block)) if var not in inside)
    pull = Pull("checkpointed", number, block, bars, free)
    token = builder.fresh("", FLOAT)
    shapes: tuple[Operand, ...] = tuple(
        ShapeOf(end) if end.kind.is_array else Const(None) for end, _ in results
    )
    primitive = replace(CALL, options={"pull": pull})
    builder.add(Let(token, primitive, (tuple(moving), free, shapes), (), loop.origin))
    for place, (end, target) in enumerate(results):
        args = (end, number, token, Const(place))
        builder.add(Let(target, RESULT, args, (), loop.origin))


def _pullback(
    block: Block, inputs: list[Var], bars: tuple[Var, ...], builder: Builder, numbers: Iterator[int]
) -> Block:
    """Both sweeps of a segment; the results are the bars of its inputs."""
    own = tuple(_like(builder, var) for var in inputs)
    with builder.block() as body:
        with builder.block() as copied:
            names: dict[Var, Operand] = dict(zip(inputs, own, strict=True))
            ends = copies.write(builder, Function("segment", (), block), names)
        made = _block(Block(tuple(copied), ends), builder, numbers)
        around = (
            var for var in dict.fromkeys(block_vars(made)) if var not in {*defined(made), *own}
        )
        function = Function("segment", (*own, *around), made)
        try:
            left = sweeps.forward(builder, function, own, inputs)
        except tapes.NoRows:
            raise UnsupportedSyntax(
                "a checkpointed loop records arrays whose shape is not known before it",
                builder.origin,
                "give the arrays one shape for all trips, or run it without srcad.checkpointed",
            ) from None
        found = sweeps.backward(builder, left, bars)
    return Block(tuple(body), found)


def _plain(stmt: Loop) -> Loop:
    """A loop whose derivative is not taken, with those inside of it."""

    def plain(block: Block) -> Block:
        body: list[Stmt] = []
        for stmt in block.body:
            match stmt:
                case Loop(body=inner):
                    body.append(replace(stmt, body=plain(inner), segment=False))
                case If(then=then, orelse=orelse):
                    body.append(replace(stmt, then=plain(then), orelse=plain(orelse)))
                case _:
                    body.append(stmt)
        return replace(block, body=tuple(body))

    made = plain(Block((stmt,))).body[0]
    assert isinstance(made, Loop)
    return made


def _like(builder: Builder, var: Var) -> Var:
    made = builder.fresh(var.hint, var.kind, var.shape)
    if var in builder.contiguous:
        builder.contiguous.add(made)
    return made
