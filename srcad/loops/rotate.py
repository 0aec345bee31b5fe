"""In-place sweeps backwards: the bar that one trip hands to the next stays in a number.

The adjoint of `u[i] = f(u[i - 1], ...)` reads and clears `u_bar[i]`, then adds to `u_bar[i - 1]`,
which the next trip reads: every trip would wait for the store of the one before.  Where it can be
proved that nothing else touches that element in between, the sum is carried in a number instead
(scalar replacement; Allen and Kennedy, Optimizing Compilers for Modern Architectures, ch. 8).
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace

from srcad.analyses.sizes import Sizes
from srcad.frontend.builder import Builder
from srcad.ir.dims import Dim, ValueOf
from srcad.ir.nodes import Atom, Block, Const, Function, If, Let, Loop, Operand, Stmt, Var
from srcad.ir.walk import items_of, map_stmt, operand_vars, own_vars
from srcad.rules.indexing import getitem, setitem
from srcad.rules.registry import PRIMITIVES


def rotate(function: Function, builder: Builder) -> Function:
    """Carry in numbers what trips of innermost loops hand on through one element of an array."""
    return replace(function, body=_block(function.body, builder))


def _block(block: Block, builder: Builder) -> Block:
    body: list[Stmt] = []
    for stmt in block.body:
        match stmt:
            case If():
                sides = (_block(stmt.then, builder), _block(stmt.orelse, builder))
                body.append(replace(stmt, then=sides[0], orelse=sides[1]))
            case Loop():
                loop = replace(stmt, body=_block(stmt.body, builder))
                with builder.block() as written:
                    loop_or_not = _loop(loop, builder)
                body += written if loop_or_not else [loop]
            case _:
                body.append(stmt)
    return Block(tuple(body), block.results)


@dataclass(frozen=True)
class _Handed:
    """One array of a loop whose next element is handed on: the statements that matter."""

    place: int
    read: Let
    update: Let
    shift: int
    axis: int


def _loop(loop: Loop, builder: Builder) -> bool:
    """Write the loop with a carried number, and what goes before and after it."""
    bounds = loop.range
    if bounds is None or loop.breaks or bounds.step not in (Const(1), Const(-1)):
        return False
    if not all(isinstance(stmt, Let) for stmt in loop.body.body):
        return False
    step = 1 if bounds.step == Const(1) else -1
    start, stop = builder.size(bounds.start), builder.size(bounds.stop)
    if start is None or stop is None:
        return False
    trips = stop - start if step == 1 else start - stop
    if not builder.sizes.at_least(trips, 1):
        return False
    for place in range(len(loop.carried)):
        found = _handed(loop, place, step, builder)
        if found is not None:
            _write(loop, found, builder)
            return True
    return False


def _sizes(index: Operand, builder: Builder) -> list[Dim] | None:
    """The symbolic values of the positions in an index, if all of them have one."""
    sizes = [builder.size(item) for item in items_of(index)]
    known = [size for size in sizes if size is not None]
    return known if len(known) == len(sizes) else None


def _handed(loop: Loop, place: int, step: int, builder: Builder) -> _Handed | None:
    phi = loop.carried[place]
    if not phi.kind.is_array or not phi.kind.is_inexact:
        return None
    chain: list[Let] = []
    reads: list[Let] = []
    current: Var = phi
    versions = {phi}
    for stmt in loop.body.body:
        assert isinstance(stmt, Let)
        touched = [v for v in own_vars(stmt) if v in versions]
        if not touched:
            continue
        if stmt.primitive.text == "getitem" and touched == [phi] and stmt.args[0] is phi:
            reads.append(stmt)
            continue
        if stmt.primitive.text not in ("setitem", "add_at") or touched != [current]:
            return None
        if stmt.args[0] is not current:
            return None
        chain.append(stmt)
        current = stmt.target
        versions.add(current)
    if len(reads) != 1 or not chain or loop.body.results[place] is not current:
        return None
    read, clear = reads[0], chain[0]
    cleared = clear.primitive.text == "setitem" and clear.args[2] in (Const(0), Const(0.0))
    if not cleared or clear.args[1] != read.args[1] or read.target.kind.is_array:
        return None
    if any(r in versions - {phi} for r in loop.body.results if r is not current):
        return None
    return _next_element(loop, place, step, builder, read, chain[1:])


def _next_element(
    loop: Loop,
    place: int,
    step: int,
    builder: Builder,
    read: Let,
    updates: Sequence[Let],
) -> _Handed | None:
    """Find the one update of the element that the next trip reads."""
    own = _sizes(read.args[1], builder)
    if own is None:
        return None
    moving = [i for i, size in enumerate(own) if _depends(size, loop.counter)]
    if len(moving) != 1 or _shift(own[moving[0]], loop.counter) is None:
        return None
    axis = moving[0]
    ahead = list(own)
    ahead[axis] = own[axis] + step
    hits: list[Let] = []
    phi = loop.carried[place]
    for update in updates:
        if update.primitive.text != "add_at":
            return None
        sizes = _sizes(update.args[1], builder)
        if sizes is None or len(sizes) != len(ahead):
            return None
        if sizes == ahead:
            hits.append(update)
        elif not _apart(sizes, ahead, phi, builder.sizes):
            return None
    if len(hits) != 1:
        return None
    shift = _shift(own[axis], loop.counter)
    assert shift is not None
    return _Handed(place, read, hits[0], shift, axis)


def _depends(size: Dim | None, counter: Var) -> bool:
    return size is not None and any(
        isinstance(s, ValueOf) and s.var is counter for s, _ in size.terms
    )


def _shift(size: Dim | None, counter: Var) -> int | None:
    """The constant in `counter + constant`."""
    if size is None or len(size.terms) != 1:
        return None
    symbol, count = size.terms[0]
    plain = isinstance(symbol, ValueOf) and symbol.var is counter and count == 1
    return size.constant if plain else None


def _apart(a: Sequence[Dim], b: Sequence[Dim], array: Var, sizes: Sizes) -> bool:
    """Whether two places are surely different, negative positions counting from the end too."""
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        difference = x - y
        if not difference.is_constant or not difference.constant:
            continue
        if sizes.at_least(array.shape[axis], abs(difference.constant) + 1):
            return True
    return False


def _write(loop: Loop, found: _Handed, builder: Builder) -> None:
    bounds = loop.range
    assert bounds is not None
    builder.origin = loop.origin
    array = loop.inits[found.place]
    items = list(items_of(found.read.args[1]))
    items[found.axis] = _plus(builder, bounds.start, found.shift)
    first = builder.emit(getitem, array, _index(items))
    hint = loop.carried[found.place].hint
    phi = builder.fresh(f"{hint}_next", first.kind)
    target = builder.fresh(f"{hint}_next", first.kind)
    body: list[Stmt] = []
    renamed: dict[Var, Atom] = {found.read.target: phi}
    version = loop.carried[found.place]
    missing = {stmt.target for stmt in loop.body.body if isinstance(stmt, Let)} - {
        found.read.target
    }
    handed: Var | None = None
    for stmt in loop.body.body:
        assert isinstance(stmt, Let)
        if stmt is found.read:
            continue
        if stmt is found.update:
            before = _renamed(stmt, renamed).args[0]
            assert isinstance(before, Var)
            renamed[stmt.target] = before
            continue
        stmt = _renamed(stmt, renamed)
        body.append(stmt)
        missing.discard(stmt.target)
        if stmt.args[0] is version:
            version = stmt.target
        _, index, added = _renamed(found.update, renamed).args
        if handed is None and not missing & {*operand_vars(index), *operand_vars(added)}:
            # As early as can be: the next trip waits for it, and nothing else writes there.
            with builder.block() as extra:
                builder.origin = found.update.origin
                element = builder.emit(getitem, version, index)
                handed = builder.emit(operator.add, element, added, hint=f"{hint}_next")
            body += extra
    assert handed is not None
    results = tuple(renamed.get(r, r) if isinstance(r, Var) else r for r in loop.body.results)
    old = loop.targets[found.place]
    swept = builder.fresh(old.hint, old.kind, old.shape)
    targets = [swept if t is old else t for t in loop.targets]
    builder.add(
        replace(
            loop,
            carried=(*loop.carried, phi),
            inits=(*loop.inits, first),
            body=Block(tuple(body), (*results, handed)),
            targets=(*targets, target),
        )
    )
    last = list(items_of(found.read.args[1]))
    last[found.axis] = _plus(builder, bounds.stop, found.shift)
    store = PRIMITIVES[setitem]
    builder.add(Let(old, store, (swept, _index(last), target), (), loop.origin))


def _renamed(stmt: Let, renamed: dict[Var, Atom]) -> Let:
    changed = map_stmt(stmt, lambda var: renamed.get(var, var))
    assert isinstance(changed, Let)
    return changed


def _plus(builder: Builder, atom: Atom, shift: int) -> Atom:
    if isinstance(atom, Const):
        return Const(atom.value + shift)  # type: ignore[operator]
    return atom if shift == 0 else builder.emit(operator.add, atom, Const(shift))


def _index(items: Sequence[Operand]) -> Operand:
    return items[0] if len(items) == 1 else tuple(items)
