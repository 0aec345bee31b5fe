"""The join after a branch: what is different on its two sides is handed out of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from srcad.frontend import growing, memory, outside, replaced
from srcad.frontend.counts import note_floor, note_joined
from srcad.frontend.values import (
    Array,
    Conflict,
    Flag,
    HeapObject,
    Items,
    Mapping,
    Maybe,
    Number,
    Partial,
    Record,
    Ref,
    Rows,
    Sequence,
    State,
    Static,
    Value,
)
from srcad.frontend.widening import meeting, promote
from srcad.ir.dims import Dim
from srcad.ir.kinds import BOOL, Kind
from srcad.ir.nodes import UNDEFINED, Atom, Block, Const, Stmt, Var
from srcad.ir.walk import defined, operand_vars

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

TRUE, FALSE = Const(True), Const(False)
UNNAMED = "<value>"
"""What the value of an expression is called while its sides are lowered."""


@dataclass
class Side:
    """One way through a branch: its statements and the state after them."""

    body: list[Stmt]
    state: State
    results: list[Atom] = field(default_factory=list)


class Merge:
    """Joins the states after two sides of a branch, handing out what differs."""

    def __init__(self, ctx: Lowering, yes: Side, no: Side, live: frozenset[str] | None) -> None:
        self.ctx = ctx
        self.live = live
        self.shared: tuple[frozenset[int], frozenset[int]] | None = None
        self.marks = {**yes.state.marks, **no.state.marks}
        self.yes, self.no = yes, no
        self.targets: list[Var] = []
        self.memory: dict[int, Var] = {}
        self.heap: dict[int, HeapObject] = {}
        self.aliases: dict[int, frozenset[int]] = {}
        for side in (yes, no):
            for cell, others in side.state.aliases.items():
                self.aliases[cell] = self.aliases.get(cell, frozenset()) | others
        self.pairs: dict[tuple[int, int], int] = {}
        self.done: dict[tuple[Atom, Atom], Var] = {}
        self.inner = {
            number: {id(v) for v in defined(Block(tuple(side.body)))}
            for number, side in enumerate((yes, no))
        }

    def values(self, a: Value | None, b: Value | None, name: str) -> Value:
        """The value of a name after the branch."""
        if self.yes.state.dead:
            return self._only(b, 1, name)
        if self.no.state.dead:
            return self._only(a, 0, name)
        if a is None or b is None:
            side = 0 if b is None else 1
            known = a if b is None else b
            assert known is not None
            flag: Atom = TRUE
            if isinstance(known, Maybe):
                flag, known = known.flag, known.value
            inner = self._only(known, side, name)
            return Maybe(inner, self._one_sided(flag, side, BOOL, _flag_name(name), FALSE))
        if isinstance(a, Maybe) or isinstance(b, Maybe):
            first = (a.value, a.flag) if isinstance(a, Maybe) else (a, TRUE)
            second = (b.value, b.flag) if isinstance(b, Maybe) else (b, TRUE)
            flag = self.phi(first[1], second[1], BOOL, _flag_name(name))
            return Maybe(self.values(first[0], second[0], name), flag)
        return self._both(a, b, name)

    def where_it_stays(self, a: Value | None, b: Value | None, name: str) -> Value | None:
        """What a name stands for where the function was not left, if one side has left it."""
        gone = [side.state.left.get("returned") is True for side in (self.yes, self.no)]
        if gone == [True, False] and b is not None:
            return self._only(b, 1, name)
        if gone == [False, True] and a is not None:
            return self._only(a, 0, name)
        return None

    def _both(self, a: Value, b: Value, name: str) -> Value:
        if a is not b:
            a, b = (
                outside.resolve(self.ctx, value) if outside.is_outside(value) else value
                for value in (a, b)
            )
        match a, b:
            case Number(), Number():
                if a.atom == b.atom and not self._is_inner(a.atom):
                    return a
                kind = meeting(a, b)
                atoms = [
                    self._convert(side, value, kind)
                    for side, value in ((self.yes, a), (self.no, b))
                ]
                return self._number(self.phi(atoms[0], atoms[1], kind, name))
            case Array(), Array():
                return self._arrays(a, b, name)
            case Items(), Items() if len(a.items) == len(b.items) and a.type is b.type:
                if a is b:
                    return a
                items = (
                    self.values(x, y, f"{name}_{i}")
                    for i, (x, y) in enumerate(zip(a.items, b.items, strict=True))
                )
                return Items(tuple(items), a.type)
            case Ref(), Ref() if a.identity == b.identity:
                return self._container(a.identity, a.identity, name, a.identity)
            case Ref(), Ref():
                return self._either(a.identity, b.identity, name)
            case Static(), Static() if a.value is b.value or is_equal(a.value, b.value):
                return a
            case Conflict(), _:
                return a
            case _, Conflict():
                return b
        if (a is b or a == b) and not isinstance(a, Partial):
            return a
        if isinstance(a, Array | Number) and isinstance(b, Array | Number):
            return Conflict("is a number on one path and an array on another")
        return Conflict("is of different kinds on different paths")

    def _either(self, first: int, second: int, name: str) -> Value:
        """One of two containers; where something else reaches one, none is written again."""
        if (first, second) in self.pairs:
            return Ref(self.pairs[first, second])
        made = self.pairs[first, second] = next(self.ctx.numbers)
        if self.shared is None:
            live = self.live
            self.shared = (
                replaced.shared(self.ctx, self.yes.state, live),
                replaced.shared(self.ctx, self.no.state, live),
            )
        reached = first in self.shared[0] or second in self.shared[1]
        if reached or {first, second} & self.marks.keys():
            self.marks |= dict.fromkeys((first, second, made), "either")
        return self._container(first, second, name, made)

    def _container(self, first: int, second: int, name: str, identity: int) -> Value:
        if identity in self.heap:
            return Ref(identity)
        a, b = self.yes.state.heap.get(first), self.no.state.heap.get(second)
        if a is not None:
            self.heap[identity] = a
        match a, b:
            case Sequence(), Sequence() if len(a.items) == len(b.items) and a.deque == b.deque:
                items = tuple(
                    self.values(x, y, f"{name}_{i}")
                    for i, (x, y) in enumerate(zip(a.items, b.items, strict=True))
                )
                self.heap[identity] = replace(a, items=items)
            case Rows(), Rows() if a.cell == b.cell and a.kind == b.kind and a.deque == b.deque:
                count = self.values(a.count, b.count, self._count_name(a))
                assert isinstance(count, Number)
                if isinstance(count.atom, Var):
                    sizes = [self.ctx.builder.size(side.count.atom) for side in (a, b)]
                    least = [0 if s is None else self.ctx.sizes.floor(s) or 0 for s in sizes]
                    note_floor(self.ctx, count.atom, min(least))
                sites = a.sites & b.sites
                self.heap[identity] = replace(a, count=count, sites=sites)
            case Mapping(), Mapping() if [k for k, _ in a.items] == [k for k, _ in b.items]:
                pairs = tuple(
                    (key, self.values(x, y, str(key)))
                    for (key, x), (_, y) in zip(a.items, b.items, strict=True)
                )
                self.heap[identity] = replace(a, items=pairs)
            case Record(), Record() if a.type is b.type:
                left, right = dict(a.fields), dict(b.fields)
                fields = tuple(
                    (key, self.values(left.get(key), right.get(key), key))
                    for key in dict.fromkeys([*left, *right])
                )
                self.heap[identity] = Record(a.type, fields)
            case None, None:
                pass
            case _:
                if first == second == identity and isinstance(a, Sequence):
                    longer = self.yes
                    if isinstance(b, Sequence) and len(b.items) > len(a.items):
                        a, longer = b, self.no
                    growing.demand(self.ctx, identity, a.items, longer.state)
                conflict = Conflict("has different contents on different paths")
                # Whoever gets here by another name meets the conflict too.
                self.heap[identity] = conflict
                return conflict
        return Ref(identity)

    def _count_name(self, rows: Rows) -> str:
        return f"{self.yes.state.memory[rows.cell].hint}_count"

    def _only(self, value: Value | None, side: int, name: str) -> Value:
        """A value that exists on one side only, handed out of it."""
        if value is None:
            return Conflict("is not defined here")
        state = (self.yes, self.no)[side].state
        match value:
            case Number(atom=Var() as var, kind=kind) if self._is_inner(var):
                return self._number(self._one_sided(var, side, kind, name))
            case Array() if value.path and any(self._is_inner(v) for v in _path_vars(value)):
                return self._view(value, side, name)
            case Array(cell=cell):
                if cell in state.memory:
                    self._cell_on_one_side(cell, side)
                seen = value.seen
                if seen is not None and self._is_inner(seen[1]):
                    return Array(cell, value.kind, value.path)
                return value
            case Items(items=items):
                kept = (self._only(v, side, f"{name}_{i}") for i, v in enumerate(items))
                return Items(tuple(kept), value.type)
            case Maybe(value=inner, flag=flag):
                handed = self._only(inner, side, name)
                outside = self._only(Number(flag, BOOL), side, _flag_name(name))
                assert isinstance(outside, Number)
                return Maybe(handed, outside.atom)
            case Ref(identity=identity):
                if identity not in self.heap:
                    self.heap[identity] = state.heap[identity]
                    self.heap[identity] = self._content(state.heap[identity], side, name)
                return value
            case Partial():
                return Conflict("is a partial function made on one path only")
        return value

    def _content(self, content: HeapObject, side: int, name: str) -> HeapObject:
        match content:
            case Rows(cell=cell, count=count):
                self._cell_on_one_side(cell, side)
                kept = self._only(count, side, f"{name}_count")
                assert isinstance(kept, Number)
                return replace(content, count=kept)
            case Conflict():
                return content
            case Sequence(items=items):
                return replace(content, items=tuple(self._only(v, side, name) for v in items))
            case Mapping(items=pairs):
                return replace(
                    content, items=tuple((k, self._only(v, side, str(k))) for k, v in pairs)
                )
            case Record(type=kind, fields=fields):
                return Record(kind, tuple((k, self._only(v, side, k)) for k, v in fields))
        return content

    def _cell_on_one_side(self, cell: int, side: int) -> None:
        if cell in self.memory:
            return
        yes, no = self.yes.state.memory.get(cell), self.no.state.memory.get(cell)
        var = (yes, no)[side]
        assert var is not None
        if not self._is_inner(var):
            other = (yes, no)[1 - side]
            if other is None or other is var or (self.yes, self.no)[1 - side].state.dead:
                self.memory[cell] = var
                return
        beside: Atom = UNDEFINED
        if not (self.yes, self.no)[1 - side].state.dead:
            beside = (yes, no)[1 - side] or UNDEFINED
        self.memory[cell] = self._one_sided(var, side, var.kind, var.hint, beside)

    def _arrays(self, a: Array, b: Array, name: str) -> Value:
        inner = any(self._is_inner(v) for array in (a, b) for v in _path_vars(array))
        if a.cell == b.cell and a.path == b.path and not inner:
            self._cell(a.cell)
            return (
                a
                if a.seen == b.seen and a.seen and not self._is_inner(a.seen[1])
                else Array(a.cell, a.kind, a.path)
            )
        if a.kind.rank != b.kind.rank:
            return Conflict("has different numbers of axes on different paths")
        if a.kind != b.kind:
            return Conflict("has different dtypes on different paths")
        yes, no = self._inside(self.yes, a), self._inside(self.no, b)
        var = self.phi(yes, no, a.kind, name)
        cell = next(self.ctx.numbers)
        self.memory[cell] = var
        sharing: set[int] = set()
        for side, array in ((self.yes, a), (self.no, b)):
            sharing |= reached_elsewhere(self.ctx, side.state, array, name)
        if sharing:
            shell = State(aliases=self.aliases)
            memory.may_share(shell, cell, frozenset(sharing))
            self.aliases = shell.aliases
        return Array(cell, a.kind)

    def _view(self, value: Array, side: int, name: str) -> Value:
        atom = self._inside((self.yes, self.no)[side], value)
        cell = next(self.ctx.numbers)
        self.memory[cell] = self._one_sided(atom, side, value.kind, name)
        shell = State(aliases=self.aliases)
        memory.may_share(shell, cell, frozenset({value.cell}))
        self.aliases = shell.aliases
        return Array(cell, value.kind)

    def _inside(self, side: Side, array: Array) -> Var:
        """The content of an array at the end of a side."""
        before, self.ctx.state = self.ctx.state, side.state
        with self.ctx.builder.at(side.body):
            var = memory.read(self.ctx, array)
        self.ctx.state = before
        self.inner[0 if side is self.yes else 1].add(id(var))
        return var

    def _cell(self, cell: int) -> None:
        """Join the contents of a cell that exists on both sides."""
        if cell in self.memory:
            return
        a, b = self.yes.state.memory.get(cell), self.no.state.memory.get(cell)
        if a is None or b is None or a is b:
            known = a or b
            if known is not None:
                self.memory[cell] = known
            return
        self.memory[cell] = self.phi(a, b, a.kind, a.hint or b.hint)

    def _one_sided(
        self, atom: Atom, side: int, kind: Kind, hint: str, beside: Atom = UNDEFINED
    ) -> Var:
        """What is `atom` after the given side."""
        if side == 0:
            return self.phi(atom, beside, kind, hint)
        return self.phi(beside, atom, kind, hint)

    def phi(self, a: Atom, b: Atom, kind: Kind, hint: str) -> Var:
        """A value that is `a` after one side and `b` after the other."""
        if a == b and isinstance(a, Const):
            return a  # type: ignore[return-value]
        key = (a, b)
        if key in self.done:
            return self.done[key]
        shapes = [v.shape for v in (a, b) if isinstance(v, Var)]
        shape: tuple[Dim | None, ...] = shapes[0] if shapes else ()
        if len(shapes) == 2:
            shape = tuple(
                x if self.ctx.sizes.equal(x, y) else None for x, y in zip(*shapes, strict=True)
            )
        var = self.ctx.builder.fresh("" if hint == UNNAMED else hint, kind, shape)
        sizes = [self.ctx.builder.size(v) for v in (a, b)]
        if sizes[0] is not None and sizes[0] == sizes[1]:
            self.ctx.builder.known[var] = sizes[0]
        note_joined(self.ctx, var, [a, b])
        self.targets.append(var)
        self.yes.results.append(a)
        self.no.results.append(b)
        self.done[key] = var
        return var

    def finish(self, env: dict[str, Value]) -> State:
        """The state after the branch."""
        for cell in dict.fromkeys([*self.yes.state.memory, *self.no.state.memory]):
            in_yes, in_no = cell in self.yes.state.memory, cell in self.no.state.memory
            if in_yes and in_no and cell not in self.memory:
                if self.yes.state.dead or self.no.state.dead:
                    self._cell_on_one_side(cell, 1 if self.yes.state.dead else 0)
                else:
                    self._cell(cell)
        left: dict[str, Flag] = {}
        flags = dict.fromkeys([*self.yes.state.left, *self.no.state.left])
        for flag in flags:
            a = self.yes.state.left.get(flag, False)
            b = self.no.state.left.get(flag, False)
            if self.yes.state.dead or self.no.state.dead:
                side = 1 if self.yes.state.dead else 0
                kept = b if self.yes.state.dead else a
                if isinstance(kept, Var) and self._is_inner(kept):
                    kept = self._one_sided(kept, side, BOOL, flag)
                left[flag] = kept
            elif isinstance(a, bool) and isinstance(b, bool) and a == b:
                left[flag] = a
            else:
                atoms = [Const(x) if isinstance(x, bool) else x for x in (a, b)]
                left[flag] = self.phi(atoms[0], atoms[1], BOOL, flag)
        heap = {**self.no.state.heap, **self.yes.state.heap, **self.heap}
        for identity in list(self.yes.state.heap):
            same = self.yes.state.heap[identity] is self.no.state.heap.get(identity)
            if identity in self.no.state.heap and not same and identity not in self.heap:
                if self.yes.state.dead or self.no.state.dead:
                    side = 1 if self.yes.state.dead else 0
                    kept_state = (self.yes, self.no)[side].state
                    heap[identity] = self._content(kept_state.heap[identity], side, "item")
                else:
                    self._container(identity, identity, "item", identity)
                    heap[identity] = self.heap[identity]
        return State(env, self.memory, heap, self.aliases, left, marks=self.marks)

    def _convert(self, side: Side, value: Number, kind: Kind) -> Atom:
        if value.kind == kind:
            return value.atom
        before, self.ctx.state = self.ctx.state, side.state
        with self.ctx.builder.at(side.body):
            atom = promote(self.ctx, value, kind)
        self.ctx.state = before
        if isinstance(atom, Var):
            self.inner[0 if side is self.yes else 1].add(id(atom))
        return atom

    def _number(self, atom: Atom) -> Number:
        kind = atom.kind if isinstance(atom, Var) else BOOL
        return Number(atom, kind)

    def _is_inner(self, atom: Atom) -> bool:
        return isinstance(atom, Var) and (id(atom) in self.inner[0] or id(atom) in self.inner[1])


def _flag_name(name: str) -> str:
    return "returned" if name == "<return>" else f"{name}_bound"


def _path_vars(array: Array) -> list[Var]:
    return [var for step in array.path for arg in step.args for var in operand_vars(arg)]


def reached_elsewhere(ctx: Lowering, state: State, array: Array, name: str) -> frozenset[int]:
    """The memory that a name is about to take over, if another name may reach it."""
    taken = {array.cell} | state.aliases.get(array.cell, frozenset())
    others = set(ctx.frame.live_above) if ctx.frames else set()
    for other, value in state.env.items():
        if other != name:
            others.update(memory.cells(state, value))
    return frozenset(taken) if taken & others else frozenset()


def is_equal(a: object, b: object) -> bool:
    """Whether two Python objects are of one type and equal."""
    try:
        return type(a) is type(b) and bool(a == b)
    except Exception:
        return False
