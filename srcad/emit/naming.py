"""Names for values: the user's own wherever two values of one name are never needed together.

What a branch hands out is computed under the name that it has after the branch, where that is free:
every result that has another name is one more line at the end of the branch.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from srcad.emit.buffers import Buffers
from srcad.emit.folding import Folding
from srcad.emit.liveness import LiveSets
from srcad.ir.kinds import Kind
from srcad.ir.nodes import Atom, Block, Effect, Function, If, Let, Loop, Operand, Stmt, Var
from srcad.ir.walk import blocks, defined, targets

RESERVED = frozenset({*keyword.kwlist, "np", "cmath", "math", "scipy", "srcad", "saved"})
USED_BUILTINS = frozenset(
    [
        *("abs", "bool", "complex", "float", "int", "len", "max", "min", "object", "print"),
        *("range", "sum"),
    ]
)


@dataclass
class Names:
    """The name of every value that is written as a variable."""

    of: dict[Var, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    kinds: dict[str, Kind] | None = None


def choose(
    function: Function,
    folding: Folding,
    live: LiveSets,
    buffers: Buffers,
    reserved: Iterable[str] = (),
    typed: bool = False,
) -> Names:
    """Name the values of a function; the result depends only on the program.

    With `typed`, a name stands for values of one kind only, as compilers like it.
    """
    names = Names(taken=set(reserved), kinds={} if typed else None)
    namer = _Namer(names, folding, live, buffers, dict(_sources(function.body, buffers)))
    values = (*function.params, *defined(function.body))
    namer.own = frozenset(clean(var.hint) for var in values if var.hint)
    present: set[Var] = set()
    for param in function.params:
        namer.give(param, present)
        present.add(param)
    namer.block(function.body)
    return names


@dataclass
class _Namer:
    """`hopes` are names that values should have if they can.

    Arrays of `first` may be made under theirs, which is `promised`: no other array that is read on
    the way there has it.  Temporaries have none of the program's `own` names, and
    none of those in the `heads` of the loops around them.
    """

    names: Names
    folding: Folding
    live: LiveSets
    buffers: Buffers
    sources: dict[Var, tuple[Atom, ...]]
    hopes: dict[Var, str] = field(default_factory=dict)
    first: set[Var] = field(default_factory=set)
    promised: set[str] = field(default_factory=set)
    own: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()

    def give(self, var: Var, against: Iterable[Var], wish: str | None = None) -> None:
        """Give a name that none of the values needed at the same time has."""
        if var in self.names.of:
            return
        others = {self.names.of[v] for v in against if v in self.names.of and v is not var}
        hope = self.hopes.get(var)
        if hope is not None and self._is_free(hope, var, others, True):
            name = hope
        else:
            name = wish or clean(var.hint)
            stem, number = clean(var.hint) if var.hint else name, 2
            others |= self.promised - {name}
            if not var.hint and wish is None:
                others |= self.own | self.heads
            while not self._is_free(name, var, others, wish is not None):
                name, number = f"{stem}{number}", number + 1
        self.names.of[var] = name
        if self.names.kinds is not None:
            self.names.kinds.setdefault(name, var.kind)

    def _is_free(self, name: str, var: Var, others: set[str], wished: bool) -> bool:
        """Whether a value may have a name."""
        return not (
            self._other_kind(name, var, wished)
            or name in others
            or name in self.names.taken
            or name in RESERVED
            or name in USED_BUILTINS
        )

    def _other_kind(self, name: str, var: Var, wished: bool) -> bool:
        """Whether a name already stands for values of another kind."""
        if self.names.kinds is None:
            return False
        known = self.names.kinds.get(name)
        if known is None:
            return False
        if var.kind.is_array and not wished:
            return True  # so that every array has one place where it is made
        return (known.dtype, known.rank, known.is_array) != (
            var.kind.dtype,
            var.kind.rank,
            var.kind.is_array,
        )

    def block(self, block: Block) -> None:
        for stmt in reversed(block.body):
            self._hope_before(stmt)
        for stmt in block.body:
            if self._is_folded(stmt):
                continue
            self.stmt(stmt)

    def _is_folded(self, stmt: Stmt) -> bool:
        match stmt:
            case Let(target=target):
                return target in self.folding.lets
            case If(targets=(target,)):
                return target in self.folding.choices
        return False

    def stmt(self, stmt: Stmt) -> None:
        match stmt:
            case Let(target=target, args=args):
                after = self.live.after[id(stmt)]
                if self._is_typed_array(target) and target not in self.first:
                    # The array is made before the loop nest that may read another of its name.
                    self.hopes.pop(target, None)
                if self.buffers.in_place(stmt) and isinstance(args[0], Var):
                    # Written in two lines, so the name comes before what the second one reads.
                    read = set(self.folding.reads(stmt)) - {args[0]}
                    wish = self.names.of.get(args[0])
                    if wish is not None and id(stmt) not in self.buffers.copied:
                        self.hopes.pop(target, None)
                    self.give(target, after | read, wish)
                else:
                    # `t = x[t]` is legal, and a riddle.
                    read = {v for v in self.folding.reads(stmt) if v.kind != target.kind}
                    self.give(target, after | (set() if target.hint else read))
            case Effect():
                for target in stmt.targets:
                    self.give(target, self.live.after[id(stmt)])
            case If(then=then, orelse=orelse):
                after = self.live.after[id(stmt)]
                begin = self.live.start[id(then)] | self.live.start[id(orelse)]
                used = {self.names.of[var] for var in begin if var in self.names.of}
                for target, yes, no in zip(stmt.targets, then.results, orelse.results, strict=True):
                    self.give(target, after - {target}, self._known(target, yes, no))
                    name = self.names.of[target]
                    if name not in used:
                        self.first.add(target)
                        if self._is_typed_array(target):
                            self.promised.add(name)
                    elif name != self.hopes.get(target):
                        self.first.discard(target)
                    self._hope(yes, target, name)
                    self._hope(no, target, name)
                self.block(then)
                self.block(orelse)
            case Loop():
                self._loop(stmt)

    def _hope_before(self, stmt: Stmt) -> None:
        """Pass a hoped for name on to the values that a statement changes in place."""
        match stmt:
            case Let(target=target, args=args) if target in self.hopes and _changes(
                stmt, self.buffers
            ):
                self._hope(args[0], target, self.hopes[target])
            case Loop(inits=inits, carried=carried, targets=targets):
                for init, phi, target in zip(inits, carried, targets, strict=True):
                    if target in self.hopes:
                        self._hope(phi, target, self.hopes[target])
                        self._hope(init, target, self.hopes[target])

    def _is_typed_array(self, var: Var) -> bool:
        """Whether a value is an array that loop nests make and read."""
        return self.names.kinds is not None and var.kind.is_array

    def _hope(self, value: Operand, later: Var, name: str) -> None:
        """Let a value have the name under which it is handed on, unless the user gave another."""
        if not isinstance(value, Var) or value in self.names.of:
            return
        flag = value.kind.is_bool and value.hint.endswith("_bound")
        if not value.hint or flag or clean(value.hint) == clean(later.hint):
            if value not in self.hopes and later in self.first:
                self.first.add(value)
            self.hopes.setdefault(value, name)

    def _known(self, target: Var, *values: Atom) -> str | None:
        """The name that a result has outside of the branch, which may change it in place."""
        for value in values:
            if not isinstance(value, Var):
                continue
            if value not in self.names.of:
                name = self._known(target, *self.sources.get(value, ()))
            else:
                name = self.names.of[value]
                if target.hint and clean(target.hint) != name.rstrip("0123456789"):
                    name = None
            if name is not None:
                return name
        return None

    def _loop(self, stmt: Loop) -> None:
        after = self.live.after[id(stmt)]
        around = self.live.through[id(stmt)] | (after - set(targets(stmt)))
        group = set(stmt.carried) | set(stmt.targets) | {stmt.counter}
        given: set[Var] = set()
        bounds = set(self._bounds(stmt))
        for phi, init, target in zip(stmt.carried, stmt.inits, stmt.targets, strict=True):
            wish = self.names.of.get(init) if isinstance(init, Var) else None
            if wish is not None:
                self.hopes.pop(phi, None)
            if wish is not None and phi.hint and not wish.startswith(clean(phi.hint)):
                wish = None
            # What is carried gets its first value before the range is read.
            self.give(phi, (around | given | bounds - {init}) - {target}, wish)
            self.names.of[target] = self.names.of[phi]
            given |= {phi}
        self.give(stmt.counter, (around | given) - {stmt.counter})
        # They are counted from before the range is read to the end of the last one.
        self.give(stmt.trips, (around | after | given | group | bounds) - {stmt.trips})
        around_heads = self.heads
        self.heads |= {self.names.of[v] for v in bounds if v in self.names.of}
        if stmt.test is not None:
            self.block(stmt.test)
        self.block(stmt.body)
        self.heads = around_heads

    def _bounds(self, loop: Loop) -> Iterator[Var]:
        """What the range of a loop reads."""
        if loop.range is not None:
            for bound in (loop.range.start, loop.range.stop, loop.range.step):
                if isinstance(bound, Var):
                    yield from self.folding.open(bound)


def _sources(block: Block, buffers: Buffers) -> Iterator[tuple[Var, tuple[Atom, ...]]]:
    """The values that others may be in the memory of, and under the names of."""
    for stmt in block.body:
        match stmt:
            case Let(target=target, args=args) if _changes(stmt, buffers):
                yield target, tuple(arg for arg in args[:1] if isinstance(arg, Var))
            case If(targets=targets, then=then, orelse=orelse):
                yield from zip(targets, zip(then.results, orelse.results, strict=True), strict=True)
            case Loop(targets=targets, inits=inits):
                yield from zip(targets, zip(inits, strict=True), strict=True)
        for inner in blocks(stmt):
            yield from _sources(inner, buffers)


def _changes(stmt: Let, buffers: Buffers) -> bool:
    """Whether a statement changes the memory of its first argument, and keeps its name."""
    return buffers.in_place(stmt) and id(stmt) not in buffers.copied


def clean(hint: str) -> str:
    """A hint as an identifier; what the function returns is its `out`."""
    hint = hint.replace("<return>", "out").replace("<", "").replace(">", "")
    name = "".join(c if c.isidentifier() or c.isdigit() else "_" for c in hint).strip("_")
    if not name or not name.isidentifier():
        return "t"
    return name
