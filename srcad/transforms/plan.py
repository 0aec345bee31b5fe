"""What was decided about the values that an adjoint reads, and why: `srcad.explain` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcad.errors import Origin
from srcad.ir.nodes import Effect, Function, If, Let, Loop, Var
from srcad.ir.walk import own_operands, statements
from srcad.transforms.definitions import Definitions, Scope
from srcad.transforms.repeating import (
    decides_on_inputs,
    is_changing_length,
    is_invariant,
    moves,
    repeatable,
    uses,
)

if TYPE_CHECKING:
    from srcad.transforms.residuals import Keeper
    from srcad.transforms.tapes import Tape


@dataclass(frozen=True, eq=False)
class Kept:
    """A value that the forward sweep keeps; `tape` is where, if that is in loops."""

    of: Var
    scope: Scope
    tape: Tape | None
    why: str
    origin: Origin | None


@dataclass(frozen=True, eq=False)
class Again:
    """A value that the backward sweep has without its being kept; `var` is its name there."""

    of: Var
    var: Var
    loops: tuple[Loop, ...]
    why: str
    origin: Origin | None


@dataclass(frozen=True, eq=False)
class Plan:
    """Where the adjoint has the values of the primal from, by the parameters that bring them."""

    kept: Mapping[Var, Kept]
    again: tuple[Again, ...]


def plan_of(
    keeper: Keeper, defs: Definitions, saved: Mapping[Var, Tape | None], made: Mapping[Var, Let]
) -> Plan:
    """Put down what was decided.

    Args:
        keeper: what decided it.
        defs: the definitions of the primal, without what is read from where loops leave it.
        saved: the values that are kept, with their tapes.
        made: what the backward sweep computes again, by the variables that it is there.
    """
    kept = {
        (var if tape is None else tape.var): Kept(
            var, defs.scope[var], tape, _why_kept(keeper, defs, var), _origin(defs, var)
        )
        for var, tape in saved.items()
    }
    again = [
        Again(
            let.target,
            var,
            defs.scope[let.target].loops,
            _why_again(keeper, defs, let),
            _origin(defs, let.target),
        )
        for var, let in made.items()
    ]
    return Plan(kept, tuple(again))


def remaining(plan: Plan, backward: Function) -> Plan:
    """What is left of a plan in the simplified backward function."""
    targets = {stmt.target for stmt in statements(backward.body) if isinstance(stmt, Let)}
    kept = {var: plan.kept[var] for var in backward.params if var in plan.kept}
    return Plan(kept, tuple(again for again in plan.again if again.var in targets))


def _origin(defs: Definitions, var: Var) -> Origin | None:
    """The user's line that a value comes from; that of the loop for what a loop carries."""
    stmt, scope = defs.stmt[var], defs.scope[var]
    if stmt is not None:
        return stmt.origin
    return scope.loops[-1].origin if scope.loops else None


def _why_kept(keeper: Keeper, defs: Definitions, var: Var) -> str:
    stmt, scope = defs.stmt[var], defs.scope[var]
    if stmt is None:
        return "the next trip overwrites it" if _is_carried(var, scope) else "an argument"
    if isinstance(stmt, Effect):
        return "what a call gave cannot be asked for again"
    if isinstance(stmt, If):
        return "which branch it came from is known in the forward sweep only"
    if isinstance(stmt, Loop):
        return "computing it again would take the loop"
    if is_changing_length(defs, stmt):
        return "the length of an array that has another one in each trip"
    if stmt.primitive.decides:
        return "a decision, which is taken once"
    if var in keeper.exact and not moves(stmt):
        return "the adjoint compares it, so it must have the very bits that it had"
    if not repeatable(stmt.primitive, stmt):
        return "it takes longer to compute than to read"
    if not scope.loops:
        return "cheaper to keep than what it is computed from"
    return "smaller than what it is computed from" if _reads(stmt) else "it is no smaller again"


def _is_carried(var: Var, scope: Scope) -> bool:
    return bool(scope.loops) and var in scope.loops[-1].carried


def _reads(stmt: Let) -> list[Var]:
    return [v for o in own_operands(stmt) for v, only_shape in uses(o) if not only_shape]


def _why_again(keeper: Keeper, defs: Definitions, let: Let) -> str:
    if let is not defs.stmt[let.target]:
        whole = let.args[0]
        assert isinstance(whole, Var)
        after = defs.order[whole] > defs.order[let.target]
        name = f"`{whole.hint}`" if whole.hint else "an array"
        left = "holds it after the loops" if after else "held it before the loops"
        return f"read from {name}, which {left}"
    if decides_on_inputs(keeper.params, let):
        return "decided from arguments alone"
    if is_invariant(defs, let):
        return "the same in each trip"
    if moves(let):
        return "part of what is at hand"
    return "cheap"
