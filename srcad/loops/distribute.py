"""Scalar loops as nests: trips that only accumulate are taken in vectors.

The adjoint of `v[i] = f(u[i - 1], u[i], u[i + 1])` adds to three elements of `u_bar`, of which the
next trip adds to two again: one by one, each addition waits for the one before.  If all that a loop
writes is either only added to, or touched by each trip at an element of its own, its statements may
run one after the other, each for all trips (loop distribution; Allen and Kennedy, Optimizing
Compilers for Modern Architectures, ch. 5): a nest like those of array expressions.

Sums then round in another place, like those of NumPy; those that the user wrote stay in order.
"""

from __future__ import annotations

import ast
from collections import Counter
from copy import copy
from dataclasses import dataclass, field
from string import digits
from typing import TYPE_CHECKING, Any

from srcad.errors import Origin
from srcad.ir.dims import ValueOf
from srcad.ir.nodes import Atom, Const, If, Let, Loop, Operand, Stmt, Var
from srcad.ir.walk import items_of
from srcad.loops.elements import NotScalar, Unsupported
from srcad.loops.items import Item
from srcad.loops.nests import Nest
from srcad.loops.numbers import is_plain
from srcad.loops.order import counts, elements, mentions, text_of
from srcad.loops.ranges import Around, not_negative
from srcad.loops.syntax import minus, plus

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter

STATE = ("lines", "queue", "names", "taken", "helpers", "measured", "bounds", "held")
"""What a writer notes while it writes an expression."""

LONGEST = 24
"""Statements that a loop may have: more of them would be as many passes over memory."""


class _Stays(Exception):
    """The loop has to stay as it is."""


@dataclass
class _Distribution:
    """A loop, those inside it that have nothing beside them, and the nest that is made of them."""

    writer: LoopWriter
    levels: list[Loop]
    items: list[Item] = field(default_factory=list)
    defined: dict[str, str] = field(default_factory=dict)
    """The arrays of what a trip computes, and what that is called as a number."""
    origins: list[Origin | None] = field(default_factory=list)
    moving: set[str] = field(default_factory=set)


def distribute(writer: LoopWriter, loop: Loop) -> bool:
    """Write a loop as a nest; False if it has to stay as it is, like all that the user wrote."""
    if writer.checked:
        return False
    levels = _levels(loop)
    if not levels or not _is_tidy(writer, levels):
        return False
    nest = _tried(writer, levels)
    if nest is None:
        return False
    outer = levels[0]
    entries: list[tuple[str, Atom]] = [
        (writer.names[phi], init) for phi, init in zip(outer.carried, outer.inits, strict=True)
    ]
    writer.copied = {writer.names[phi] for phi in outer.carried if phi in writer.buffers.entries}
    writer.moves(entries)
    writer.copied = set()
    _rooms_ahead(writer, nest)
    writer.queue.append(nest)
    writer.flush()
    writer.note, writer.shown = [], None
    writer.known_vars |= set(outer.targets)
    return True


def _rooms_ahead(writer: LoopWriter, nest: Nest) -> None:
    """Make the arrays of a nest before the loops around it, if their length is known there."""
    if len(nest.counters) > 1:
        return
    (length,) = nest.lengths
    owners: dict[str, list[Var]] = {}
    for var, name in writer.names.items():
        owners.setdefault(name, []).append(var)
    read = {node.id for node in ast.walk(length) if isinstance(node, ast.Name)} - {"max"}
    for around in writer.around:
        if all(len(owners.get(n, ())) == 1 and owners[n][0] in around.known for n in read):
            nest.rooms = around.lines
            return


def _tried(writer: LoopWriter, levels: list[Loop]) -> Nest | None:
    """The nest of some loops; None, and nothing changed, if they have to stay as they are."""
    before = {name: copy(getattr(writer, name)) for name in STATE}
    folding, called = dict(writer.folding.lets), dict(writer.expressions.called)
    depth = len(writer.around)
    nest = None
    try:
        nest = _nest(_Distribution(writer, levels))
        if writer.queue or len(writer.lines) > len(before["lines"]):
            nest = None  # something has to come before each trip
    except (_Stays, NotScalar, Unsupported):
        pass
    del writer.around[depth:]
    _restored(writer.folding.lets, folding)
    _restored(writer.names, before["names"])
    if nest is None:
        _restored(writer.expressions.called, called)
        for name in set(STATE) - {"names"}:
            setattr(writer, name, before[name])
    return nest


