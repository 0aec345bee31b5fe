"""Which arrays may share memory, once it is decided which updates happen in place.

A value is in memory of its own, or in that of others: a view in that of its array, what a branch or
a loop hands out in that of what went in.  What a loop carries changes its memory from trip to trip,
so values are traced to the start of the present trip only.  Two carried values are kept apart if
they are in different memory when the loop begins and each trip leaves them so, as a swap of two
buffers does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Protocol

from srcad.ir.nodes import Block, Const, Effect, Function, If, Let, Loop, Slice, Var
from srcad.ir.primitives import shares_memory
from srcad.ir.walk import blocks, items_of

Roots = frozenset[Var]
"""What the memory of an array is traced to: arrays with memory of their own, and carried ones."""


class Decisions(Protocol):
    """What is known of `Buffers` here."""

    copied: set[int]
    entries: set[Var]
    detached: set[int]

    def in_place(self, stmt: Let) -> bool:
        """Whether the result has the memory of the first argument."""


@dataclass
class Memory:
    """`sources` are the values that others may be in the memory of, `foreign` are not ours.

    `carried` says which loop an array is carried by, `inside` which loops it is defined in.
    """

    sources: dict[Var, list[Var]] = field(default_factory=dict)
    foreign: set[Var] = field(default_factory=set)
    carried: dict[Var, Loop] = field(default_factory=dict)
    inside: dict[Var, tuple[Loop, ...]] = field(default_factory=dict)
    found: dict[Var, tuple[frozenset[Var], bool]] = field(default_factory=dict)
    distinct: set[frozenset[Var]] | None = None

    def add(self, var: object, source: object) -> None:
        """Note that a value may be in the memory of another."""
        if not (isinstance(var, Var) and isinstance(source, Var)):
            return
        if var.kind.is_array and source.kind.is_array:
            self.sources.setdefault(var, []).append(source)

    def is_foreign(self, var: Var) -> bool:
        """Whether a value may be in memory that is not ours to change."""
        return self._traced(var)[1]

    def ever_share(self, a: Var, b: Var) -> bool:
        """Whether two values may be in the same memory at whatever times."""
        return not self._traced(a)[0].isdisjoint(self._traced(b)[0])

    def share(self, a: Var, b: Var) -> bool:
        """Whether two values that are there together may be in the same memory."""
        return self.ever_share(a, b) and self.meet(self.roots(a), self.roots(b))

    def meet(self, a: Roots, b: Roots) -> bool:
        """Whether values with these roots may be in the same memory."""
        if self.distinct is None:
            self.distinct = set()
            self.distinct = self._kept_apart()
        return not all(self._apart(x, y, self.distinct, frozenset()) for x in a for y in b)

    def roots(self, var: Var) -> Roots:
        """What a value is traced to at the start of the present trip."""
        found: set[Var] = set()
        seen: set[Var] = set()
        stack = [var]
        while stack:
            here = stack.pop()
            if here in seen:
                continue
            seen.add(here)
            if here in self.carried or here not in self.sources:
                found.add(here)
            else:
                stack += self.sources[here]
        return frozenset(found)

    def _traced(self, var: Var) -> tuple[frozenset[Var], bool]:
        """The values whose memory a value may ever be in, and whether one of them is foreign."""
        if var not in self.found:
            seen: set[Var] = set()
            stack = [var]
            while stack:
                here = stack.pop()
                if here not in seen:
                    seen.add(here)
                    stack += self.sources.get(here, ())
            made = frozenset(v for v in seen if v not in self.sources)
            self.found[var] = made, not seen.isdisjoint(self.foreign)
        return self.found[var]

    def _kept_apart(self) -> set[frozenset[Var]]:
        """Pairs that one loop carries in different memory: all that nothing speaks against."""
        together: dict[int, list[Var]] = {}
        for var, loop in self.carried.items():
            together.setdefault(id(loop), []).append(var)
        pairs = {frozenset(pair) for group in together.values() for pair in combinations(group, 2)}
        while True:
            wrong = {pair for pair in pairs if not self._stays_apart(pair, pairs)}
            if not wrong:
                return pairs
            pairs -= wrong

    def _stays_apart(self, pair: frozenset[Var], assumed: set[frozenset[Var]]) -> bool:
        """Whether two carried values are apart at first, and after a trip if they were before."""
        a, b = pair
        ways = zip(self.sources.get(a, ()), self.sources.get(b, ()), strict=True)
        return all(
            self._apart(x, y, assumed, frozenset())
            for one, other in ways
            for x in self.roots(one)
            for y in self.roots(other)
        )

    def _apart(
        self, a: Var, b: Var, assumed: set[frozenset[Var]], asked: frozenset[tuple[Var, Var]]
    ) -> bool:
        """Whether two roots are surely in different memory.

        One that a loop carries is, from memory that the present trip has made, and from a value
        that stays the same while that loop runs, if it is at first and each trip leaves it so;
        `asked` are such questions on the way here.
        """
        if a is b:
            return False
        if not self.ever_share(a, b) or frozenset((a, b)) in assumed or (a, b) in asked:
            return True
        for moving, fixed in ((a, b), (b, a)):
            loop = self.carried.get(moving)
            if loop is None:
                continue
            if loop in self.inside.get(fixed, ()):
                if fixed not in self.carried:
                    return True
                continue
            now = asked | {(moving, fixed), (fixed, moving)}
            if all(
                self._apart(root, fixed, assumed, now)
                for source in self.sources.get(moving, ())
                for root in self.roots(source)
            ):
                return True
        return False


def memory(function: Function, decisions: Decisions) -> Memory:
    """Trace the memory of all arrays of a function."""
    made = Memory()
    made.foreign.update(function.params)
    _trace(function.body, made, decisions, ())
    return made


def is_view(stmt: Let) -> bool:
    """Whether the result may be in the memory of the first argument."""
    if stmt.primitive.text == "getitem":
        index = stmt.args[1]
        items = items_of(index)
        return all(
            isinstance(item, Slice | Const) or (isinstance(item, Var) and not item.kind.is_array)
            for item in items
        )
    if stmt.primitive.text == "np.broadcast_to":
        return True  # of a constant too: one number stands for all elements
    first = stmt.args[0] if stmt.args else None
    if not isinstance(first, Var):
        return False
    return shares_memory(stmt.primitive, first.kind, stmt.target.kind)


def _trace(block: Block, made: Memory, decisions: Decisions, loops: tuple[Loop, ...]) -> None:
    for stmt in block.body:
        match stmt:
            case Let(target=target, args=args):
                shown = is_view(stmt) and id(stmt) not in decisions.detached
                if shown or (decisions.in_place(stmt) and id(stmt) not in decisions.copied):
                    made.add(target, args[0])
                if stmt.primitive.text == "np.broadcast_to":
                    made.foreign.add(target)
                made.inside[target] = loops
            case If(targets=targets, then=then, orelse=orelse):
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    made.add(target, yes)
                    made.add(target, no)
                    made.inside[target] = loops
            case Loop():
                for phi, target, init, following in _carried(stmt):
                    made.inside[target] = loops
                    made.inside[phi] = (*loops, stmt)
                    if phi.kind.is_array:
                        # Both count, also where one of them is no array.
                        own = Var("", phi.kind)
                        made.add(phi, own if phi in decisions.entries else _array_or(own, init))
                        made.add(phi, _array_or(own, following))
                        made.add(target, phi)
                        made.carried[phi] = stmt
            case Effect(targets=targets):
                # What a tape holds is read again by the next call of the pullback.
                made.foreign.update(t for t in targets if t.kind.is_array)
                made.inside.update(dict.fromkeys(targets, loops))
        for inner in blocks(stmt):
            _trace(inner, made, decisions, (*loops, stmt) if isinstance(stmt, Loop) else loops)


def _array_or(own: Var, atom: object) -> Var:
    return atom if isinstance(atom, Var) and atom.kind.is_array else own


def _carried(loop: Loop) -> Iterator[tuple[Var, Var, object, object]]:
    nexts = loop.body.results[1:] if loop.breaks else loop.body.results
    return zip(loop.carried, loop.targets, loop.inits, nexts, strict=True)
