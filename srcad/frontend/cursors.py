"""Iterators that are kept: `iter(x)`, `z = zip(a, b)`, and what `next` has taken of them so far.

A cursor is an object with two attributes: what it goes through, and the place of the next item.
Branches and loops join and carry them as they do those of any object, and items are read when
their turn comes, as Python reads them.
"""

from __future__ import annotations

import builtins
import collections
import functools
import math
import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    control,
    expressions,
    generators,
    iterations,
    loops,
    objects,
    outside,
    rewritten,
    trips,
    trying,
    turns,
)
from srcad.frontend.liveness import stores
from srcad.frontend.values import (
    Array,
    Conflict,
    Iteration,
    Mapping,
    Maybe,
    Number,
    Record,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
)
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Const, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]


class Cursor:
    """The class of what `iter` gives, in programs that are lowered."""


class Advanced(Exception):
    """A loop goes through an iterator that its body takes items of as well."""

    def __init__(self, identity: int) -> None:
        super().__init__(identity)
        self.identity = identity


KEPT = frozenset({"zip", "map", "enumerate", "reversed"})
"""Iterators that may have a name; those of other kinds are gone through where they are made."""

WHOLLY: frozenset[Any] = frozenset({
    builtins.sum, builtins.max, builtins.min, builtins.sorted, list, tuple, set, frozenset, dict,
    collections.deque, collections.Counter, np.fromiter, functools.reduce, math.fsum, math.prod,
})  # fmt: skip
"""Functions that go through an iterator from where it is to its end."""

PARTLY: frozenset[Any] = frozenset({zip, map, enumerate, filter, any, all})
"""Functions that may leave items behind, or take them later, as those of `itertools` do."""


