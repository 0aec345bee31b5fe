"""Reading and rewriting programs: which values a statement uses, and the same with others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

import numpy as np

from srcad.ir.nodes import (
    Atom,
    Block,
    Const,
    Effect,
    If,
    Let,
    Loop,
    Operand,
    Range,
    ShapeOf,
    Slice,
    Stmt,
    Var,
)


def operand_vars(operand: Operand | None) -> Iterator[Var]:
    """Every variable in an operand, shapes included, in order."""
    match operand:
        case Var():
            yield operand
        case ShapeOf(var):
            yield var
        case Slice(lower, upper, step):
            for part in (lower, upper, step):
                yield from operand_vars(part)
        case tuple():
            for item in operand:
                yield from operand_vars(item)
        case Const() | None:
            return
        case _:
            assert_never(operand)


def own_operands(stmt: Stmt) -> Iterator[Operand]:
    """The operands of the statement itself, not those of the blocks in it."""
    match stmt:
        case Let(args=args, kwargs=kwargs) | Effect(args=args, kwargs=kwargs):
            yield from args
            for _, value in kwargs:
                yield value
        case If(test=test):
            yield test
        case Loop(range=trip_range, inits=inits):
            if trip_range is not None:
                yield from (trip_range.start, trip_range.stop, trip_range.step)
            yield from inits
        case _:
            assert_never(stmt)


def own_vars(stmt: Stmt) -> Iterator[Var]:
    """The variables that the statement itself uses, not those of the blocks in it."""
    for operand in own_operands(stmt):
        yield from operand_vars(operand)


def blocks(stmt: Stmt) -> tuple[Block, ...]:
    """The blocks inside a statement."""
    match stmt:
        case If(then=then, orelse=orelse):
            return (then, orelse)
        case Loop(test=test, body=body):
            return (body,) if test is None else (test, body)
        case Let() | Effect():
            return ()
        case _:
            assert_never(stmt)


def targets(stmt: Stmt) -> tuple[Var, ...]:
    """The values a statement defines for the statements after it."""
    match stmt:
        case Let(target=target):
            return (target,)
        case Loop(targets=names, trips=trips):
            return (*names, trips)
        case If(targets=names) | Effect(targets=names):
            return names
        case _:
            assert_never(stmt)


def block_vars(block: Block) -> Iterator[Var]:
    """Every variable used in a block, nested ones included (defined inside or not)."""
    for stmt in block.body:
        yield from own_vars(stmt)
        for inner in blocks(stmt):
            yield from block_vars(inner)
    for result in block.results:
        yield from operand_vars(result)


def defined(block: Block) -> Iterator[Var]:
    """Every variable defined in a block, nested ones included."""
    for stmt in block.body:
        yield from targets(stmt)
        if isinstance(stmt, Loop):
            yield stmt.counter
            yield from stmt.carried
        for inner in blocks(stmt):
            yield from defined(inner)


def statements(block: Block) -> Iterator[Stmt]:
    """Every statement of a block, nested ones included, outer before inner."""
    for stmt in block.body:
        yield stmt
        for inner in blocks(stmt):
            yield from statements(inner)


def use_counts(block: Block) -> Counter[Var]:
    """How often every variable is used in a block, nested ones included."""
    return Counter(block_vars(block))


def items_of(index: Operand) -> tuple[Operand, ...]:
    """What stands in the brackets of an index, for one axis after the other."""
    return index if isinstance(index, tuple) else (index,)


def is_basic(index: Operand) -> bool:
    """Whether an index gives a view: ints, slices, `...` and `None` only."""
    for item in items_of(index):
        match item:
            case Slice() | Const(value=None) | Const(value=np.integer()):
                continue
            case Const(value=value) if value is Ellipsis:
                continue
            case Const(value=int() as value) if not isinstance(value, bool):
                continue
            case Var(kind=kind) if kind.is_integral and not kind.is_array:
                continue
            case _:
                return False
    return True


def map_operand(operand: Operand, change: Callable[[Var], Atom]) -> Operand:
    """The operand with its variables replaced."""
    match operand:
        case Var():
            return change(operand)
        case Const():
            return operand
        case ShapeOf(var):
            changed = change(var)
            return ShapeOf(changed) if isinstance(changed, Var) else ShapeOf(var)
        case Slice(lower, upper, step):
            parts = [None if p is None else map_operand(p, change) for p in (lower, upper, step)]
            return Slice(*parts)  # type: ignore[arg-type]
        case tuple():
            return tuple(map_operand(item, change) for item in operand)
        case _:
            assert_never(operand)


def map_block(block: Block, change: Callable[[Var], Atom]) -> Block:
    """The block with used variables replaced; definitions are left as they are."""
    body = tuple(map_stmt(stmt, change) for stmt in block.body)
    return Block(body, tuple(map_atom(result, change) for result in block.results))


def map_atom(atom: Atom, change: Callable[[Var], Atom]) -> Atom:
    """The atom, replaced if it is a variable."""
    return change(atom) if isinstance(atom, Var) else atom


def map_stmt(stmt: Stmt, change: Callable[[Var], Atom]) -> Stmt:
    """The statement with used variables replaced, in its blocks too."""
    match stmt:
        case Let() | Effect():
            args = tuple(map_operand(arg, change) for arg in stmt.args)
            kwargs = tuple((key, map_operand(value, change)) for key, value in stmt.kwargs)
            return replace(stmt, args=args, kwargs=kwargs)
        case If():
            return replace(
                stmt,
                test=map_atom(stmt.test, change),
                then=map_block(stmt.then, change),
                orelse=map_block(stmt.orelse, change),
            )
        case Loop():
            return replace(
                stmt,
                range=None if stmt.range is None else map_range(stmt.range, change),
                test=None if stmt.test is None else map_block(stmt.test, change),
                inits=tuple(map_atom(init, change) for init in stmt.inits),
                body=map_block(stmt.body, change),
            )
        case _:
            assert_never(stmt)


def map_range(trip_range: Range, change: Callable[[Var], Atom]) -> Range:
    """The range with its variables replaced."""
    return Range(
        map_atom(trip_range.start, change),
        map_atom(trip_range.stop, change),
        map_atom(trip_range.step, change),
    )