def _restored(changed: dict[Any, Any], before: dict[Any, Any]) -> None:
    """Give a dict that others hold, too, what it held."""
    changed.clear()
    changed.update(before)


# -- which loops ----------------------------------------------------------------------------------


def _levels(loop: Loop) -> list[Loop]:
    """A loop and those inside it, down to one that has plain statements only; [] if none has."""
    found = [loop]
    while True:
        *before, last = found[-1].body.body or (None,)
        if isinstance(last, Loop) and all(isinstance(stmt, Let) for stmt in before):
            found.append(last)
            continue
        plain = all(isinstance(stmt, Let | If) for stmt in found[-1].body.body)
        return found if plain else []


def _is_tidy(writer: LoopWriter, levels: list[Loop]) -> bool:
    """Whether the loops count, run to their end, and hand on what they carry under one name."""
    names = writer.names
    for outer, inner in zip([None, *levels], levels, strict=False):
        bounds = inner.range
        if bounds is None or inner.breaks or bounds.step not in (Const(1), Const(-1)):
            return False
        if inner.trips in writer.positions:
            return False
        ends = zip(inner.carried, inner.body.results, inner.targets, strict=True)
        if any(
            not isinstance(result, Var)
            or len({names.get(phi), names.get(result), names.get(target)}) > 1
            for phi, result, target in ends
        ):
            return False
        if outer is None:
            continue
        if any(phi in writer.buffers.entries for phi in inner.carried):
            return False
        handed = dict(zip(inner.targets, inner.inits, strict=True))
        if {*outer.body.results} != {*inner.targets} or any(
            handed.get(result) is not phi  # type: ignore[arg-type]
            for phi, result in zip(outer.carried, outer.body.results, strict=True)
        ):
            return False
        if any(
            names.get(phi) != names.get(init) if isinstance(init, Var) else True
            for phi, init in zip(inner.carried, inner.inits, strict=True)
        ):
            return False
    return True


# -- the nest -------------------------------------------------------------------------------------


def _nest(made: _Distribution) -> Nest:
    writer, levels = made.writer, made.levels
    counters = [writer.names[level.counter] for level in levels]
    for level in levels:
        writer.around.append(Around(level, -1, writer.depth, frozenset(writer.known_vars)))
        for stmt in level.body.body:
            _open_int(writer, stmt)
        if level is not levels[-1]:
            lets = (stmt for stmt in level.body.body if isinstance(stmt, Let))
            if any(stmt.target not in writer.folding.lets for stmt in lets):
                raise _Stays
    spaces = [_space(writer, level) for level in levels]
    lengths = [length for _, length in spaces]
    if any(mentions(length, name) for length in lengths for name in counters):
        raise _Stays
    sums = _sums(writer, levels[-1])
    for stmt in levels[-1].body.body:
        _statement(made, stmt, sums)
    shift = _Shift(
        {name: first for name, (first, _) in zip(counters, spaces, strict=True)},
        made.defined,
        counters,
    )
    for item in made.items:
        if item.kind == "define":
            item.shape = lengths
        else:
            item.index = [shift.position(part) for part in item.index]
        item.value = shift.visit(item.value)
    if not _may_be_split(made, counters) or not _pays(made.items, counters[-1]):
        raise _Stays
    nest = Nest(
        [],
        lengths,
        counters,
        taken=writer.taken,
        alias=writer.alias,
        ordered=False,
        may_be_empty=True,
    )
    for item in made.items:
        if not nest.add(item):
            raise _Stays
    names = Counter(made.defined.values())
    nest.plain = {own: name for own, name in made.defined.items() if names[name] == 1}
    nest.note = _note(made)
    return nest


def _open_int(writer: LoopWriter, stmt: Stmt) -> None:
    """Write a position where it is used: it has no name of its own in a nest."""
    if not isinstance(stmt, Let) or stmt.target in writer.folding.lets:
        return
    if stmt.target.kind.is_integral and not stmt.target.kind.rank:
        if not is_plain(writer, stmt):
            raise _Stays
        writer.folding.lets[stmt.target] = stmt


