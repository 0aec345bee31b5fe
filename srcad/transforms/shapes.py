"""How the adjoint gets the shapes of primal arrays whose elements it does not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from srcad.analyses.undefined import unsure
from srcad.ir.dims import Dim, SizeOf, ValueOf
from srcad.ir.kinds import INT, OPAQUE
from srcad.ir.nodes import Atom, Block, Const, Let, Loop, Operand, ShapeOf, Var
from srcad.ir.walk import statements
from srcad.rules.indexing import size
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.definitions import Definitions


@dataclass
class ShapePlan:
    """What stands for the shapes, and what of it the forward sweep saves.

    Args:
        replaced: the operand of the adjoint for the shape of an array.
        saved: the arrays whose shapes are saved, with the variables of the adjoint for those.
        lengths: the axes whose lengths are saved one by one, with their variables.
        measured: lengths that only the program tells, by the statements that take them after an
            array is defined; they are kept as its values are.
        unbound: arrays that some way leaves without a value, which are kept as they are.
    """

    replaced: dict[Var, Operand] = field(default_factory=dict)
    saved: dict[Var, Var] = field(default_factory=dict)
    lengths: dict[Dim, Var] = field(default_factory=dict)
    measured: dict[Var, list[Let]] = field(default_factory=dict)
    unbound: list[Var] = field(default_factory=list)

    @property
    def handed(self) -> list[Var]:
        """The variables of the adjoint that the forward sweep hands over."""
        return [*self.saved.values(), *self.lengths.values()]


def shape_plan(
    defs: Definitions,
    params: tuple[Var, ...],
    body: Block,
    kept: Iterable[Var],
    missing: Iterable[Var],
) -> ShapePlan:
    """Decide how the adjoint gets shapes.

    Args:
        defs: where everything is defined.
        params: the parameters of the primal.
        body: the primal.
        kept: the arrays that the adjoint has anyway.
        missing: those of which it reads nothing but the shape.
    """
    plan = ShapePlan()
    skipped = unsure(body)
    at_hand = sorted((v for v in kept if not defs.scope[v].loops), key=defs.order.__getitem__)
    candidates = [
        v for v in at_hand if v.kind.is_array and defs.scope[v].parent is None and v not in skipped
    ]
    roots = [v for v in (*params, *_roots(defs, body)) if v not in skipped]
    for var in sorted(missing, key=defs.order.__getitem__):
        same = next((c for c in candidates if c.shape == var.shape), None)
        source = next((v for v in (*plan.saved, *roots) if v.shape == var.shape), None)
        if var in skipped:
            plan.unbound.append(var)  # it has no elements
        elif same is not None:
            plan.replaced[var] = ShapeOf(same)
        elif all(d.is_constant for d in var.shape):
            plan.replaced[var] = tuple(Const(d.constant) for d in var.shape)
        elif source is not None:
            if source not in plan.saved:
                plan.saved[source] = Var(f"{source.hint}_shape" if source.hint else "shape", OPAQUE)
            plan.replaced[var] = plan.saved[source]
        else:
            plan.replaced[var] = tuple(
                _length(plan, dim, var)
                if _is_at_hand(dim, defs, skipped)
                else _measured(plan, var, axis)
                for axis, dim in enumerate(var.shape)
            )
    return plan


def _measured(plan: ShapePlan, var: Var, axis: int) -> Atom:
    """A length that is kept in each trip, as the values are that are defined there."""
    made = Var(f"{var.hint}_length" if var.hint else "length", INT)
    let = Let(made, PRIMITIVES[size], (ShapeOf(var), Const(axis)), (), None)
    plan.measured.setdefault(var, []).append(let)
    return made


def _length(plan: ShapePlan, dim: Dim, var: Var) -> Atom:
    if dim.is_constant:
        return Const(dim.constant)
    if dim not in plan.lengths:
        plan.lengths[dim] = Var(f"{var.hint}_length" if var.hint else "length", INT)
    return plan.lengths[dim]


def _is_at_hand(dim: Dim, defs: Definitions, skipped: set[Var]) -> bool:
    """Whether a length can be computed at the end of the program."""
    for symbol, _ in dim.terms:
        if not isinstance(symbol, SizeOf | ValueOf):
            return False
        scope = defs.scope.get(symbol.var)
        if scope is None or scope.parent is not None or scope.loops or symbol.var in skipped:
            return False
    return True


def _roots(defs: Definitions, body: Block) -> list[Var]:
    """Arrays defined at the top of the program, those that no later update takes over first."""
    taken: list[Operand] = []
    for stmt in statements(body):
        if isinstance(stmt, Loop):
            taken += stmt.inits
        elif isinstance(stmt, Let) and stmt.primitive.form == "mutation":
            taken.append(stmt.args[0])
    found = [
        var
        for var, scope in defs.scope.items()
        if scope.parent is None and var.kind.is_array and defs.stmt[var] is not None
    ]
    return sorted(found, key=taken.__contains__)
