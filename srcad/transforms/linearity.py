"""Whether a program is linear in some of its values, as one can see of each statement by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from srcad.errors import UnsupportedSyntax
from srcad.ir.nodes import (
    Atom,
    Block,
    Const,
    Effect,
    Function,
    If,
    Let,
    Loop,
    Operand,
    ShapeOf,
    Slice,
    Stmt,
    Var,
)
from srcad.ir.walk import statements
from srcad.rules.marks import JOINED, TANGENT

SUMS = ("+", "-", "np.add", "np.subtract", "np.where", "setitem", "add_at")
PRODUCTS = ("*", "np.multiply", "np.vdot")
QUOTIENTS = ("/", "np.divide", "np.true_divide")
UNARY = ("neg", "pos", "np.negative", "np.positive", "np.conjugate", "np.conj", "cast", "assign")
PARTS = ("np.real", "np.imag", "np.copy", "np.linalg.solve")
ZEROS = ("np.zeros", "np.empty")


@dataclass(frozen=True)
class NotLinear(Exception):
    """The program is not linear, or one cannot see that it is; this statement is to blame."""

    stmt: Stmt


@dataclass
class _Seen:
    """Which values are linear in the inputs, and which are zero."""

    moving: set[Var]
    zeros: set[Var] = field(default_factory=set)

    def moves(self, operand: Operand | None) -> bool:
        match operand:
            case Var():
                return operand in self.moving
            case Slice(lower, upper, step):
                return any(map(self.moves, (lower, upper, step)))
            case tuple():
                return any(map(self.moves, operand))
            case Const() | ShapeOf() | None:
                return False
            case _:
                assert_never(operand)

    def fits(self, operand: Operand) -> bool:
        """Whether something can be added to what is linear."""
        match operand:
            case Var():
                return operand in self.moving or operand in self.zeros
            case Const(value):
                return isinstance(value, bool | int | float | complex) and value == 0
            case tuple():
                return all(map(self.fits, operand))
        return False


def check_linear(block: Block, inputs: Iterable[Var]) -> frozenset[Var]:
    """Find which values of a program are linear in some of them.

    Args:
        block: the program.
        inputs: the values that it should be linear in.

    Returns:
        The values that depend on the inputs.

    Raises:
        NotLinear: if some value depends on them in another way.
    """
    seen = _Seen(set(inputs))
    _block(block, seen)
    return frozenset(seen.moving)


def _block(block: Block, seen: _Seen) -> None:
    for stmt in block.body:
        match stmt:
            case Let():
                _let(stmt, seen)
            case If(test=test, then=then, orelse=orelse):
                if seen.moves(test):
                    raise NotLinear(stmt)
                _block(then, seen)
                _block(orelse, seen)
                for target, *ways in zip(stmt.targets, then.results, orelse.results, strict=True):
                    _joined(stmt, target, ways, seen)
            case Loop():
                _loop(stmt, seen)
            case Effect(args=args):
                if seen.moves(args):
                    raise NotLinear(stmt)
            case _:
                assert_never(stmt)


def _joined(stmt: Stmt, target: Var, ways: list[Atom], seen: _Seen) -> None:
    """What comes from several places: all of it is linear, or nothing."""
    if any(map(seen.moves, ways)):
        if not all(map(seen.fits, ways)):
            raise NotLinear(stmt)
        seen.moving.add(target)
    elif all(map(seen.fits, ways)):
        seen.zeros.add(target)


def _loop(stmt: Loop, seen: _Seen) -> None:
    head = 1 if stmt.breaks else 0
    nexts = stmt.body.results[head:]
    carried = list(zip(stmt.carried, stmt.inits, nexts, strict=True))
    outside = set(seen.zeros)
    zeros = {phi for phi, init, _ in carried if seen.fits(init)}  # until a trip says otherwise
    while True:
        before = len(seen.moving), len(zeros)
        for phi, init, after in carried:
            if seen.moves(init) or seen.moves(after):
                if not seen.fits(init):
                    raise NotLinear(stmt)
                seen.moving.add(phi)
        seen.zeros = outside | zeros
        if stmt.test is not None:
            _block(stmt.test, seen)
        _block(stmt.body, seen)
        zeros = {phi for phi, _, after in carried if phi in zeros and seen.fits(after)}
        if before == (len(seen.moving), len(zeros)):
            break
    decided = (*stmt.body.results[:head], *(() if stmt.test is None else stmt.test.results))
    if any(map(seen.moves, decided)):
        raise NotLinear(stmt)
    for target, (phi, _, after) in zip(stmt.targets, carried, strict=True):
        if phi in seen.moving:
            if not seen.fits(after):
                raise NotLinear(stmt)
            seen.moving.add(target)
        elif phi in zeros:
            seen.zeros.add(target)


def check_rules(function: Function) -> None:
    """Refuse tangent rules of the user's that are not linear in the tangents.

    Raises:
        UnsupportedSyntax: naming the line.
    """
    lets = (stmt for stmt in statements(function.body) if isinstance(stmt, Let))
    if not any(let.primitive is TANGENT for let in lets):
        return
    try:
        check_linear(function.body, ())
    except NotLinear as found:
        raise UnsupportedSyntax(
            "a rule of `custom_jvp` is not plainly linear in the tangents here",
            found.stmt.origin,
            "add up products of tangents and values that do not depend on tangents",
        ) from None


def _let(stmt: Let, seen: _Seen) -> None:
    if stmt.primitive in (TANGENT, JOINED):
        if seen.moves(stmt.args[0 if stmt.primitive is JOINED else 1]):
            raise NotLinear(stmt)
        if stmt.primitive is TANGENT:
            seen.moving.add(stmt.target)
        return
    text, form = stmt.primitive.text, stmt.primitive.form
    args = stmt.args[1:] if text == "assign" else stmt.args  # what was there before is gone
    operands = (*args, *(value for _, value in stmt.kwargs))
    places = [place for place, operand in enumerate(operands) if seen.moves(operand)]
    if not places:
        if text in ZEROS or (text in (*SUMS, *UNARY) and all(map(seen.fits, args))):
            seen.zeros.add(stmt.target)
        return
    if text in SUMS:
        # `where(test, a, b)` and `x[index] = v`: what stands in the middle is no summand.
        other = {"np.where": 0, "setitem": 1, "add_at": 1}.get(text)
        summands = [operand for place, operand in enumerate(stmt.args) if place != other]
        good = other not in places and all(map(seen.fits, summands))
    elif text in PRODUCTS or form == "multilinear":
        good = len(places) == 1
    elif text in QUOTIENTS or text in UNARY:
        good = places == [0]
    elif text == "np.linalg.solve":
        good = places == [1]
    elif form == "linear" or text in PARTS:
        first = stmt.args[0]
        good = places == [0] and (not isinstance(first, tuple) or seen.fits(first))
    else:
        good = False
    if not good or not stmt.target.kind.is_inexact:
        raise NotLinear(stmt)
    seen.moving.add(stmt.target)