def _space(writer: LoopWriter, level: Loop) -> tuple[int, ast.expr]:
    """The first value of a counter, and how many there are."""
    bounds = level.range
    assert bounds is not None
    assert writer.builder is not None
    low, high = bounds.start, bounds.stop
    down = bounds.step == Const(-1)
    if down:
        low, high = high, low
    first = low.value if isinstance(low, Const) else None
    if type(first) is not int or first + down < 0:
        raise _Stays
    length = minus(writer.scalar(high), ast.Constant(first))
    if first < 0:
        length = plus(writer.scalar(high), ast.Constant(-first))
    size = writer.builder.size(high)
    if size is None or not writer.sizes.at_least(size - first, 0):
        length = ast.Call(ast.Name("max", ast.Load()), [length, ast.Constant(0)], [])
    return first + down, length


def _sums(writer: LoopWriter, loop: Loop) -> dict[Var, Let]:
    """The numbers that trips add to, each with the statement that does."""
    found = {}
    lets = {stmt.target: stmt for stmt in loop.body.body if isinstance(stmt, Let)}
    for phi, result in zip(loop.carried, loop.body.results, strict=True):
        if phi.kind.rank or result is phi:
            continue
        stmt = lets.get(result) if isinstance(result, Var) else None
        if stmt is None or stmt.primitive.text not in ("+", "-"):
            raise _Stays
        if phi.kind.dtype != stmt.target.kind.dtype:
            raise _Stays
        if stmt.args[0] is not phi or stmt.args[1] is phi or not phi.kind.is_inexact:
            raise _Stays
        found[phi] = stmt
    return found


def _statement(made: _Distribution, stmt: Stmt, sums: dict[Var, Let]) -> None:
    """Add what a statement does to the items of the nest."""
    writer = made.writer
    if isinstance(stmt, If):
        if not (len(stmt.targets) == 1 and stmt.targets[0] in writer.folding.choices):
            raise _Stays
        return
    assert isinstance(stmt, Let)
    if stmt.target in writer.folding.lets:
        return
    name = writer.names[stmt.target]
    if stmt in sums.values():
        value = writer.scalar(stmt.args[1])
        if stmt.primitive.text == "-":
            value = ast.UnaryOp(ast.USub(), value)
        made.items.append(Item("sum", name, [], value, dtype=stmt.target.kind.dtype))
        made.origins.append(stmt.origin)
        return
    if stmt.primitive.text in ("setitem", "add_at"):
        _update(made, stmt, name)
        return
    read = stmt.primitive.text == "getitem" and not stmt.target.kind.rank
    if stmt.target.kind.rank or not (read or is_plain(writer, stmt)):
        raise _Stays
    value = writer.expressions.let(stmt)
    own = writer.fresh(name.rstrip(digits) or name)
    writer.names[stmt.target] = own
    made.defined[own] = name
    index: list[ast.expr] = [
        ast.Name(writer.names[level.counter], ast.Load()) for level in made.levels
    ]
    made.items.append(Item("define", own, index, value, stmt.target, stmt.target.kind.dtype))


def _update(made: _Distribution, stmt: Let, name: str) -> None:
    writer = made.writer
    array, index, value = stmt.args
    assert isinstance(array, Var)
    if array in writer.folding.lets or writer.names[array] != name:
        raise _Stays
    if not writer.buffers.in_place(stmt) or id(stmt) in writer.buffers.copied:
        raise _Stays
    if isinstance(value, Var) and value.kind.rank:
        raise _Stays
    items = items_of(index)
    numbers = all(
        isinstance(i, Const) and type(i.value) is int for i in items if not isinstance(i, Var)
    )
    if not numbers or len(items) != array.kind.rank:
        raise _Stays
    if any(isinstance(i, Var) and (i.kind.rank or not i.kind.is_integral) for i in items):
        raise _Stays
    place = writer.elements().through(array, index, [])
    kind = "add" if stmt.primitive.text == "add_at" else "store"
    item = Item(kind, name, place, writer.scalar(value), stmt.target, array.kind.dtype)  # type: ignore[arg-type]
    made.moving |= _moving(writer, name, items, made.levels)
    made.items.append(item)
    made.origins.append(stmt.origin)


