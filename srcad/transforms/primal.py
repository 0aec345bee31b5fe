"""The program that both modes differentiate, and what the sizes of its calls must fulfil."""

from __future__ import annotations

from srcad.analyses.sizes import Guard
from srcad.frontend.lower import Program
from srcad.ir.dims import Dim, Opaque, SizeOf, SliceLength, Symbol, ValueOf
from srcad.ir.nodes import Function, Var
from srcad.transforms.decisions import decide
from srcad.transforms.linearity import check_rules
from srcad.transforms.settle import settle
from srcad.transforms.simplify import simplify


def primal_of(program: Program) -> Function:
    """A lowered program as it is differentiated: decisions settled, nothing computed in vain.

    Raises:
        UnsupportedSyntax: if it has a tangent rule of the user's that is not linear.
    """
    primal = simplify(decide(settle(program.function)), program.sizes, share=False)
    check_rules(primal)
    return primal


def guards_of(program: Program, primal: Function) -> tuple[Guard, ...]:
    """The guards of a program that can be checked with the arguments of a call."""
    return tuple(guard for guard in program.sizes.guards if _readable(guard, primal.params))


def _readable(guard: Guard, params: tuple[Var, ...]) -> bool:
    """Whether a guard can be checked with the arguments of a call."""

    def known(dim: Dim) -> bool:
        return all(good(symbol) for symbol, _ in dim.terms)

    def good(symbol: Symbol) -> bool:
        match symbol:
            case SizeOf(var, _) | ValueOf(var):
                return var in params
            case SliceLength(start, stop, _, length):
                return all(d is None or known(d) for d in (start, stop, length))
            case Opaque(_, operands):
                return all(known(d) for d in operands)

    return known(guard.dim)
