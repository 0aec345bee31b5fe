"""Flags that only say how a test came out are that test: `broke = x > 1.0`, not four lines.

A test may be a bool of NumPy where the flag is one of Python.  So that nobody can tell, a flag of
another kind than its test is kept where it is more than asked whether it is true.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace

from srcad.ir.kinds import BOOL, Kind
from srcad.ir.nodes import Atom, Block, Const, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import blocks, map_atom, map_block, own_vars
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.prune import prune

TRUE, FALSE = Const(True), Const(False)


def decide(function: Function) -> Function:
    """A program whose branches hand out no flag that their test says."""
    function = prune(function)
    found = _Found(_told_apart(function.body))
    return replace(function, body=map_block(_block(function.body, found), found.meant))


@dataclass
class _Found:
    """What is known of flags.

    `told` are values that can be told from others of another kind; `same` stand for one another,
    `opposite` are `not` another; `settled` are those that say which way the program went: how a
    loop was left, or the test of a branch that was one.
    """

    told: set[Var]
    same: dict[Var, Atom] = field(default_factory=dict)
    opposite: dict[Var, Atom] = field(default_factory=dict)
    settled: set[Atom] = field(default_factory=set)

    def meant(self, var: Var) -> Atom:
        """What a value is called now."""
        seen: Atom = var
        while isinstance(seen, Var) and seen in self.same:
            seen = self.same[seen]
        return seen


def _block(block: Block, found: _Found) -> Block:
    body: list[Stmt] = []
    for stmt in block.body:
        match stmt:
            case If():
                *flags, branch = _if(stmt, found)
                body += flags
                last = body[-1] if body else None
                assert isinstance(branch, If)
                if (
                    isinstance(last, If)
                    and last.test is branch.test
                    and branch.test in found.settled
                ):
                    body[-1] = _joined(last, branch)
                else:
                    body.append(branch)
            case Loop():
                found.settled.update(stmt.targets)
                body.append(replace(stmt, body=_block(stmt.body, found)))
            case _:
                body.append(stmt)
    return replace(block, body=tuple(body))


def _if(stmt: If, found: _Found) -> list[Stmt]:
    """The flags that a branch hands out, if they are needed as such, and the branch."""
    test = map_atom(stmt.test, found.meant)
    then, orelse = _block(stmt.then, found), _block(stmt.orelse, found)
    if test in found.opposite:
        test, then, orelse = found.opposite[test], orelse, then  # type: ignore[index]
    kept: list[int] = []
    flags: list[Stmt] = []
    for place, target in enumerate(stmt.targets):
        sides = (then.results[place], orelse.results[place])
        asked = isinstance(test, Var) and test.kind.is_bool and target not in found.told
        if sides == (TRUE, FALSE) and (asked or _kind(test) == target.kind):
            found.same[target] = test
            found.settled.add(test)
            _hinted(test, target.hint)
        elif sides == (FALSE, TRUE) and target.kind == BOOL:
            found.opposite[target] = test
            found.settled.add(test)
            flags.append(Let(target, PRIMITIVES[operator.not_], (test,), (), stmt.origin))
        else:
            kept.append(place)
    branch = If(
        test,
        replace(then, results=tuple(then.results[i] for i in kept)),
        replace(orelse, results=tuple(orelse.results[i] for i in kept)),
        tuple(stmt.targets[i] for i in kept),
        stmt.origin,
    )
    return [*flags, branch]


def _kind(atom: Atom) -> Kind | None:
    return atom.kind if isinstance(atom, Var) else None


def _hinted(test: Atom, hint: str) -> None:
    """A test without a name gets that of the flag."""
    if isinstance(test, Var) and not test.hint:
        object.__setattr__(test, "hint", hint)


def _joined(first: If, second: If) -> If:
    """Two branches on one test, the second right after the first, as one."""

    def side(name: str) -> Block:
        done: Block = getattr(first, name)
        handed = dict(zip(first.targets, done.results, strict=True))
        rest = map_block(getattr(second, name), lambda var: handed.get(var, var))
        return Block((*done.body, *rest.body), (*done.results, *rest.results))

    return replace(
        first, then=side("then"), orelse=side("orelse"), targets=(*first.targets, *second.targets)
    )


def _told_apart(block: Block) -> set[Var]:
    """Values that are used as more than the answer to a question, or that become such values."""
    told = {result for result in block.results if isinstance(result, Var)}
    becomes: list[tuple[Atom, Var]] = []
    _uses(block, told, becomes)
    while more := {atom for atom, var in becomes if var in told and isinstance(atom, Var)} - told:
        told |= more
    return told


def _uses(block: Block, told: set[Var], becomes: list[tuple[Atom, Var]]) -> None:
    for stmt in block.body:
        match stmt:
            case If(then=then, orelse=orelse, targets=targets):
                for side in (then, orelse):
                    becomes += zip(side.results, targets, strict=True)
            case Loop(carried=carried, inits=inits, targets=targets, body=body):
                nexts = body.results[1:] if stmt.breaks else body.results
                for values in (inits, nexts):
                    for names in (carried, targets):
                        becomes += zip(values, names, strict=True)
            case Let(primitive=primitive, target=target, args=args) if primitive.text == "|":
                becomes += [(arg, target) for arg in args if isinstance(arg, Var)]
            case Let(primitive=primitive) if primitive.text == "not":
                continue
            case _:
                told |= set(own_vars(stmt))
        for inner in blocks(stmt):
            _uses(inner, told, becomes)
