"""Which updates of arrays happen in place, and which need a copy first.

In the core language an update makes a new value.  It may reuse the memory of the old one if
nothing else that is needed later can be in that memory.  A value is in the memory that it was made
in, or in that of the values it may be; where an update meets another live value of the same origin,
or memory that belongs to the caller, a copy is made: before the loop around it if that helps, else
right there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from srcad.analyses.sizes import Sizes
from srcad.emit.folding import IN_PLACE, Folding
from srcad.emit.liveness import LiveSets
from srcad.ir.nodes import Block, Const, Effect, Function, If, Let, Loop, Slice, Var
from srcad.ir.primitives import shares_memory
from srcad.ir.walk import blocks, statements

ACCUMULATE = ("+", "-", "*", "/")

Place = frozenset[int]
"""Where an array may be: two that have nothing of it in common do not share memory."""


@dataclass
class Buffers:
    """`copied` are the updates that work on a copy, `entries` the loop values copied at entry."""

    copied: set[int] = field(default_factory=set)
    entries: set[Var] = field(default_factory=set)
    added: set[int] = field(default_factory=set)
    detached: set[int] = field(default_factory=set)

    def in_place(self, stmt: Let) -> bool:
        """Whether the result has the memory (and the name) of the first argument."""
        return stmt.primitive.text in IN_PLACE or id(stmt) in self.added


@dataclass
class _Memory:
    """`sources` are the values that others may be in the memory of, `foreign` are not ours."""

    sources: dict[Var, list[Var]] = field(default_factory=dict)
    foreign: set[Var] = field(default_factory=set)
    found: dict[Var, tuple[frozenset[Var], bool]] = field(default_factory=dict)

    def add(self, var: object, source: object) -> None:
        if not (isinstance(var, Var) and isinstance(source, Var)):
            return
        if var.kind.is_array and source.kind.is_array:
            self.sources.setdefault(var, []).append(source)

    def origins(self, var: Var) -> frozenset[Var]:
        """The values whose memory a value may be in: those that brought memory of their own."""
        return self._traced(var)[0]

    def is_foreign(self, var: Var) -> bool:
        return self._traced(var)[1]

    def share(self, a: Var, b: Var) -> bool:
        """Whether two values may be in the same memory."""
        return not self.origins(a).isdisjoint(self.origins(b))

    def _traced(self, var: Var) -> tuple[frozenset[Var], bool]:
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


def plan(
    function: Function,
    folding: Folding,
    live: LiveSets,
    sizes: Sizes,
    relive: Callable[[], LiveSets] | None = None,
) -> Buffers:
    """Decide for every update of a function.

    `relive` solves the liveness anew: views that are read through may have to become arrays.
    """
    buffers = Buffers()
    updates = list(_updates(function.body, ()))
    for stmt, _ in updates:
        if stmt.primitive.text in ACCUMULATE and _accumulates(stmt, live, sizes):
            buffers.added.add(id(stmt))
    while True:
        memory = _memory(function, buffers)
        conflict = next(
            (
                (stmt, loops)
                for stmt, loops in updates
                if buffers.in_place(stmt)
                and id(stmt) not in buffers.copied
                and _conflicts(stmt, memory, live, folding)
            ),
            None,
        )
        if conflict is None:
            return buffers
        stmt, loops = conflict
        if (found := _detach(function, stmt, buffers, live, folding, relive)) is not None:
            live = found
            continue
        if id(stmt) in buffers.added:
            if not _copy_at_entry(function, stmt, loops, memory, buffers, live, folding):
                buffers.added.discard(id(stmt))
        elif not _copy_at_entry(function, stmt, loops, memory, buffers, live, folding):
            buffers.copied.add(id(stmt))


def _detach(
    function: Function,
    stmt: Let,
    buffers: Buffers,
    live: LiveSets,
    folding: Folding,
    relive: Callable[[], LiveSets] | None,
) -> LiveSets | None:
    """Resolve a conflict with views by copying what they show, before the update changes it."""
    array = stmt.args[0]
    assert isinstance(array, Var)
    memory = _memory(function, buffers)
    views = [
        let
        for let in statements(function.body)
        if isinstance(let, Let)
        and let.target.kind.is_array
        and id(let) not in buffers.detached
        and is_view(let)
        and let.target is not array
        and memory.share(let.target, array)
        and (relive is not None or let.target not in folding.lets)
        and let.primitive.text != "np.broadcast_to"
    ]
    for let in views:
        folded = folding.lets.pop(let.target, None)
        buffers.detached.add(id(let))
        after = relive() if relive is not None and folded is not None else live
        if not _conflicts(stmt, _memory(function, buffers), after, folding):
            return after
        buffers.detached.discard(id(let))
        if folded is not None:
            folding.lets[let.target] = folded
    return None


def memory_of(function: Function, buffers: Buffers, values: Iterable[Var]) -> dict[Var, Place]:
    """The memory that arrays may be in."""
    memory = _memory(function, buffers)
    return {v: frozenset(map(id, memory.origins(v))) for v in values if v.kind.is_array}


def _updates(block: Block, loops: tuple[Loop, ...]) -> Iterator[tuple[Let, tuple[Loop, ...]]]:
    for stmt in block.body:
        match stmt:
            case Let(target=target, primitive=primitive) if target.kind.is_array:
                if primitive.text in (*IN_PLACE, *ACCUMULATE):
                    yield stmt, loops
        for inner in blocks(stmt):
            around = (*loops, stmt) if isinstance(stmt, Loop) else loops
            yield from _updates(inner, around)


def _accumulates(stmt: Let, live: LiveSets, sizes: Sizes) -> bool:
    """Whether `a = a + b` may be written `a += b`: same dtype, same shape, same name."""
    if stmt.primitive.text in ("*", "/") and stmt.target.kind.dtype != "float64":
        return False
    if id(stmt) not in live.after:  # folded into another expression
        return False
    first = stmt.args[0]
    if not isinstance(first, Var) or first.kind != stmt.target.kind:
        return False
    if not first.hint or first.hint != stmt.target.hint:
        return False
    return all(sizes.equal(a, b) for a, b in zip(first.shape, stmt.target.shape, strict=True))


def is_view(stmt: Let) -> bool:
    """Whether the result may be in the memory of the first argument."""
    if stmt.primitive.text == "getitem":
        index = stmt.args[1]
        items = index if isinstance(index, tuple) else (index,)
        return all(
            isinstance(item, Slice | Const) or (isinstance(item, Var) and not item.kind.is_array)
            for item in items
        )
    first = stmt.args[0] if stmt.args else None
    if not isinstance(first, Var):
        return False
    return shares_memory(stmt.primitive, first.kind, stmt.target.kind)


def _memory(function: Function, buffers: Buffers) -> _Memory:
    memory = _Memory()
    memory.foreign.update(function.params)
    _trace(function.body, memory, buffers)
    return memory


def _trace(block: Block, memory: _Memory, buffers: Buffers) -> None:
    for stmt in block.body:
        match stmt:
            case Let(target=target, args=args):
                shown = is_view(stmt) and id(stmt) not in buffers.detached
                if shown or (buffers.in_place(stmt) and id(stmt) not in buffers.copied):
                    memory.add(target, args[0])
                if stmt.primitive.text == "np.broadcast_to":
                    memory.foreign.add(target)
            case If(targets=targets, then=then, orelse=orelse):
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    memory.add(target, yes)
                    memory.add(target, no)
            case Loop(carried=carried, inits=inits, targets=targets, body=body):
                nexts = body.results[1:] if stmt.breaks else body.results
                for phi, init, target, following in zip(
                    carried, inits, targets, nexts, strict=True
                ):
                    copied = Var("", phi.kind) if phi in buffers.entries else init
                    memory.add(phi, copied)
                    memory.add(phi, following)
                    memory.add(target, phi)
            case Effect(targets=targets):
                # What a tape holds is read again by the next call of the pullback.
                memory.foreign.update(t for t in targets if t.kind.is_array)
        for inner in blocks(stmt):
            _trace(inner, memory, buffers)


def _conflicts(stmt: Let, memory: _Memory, live: LiveSets, folding: Folding) -> bool:
    array = stmt.args[0]
    assert isinstance(array, Var)
    held = folding.lets.get(array)
    if held is not None and not is_view(held):
        return False  # made by this very statement
    if folding.open(array) != [array]:
        return True
    return memory.is_foreign(array) or any(
        other is not stmt.target and memory.share(other, array)
        for other in live.after[id(stmt)]
        if other.kind.is_array
    )


def _copy_at_entry(
    function: Function,
    stmt: Let,
    loops: tuple[Loop, ...],
    memory: _Memory,
    buffers: Buffers,
    live: LiveSets,
    folding: Folding,
) -> bool:
    """Resolve a conflict by copying what a loop around the update starts from."""
    array = stmt.args[0]
    assert isinstance(array, Var)
    for loop in loops:
        entering = [
            phi
            for phi, init in zip(loop.carried, loop.inits, strict=True)
            if isinstance(init, Var) and phi not in buffers.entries and memory.share(phi, array)
        ]
        if not entering:
            continue
        buffers.entries.update(entering)
        if not _conflicts(stmt, _memory(function, buffers), live, folding):
            return True
        buffers.entries.difference_update(entering)
    return False
