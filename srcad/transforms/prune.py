"""Removing what nothing needs: statements, and values that loops carry in vain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from srcad.ir.nodes import Atom, Block, Effect, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import blocks, operand_vars, own_vars


@dataclass
class _Marks:
    """What is needed, with enough links to find what that needs in turn."""

    needs: dict[Var, list[Atom]] = field(default_factory=dict)
    around: dict[Var, tuple[Stmt, ...]] = field(default_factory=dict)
    roots: list[Var] = field(default_factory=list)
    control: dict[int, list[Var]] = field(default_factory=dict)
    live: set[Var] = field(default_factory=set)
    entered: set[int] = field(default_factory=set)


def prune(function: Function) -> Function:
    """A function without the statements and carried values that its results do not need."""
    marks = _Marks()
    _link(function.body, (), marks)
    stack = [*marks.roots, *(v for r in function.body.results for v in operand_vars(r))]
    while stack:
        var = stack.pop()
        if var in marks.live:
            continue
        marks.live.add(var)
        stack += [a for a in marks.needs.get(var, ()) if isinstance(a, Var)]
        stack += _enter(marks, marks.around.get(var, ()))
    return replace(function, body=_kept(function.body, marks))


def _enter(marks: _Marks, around: Iterable[Stmt]) -> list[Var]:
    """What the statements around a needed one need to get there."""
    found: list[Var] = []
    for stmt in around:
        if id(stmt) not in marks.entered:
            marks.entered.add(id(stmt))
            found += marks.control[id(stmt)]
    return found


def _link(block: Block, around: tuple[Stmt, ...], marks: _Marks) -> None:
    for stmt in block.body:
        match stmt:
            case Let(target=target):
                marks.needs[target] = list(own_vars(stmt))
                marks.around[target] = around
            case If(test=test, then=then, orelse=orelse, targets=targets):
                marks.control[id(stmt)] = list(operand_vars(test))
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    marks.needs[target] = [test, yes, no]
                    marks.around[target] = (*around, stmt)
            case Loop():
                _link_loop(stmt, around, marks)
            case Effect(targets=targets):
                for target in targets:
                    marks.around[target] = around
                    marks.needs[target] = list(own_vars(stmt))
                if stmt.action != "replay":
                    marks.roots += own_vars(stmt)
                    marks.roots += targets
                    marker = Var("", _ANY)
                    marks.around[marker] = around
                    marks.roots.append(marker)
        for inner in blocks(stmt):
            _link(inner, (*around, stmt), marks)


def _link_loop(stmt: Loop, around: tuple[Stmt, ...], marks: _Marks) -> None:
    bounds: list[Var] = []
    if stmt.range is not None:
        for atom in (stmt.range.start, stmt.range.stop, stmt.range.step):
            bounds += operand_vars(atom)
    results = stmt.body.results
    if stmt.breaks:
        bounds += operand_vars(results[0])
        results = results[1:]
    if stmt.test is not None:
        bounds += operand_vars(stmt.test.results[0])
    marks.control[id(stmt)] = bounds
    inside = (*around, stmt)
    marks.around[stmt.counter] = inside
    marks.around[stmt.trips] = inside
    for phi, init, following, target in zip(
        stmt.carried, stmt.inits, results, stmt.targets, strict=True
    ):
        marks.needs[phi] = [init, following]
        marks.needs[target] = [phi]
        marks.around[phi] = marks.around[target] = inside


from srcad.ir.kinds import OPAQUE as _ANY  # noqa: E402


def _kept(block: Block, marks: _Marks) -> Block:
    body: list[Stmt] = []
    for stmt in block.body:
        match stmt:
            case Let(target=target):
                if target in marks.live:
                    body.append(stmt)
            case Effect():
                if stmt.action != "replay" or any(t in marks.live for t in stmt.targets):
                    body.append(stmt)
            case If(targets=targets):
                if id(stmt) in marks.entered or any(t in marks.live for t in targets):
                    body.append(_kept_if(stmt, marks))
            case Loop():
                if id(stmt) in marks.entered or any(t in marks.live for t in stmt.targets):
                    body.append(_kept_loop(stmt, marks))
    return Block(tuple(body), block.results)


def _kept_if(stmt: If, marks: _Marks) -> If:
    places = [i for i, target in enumerate(stmt.targets) if target in marks.live]
    sides = [
        replace(_kept(block, marks), results=tuple(block.results[i] for i in places))
        for block in (stmt.then, stmt.orelse)
    ]
    return replace(
        stmt, then=sides[0], orelse=sides[1], targets=tuple(stmt.targets[i] for i in places)
    )


def _kept_loop(stmt: Loop, marks: _Marks) -> Loop:
    places = [
        i
        for i, (phi, target) in enumerate(zip(stmt.carried, stmt.targets, strict=True))
        if phi in marks.live or target in marks.live
    ]
    offset = 1 if stmt.breaks else 0
    results = stmt.body.results[:offset] + tuple(stmt.body.results[i + offset] for i in places)
    return replace(
        stmt,
        test=None if stmt.test is None else _kept(stmt.test, marks),
        carried=tuple(stmt.carried[i] for i in places),
        inits=tuple(stmt.inits[i] for i in places),
        targets=tuple(stmt.targets[i] for i in places),
        body=replace(_kept(stmt.body, marks), results=results),
    )
