"""Branches whose outcome is known where they stand: a test made before, a flag that must be set.

What remains of the question whether a name is bound are the checks that can fail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from srcad.analyses.flags import MOST_ROWS, Facts, Row
from srcad.ir.nodes import UNDEFINED, Atom, Block, Effect, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import map_atom, map_block, map_operand

Same = dict[Var, Atom]
"""What stands for the results of branches that are no longer there."""
Asked = dict[tuple[object, ...], Var]
"""The comparisons of numbers that were made on the way to a place."""
QUESTIONS = ("<", "<=", ">", ">=", "==", "!=")


def settle(function: Function) -> Function:
    """A program without the branches that are decided when it gets to them."""
    same: Same = {}
    body = _block(function.body, Facts(), same, {}).block
    return replace(function, body=map_block(body, lambda var: _value(var, same)))


@dataclass(frozen=True)
class _End:
    """A block that was rewritten, what is known behind it, and whether anything comes there."""

    block: Block
    facts: Facts
    stops: bool = False


def _value(atom: Atom, same: Same) -> Atom:
    while isinstance(atom, Var) and atom in same:
        atom = same[atom]
    return atom


def _block(block: Block, facts: Facts, same: Same, asked: Asked) -> _End:
    body: list[Stmt] = []
    stops = False
    asked = dict(asked)
    for stmt in block.body:
        match stmt:
            case Let(target=target, primitive=primitive) if _is_question(stmt):
                values = (map_operand(arg, lambda var: _value(var, same)) for arg in stmt.args)
                before = asked.setdefault((primitive.text, target.kind, *values), target)
                if before is target:
                    body.append(stmt)
                else:
                    same[target] = before
            case Let(target=target, primitive=primitive, args=(Var() as arg,)):
                if primitive.text == "not" and not target.kind.rank:
                    facts = facts.opposite(target, _value(arg, same))
                body.append(stmt)
            case If():
                end = _if(stmt, facts, same, asked)
                body += end.block.body
                facts, stops = end.facts, stops or end.stops
            case Loop():
                stmt, facts = _loop(stmt, facts, same, asked)
                body.append(stmt)
            case Effect(action=action):
                stops = stops or action == "raise"
                body.append(stmt)
            case _:
                body.append(stmt)
    results = tuple(map_atom(result, lambda var: _value(var, same)) for result in block.results)
    return _End(Block(tuple(body), results), facts, stops)


def _if(stmt: If, facts: Facts, same: Same, asked: Asked) -> _End:
    """A branch, or what is left of it."""
    test = _value(stmt.test, same)
    outcome = facts.of(test)
    if outcome is not None:
        side = stmt.then if outcome else stmt.orelse
        end = _block(side, facts, dict(same), asked)
        if not end.stops and UNDEFINED not in end.block.results:
            end = _block(side, facts, same, asked)
            same.update(zip(stmt.targets, end.block.results, strict=True))
            return end
    then = _block(stmt.then, facts.assume(test, True), same, asked)
    orelse = _block(stmt.orelse, facts.assume(test, False), same, asked)
    made = replace(stmt, then=then.block, orelse=orelse.block)
    return _End(
        Block((made,)), _after(made, test, then, orelse, facts), then.stops and orelse.stops
    )


def _after(stmt: If, test: Atom, then: _End, orelse: _End, facts: Facts) -> Facts:
    """What is known behind a branch."""
    places = [i for i, target in enumerate(stmt.targets) if _is_flag(target)]
    flags = [stmt.targets[i] for i in places]
    rows: list[Row] = []
    for side in (then, orelse):
        if not side.stops:
            atoms = [test, *(side.block.results[i] for i in places)]
            rows += side.facts.combinations(atoms)
    if then.stops != orelse.stops:
        facts = orelse.facts if then.stops else then.facts
    if not flags or not isinstance(test, Var):
        return facts
    return facts.together([test, *flags], dict.fromkeys(rows))


def _loop(stmt: Loop, facts: Facts, same: Same, asked: Asked) -> tuple[Loop, Facts]:
    """A loop, whose flags have one of the combinations that some trip leaves them with."""
    places = [i for i, phi in enumerate(stmt.carried) if _is_flag(phi)]
    flags = [stmt.carried[i] for i in places]
    offset = 1 if stmt.breaks else 0
    rows = facts.combinations([_value(stmt.inits[i], same) for i in places])
    any_of: Row = (None,) * len(flags)
    while True:
        inside = facts.together(flags, rows)
        scratch = dict(same)
        test = None if stmt.test is None else _block(stmt.test, inside, scratch, asked)
        begin = inside if test is None else test.facts.assume(test.block.results[0], True)
        end = _block(stmt.body, begin, scratch, asked)
        left = () if end.stops else [end.block.results[i + offset] for i in places]
        more = dict.fromkeys((*rows, *(end.facts.combinations(left) if left else ())))
        if len(more) == len(rows) or any_of in rows:
            break
        rows = tuple(more) if len(more) <= MOST_ROWS else (any_of,)
    same.update(scratch)
    made = replace(stmt, test=None if test is None else test.block, body=end.block)
    return made, facts.together([stmt.targets[i] for i in places], rows)


def _is_question(stmt: Let) -> bool:
    return stmt.primitive.text in QUESTIONS and not stmt.target.kind.rank and not stmt.kwargs


def _is_flag(var: Var) -> bool:
    return var.kind.is_bool and not var.kind.rank
