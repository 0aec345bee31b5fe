"""Tapes as values: sweeps that can themselves be differentiated.

A tape is written by an effect, which no derivative passes through.  Here each record becomes an
update of an array that loops and branches hand on, like any array that a program fills.  A stack,
which a `while` loop writes, becomes an array that is made longer where it is full, and a count.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from srcad.analyses.undefined import EMPTY, EMPTY_LIST, reach
from srcad.frontend.builder import Builder
from srcad.ir.dims import Dim, SizeOf, ValueOf
from srcad.ir.kinds import BOOL, INT, Kind
from srcad.ir.nodes import (
    UNDEFINED,
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
    Stmt,
    Var,
)
from srcad.ir.walk import defined, map_atom, map_block, own_operands, statements
from srcad.ir.walk import targets as targets_of
from srcad.rules.indexing import getitem, setitem, size
from srcad.rules.joining import DOUBLED
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.tapes import COPY_SHAPE

LEAST = 8
"""Rows of a stack before it is known how many it needs."""


class NoRows(Exception):
    """What a stack holds has no shape that is known before the loop."""


@dataclass(frozen=True)
class Sweeps:
    """A forward and a backward sweep without effects.

    `forward` hands over one value for each of the parameters of `backward` that are no seeds.
    """

    forward: Function
    backward: Function


def as_values(forward: Function, backward: Function, outputs: int, builder: Builder) -> Sweeps:
    """Sweeps whose tapes are arrays that are updated.

    Args:
        forward: a forward sweep.
        backward: the backward sweep that reads its tapes.
        outputs: how many of the results of `forward` are not for `backward`.
        builder: makes variables.

    Raises:
        NoRows: for a stack of arrays whose shape is not known before the loop.
    """
    stacks = _stacks(forward.body)
    recorded = frozenset(_recorded(forward.body))
    ahead = set(defined(forward.body))
    handed = forward.body.results[outputs:]
    shaped = _shaped(forward.body, backward, handed)
    writer = _Forward(builder, ahead, stacks, recorded, shaped)
    now: dict[Var, Var] = {}
    counts: dict[Var, Atom] = {}
    body = writer.block(forward.body, now, counts)
    grown = [atom for atom in handed if isinstance(atom, Var) and atom in stacks]
    body = replace(body, results=(*body.results, *(counts[stack] for stack in grown)))
    body = map_block(body, lambda var: writer.honest.get(var, var))
    reader = _Backward(builder, {}, {})
    own = backward.params[: len(handed)]
    lengths: list[Var] = []
    for param, atom in zip(own, handed, strict=True):
        if isinstance(atom, Var) and atom in stacks:
            array, length = _array(param.hint, *stacks[atom], builder), builder.counter("count")
            reader.arrays[param] = array
            reader.places[param] = length
            lengths.append(length)
    params = tuple(reader.arrays.get(param, param) for param in own)
    inner = reader.block(backward.body, dict(reader.places))
    return Sweeps(
        replace(forward, body=body),
        replace(backward, params=(*params, *lengths, *backward.params[len(handed) :]), body=inner),
    )


Held = tuple[Kind, tuple[Dim, ...]]
"""The kind and the shape of what a stack holds."""


def _stacks(block: Block) -> dict[Var, Held]:
    """The stacks of a program, those that branches hand out among them."""
    found: dict[Var, Held] = {
        stmt.args[0]: (stmt.args[2].kind, stmt.args[2].shape)  # type: ignore[union-attr, misc]
        for stmt in statements(block)
        if isinstance(stmt, Effect) and stmt.action == "record" and not _is_array(stmt.args[0])
    }
    before = -1
    while len(found) != before:
        before = len(found)
        for stmt in statements(block):
            if isinstance(stmt, If):
                rows = zip(stmt.targets, stmt.then.results, stmt.orelse.results, strict=True)
                for alike in rows:
                    held = next(
                        (found[a] for a in alike if isinstance(a, Var) and a in found), None
                    )
                    if held is not None:
                        found.update((a, held) for a in alike if isinstance(a, Var))
    return found


def _is_array(operand: Operand) -> bool:
    return isinstance(operand, Var) and operand.kind.is_array


def _array(hint: str, kind: Kind, shape: Sequence[Dim], builder: Builder) -> Var:
    """A variable for the array of a stack."""
    return builder.fresh(hint, Kind(kind.dtype, kind.rank + 1, "array"), (None, *shape))


def _recorded(block: Block) -> dict[Var, None]:
    return {
        stmt.args[0]: None  # type: ignore[misc]
        for stmt in statements(block)
        if isinstance(stmt, Effect) and stmt.action == "record"
    }


def _shaped(block: Block, backward: Function, handed: Sequence[Atom]) -> set[Var]:
    """The values of which the backward sweep asks the shape, and those that they may be."""
    found = {
        stmt.args[0]
        for stmt in block.body
        if isinstance(stmt, Let) and stmt.primitive is COPY_SHAPE and isinstance(stmt.args[0], Var)
    }
    asked = set(_asked(backward.body))
    pairs = zip(backward.params, handed, strict=False)
    found |= {atom for param, atom in pairs if param in asked and isinstance(atom, Var)}
    for _ in range(8):  # out of branches in branches
        reach(block, found)
    return found


def _asked(block: Block) -> Iterator[Var]:
    """The variables of which a block asks the shape."""
    for stmt in statements(block):
        for operand in own_operands(stmt):
            for part in operand if isinstance(operand, tuple) else (operand,):
                if isinstance(part, ShapeOf):
                    yield part.var


def _made_in(tape: Var, *inside: Block) -> bool:
    return any(
        isinstance(stmt, Let) and stmt.target is tape
        for block in inside
        for stmt in statements(block)
    )


Now = dict[Var, Var]
Counts = dict[Var, Atom]


@dataclass
class _Forward:
    """The rewriting of a forward sweep; `ahead` is what is not defined where it has come to.

    `fillers` stand for values on the ways that do not bind them.  They are left out again, but for
    those of values in `shaped`, whose shape is asked for on all ways: `honest` are other variables
    for these, of which nobody believes that they have that shape on each way.
    """

    builder: Builder
    ahead: set[Var]
    stacks: dict[Var, Held]
    recorded: frozenset[Var]
    shaped: set[Var]
    fillers: set[Var] = field(default_factory=set)
    honest: dict[Var, Var] = field(default_factory=dict)

    def block(self, block: Block, now: Now, counts: Counts) -> Block:
        """A block; `now` are the arrays that the tapes are at its start, and then at its end."""
        before = set(self.ahead)
        with self.builder.block() as body:
            for stmt in block.body:
                self._stmt(stmt, now, counts)
                self.ahead.difference_update(targets_of(stmt))
        self.ahead = before

        def latest(var: Var) -> Atom:
            return now.get(var, var)

        return Block(tuple(body), tuple(map_atom(result, latest) for result in block.results))

    def _bound(self, atom: Atom, *targets: Var) -> Atom:
        """What is handed on to variables: nothing, if it is a filler whose shape nobody needs."""
        if not isinstance(atom, Var) or atom not in self.fillers:
            return atom
        if self.shaped.isdisjoint(targets):
            return UNDEFINED
        for target in targets:
            self.honest.setdefault(target, self.builder.fresh(target.hint, target.kind))
        return atom

    def _stmt(self, stmt: Stmt, now: Now, counts: Counts) -> None:
        match stmt:
            case Let(primitive=primitive, target=target) if primitive is EMPTY_LIST:
                if target in self.recorded:
                    now[target] = self._empty(target)
                else:
                    self.fillers.add(target)
                counts[target] = Const(0)
            case Let(target=target, primitive=primitive, args=(shape, _)) if (
                primitive is EMPTY and target in self.recorded
            ):
                now[target] = made = self._tape(target, shape)
                self.builder.add(replace(stmt, target=made))
            case Let(primitive=primitive, target=target, args=((*lengths,), _)) if (
                primitive is EMPTY and all(length == Const(0) for length in lengths)
            ):
                self.fillers.add(target)
                self.builder.add(stmt)
            case Effect(action="record", args=(tape, index, value)):
                assert isinstance(tape, Var)
                if tape in self.stacks:
                    self._push(tape, value, now, counts)
                else:
                    assert isinstance(index, tuple)
                    place = index[0] if len(index) == 1 else index
                    now[tape] = self._write(now.get(tape, tape), place, value)
            case If():
                self._if(stmt, now, counts)
            case Loop():
                self._loop(stmt, now, counts)
            case _:
                self.builder.add(stmt)

    def _tape(self, tape: Var, shape: Operand) -> Var:
        """The array of a tape, of which more is known than of one that nobody looks into."""
        dims: list[Dim | None] = []
        for part in shape if isinstance(shape, tuple) else (shape,):
            dims += part.var.shape if isinstance(part, ShapeOf) else [self.builder.size(part)]
        return self.builder.fresh(tape.hint, tape.kind, tuple(dims))

    def _like(self, array: Var) -> Var:
        made = Var(array.hint, array.kind, array.shape)
        if array in self.builder.contiguous:
            self.builder.contiguous.add(made)
        return made

    def _write(self, array: Var, place: Operand, value: Operand) -> Var:
        made = self._like(array)
        args = (array, place, value)
        self.builder.add(Let(made, PRIMITIVES[setitem], args, (), None))
        return made

    # -- stacks -------------------------------------------------------------------------------

    def _empty(self, stack: Var) -> Var:
        kind, shape = self.stacks[stack]
        with self.builder.origins(None):
            lengths = tuple(self._length(dim) for dim in shape)
            made = _array(stack.hint, kind, shape, self.builder)
            args = ((Const(LEAST), *lengths), Const(np.dtype(kind.dtype)))
            self.builder.add(Let(made, EMPTY, args, (), None))
        return made

    def _length(self, dim: Dim) -> Atom:
        """A length of what a stack holds, known where that is made."""
        total: Atom = Const(dim.constant)
        for symbol, count in dim.terms:
            match symbol:
                case SizeOf(var, axis) if var not in self.ahead:
                    atom: Atom = self.builder.emit(size, ShapeOf(var), Const(axis))
                case ValueOf(var) if var not in self.ahead:
                    atom = var
                case _:
                    raise NoRows
            if count != 1:
                atom = self.builder.emit(operator.mul, Const(count), atom)
            total = atom if total == Const(0) else self.builder.emit(operator.add, total, atom)
        return total

    def _push(self, stack: Var, value: Operand, now: Now, counts: Counts) -> None:
        builder, array, count = self.builder, now[stack], counts[stack]
        with builder.origins(None):
            length = builder.emit(size, ShapeOf(array), Const(0))
            full = builder.emit(operator.eq, count, length)
            with builder.block() as body:
                longer = builder.emit(DOUBLED, array, hint=array.hint)
            room = self._longer(array)
            then = Block(tuple(body), (longer,))
            builder.add(If(full, then, Block((), (array,)), (room,), None))
            now[stack] = self._write(room, count, value)
            counts[stack] = builder.emit(operator.add, count, Const(1))

    def _longer(self, array: Var) -> Var:
        return self.builder.fresh(array.hint, array.kind, (None, *array.shape[1:]))

    # -- what is handed on --------------------------------------------------------------------

    def _if(self, stmt: If, now: Now, counts: Counts) -> None:
        inside = _recorded(stmt.then) | _recorded(stmt.orelse)
        tapes = [tape for tape in inside if not _made_in(tape, stmt.then, stmt.orelse)]
        places = [i for i, target in enumerate(stmt.targets) if target in self.stacks]
        sides: list[Block] = []
        for block in (stmt.then, stmt.orelse):
            here, counted = dict(now), dict(counts)
            made = self.block(block, here, counted)
            ends: list[Atom] = [here.get(tape, tape) for tape in tapes]
            ends += [counted[tape] for tape in tapes if tape in self.stacks]
            ends += [counted[block.results[i]] for i in places]  # type: ignore[index]
            plain = map(self._bound, made.results, stmt.targets)
            sides.append(replace(made, results=(*plain, *ends)))
        targets = [self.honest.get(target, target) for target in stmt.targets]
        for i in places:
            stack = stmt.targets[i]
            now[stack] = targets[i] = _array(stack.hint, *self.stacks[stack], self.builder)
        targets += self._next(tapes, now)
        for stack in [t for t in tapes if t in self.stacks] + [stmt.targets[i] for i in places]:
            counts[stack] = count = self.builder.counter("count")
            targets.append(count)
        self.builder.add(replace(stmt, then=sides[0], orelse=sides[1], targets=tuple(targets)))

    def _next(self, tapes: Sequence[Var], now: Now) -> list[Var]:
        """New variables for what the tapes are behind a branch or a loop."""
        made = []
        for tape in tapes:
            array = now.get(tape, tape)
            now[tape] = self._longer(array) if tape in self.stacks else self._like(array)
            made.append(now[tape])
        return made

    def _loop(self, stmt: Loop, now: Now, counts: Counts) -> None:
        tapes = [tape for tape in _recorded(stmt.body) if not _made_in(tape, stmt.body)]
        grown = [tape for tape in tapes if tape in self.stacks]
        inits: list[Atom] = [now.get(tape, tape) for tape in tapes]
        inits += [counts[tape] for tape in grown]
        here, counted = dict(now), dict(counts)
        carried = self._next(tapes, here)
        for tape in grown:
            counted[tape] = count = self.builder.counter("count")
            carried.append(count)
        body = self.block(stmt.body, here, counted)
        ends = [*(here[tape] for tape in tapes), *(counted[tape] for tape in grown)]
        targets = self._next(tapes, now)
        for tape in grown:
            counts[tape] = count = self.builder.counter("count")
            targets.append(count)
        plain = tuple(map(self._bound, stmt.inits, stmt.carried, stmt.targets))

        def honest(var: Var) -> Var:
            return self.honest.get(var, var)

        self.builder.add(
            replace(
                stmt,
                carried=(*map(honest, stmt.carried), *carried),
                inits=(*plain, *inits),
                body=replace(body, results=(*body.results, *ends)),
                targets=(*map(honest, stmt.targets), *targets),
            )
        )


@dataclass
class _Backward:
    """The rewriting of a backward sweep; `places` are how much is left of each stack."""

    builder: Builder
    arrays: dict[Var, Var]
    places: dict[Var, Var]

    def block(self, block: Block, places: dict[Var, Var]) -> Block:
        """A block; `places` are at its start, and then at its end."""
        with self.builder.block() as body:
            for stmt in block.body:
                self._stmt(stmt, places)
        return Block(tuple(body), block.results)

    def _stmt(self, stmt: Stmt, places: dict[Var, Var]) -> None:
        match stmt:
            case Effect(action="replay", args=(Var() as stack, *place), targets=(target,)):
                where: Operand
                if place:
                    (where,) = place
                else:
                    with self.builder.origins(None):
                        left = self.builder.emit(operator.sub, places[stack], Const(1))
                    where = places[stack] = left
                self._load(target, self.arrays[stack], where)
            case Let(target=target, args=(array, where)) if stmt.primitive is PRIMITIVES[getitem]:
                self._load(target, array, where, stmt)
            case If():
                self._if(stmt, places)
            case Loop():
                self._loop(stmt, places)
            case _:
                self.builder.add(stmt)

    def _load(self, target: Var, array: Operand, where: Operand, stmt: Let | None = None) -> None:
        """Read an element; Python's ints and bools are such again."""
        origin = None if stmt is None else stmt.origin
        integral = target.kind == INT or target.kind == BOOL
        read = Var("", Kind(target.kind.dtype, 0, "numpy")) if integral else target
        self.builder.add(Let(read, PRIMITIVES[getitem], (array, where), (), origin))
        if integral:
            convert = PRIMITIVES[bool if target.kind.is_bool else int]
            self.builder.add(Let(target, convert, (read,), (), origin))

    def _popped(self, *inside: Block) -> list[Var]:
        return list(
            dict.fromkeys(
                stmt.args[0]  # type: ignore[misc]
                for block in inside
                for stmt in statements(block)
                if isinstance(stmt, Effect) and stmt.action == "replay" and len(stmt.args) == 1
            )
        )

    def _if(self, stmt: If, places: dict[Var, Var]) -> None:
        popped = self._popped(stmt.then, stmt.orelse)
        sides: list[Block] = []
        for block in (stmt.then, stmt.orelse):
            here = dict(places)
            made = self.block(block, here)
            sides.append(replace(made, results=(*made.results, *(here[s] for s in popped))))
        targets = [self.builder.counter("count") for _ in popped]
        places.update(zip(popped, targets, strict=True))
        self.builder.add(
            replace(stmt, then=sides[0], orelse=sides[1], targets=(*stmt.targets, *targets))
        )

    def _loop(self, stmt: Loop, places: dict[Var, Var]) -> None:
        popped = self._popped(stmt.body)
        carried = [self.builder.counter("count") for _ in popped]
        here = {**places, **dict(zip(popped, carried, strict=True))}
        body = self.block(stmt.body, here)
        targets = [self.builder.counter("count") for _ in popped]
        inits = [places[stack] for stack in popped]
        places.update(zip(popped, targets, strict=True))
        self.builder.add(
            replace(
                stmt,
                carried=(*stmt.carried, *carried),
                inits=(*stmt.inits, *inits),
                body=replace(body, results=(*body.results, *(here[s] for s in popped))),
                targets=(*stmt.targets, *targets),
            )
        )
