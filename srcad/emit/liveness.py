"""Which variables are still needed after each statement of a program about to be printed."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcad.emit.folding import Folding
from srcad.ir.nodes import Block, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import block_vars, defined, targets

Live = frozenset[Var]


@dataclass
class LiveSets:
    """`after[id(stmt)]`: variables needed later, the statement's own targets included."""

    after: dict[int, Live] = field(default_factory=dict)
    through: dict[int, Live] = field(default_factory=dict)
    start: dict[int, Live] = field(default_factory=dict)


def live_sets(function: Function, folding: Folding) -> LiveSets:
    """What is needed after each statement of a function, folded expressions opened up."""
    facts = LiveSets()
    _block(function.body, frozenset(), folding, facts)
    return facts


def _opened(block: Block, folding: Folding) -> set[Var]:
    return {v for r in block.results if isinstance(r, Var) for v in folding.open(r)}


def _block(block: Block, out: Live, folding: Folding, facts: LiveSets) -> Live:
    live = out | _opened(block, folding)
    for stmt in reversed(block.body):
        if _is_folded(stmt, folding):
            continue
        facts.after[id(stmt)] = live
        live = (live - set(targets(stmt))) | _inside(stmt, live, folding, facts)
        live |= set(folding.reads(stmt))
    facts.start[id(block)] = live
    return live


def _is_folded(stmt: Stmt, folding: Folding) -> bool:
    match stmt:
        case Let(target=target):
            return target in folding.lets
        case If(targets=(target,)):
            return target in folding.choices
    return False


def _inside(stmt: Stmt, live: Live, folding: Folding, facts: LiveSets) -> Live:
    match stmt:
        case If(then=then, orelse=orelse):
            out = live - set(stmt.targets)
            return _block(then, out, folding, facts) | _block(orelse, out, folding, facts)
        case Loop(body=body, test=test):
            # What the body reads from outside is needed in every trip.
            inner = set(block_vars(body)) | (set(block_vars(test)) if test else set())
            own = _defined_inside(stmt)
            outside = frozenset(v for var in inner for v in folding.open(var) if v not in own)
            around = (live - set(targets(stmt))) | outside | (live & {stmt.trips})
            facts.through[id(stmt)] = around
            at_end = around | ({stmt.counter} if stmt.range is None else frozenset())
            start = _block(body, at_end, folding, facts)
            if test is not None:
                start |= _block(test, at_end | set(stmt.carried), folding, facts)
            return (start | around) - set(stmt.carried) - {stmt.counter}
    return frozenset()


def _defined_inside(stmt: Loop) -> set[Var]:
    found = set(defined(stmt.body)) | set(stmt.carried) | {stmt.counter}
    if stmt.test is not None:
        found |= set(defined(stmt.test))
    return found
