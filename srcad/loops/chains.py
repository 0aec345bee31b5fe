"""Sums that wait for the trip before: what does not wait is added up first.

In `u[j] = a[j] + u[j - 1] + b[j] + c[j]` every trip waits for `u[j - 1]`, and then for three
additions.  Taken last, it is waited for by one.  Like the partial sums of a reduction, that rounds
in another place; it is done to sums only of which exactly one term waits, so that no algorithm that
lives on the order of its additions (compensated summation) is touched.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace

from srcad.frontend.builder import Builder
from srcad.ir.dims import Dim, ValueOf, value_of
from srcad.ir.nodes import Atom, Block, Const, Effect, Function, If, Let, Loop, Operand, Stmt, Var
from srcad.ir.walk import items_of, own_vars, use_counts
from srcad.rules.registry import PRIMITIVES

PLUS, MINUS, TIMES = (PRIMITIVES[f] for f in (operator.add, operator.sub, operator.mul))

STORES = ("setitem", "add_at")

Term = tuple[Atom, bool]
"""A term of a sum, and whether it is subtracted."""


def shorten(function: Function, builder: Builder) -> Function:
    """Let the sums in innermost loops wait as shortly as they can for the trip before."""
    uses = use_counts(function.body)
    return replace(function, body=_block(function.body, builder, uses))


def _block(block: Block, builder: Builder, uses: Mapping[Var, int]) -> Block:
    body: list[Stmt] = []
    for stmt in block.body:
        match stmt:
            case If():
                sides = (_block(side, builder, uses) for side in (stmt.then, stmt.orelse))
                stmt = replace(stmt, then=next(sides), orelse=next(sides))
            case Loop() if _is_innermost(stmt):
                stmt = _Trip(stmt, builder, uses).shortened()
            case Loop():
                stmt = replace(stmt, body=_block(stmt.body, builder, uses))
        body.append(stmt)
    return Block(tuple(body), block.results)


def _is_innermost(loop: Loop) -> bool:
    """Whether a loop counts, never breaks, and has plain statements only."""
    return (
        loop.range is not None
        and isinstance(loop.range.step, Const)
        and not loop.breaks
        and all(
            isinstance(stmt, Let) or (isinstance(stmt, Effect) and stmt.action == "record")
            for stmt in loop.body.body
        )
    )


@dataclass
class _Trip:
    """What is known about one trip of a loop."""

    loop: Loop
    builder: Builder
    uses: Mapping[Var, int]

    def __post_init__(self) -> None:
        self.lets = {s.target: s for s in self.loop.body.body if isinstance(s, Let)}
        self.arrays = self._versions()
        self.waiting = {var for var in self.loop.carried if not var.kind.is_array}
        for stmt in self.lets.values():
            if any(var in self.waiting for var in own_vars(stmt)) or self._is_behind(stmt):
                self.waiting.add(stmt.target)

    def _versions(self) -> dict[Var, Var]:
        """The carried arrays, by all the names that they have during a trip."""
        found = {var: var for var in self.loop.carried if var.kind.is_array}
        for stmt in self.lets.values():
            first = stmt.args[0] if stmt.args else None
            if stmt.primitive.form == "mutation" and isinstance(first, Var) and first in found:
                found[stmt.target] = found[first]
        return found

    def _is_behind(self, stmt: Let) -> bool:
        """Whether a statement may read what this trip or one before it has written."""
        read = [self.arrays[var] for var in own_vars(stmt) if var in self.arrays]
        if not read or stmt.target in self.arrays:
            return False
        own = dict(zip(self.loop.carried, self.loop.body.results, strict=True))
        swapped = any(isinstance(r := own[a], Const) or self.arrays.get(r) is not a for a in read)
        if stmt.primitive.text != "getitem" or len(read) > 1 or swapped:
            return True
        here = self._place(stmt.args[1])
        later = False
        for target, other in self.lets.items():
            later = later or target is stmt.target
            if self.arrays.get(target) is not read[0]:
                continue
            there = self._place(other.args[1]) if other.primitive.text in STORES else None
            if here is None or there is None or not self._is_ahead(here, there, later):
                return True
        return False

    def _place(self, index: Operand) -> list[Dim] | None:
        """The symbolic values of the positions in an index, if it has no others."""
        found = []
        for item in items_of(index):
            size = self.builder.size(item)
            if size is None and isinstance(item, Var) and not item.kind.is_array:
                size = value_of(item) if item.kind.is_integral else None
            if size is None:
                return None
            found.append(size)
        return found

    def _is_ahead(self, read: list[Dim], written: list[Dim], later: bool) -> bool:
        """Whether an element lies where no trip so far has written, or in another row.

        `later`: whether a trip writes after it has read.
        """
        assert self.loop.range is not None
        assert isinstance(self.loop.range.step, Const)
        if len(read) != len(written):
            return False
        moves = False
        for here, there in zip(read, written, strict=True):
            apart = here - there
            if not apart.is_constant:
                return False
            speed = sum(n for s, n in there.terms if s == ValueOf(self.loop.counter))
            moved = speed * int(self.loop.range.step.value)  # type: ignore[call-overload]
            if apart.constant:
                return not moved or moved * apart.constant > 0
            moves = moves or bool(moved)
        return later and moves

    # -- sums ---------------------------------------------------------------------------------

    def shortened(self) -> Loop:
        """The loop with the terms of its sums in another order."""
        changed: dict[Var, list[Let]] = {}
        gone: set[Var] = set()
        for target in reversed(self.lets):
            if target in gone or self._is_inside(target):
                continue
            inside: list[Var] = []
            terms = self._terms(target, False, inside)
            lets = self._reordered(target, terms)
            if lets is not None:
                changed[target] = lets
                gone.update(inside)
        if not changed:
            return self.loop
        body: list[Stmt] = []
        for stmt in self.loop.body.body:
            if not isinstance(stmt, Let):
                body.append(stmt)
            elif stmt.target not in gone:
                body += changed.get(stmt.target, [stmt])
        block = Block(tuple(self._scaled(body, changed)), self.loop.body.results)
        return replace(self.loop, body=block)

    def _is_sum(self, atom: Atom) -> bool:
        stmt = self.lets.get(atom) if isinstance(atom, Var) else None
        return stmt is not None and stmt.primitive in (PLUS, MINUS) and _is_double(stmt.target)

    def _is_inside(self, target: Var) -> bool:
        """Whether a value is a term of a larger sum, and of nothing else."""
        return self.uses[target] == 1 and any(
            self._is_sum(stmt.target) and target in stmt.args for stmt in self.lets.values()
        )

    def _terms(self, target: Var, minus: bool, inside: list[Var]) -> list[Term]:
        """The terms of a sum, those of sums that it alone reads included."""
        if not self._is_sum(target):
            return [(target, minus)]
        found: list[Term] = []
        stmt = self.lets[target]
        for place, arg in enumerate(stmt.args):
            sign = minus != (place == 1 and stmt.primitive is MINUS)
            if isinstance(arg, Var) and self.uses[arg] == 1 and self._is_sum(arg):
                inside.append(arg)
                found += self._terms(arg, sign, inside)
            else:
                assert isinstance(arg, Var | Const)
                found.append((arg, sign))
        return found

    def _reordered(self, target: Var, terms: list[Term]) -> list[Let] | None:
        """The statements of a sum whose only term that waits is added to all the others."""
        late = [term for term in terms if isinstance(term[0], Var) and term[0] in self.waiting]
        if len(late) != 1 or len(terms) < 3 or late[0] is terms[-1]:
            return None
        if not all(_is_double(atom) for atom, _ in terms):
            return None
        rest = [term for term in terms if term is not late[0]]
        positive = [term for term in rest if not term[1]]
        (waited, minus), origin = late[0], self.lets[target].origin
        if not positive and minus:
            return None
        if positive:  # what begins a sum has no sign
            rest.remove(positive[0])
            rest.insert(0, positive[0])
        made: list[Let] = []
        total = rest[0][0]
        for atom, subtracted in rest[1:]:
            summed = Var("", target.kind)
            primitive = MINUS if subtracted and positive else PLUS
            made.append(Let(summed, primitive, (total, atom), (), origin))
            total = summed
        if not positive:
            last = Let(target, MINUS, (waited, total), (), origin)
        elif minus:
            last = Let(target, MINUS, (total, waited), (), origin)
        else:
            pair = (waited, total) if late[0] is terms[0] else (total, waited)
            last = Let(target, PLUS, pair, (), origin)
        return [*made, last]

    def _scaled(self, body: list[Stmt], changed: Mapping[Var, list[Let]]) -> list[Stmt]:
        """The statements with `0.25 * (rest + waited)` as one multiplication and addition.

        A power of two goes into a sum without rounding anything in another way.
        """
        made: dict[Var, Let] = {}
        found: list[Stmt] = []
        for stmt in body:
            inner = next((v for v in own_vars(stmt) if v in changed), None)
            if isinstance(stmt, Let) and inner is not None and self.uses[inner] == 1:
                scale = _power_of_two(stmt, inner)
                if scale is not None and _is_double(stmt.target):
                    found.remove(made[inner])
                    parts = []
                    for part in made[inner].args:
                        scaled = Var("", stmt.target.kind)
                        args = tuple(part if arg is inner else arg for arg in stmt.args)
                        parts.append(scaled)
                        found.append(replace(stmt, target=scaled, args=args))
                    if made[inner].primitive is PLUS and made[inner].args[1] in self.waiting:
                        parts.reverse()  # of two products, LLVM adds to the first in one step
                    stmt = replace(made[inner], target=stmt.target, args=tuple(parts))
            found.append(stmt)
            if isinstance(stmt, Let) and stmt.target in changed:
                made[stmt.target] = stmt
        return found


def _power_of_two(stmt: Let, value: Var) -> float | None:
    """The constant, a power of two, that a statement multiplies or divides a value by."""
    match stmt.primitive.text, stmt.args:
        case ("*", (Const(value=float() as scale), Var() as other)):
            pass
        case ("*" | "/", (Var() as other, Const(value=float() as scale))):
            pass
        case _:
            return None
    plain = other is value and math.isfinite(scale)
    return scale if plain and abs(math.frexp(scale)[0]) == 0.5 else None


def _is_double(atom: Atom) -> bool:
    """Whether a value is one number of Python's floats, or of NumPy's."""
    if isinstance(atom, Const):
        return type(atom.value) is float
    return not atom.kind.rank and atom.kind.dtype == "float64" and not atom.kind.is_array