def _moving(
    writer: LoopWriter, name: str, items: tuple[Operand, ...], levels: list[Loop]
) -> set[str]:
    """The array, if a place in it may count from its end: two trips may then meet there."""
    counters = {level.counter for level in levels}
    for item in items:
        size = writer.builder.size(item) if writer.builder is not None else None
        fixed = isinstance(item, Const) or (
            size is not None
            and not any(isinstance(s, ValueOf) and s.var in counters for s, _ in size.terms)
        )
        if not fixed and not not_negative(writer, item):
            return {name}
    return set()


class _Shift(ast.NodeTransformer):
    """Counters from 0 on, and an element for each trip of what was one number."""

    def __init__(self, first: dict[str, int], defined: dict[str, str], counters: list[str]) -> None:
        self.first = first
        self.defined = defined
        self.counters = counters
        self.inside = False

    def position(self, part: ast.expr) -> ast.expr:
        """An int in an index, constants put together."""
        around, self.inside = self.inside, True
        try:
            return self.visit(part)  # type: ignore[no-any-return]
        finally:
            self.inside = around

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return ast.Subscript(node.value, self.position(node.slice), ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.defined:
            parts: list[ast.expr] = [ast.Name(c, ast.Load()) for c in self.counters]
            key = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
            return ast.Subscript(node, key, ast.Load())
        return plus(node, ast.Constant(self.first.get(node.id, 0)))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        if self.inside and isinstance(node.op, ast.Add):
            return plus(left, right)
        if self.inside and isinstance(node.op, ast.Sub):
            return minus(left, right)
        return ast.BinOp(left, node.op, right)


def _may_be_split(made: _Distribution, counters: list[str]) -> bool:
    """Whether each statement may run for all trips before the next one does."""
    alias = made.writer.alias
    own = {*made.defined, *(item.target for item in made.items if item.kind == "sum")}
    touched: list[tuple[str, tuple[str, ...], str]] = []
    bare: set[str] = set()
    for item in made.items:
        if item.kind in ("add", "store"):
            touched.append((item.target, item.own_key(), item.kind))
        for value in (item.value, *item.index):
            touched += [(name, text_of(index), "read") for name, index in elements(value)]
            inside = {
                id(node.value)
                for node in ast.walk(value)
                if isinstance(node, ast.Subscript | ast.Attribute)
            }
            bare |= {
                node.id
                for node in ast.walk(value)
                if isinstance(node, ast.Name) and id(node) not in inside
            }
    for item in made.items:
        if item.kind not in ("add", "store"):
            continue
        if any(alias(name, item.target) for name in bare - own - set(counters)):
            return False
        met = [(n, key, how) for n, key, how in touched if n not in own and alias(n, item.target)]
        if any(name != item.target for name, _, _ in met):
            return False
        if item.target in made.moving:
            return False
        if all(how == "add" for _, _, how in met):
            continue
        if len({key for _, key, _ in met}) > 1 or not _is_own(item.index, counters):
            return False
    return True


def _is_own(index: list[ast.expr], counters: list[str]) -> bool:
    """Whether each trip has an element of its own."""
    return all(
        any(
            counts(part, counter)
            and not any(mentions(part, other) for other in counters if other != counter)
            for part in index
        )
        for counter in counters
    )


def _pays(items: list[Item], counter: str) -> bool:
    """Whether LLVM would take the trips one by one: neighbours meet, or a sum has an order."""
    if len(items) > LONGEST:
        return False
    added: dict[str, set[tuple[str, ...]]] = {}
    for item in items:
        if item.kind == "sum":
            return True
        if item.kind == "add":
            added.setdefault(item.target, set()).add(item.own_key())
            if not any(mentions(part, counter) for part in item.index):
                return True
    return any(len(keys) > 1 for keys in added.values())


# -- the text -------------------------------------------------------------------------------------


def _note(made: _Distribution) -> list[str]:
    """The user's lines."""
    if not made.writer.comments:
        return []
    lines: dict[tuple[str, int], str] = {}
    for origin in (*(level.origin for level in made.levels), *made.origins):
        if origin is not None and origin.line and origin != made.writer.shown:
            text = f"# {origin.line}: {origin.text.strip()}"
            lines.setdefault((origin.file, origin.line), text)
    return [text for _, text in sorted(lines.items())]
