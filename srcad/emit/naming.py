"""Names for values: the user's own wherever two values of one name are never needed together."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from dataclasses import dataclass, field

from srcad.emit.buffers import Buffers
from srcad.emit.folding import Folding
from srcad.emit.liveness import LiveSets
from srcad.ir.kinds import Kind
from srcad.ir.nodes import Atom, Block, Effect, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import targets

RESERVED = frozenset({*keyword.kwlist, "np", "math", "srcad", "saved"})
USED_BUILTINS = frozenset(
    ["abs", "bool", "complex", "float", "int", "len", "max", "min", "print", "range", "sum"]
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
    namer = _Namer(names, folding, live, buffers)
    present: set[Var] = set()
    for param in function.params:
        namer.give(param, present)
        present.add(param)
    namer.block(function.body)
    return names


@dataclass
class _Namer:
    names: Names
    folding: Folding
    live: LiveSets
    buffers: Buffers

    def give(self, var: Var, against: Iterable[Var], wish: str | None = None) -> None:
        """Give a name that none of the values needed at the same time has."""
        if var in self.names.of:
            return
        others = {self.names.of[v] for v in against if v in self.names.of and v is not var}
        stem = wish or clean(var.hint)
        name, number = stem, 2
        while (
            self._other_kind(name, var, wish is not None)
            or name in others
            or name in self.names.taken
            or name in RESERVED
            or name in USED_BUILTINS
        ):
            name, number = f"{stem}{number}", number + 1
        self.names.of[var] = name
        if self.names.kinds is not None:
            self.names.kinds.setdefault(name, var.kind)

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
                if self.buffers.in_place(stmt) and isinstance(args[0], Var):
                    # Written in two lines, so the name comes before what the second one reads.
                    read = set(self.folding.reads(stmt)) - {args[0]}
                    self.give(target, after | read, self.names.of.get(args[0]))
                else:
                    self.give(target, after)
            case Effect():
                for target in stmt.targets:
                    self.give(target, self.live.after[id(stmt)])
            case If(then=then, orelse=orelse):
                after = self.live.after[id(stmt)]
                for target, yes, no in zip(stmt.targets, then.results, orelse.results, strict=True):
                    self.give(target, after - {target}, self._known(yes, no, target))
                self.block(then)
                self.block(orelse)
            case Loop():
                self._loop(stmt)

    def _known(self, yes: Atom, no: Atom, target: Var) -> str | None:
        """The name that a result already has outside of the branch."""
        for atom in (yes, no):
            if isinstance(atom, Var) and atom in self.names.of:
                name = self.names.of[atom]
                if not target.hint or clean(target.hint) == name.rstrip("0123456789"):
                    return name
        return None

    def _loop(self, stmt: Loop) -> None:
        after = self.live.after[id(stmt)]
        around = self.live.through[id(stmt)] | (after - set(targets(stmt)))
        group = set(stmt.carried) | set(stmt.targets) | {stmt.counter}
        given: set[Var] = set()
        for phi, init, target in zip(stmt.carried, stmt.inits, stmt.targets, strict=True):
            wish = self.names.of.get(init) if isinstance(init, Var) else None
            if wish is not None and phi.hint and not wish.startswith(clean(phi.hint)):
                wish = None
            self.give(phi, (around | given) - {target}, wish)
            self.names.of[target] = self.names.of[phi]
            given |= {phi}
        self.give(stmt.counter, (around | given) - {stmt.counter})
        self.give(stmt.trips, (after | given | group) - {stmt.trips})
        if stmt.test is not None:
            self.block(stmt.test)
        self.block(stmt.body)


def clean(hint: str) -> str:
    """A hint as an identifier."""
    name = "".join(c if c.isidentifier() or c.isdigit() else "_" for c in hint).strip("_")
    if not name or not name.isidentifier():
        return "t"
    return name