def kept(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    """What a name stands for that is given `zip(a, b)` and the like: it is gone through once."""
    if not isinstance(value, Iteration) or value.kind in ("range", *turns.VIEWS):
        return value
    if not is_plain(value):
        ctx.refuse(
            f"a `{value.kind}` that is kept cannot be differentiated: it can be gone through once",
            node,
            "make it a list, or write it where it is gone through",
            UnsupportedType,
        )
    return made(ctx, value)


def is_plain(value: Iteration) -> bool:
    """Whether all that an iterator gives is read when its turn comes."""
    inner = [part for part in value.parts if isinstance(part, Iteration)]
    known = value.kind in KEPT or value.kind in ("range", *turns.VIEWS)
    return known and all(is_plain(part) for part in inner)


def made(ctx: Lowering, through: Value) -> Ref:
    """An iterator at the start of something."""
    seen = Static(tuple(_lengths(ctx, objects.lists_in(ctx, through))))
    begin = Number(Const(0), INT)
    fields = (("through", through), ("place", begin), ("seen", seen))
    return Ref(ctx.heap(Record(Cursor, fields)))


def _lengths(ctx: Lowering, identities: list[int]) -> list[tuple[int, Any]]:
    """How many items some containers hold; keys of dicts stand for themselves."""
    found: list[tuple[int, Any]] = []
    for identity in identities:
        match ctx.state.heap[identity]:
            case Sequence(items=items):
                found.append((identity, Const(len(items))))
            case Rows(count=count):
                found.append((identity, count.atom))
            case Mapping(items=pairs):
                found.append((identity, tuple(key for key, _ in pairs)))
    return found


def content(ctx: Lowering, value: Value) -> Record | None:
    """What a value is that `iter` gave; None for anything else."""
    found = ctx.state.heap.get(value.identity) if isinstance(value, Ref) else None
    return found if isinstance(found, Record) and found.type is Cursor else None


def is_iterator(ctx: Lowering, value: Value) -> bool:
    """Whether a value can be gone through once, from where it is."""
    return content(ctx, value) is not None or generators.content(ctx, value) is not None


def _checked(ctx: Lowering, held: Record, node: gast.AST) -> tuple[Value, Number]:
    """What a cursor goes through, and its place; refuse if that got longer or shorter."""
    fields = dict(held.fields)
    through, place, seen = fields["through"], fields["place"], fields["seen"]
    assert isinstance(place, Number)
    assert isinstance(seen, Static)
    for (_, before), (_, now) in zip(
        seen.value, _lengths(ctx, [identity for identity, _ in seen.value]), strict=True
    ):
        same = before == now
        if not same and not isinstance(before, tuple) and not isinstance(now, tuple):
            sizes = ctx.builder.size(before), ctx.builder.size(now)
            same = None not in sizes and sizes[0] == sizes[1]
        if not same:
            ctx.refuse(
                "this goes through a list or dict whose length has changed since `iter`",
                node,
                "make the iterator afterwards, or go through a copy: iter(list(items))",
                UnsupportedType,
            )
    return outside.resolve(ctx, through, node), place


def _move(ctx: Lowering, identity: int, place: Value) -> None:
    held = ctx.state.heap[identity]
    assert isinstance(held, Record)
    fields = {**dict(held.fields), "place": place}
    ctx.change(identity, Record(Cursor, tuple(fields.items())))


# -- `iter` and `next` --------------------------------------------------------------------------


def _iter(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`iter(x)`."""
    if len(args) != 1 or kwargs:
        ctx.refuse("this form of `iter` cannot be differentiated", node, "write it as a loop")
    value = outside.resolve(ctx, args[0], node)
    if is_iterator(ctx, value):
        return value
    if isinstance(value, Iteration):
        whole = value.kind in ("range", *turns.VIEWS)
        return made(ctx, value) if whole else kept(ctx, value, node)
    known = isinstance(value, Array) and value.kind.rank
    if (
        not known
        and not iterations.is_counted(ctx, value)
        and turns.turns(ctx, value, node) is None
    ):
        ctx.refuse(f"`iter` of {objects.describe(ctx, value)} cannot be differentiated", node)
    return made(ctx, value)


def _next(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`next(it)` and `next(it, default)`."""
    held = content(ctx, args[0])
    if not isinstance(args[0], Ref) or held is None:
        ctx.refuse(
            f"`next` of {objects.describe(ctx, args[0])} cannot be differentiated",
            node,
            "go through it with `for`, or make it a list first",
            UnsupportedType,
        )
    identity = args[0].identity
    _check_alone(ctx, identity)
    through, place = _checked(ctx, held, node)
    length, _ = _reader(ctx, through, node)
    more = _below(ctx, place, length, node)

    def ended() -> Value:
        return args[1] if len(args) > 1 else control.fail(ctx, StopIteration())

    flag = trying.flag_for(ctx, StopIteration)
    if flag is not None and len(args) == 1 and not isinstance(more, bool):
        return _caught_next(ctx, identity, flag, more, node)
    if len(args) > 1:
        return control.choose(ctx, more, lambda: _taken_next(ctx, identity, node), ended)
    control.require(ctx, Const(more) if isinstance(more, bool) else more, StopIteration, "")
    return Static(None) if ctx.state.dead else _taken_next(ctx, identity, node)


def _caught_next(ctx: Lowering, identity: int, flag: str, more: Var, node: gast.AST) -> Value:
    """`name = next(it)` in a `try` that catches the end: where it comes, nothing is bound."""
    if len(ctx.builder.stack) != ctx.frame.level or ctx.frame.tail is not node:
        ctx.refuse(
            "the end of an iterator is caught by a `try` around this",
            node,
            "make the call a statement of its own: `name = next(it)`",
        )
    slot = "<taken>"

    def take_it() -> None:
        ctx.name(slot, _taken_next(ctx, identity, node))

    control.branch(ctx, more, take_it, lambda: None, None)
    found = ctx.state.env.pop(slot)
    ended = expressions.negate(ctx, more)
    assert isinstance(ended, Number)
    ctx.state.left[flag] = ended.atom
    return found.value if isinstance(found, Maybe) else found


def _check_alone(ctx: Lowering, identity: int) -> None:
    if identity in ctx.iterated:
        raise Advanced(identity)


def _below(ctx: Lowering, place: Number, length: Value, node: gast.AST) -> Any:
    """Whether there is an item at a place."""
    assert isinstance(length, Number)
    sizes = ctx.builder.size(place.atom), ctx.builder.size(length.atom)
    if sizes[0] is not None and sizes[1] is not None:
        known = ctx.sizes.at_least(sizes[1] - sizes[0], 1)
        if known is not None:
            return known
    return expressions.truth(ctx, expressions.compare(ctx, gast.Lt(), place, length, node), node)


def _reader(ctx: Lowering, through: Value, node: gast.AST) -> tuple[Value, Any]:
    """How many items something has, and what reads the one at a place."""
    held = ctx.state.heap.get(through.identity) if isinstance(through, Ref) else None
    if isinstance(held, Sequence):
        count = expressions.literal(len(held.items))
        return count, lambda place: expressions.subscript(ctx, through, place, node)
    around, element = iterations.from_zero(ctx, through, node)
    count = Number(trips.trips_from_zero(ctx, around), INT)
    return count, lambda place: element(place.atom)


def _taken_next(ctx: Lowering, identity: int, node: gast.AST) -> Value:
    """The next item, which is surely there."""
    held = ctx.state.heap[identity]
    assert isinstance(held, Record)
    through, place = _checked(ctx, held, node)
    _, read = _reader(ctx, through, node)
    # Python is past the item before a function of `map` is called with it.
    after = expressions.binary(ctx, operator.add, place, expressions.literal(1), node)
    _move(ctx, identity, after)
    found: Value = read(place)
    return found


# -- going through what is left -----------------------------------------------------------------


def given(ctx: Lowering, function: Any, args: Args, node: gast.AST) -> Args:
    """The arguments of a function of Python's, with what is left of iterators in their place."""
    early = function in rewritten.ITERATORS
    partly = early or function in PARTLY
    if not (partly or function in WHOLLY) or not any(is_iterator(ctx, arg) for arg in args):
        return args
    if early and any(generators.content(ctx, arg) is not None for arg in args):
        ctx.refuse(
            f"a generator given to `{function.__name__}` is not followed item by item",
            node,
            "make it a list: list(...)",
            UnsupportedType,
        )
    return [taken(ctx, arg, node, function.__name__ if partly else "") for arg in args]


def taken(ctx: Lowering, value: Value, node: gast.AST, by: str = "") -> Value:
    """What is left of an iterator, all of which is taken now; other values are as they are.

    `by` names a function that may leave items behind: then nobody goes on with the iterator.
    """
    if not isinstance(value, Ref) or not is_iterator(ctx, value):
        return value
    _check_alone(ctx, value.identity)
    if generators.content(ctx, value) is not None:
        if by in ("any", "all"):
            return value  # they go through it as a loop does, which ends where they end
        collect = generators.collected_early if by else generators.collected
        found = collect(ctx, value, node)
    else:
        found = rest(ctx, value, node)
    if by and not ctx.state.dead:
        reason = f"was given to `{by}`, which may have taken items of it"
        ctx.state.heap[value.identity] = Conflict(reason)
    return found


def rest(ctx: Lowering, value: Ref, node: gast.AST) -> Value:
    """What is left of a cursor, which is at its end afterwards."""
    held = content(ctx, value)
    assert held is not None
    through, place = _checked(ctx, held, node)
    length, _ = _reader(ctx, through, node)
    _move(ctx, value.identity, length)
    return through if place.atom == Const(0) else Iteration("rest", (through, place))


def lower_for(ctx: Lowering, node: gast.For, value: Ref) -> None:
    """`for target in it`: it goes on where it was, and stays where the loop leaves it."""
    _check_alone(ctx, value.identity)
    held = content(ctx, value)
    assert held is not None
    through, place = _checked(ctx, held, node.iter)
    before, many = ctx.state.copy(), len(ctx.iterated)
    if isinstance(place.atom, Const) or iterations.is_counted(ctx, through):
        ctx.iterated += [value.identity, *objects.lists_in(ctx, through)]
        try:
            with ctx.builder.block() as written:
                loops.go_through(ctx, node, Iteration("advancing", (value, through, place)))
            ctx.builder.extend(written)
            return
        except Advanced as advanced:
            if advanced.identity != value.identity:
                raise
            ctx.state = before
        finally:
            del ctx.iterated[many:]
    _as_while(ctx, node, value)


def advancing(ctx: Lowering, identity: int, place: Number, element: Any, node: gast.AST) -> Any:
    """What reads an item of a loop over a cursor, which is past it then."""

    def read(i: Atom) -> Value:
        trip = Number(i, INT)
        done = expressions.binary(ctx, operator.add, trip, expressions.literal(1), node)
        if place.atom != Const(0):
            done = expressions.binary(ctx, operator.add, place, done, node)
        _move(ctx, identity, done)
        found: Value = element(i)
        return found

    return read


def _as_while(ctx: Lowering, node: gast.For, value: Ref) -> None:
    """A loop whose body takes items as well: before each trip it is asked if there are more."""
    key = (id(node), "while", "cursor")
    if key not in ctx.written_out:
        holder: gast.FunctionDef = gast.parse("def loop(): pass").body[0]
        hidden = f"<cursor {next(ctx.numbers)}>"
        asked = gast.Call(gast.Constant(has_more, None), [_name(hidden, node)], [])
        item = gast.Call(gast.Constant(take, None), [_name(hidden, node)], [])
        first = gast.Assign([node.target], item, None)
        holder.body = [gast.While(asked, [first, *node.body], node.orelse)]
        for new in (holder.body[0], asked, asked.func, item, item.func, first):
            gast.copy_location(new, node.iter)
        ctx.written_out[key] = holder
    loop = ctx.written_out[key].body[0]
    facts = ctx.frame.facts
    alive = facts.live_at_head(node) | facts.live_after(node) | stores([node.target])
    facts.head[id(loop)] = facts.after[id(loop.body[0])] = alive
    facts.after[id(loop)] = facts.live_after(node)
    hidden = loop.test.args[0].id
    ctx.name(hidden, value)
    try:
        loops.lower_while(ctx, loop)
    finally:
        ctx.state.env.pop(hidden, None)


def _name(identifier: str, node: gast.For) -> gast.Name:
    return gast.copy_location(gast.Name(identifier, gast.Load(), None, None), node.iter)


def has_more(cursor: object) -> None:
    """Stands for the question whether a cursor has a next item."""


def take(cursor: object) -> None:
    """Stands for the next item of a cursor, which is surely there."""


def _has_more(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    held = content(ctx, args[0])
    assert held is not None
    through, place = _checked(ctx, held, node)
    length, _ = _reader(ctx, through, node)
    test = _below(ctx, place, length, node)
    return expressions.literal(test) if isinstance(test, bool) else Number(test, test.kind)


def _take(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    assert isinstance(args[0], Ref)
    return _taken_next(ctx, args[0].identity, node)


HANDLERS: dict[Any, Any] = {iter: _iter, next: _next, has_more: _has_more, take: _take}

__all__ = [
    "HANDLERS",
    "Advanced",
    "advancing",
    "content",
    "given",
    "is_iterator",
    "is_plain",
    "kept",
    "lower_for",
    "made",
    "rest",
    "taken",
]
