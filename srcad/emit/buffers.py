"""Which updates of arrays happen in place, and which need a copy first.

In the core language an update makes a new value.  It may reuse the memory of the old one if
nothing else that is needed later can be in that memory.  Where an update meets another live value
in the same memory, or memory that belongs to the caller, a copy is made: before the loop around it
if that helps, else right there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from srcad.analyses.sizes import Sizes
from srcad.emit.folding import IN_PLACE, Folding
from srcad.emit.liveness import LiveSets
from srcad.emit.memory import Memory, is_view, memory
from srcad.ir.nodes import Block, Function, Let, Loop, Var
from srcad.ir.walk import blocks, statements

ACCUMULATE = ("+", "-", "*", "/")


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
        known = memory(function, buffers)
        conflict = next(
            (
                (stmt, loops)
                for stmt, loops in updates
                if buffers.in_place(stmt)
                and id(stmt) not in buffers.copied
                and _conflicts(stmt, known, live, folding)
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
            if not _copy_at_entry(function, stmt, loops, known, buffers, live, folding):
                buffers.added.discard(id(stmt))
        elif not _copy_at_entry(function, stmt, loops, known, buffers, live, folding):
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
    known = memory(function, buffers)
    views = [
        let
        for let in statements(function.body)
        if isinstance(let, Let)
        and let.target.kind.is_array
        and id(let) not in buffers.detached
        and is_view(let)
        and let.target is not array
        and known.share(let.target, array)
        and (relive is not None or let.target not in folding.lets)
        and let.primitive.text != "np.broadcast_to"
    ]
    for let in views:
        folded = folding.lets.pop(let.target, None)
        buffers.detached.add(id(let))
        after = relive() if relive is not None and folded is not None else live
        if not _conflicts(stmt, memory(function, buffers), after, folding):
            return after
        buffers.detached.discard(id(let))
        if folded is not None:
            folding.lets[let.target] = folded
    return None


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


def _conflicts(stmt: Let, known: Memory, live: LiveSets, folding: Folding) -> bool:
    array = stmt.args[0]
    assert isinstance(array, Var)
    held = folding.lets.get(array)
    if held is not None and not is_view(held):
        return False  # made by this very statement
    if folding.open(array) != [array]:
        return True
    return known.is_foreign(array) or any(
        other is not stmt.target and known.share(other, array)
        for other in live.after[id(stmt)]
        if other.kind.is_array
    )


def _copy_at_entry(
    function: Function,
    stmt: Let,
    loops: tuple[Loop, ...],
    known: Memory,
    buffers: Buffers,
    live: LiveSets,
    folding: Folding,
) -> bool:
    """Resolve a conflict by copying what a loop around the update starts from."""
    array = stmt.args[0]
    assert isinstance(array, Var)
    for loop in loops:
        entering = {
            phi: init
            for phi, init in zip(loop.carried, loop.inits, strict=True)
            if isinstance(init, Var)
            and phi not in buffers.entries
            and phi.kind.is_array
            and known.ever_share(phi, array)
        }
        ours = {phi for phi, init in entering.items() if known.is_foreign(init)}
        for copied in (ours, {phi for phi in entering if known.share(phi, array)}, set(entering)):
            buffers.entries |= copied
            if copied and not _conflicts(stmt, memory(function, buffers), live, folding):
                return True
            buffers.entries -= copied
    return False
