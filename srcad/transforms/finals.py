"""Elements of arrays that the adjoint can read where they were left, so that nothing records them.

An element that a loop reads or computes need not be taped if no later trip writes to it: at the
end of the loops it is still in the array.  Nor if no earlier trip wrote to it: then it is in the
array that the loops started with.  Whether a write may meet a read is decided on intervals of
indices, one case for each loop whose counters may differ (dependence tests of linear indices:
Allen and Kennedy, Optimizing Compilers for Modern Architectures, ch. 3).  The adjoints of Cholesky
and of triangular solves then need no tapes, nor does that of `y[k + 1] = step(y[k])`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from srcad.frontend.builder import Builder
from srcad.ir.dims import Dim, SizeOf, Symbol, ValueOf, value_of
from srcad.ir.nodes import Atom, Block, Const, If, Let, Loop, Operand, Slice, Var
from srcad.ir.walk import is_basic, operand_vars, statements
from srcad.rules.indexing import getitem
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.definitions import Definitions

Interval = tuple[Dim, Dim]
Limits = dict[Symbol, tuple[Dim | None, Dim | None]]


@dataclass(frozen=True)
class _Write:
    """An update of an array, and the loops around it."""

    let: Let
    loops: tuple[Loop, ...]


@dataclass
class _Chain:
    """An array that loops update in place: all of its versions, and all of its updates."""

    loop: Loop
    first: Var
    last: Var
    versions: set[Var] = field(default_factory=set)
    writes: list[_Write] = field(default_factory=list)


def with_finals(defs: Definitions, body: Block, builder: Builder) -> Definitions:
    """Definitions in which values are read from arrays that outlive the loops, where they can be.

    Args:
        defs: where the variables of a program are defined.
        body: the program.
        builder: knows the sizes.
    """
    found = dict(defs.stmt)
    for chain in _chains(body):
        for value, version, index in _elements(chain, defs, builder):
            whole = _same(chain, value, version, index, defs, builder)
            if whole is not None:
                found[value] = Let(value, PRIMITIVES[getitem], (whole, index), (), None)
    return replace(defs, stmt=found)


# -- arrays that are updated in place -------------------------------------------------------------


def _chains(body: Block) -> Iterator[_Chain]:
    """The arrays that the loops at the top of a program update in place, and nothing else."""
    for loop in body.body:
        if not isinstance(loop, Loop):
            continue
        handed = loop.body.results[loop.breaks :]
        for first, carried, result, last in zip(
            loop.inits, loop.carried, handed, loop.targets, strict=True
        ):
            if isinstance(first, Var) and carried.kind.is_array and result is not carried:
                chain = _Chain(loop, first, last)
                if _follow(loop.body, carried, result, (loop,), chain):
                    yield chain


def _follow(block: Block, start: Var, end: Atom, loops: tuple[Loop, ...], chain: _Chain) -> bool:
    """Whether all that happens to an array in a block are updates, one after the other."""
    current = start
    chain.versions.add(start)
    for stmt in block.body:
        match stmt:
            case Let(primitive=primitive, args=(Var() as array, *_)) if array is current:
                if primitive.options.get("indexes") and primitive.form == "mutation":
                    chain.writes.append(_Write(stmt, loops))
                    current = stmt.target
            case If(then=then, orelse=orelse, targets=targets):
                for target, yes, no in zip(targets, then.results, orelse.results, strict=True):
                    sides = _Chain(chain.loop, chain.first, chain.last)
                    if _follow(then, current, yes, loops, sides) and _follow(
                        orelse, current, no, loops, sides
                    ):
                        chain.versions |= sides.versions
                        chain.writes += sides.writes
                        current = target
                        break
            case Loop(inits=inits, carried=carried, body=body, targets=targets):
                handed = body.results[stmt.breaks :]
                for init, inner, result, target in zip(
                    inits, carried, handed, targets, strict=True
                ):
                    inside = _Chain(chain.loop, chain.first, chain.last)
                    if init is current and _follow(body, inner, result, (*loops, stmt), inside):
                        chain.versions |= inside.versions
                        chain.writes += inside.writes
                        current = target
                        break
        chain.versions.add(current)
    return current is end


def _elements(
    chain: _Chain, defs: Definitions, builder: Builder
) -> Iterator[tuple[Var, Var, Operand]]:
    """Values of the loops that are parts of the array: (value, version of the array, index)."""
    for stmt in statements(chain.loop.body):
        if not isinstance(stmt, Let) or not stmt.args:
            continue
        array = stmt.args[0]
        if stmt.primitive.text == "getitem" and array in chain.versions and is_basic(stmt.args[1]):
            assert isinstance(array, Var)
            yield stmt.target, array, stmt.args[1]
    for write in chain.writes:
        array, index, value = write.let.args
        if write.let.primitive.text != "setitem" or not isinstance(value, Var):
            continue
        # Written in a branch, it is there in some trips only.
        beside = defs.scope[value].block is defs.scope[write.let.target].block
        computed = isinstance(defs.stmt[value], Let) and beside
        if not computed or not is_basic(index) or not _is_counted(index, write, defs, builder):
            continue
        if _is_stored_whole(value, array, index, builder):
            yield value, write.let.target, index


def _is_counted(index: Operand, write: _Write, defs: Definitions, builder: Builder) -> bool:
    """Whether an index is made of counters and sizes; of others, it may depend on the value."""
    counters = {loop.counter for loop in write.loops}
    for var in operand_vars(index):
        size = builder.size(var)
        if size is None:
            return False
        for symbol, _ in size.terms:
            if not isinstance(symbol, SizeOf | ValueOf):
                return False
            scope = defs.scope.get(symbol.var)
            if symbol.var not in counters and (scope is None or scope.loops):
                return False
    return True


def _is_stored_whole(value: Var, array: Operand, index: Operand, builder: Builder) -> bool:
    """Whether a part of an array holds the very elements of the value that was written there."""
    read = PRIMITIVES[getitem]
    kind = builder.infer(read, (array, index), {})
    if kind != value.kind:
        return False
    return not kind.is_array or builder.shape(read, kind, (array, index), {}) == value.shape


# -- whether a write may meet a read --------------------------------------------------------------


def _same(
    chain: _Chain, value: Var, version: Var, index: Operand, defs: Definitions, builder: Builder
) -> Var | None:
    """An array outside of the loops that has the same elements there."""
    read = _extent(index, version, builder)
    if not any(read):
        return None
    around = defs.scope[version].loops
    inside = defs.scope[value].loops
    for whole, later in ((chain.last, True), (chain.first, False)):
        if all(
            _apart(write, version, around, inside, read, later, defs, builder)
            for write in chain.writes
        ):
            return whole
    return None


def _apart(
    write: _Write,
    version: Var,
    around: tuple[Loop, ...],
    inside: tuple[Loop, ...],
    read: list[Interval | None],
    later: bool,
    defs: Definitions,
    builder: Builder,
) -> bool:
    """Whether a write leaves a part alone, in later (or earlier) trips than that of the version."""
    written = _extent(write.let.args[1], write.let.target, builder)
    pairs = zip(write.loops, around, strict=False)
    common = len(list(takewhile(lambda pair: pair[0] is pair[1], pairs)))
    after = defs.order[write.let.target] > defs.order[version]
    levels = range(common + (after is later))
    return all(
        _disjoint(written, read, write.loops, inside, level, common, later, defs, builder)
        for level in levels
    )


def _disjoint(
    written: list[Interval | None],
    read: list[Interval | None],
    loops: tuple[Loop, ...],
    inside: tuple[Loop, ...],
    level: int,
    common: int,
    later: bool,
    defs: Definitions,
    builder: Builder,
) -> bool:
    """Whether two parts have no element in common, for trips that are the same above a level.

    At `level`, the trip of the write is another one, in the direction of time that `later` tells;
    at level `common` there is no such loop, and the write is in the same trip.
    """
    limits: Limits = {}
    for loop in inside:
        symbol = ValueOf(loop.counter)
        limits[symbol] = builder.sizes.limits.get(symbol, (None, None))
    fresh: dict[Symbol, Symbol] = {}
    moving = loops[level:]

    def renamed(dim: Dim) -> Dim:
        """A length as it is in the trip of the write."""
        total = Dim(dim.constant)
        for symbol, count in dim.terms:
            if not _is_fixed(symbol, moving, defs):
                symbol = fresh.setdefault(symbol, ValueOf(Var("", loops[0].counter.kind)))
            total = total + Dim(0, ((symbol, count),))
        return total

    for place, loop in enumerate(moving):
        own = ValueOf(loop.counter)
        low, high = builder.sizes.limits.get(own, (None, None))
        other = fresh.setdefault(own, ValueOf(Var("", loop.counter.kind)))
        bounds = [None if bound is None else renamed(bound) for bound in (low, high)]
        if place == 0 and level < common:
            forward = _is_forward(loop)
            if forward is None:
                return False
            beside = value_of(loop.counter)
            if forward is later:
                bounds[0] = beside + 1
            else:
                bounds[1] = beside - 1
        limits[other] = (bounds[0], bounds[1])
    order = _deepest_first(inside, moving, level, fresh)
    return any(
        one is not None
        and two is not None
        and (
            _is_positive(renamed(one[0]) - two[1], limits, order)
            or _is_positive(two[0] - renamed(one[1]), limits, order)
        )
        for one, two in zip(written, read, strict=False)
    )


def _is_forward(loop: Loop) -> bool | None:
    if loop.range is None:
        return True
    step = loop.range.step
    return step.value > 0 if isinstance(step, Const) else None  # type: ignore[operator]


def _is_fixed(symbol: Symbol, moving: tuple[Loop, ...], defs: Definitions) -> bool:
    """Whether a symbol is the same in both trips: it is made outside of the loops that moved on."""
    if not isinstance(symbol, SizeOf | ValueOf):
        return False
    scope = defs.scope.get(symbol.var)
    return scope is not None and not (moving and moving[0] in scope.loops)


def _deepest_first(
    inside: tuple[Loop, ...], moving: tuple[Loop, ...], level: int, fresh: Mapping[Symbol, Symbol]
) -> list[Symbol]:
    """Counters, each before those that its limits may name."""
    ranked = [(place, 0, ValueOf(loop.counter)) for place, loop in enumerate(inside)]
    ranked += [
        (level + place, 1, fresh[ValueOf(loop.counter)])  # type: ignore[misc]
        for place, loop in enumerate(moving)
    ]
    return [symbol for _, _, symbol in sorted(ranked, key=lambda entry: (-entry[0], -entry[1]))]


def _is_positive(dim: Dim, limits: Limits, order: list[Symbol]) -> bool:
    """Whether a difference is above 0 for all values of the counters."""
    for symbol in order:
        count = dict(dim.terms).get(symbol, 0)
        if count:
            low, high = limits[symbol]
            bound = low if count > 0 else high
            if bound is None:
                return False
            dim = dim + (bound - Dim(0, ((symbol, 1),))).scaled(count)
    lengths = all(isinstance(symbol, SizeOf) and count > 0 for symbol, count in dim.terms)
    return lengths and dim.constant > 0


def _extent(index: Operand, array: Var, builder: Builder) -> list[Interval | None]:
    """The first and the last element along each axis; None where that is not known."""
    items = index if isinstance(index, tuple) else (index,)
    if not is_basic(index) or any(item in (Const(None), Const(Ellipsis)) for item in items):
        return []
    return [
        _interval(item, length, builder) for item, length in zip(items, array.shape, strict=False)
    ]


def _interval(item: Operand, length: Dim, builder: Builder) -> Interval | None:
    if not isinstance(item, Slice):
        place = _place(item, length, builder)
        return None if place is None else (place, place)
    if item.step not in (None, Const(None), Const(1)):
        return None
    ends: list[Dim | None] = [
        default if end in (None, Const(None)) else _place(end, length, builder)
        for end, default in ((item.lower, Dim()), (item.upper, length))
    ]
    low, high = ends
    return None if low is None or high is None else (low, high - 1)


def _place(item: Operand, length: Dim, builder: Builder) -> Dim | None:
    """A position counted from the start."""
    size = builder.size(item)
    if size is None:
        return None
    if size.is_constant and size.constant < 0:
        return length + size
    least = builder.sizes.least(size)
    return size if least is not None and least >= 0 else None
