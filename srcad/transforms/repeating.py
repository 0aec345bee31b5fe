"""What may be computed a second time: what is cheap, and comes out with the bits that it had."""

from __future__ import annotations

from collections.abc import Iterable

from srcad.ir.dims import SizeOf
from srcad.ir.nodes import Const, Let, Operand, ShapeOf, Var
from srcad.ir.primitives import Primitive
from srcad.ir.walk import operand_vars, own_operands
from srcad.transforms.definitions import Definitions

DECISIONS = ("<", "<=", ">", ">=", "==", "!=", "not", "&", "|", "^", "~")
CHEAP_VIEWS = ("getitem", "size", "cast", "assign")


def repeatable(primitive: Primitive, stmt: Let) -> bool:
    """Whether a value may be computed a second time: cheap, and never a discrete decision."""
    if primitive.decides or stmt.target.kind.form == "opaque":
        return _exact(stmt) and "library" not in primitive.options
    if primitive.costly and not _small_power(stmt):
        return False
    if primitive.text in CHEAP_VIEWS:
        return True
    if primitive.form == "elementwise" or primitive.view:
        return True
    return _exact(stmt)


def _small_power(stmt: Let) -> bool:
    """`x ** 2` and the like are products."""
    if stmt.primitive.text != "**" or not isinstance(stmt.args[1], Const):
        return False
    exponent = stmt.args[1].value
    return isinstance(exponent, int) and 0 <= exponent <= 4


def _exact(stmt: Let) -> bool:
    """Integer and boolean arithmetic on numbers gives the same bits every time."""
    kinds = [v.kind for o in own_operands(stmt) for v in operand_vars(o)]
    whole = all((k.is_integral or k.is_bool) and not k.is_array for k in kinds)
    target = stmt.target.kind
    return whole and (target.is_integral or target.is_bool) and not target.is_array


def moves(stmt: Let) -> bool:
    """Whether a statement only moves values, so that running it again gives the same bits."""
    return stmt.primitive.text in ("getitem", "np.copy", "size") or stmt.primitive.view


def is_changing_length(defs: Definitions, stmt: Let) -> bool:
    """Whether a value is the length of an array that has another one in every trip.

    Kept, it is a number; to compute it again, the whole array would have to be on a tape.
    """
    match stmt.primitive.text, stmt.args:
        case "size", (ShapeOf(var), Const(int(axis))):
            symbols = [symbol for symbol, _ in var.shape[axis].terms]
            return any(
                bool(defs.scope[symbol.var].loops)
                for symbol in symbols
                if isinstance(symbol, SizeOf) and symbol.var in defs.scope
            )
    return False


def is_invariant(defs: Definitions, stmt: Let) -> bool:
    """Whether a number is the same in every trip: a tape of it would be full of copies."""
    if stmt.primitive.decides or stmt.primitive.form != "elementwise" or stmt.target.kind.is_array:
        return False
    if not defs.scope[stmt.target].loops:
        return False
    read = [used for operand in own_operands(stmt) for used in operand_vars(operand)]
    return all(not defs.scope[used].loops for used in read)


def decides_on_inputs(params: tuple[Var, ...], stmt: Let) -> bool:
    """Whether a decision is taken from inputs alone: they are saved, so it comes out the same."""
    if not stmt.primitive.decides or stmt.primitive.costly:
        return False
    read = [used for operand in own_operands(stmt) for used in operand_vars(operand)]
    return stmt.primitive.text in DECISIONS and all(used in params for used in read)


def uses(operand: Operand) -> Iterable[tuple[Var, bool]]:
    """The variables of an operand, each with whether only its shape is read."""
    match operand:
        case ShapeOf(var):
            yield var, True
        case tuple():
            for item in operand:
                yield from uses(item)
        case _:
            for var in operand_vars(operand):
                yield var, False
