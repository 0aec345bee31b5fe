"""Tapes: arrays indexed by the counters of the loops around a value, or stacks where those fail.

A tape is written once in the forward sweep and only read in the backward one, so that a pullback
can be called many times.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from srcad.analyses.undefined import EMPTY, EMPTY_LIST, filled, unsure
from srcad.frontend.builder import Builder
from srcad.ir.dims import Dim, SizeOf, ValueOf
from srcad.ir.kinds import INT, OPAQUE, Kind
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
    Range,
    ShapeOf,
    Stmt,
    Var,
)
from srcad.ir.primitives import Primitive
from srcad.ir.walk import blocks, map_range, statements, targets
from srcad.rules.constants import LARGER
from srcad.rules.indexing import getitem, size
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.definitions import Definitions
from srcad.transforms.forethought import Foresight
from srcad.transforms.handout import hand_out

LEAST_ROWS = 4
"""A loop that starts at this or below leaves the first rows of its tapes empty."""

TRIPS = Primitive("trips", lambda *bounds: len(range(*bounds)), "constant")
COPY_SHAPE = Primitive("shape", np.shape, "constant", options={"kind": OPAQUE})


@dataclass(frozen=True, eq=False)
class Tape:
    """Where the values of a variable are kept; `loops` index it unless it is a stack.

    `position` counts the entries of a stack; it is None for an array.
    """

    of: Var
    var: Var
    loops: tuple[Loop, ...]
    is_stack: bool


@dataclass
class TapeWriter:
    """Adds tapes to a program and reads them in its adjoint."""

    builder: Builder
    defs: Definitions
    function: Function
    ahead: Mapping[Var, Foresight]
    measured: Mapping[Var, Sequence[Let]]
    tapes: dict[Var, Tape] = field(default_factory=dict)
    before: dict[int, list[Stmt]] = field(default_factory=dict)
    trips: dict[int, Atom] = field(default_factory=dict)

    # -- forward ------------------------------------------------------------------------------

    def tape(self, var: Var) -> Tape:
        """Plan a tape for a variable inside loops."""
        loops = self.defs.scope[var].loops
        outermost = loops[0]
        prelude = self.before.setdefault(id(outermost), [])
        hint = f"{var.hint or 't'}_tape"
        with self.builder.at(prelude):
            self.builder.origin = None
            lengths = [self._trips(loop, outermost) for loop in loops]
            dims = [self._length(dim, outermost) for dim in var.shape]
            known = all(n is not None for n in (*lengths, *dims)) and var.kind.form != "opaque"
            kind = Kind(var.kind.dtype, len(loops) + var.kind.rank, "array")
            if known:
                source = self._shape_source(var, outermost) if dims else None
                shape: tuple[Operand | None, ...] = (
                    *lengths,
                    *(dims if source is None else [source]),
                )
                made = self.builder.fresh(hint, kind)
                dtype = Const(np.dtype(var.kind.dtype))
                whole = tuple(length for length in shape if length is not None)
                self.builder.add(Let(made, EMPTY, (whole, dtype), (), None))
            else:
                made = Var(hint, Kind(var.kind.dtype, var.kind.rank, "opaque"))
                self.builder.add(Let(made, EMPTY_LIST, (), (), None))
        tape = Tape(var, made, loops, not known)
        self.tapes[var] = tape
        return tape

    def _shape_source(self, var: Var, outermost: Loop) -> ShapeOf | None:
        """An array at hand before the loop that has the same shape."""
        skipped = unsure(self.function.body)
        for candidate, scope in reversed(self.defs.scope.items()):
            if candidate in skipped:
                continue
            stmt = self.defs.stmt[candidate]
            before = scope.parent is None and not scope.loops
            if not before or candidate.shape != var.shape or not candidate.kind.is_array:
                continue
            if stmt is None or self._precedes(stmt, outermost):
                return ShapeOf(candidate)
        return None

    def _precedes(self, stmt: Stmt, loop: Loop) -> bool:
        for other in self.function.body.body:
            if other is loop or any(_contains(block, loop) for block in blocks(other)):
                return False
            if other is stmt:
                return True
        return False

    def _trips(self, loop: Loop, outermost: Loop) -> Atom | None:
        """The number of trips of a loop, known before the outermost loop."""
        if id(loop) in self.trips:
            return self.trips[id(loop)]
        if loop.range is None:
            return None
        length = self._rows(loop.range, outermost)
        if length is not None:
            self.trips[id(loop)] = length
        return length

    def _rows(self, bounds: Range, outermost: Loop) -> Atom | None:
        """The rows of the tape of a loop: a few may stay empty at its start."""
        upwards = bounds.step == Const(1)
        if is_direct(bounds, self.builder):
            end, more = (bounds.stop, 0) if upwards else (bounds.start, 1)
            known = self._before(end, outermost, more)
            size = self.builder.size(end)
            return self._not_negative(known or self._at_most(size and size + more, outermost))
        start = self._before(bounds.start, outermost)
        stop = self._before(bounds.stop, outermost)
        step = self._before(bounds.step, outermost)
        if start is None or stop is None or step is None:
            first, last = self.builder.size(bounds.start), self.builder.size(bounds.stop)
            if first is None or last is None or bounds.step not in (Const(1), Const(-1)):
                return None
            trips = last - first if upwards else first - last
            return self._not_negative(self._at_most(trips, outermost))
        if upwards:
            return self._not_negative(self.builder.emit(operator.sub, stop, start))
        made = self.builder.fresh("", INT)
        self.builder.add(Let(made, TRIPS, (start, stop, step), (), None))
        return made

    def _before(self, atom: Atom, outermost: Loop, more: int = 0) -> Atom | None:
        """A bound, and so much more, known before the loop, even if it is computed inside."""
        if isinstance(atom, Const) and isinstance(atom.value, int):
            return Const(atom.value + more)
        if self._is_ready(atom, outermost):
            return self.builder.emit(operator.add, atom, Const(more)) if more else atom
        size = self.builder.size(atom)
        return None if size is None else self._length(size + more, outermost)

    def _at_most(self, trips: Dim | None, outermost: Loop) -> Atom | None:
        """A bound of a number of trips that depends on the counters of loops around.

        The tape of a triangle is a square, half of which nobody writes. Where loops may end early,
        it could be much longer than what is written, and grows with the trips instead.
        """
        if trips is None or may_break(outermost):
            return None
        return self._length(self.builder.sizes.most(trips), outermost)

    def _place(self, loop: Loop, bounds: Range | None, counter: Atom) -> Atom:
        """The row of a tape that belongs to a trip.

        Args:
            loop: the loop of the primal.
            bounds: its range, as variables of the program that is written.
            counter: its counter there.
        """
        if loop.range is None or bounds is None or is_direct(loop.range, self.builder):
            return counter
        if bounds.step == Const(-1):
            return self.builder.emit(operator.sub, bounds.start, counter)
        place: Atom = counter
        if bounds.start != Const(0):
            place = self.builder.emit(operator.sub, place, bounds.start)
        if bounds.step != Const(1):
            place = self.builder.emit(operator.floordiv, place, bounds.step)
        return place

    def _not_negative(self, atom: Atom | None) -> Atom | None:
        if atom is None or not self._may_be_negative(atom):
            return atom
        return self.builder.emit(LARGER, atom, Const(0))

    def _may_be_negative(self, atom: Atom) -> bool:
        size = self.builder.size(atom)
        if size is None:
            return True
        if size.is_constant:
            return size.constant < 0
        if all(isinstance(s, SizeOf) and count > 0 for s, count in size.terms):
            return size.constant < 0
        return not self.builder.sizes.at_least(size, 0)

    def _is_ready(self, atom: Atom, outermost: Loop | None) -> bool:
        if isinstance(atom, Const) or outermost is None:
            return True
        if atom not in self.defs.scope:  # of the program around this one
            return True
        stmt = self.defs.stmt.get(atom)
        scope = self.defs.scope[atom]
        if scope.parent is not None:
            return _contains(scope.block, outermost) and not scope.loops
        return stmt is None or self._precedes(stmt, outermost)

    def _length(self, dim: Dim, outermost: Loop | None) -> Atom | None:
        """A length as a value known before the loop, or at the end of the program."""
        total: Atom = Const(0)
        for symbol, count in dim.terms:
            atom: Atom
            match symbol:
                case SizeOf(var, axis) if self._is_ready(var, outermost):
                    atom = self.builder.fresh("", INT)
                    length = Let(atom, PRIMITIVES[size], (ShapeOf(var), Const(axis)), (), None)
                    self.builder.add(length)
                    self.builder.known[atom] = Dim(0, ((symbol, 1),))
                case ValueOf(var) if self._is_ready(var, outermost):
                    atom = var
                case _:
                    return None
            if count != 1:
                atom = self.builder.emit(operator.mul, Const(count), atom)
            total = atom if total == Const(0) else self.builder.emit(operator.add, total, atom)
        if not dim.constant or not dim.terms:
            return total if dim.terms else Const(dim.constant)
        sign = operator.add if dim.constant > 0 else operator.sub
        return self.builder.emit(sign, total, Const(abs(dim.constant)))

    def forward(
        self, saved: Mapping[Var, Tape | None], shapes: list[Var], lengths: list[Dim]
    ) -> tuple[Block, list[Atom]]:
        """The program with its tapes written; and what it hands to the adjoint.

        Args:
            saved: the values that are kept, with their tapes.
            shapes: arrays of which the shape is handed over.
            lengths: lengths to hand over, of what is known at the end of the program.
        """
        plain = [v for v, tape in saved.items() if tape is None]
        written = [tape.var for tape in saved.values() if tape is not None]
        body = filled(self._block(self.function.body), [*saved, *shapes])
        body, outside = hand_out(body, [*plain, *written])
        results: list[Atom] = [outside.get(v, v) for v in plain]
        extra: list[Stmt] = []
        for source in shapes:
            made = Var("", OPAQUE)
            extra.append(Let(made, COPY_SHAPE, (source,), (), None))
            results.append(made)
        with self.builder.block() as computed, self.builder.origins(None):
            for dim in lengths:
                length = self._length(dim, None)
                assert length is not None, "shape_plan asks for lengths at hand only"
                results.append(length)
        extra += computed
        results += [outside.get(v, v) for v in written]
        return Block((*body.body, *extra), body.results), results

    def _block(self, block: Block) -> Block:
        body: list[Stmt] = []
        for var in self._entering(block):
            body += self._noted(var)
        for stmt in block.body:
            body += self.before.get(id(stmt), ())
            for var, made in self.ahead.items():
                if made.before is stmt:
                    body += [made.let, *self._noted(var)]
            body.append(self._stmt(stmt))
            for target in targets(stmt):
                body += self._noted(target)
        return Block(tuple(body), block.results)

    def _entering(self, block: Block) -> list[Var]:
        return [
            var
            for var in {**self.tapes, **self.measured}
            if self.defs.scope[var].block is block and self.defs.stmt[var] is None
        ]

    def _noted(self, var: Var) -> list[Stmt]:
        """What is kept of a value where it is defined: itself, and lengths of its axes."""
        noted = self._record(var) if var in self.tapes else []
        for let in self.measured.get(var, ()):
            noted += [let, *(self._record(let.target) if let.target in self.tapes else ())]
        return noted

    def _record(self, var: Var) -> list[Stmt]:
        tape = self.tapes[var]
        with self.builder.block() as written, self.builder.origins(None):
            index = tuple(
                self._place(loop, loop.range, loop.counter)
                for loop in (() if tape.is_stack else tape.loops)
            )
            starts = tuple((Const(0), Const(1)) for _ in index)
            self.builder.add(Effect("record", starts, (tape.var, index, var), (), (), None))
        return written

    def _stmt(self, stmt: Stmt) -> Stmt:
        match stmt:
            case If():
                return replace(stmt, then=self._block(stmt.then), orelse=self._block(stmt.orelse))
            case Loop():
                return replace(stmt, body=self._block(stmt.body))
        return stmt

    # -- backward -----------------------------------------------------------------------------

    def load(self, tape: Tape, counters: Mapping[Loop, Var], change: Callable[[Var], Atom]) -> Var:
        """Read a tape in the adjoint; written into the block at hand.

        `change` gives the adjoint's variables for those of the primal.
        """
        var = tape.of
        loaded = self.builder.fresh(var.hint, var.kind, var.shape)
        if var in self.builder.known:
            self.builder.known[loaded] = self.builder.known[var]
        if tape.is_stack:
            place = self._trip(tape, counters)
            self.builder.add(Effect("replay", None, (tape.var, *place), (), (loaded,), None))
            return loaded
        places = []
        for loop in tape.loops:
            bounds = None if loop.range is None else map_range(loop.range, change)
            places.append(self._place(loop, bounds, counters[loop]))
        index = places[0] if len(places) == 1 else tuple(places)
        self.builder.add(Let(loaded, PRIMITIVES[getitem], (tape.var, index), (), None))
        return loaded

    def _trip(self, tape: Tape, counters: Mapping[Loop, Var]) -> tuple[Var, ...]:
        """The place of a trip on a stack, where each trip of the only loop leaves one value."""
        loop = tape.loops[-1]
        every = len(tape.loops) == 1 and self.defs.scope[tape.of].block is loop.body
        counted = loop.range is None or loop.range == Range(Const(0), loop.range.stop, Const(1))
        return (counters[loop],) if every and counted else ()


def is_direct(bounds: Range, builder: Builder) -> bool:
    """Whether the counter itself is the row: it starts or ends at a small number, at the least."""
    match bounds:
        case Range(start=first, step=Const(value=1)):
            least = builder.sizes.least(builder.size(first))
        case Range(stop=last, step=Const(value=-1)):
            least = builder.sizes.least(builder.size(last))
            least = None if least is None else least + 1
        case _:
            return False
    return least is not None and 0 <= least <= LEAST_ROWS


def may_break(loop: Loop) -> bool:
    """Whether a loop, or one inside, may end before its range does."""
    inside = [stmt for stmt in statements(loop.body) if isinstance(stmt, Loop)]
    return any(inner.range is None or inner.breaks for inner in (loop, *inside))


def _contains(block: Block, loop: Loop) -> bool:
    return any(
        stmt is loop or any(_contains(inner, loop) for inner in blocks(stmt)) for stmt in block.body
    )
