"""Elements of arrays that the adjoint can read where they were left, so that nothing records them.

An element that a loop reads or computes need not be taped if no later trip writes to it: at the
end of the loops it is still in the array.  Nor if no earlier trip wrote to it: then it is in the
array that the loops started with.  Whether a write may meet a read is decided on intervals of
indices, one case for each loop whose counters may differ (dependence tests of linear indices:
Allen and Kennedy, Optimizing Compilers for Modern Architectures, ch. 3).  The adjoints of Cholesky
and of triangular solves then need no tapes, and that of `y[k + 1] = step(y[k])` none of `y`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from srcad.frontend.builder import Builder
from srcad.frontend.fitting import places
from srcad.ir.dims import Dim, SizeOf, Symbol, ValueOf, value_of
from srcad.ir.kinds import INT
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


@dataclass(frozen=True)
class _Read:
    """A part of a version of the array, which is the value of a variable."""

    value: Var
    version: Var
    index: Operand


@dataclass(frozen=True)
class _Facts:
    """What is known about a program."""

    defs: Definitions
    builder: Builder

    def loops(self, var: Var) -> tuple[Loop, ...]:
        """The loops in which a variable is defined."""
        return self.defs.scope[var].loops


def with_finals(defs: Definitions, body: Block, builder: Builder) -> Definitions:
    """Definitions in which values are read from arrays that outlive the loops, where they can be.

    Args:
        defs: where the variables of a program are defined.
        body: the program.
        builder: knows the sizes.
    """
    facts = _Facts(defs, builder)
    found = dict(defs.stmt)
    for chain in _chains(body):
        for read in _reads(chain, facts):
            whole = _same(chain, read, facts)
            if whole is not None:
                args = (whole, read.index)
                found[read.value] = Let(read.value, PRIMITIVES[getitem], args, (), None)
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


def _reads(chain: _Chain, facts: _Facts) -> Iterator[_Read]:
    """Values of the loops that are parts of the array: those read from it, and those stored."""
    for stmt in statements(chain.loop.body):
        if not isinstance(stmt, Let) or stmt.primitive.text != "getitem":
            continue
        array, index = stmt.args
        if isinstance(array, Var) and array in chain.versions and is_basic(index):
            yield _Read(stmt.target, array, index)
    for write in chain.writes:
        value = write.let.args[2]
        if write.let.primitive.text == "setitem" and isinstance(value, Var):
            read = _Read(value, write.let.target, write.let.args[1])
            if is_basic(read.index) and _is_stored(read, write, facts):
                yield read


def _is_stored(read: _Read, write: _Write, facts: _Facts) -> bool:
    """Whether a part of an array holds the very elements of the value that was written there."""
    scope = facts.defs.scope
    # Written in a branch, it is there in some trips only.
    beside = scope[read.value].block is scope[read.version].block
    computed = isinstance(facts.defs.stmt[read.value], Let)
    if not beside or not computed or not _is_counted(read.index, write, facts):
        return False
    getting, args = PRIMITIVES[getitem], (read.version, read.index)
    kind = facts.builder.infer(getting, args, {})
    if kind != read.value.kind:
        return False
    return not kind.is_array or facts.builder.shape(getting, kind, args, {}) == read.value.shape


def _is_counted(index: Operand, write: _Write, facts: _Facts) -> bool:
    """Whether an index is made of counters and sizes; of others, it may depend on the value."""
    counters = {loop.counter for loop in write.loops}

    def known(symbol: Symbol) -> bool:
        if not isinstance(symbol, SizeOf | ValueOf):
            return False
        scope = facts.defs.scope.get(symbol.var)
        return symbol.var in counters or (scope is not None and not scope.loops)

    sizes = [facts.builder.size(var) for var in operand_vars(index)]
    return all(
        size is not None and all(known(symbol) for symbol, _ in size.terms) for size in sizes
    )


# -- whether a write may meet a read --------------------------------------------------------------


def _same(chain: _Chain, read: _Read, facts: _Facts) -> Var | None:
    """An array outside of the loops that has the same elements where a part was read."""
    for whole, later in ((chain.last, True), (chain.first, False)):
        if all(_is_apart(write, read, later, facts) for write in chain.writes):
            return whole
    return None


def _is_apart(write: _Write, read: _Read, later: bool, facts: _Facts) -> bool:
    """Whether a write leaves a part alone, in later (or earlier) trips than that of the version."""
    pairs = zip(write.loops, facts.loops(read.version), strict=False)
    common = len(list(takewhile(lambda pair: pair[0] is pair[1], pairs)))
    for level in range(common):
        if not _are_disjoint(write, read, write.loops[level:], later, facts):
            return False
    after = facts.defs.order[write.let.target] > facts.defs.order[read.version]
    return after is not later or _are_disjoint(write, read, write.loops[common:], None, facts)


def _are_disjoint(
    write: _Write, read: _Read, moving: tuple[Loop, ...], later: bool | None, facts: _Facts
) -> bool:
    """Whether what is written and what is read have no element in common.

    Args:
        write: the update.
        read: the part.
        moving: the innermost loops of the update, whose counters are others than where it is read.
        later: the direction of time in which the first of those is; None if it may be any trip.
        facts: about the program.
    """
    inside, level = facts.loops(read.value), len(write.loops) - len(moving)
    known = facts.builder.sizes.limits
    limits: Limits = {s: known.get(s, (None, None)) for s in map(_symbol, inside)}
    fresh: dict[Symbol, Symbol] = {}

    def renamed(dim: Dim) -> Dim:
        """A length as it is in the trip of the write."""
        total = Dim(dim.constant)
        for symbol, count in dim.terms:
            if not _is_fixed(symbol, moving, facts.defs):
                symbol = fresh.setdefault(symbol, ValueOf(Var("", INT)))
            total = total + Dim(0, ((symbol, count),))
        return total

    for loop in moving:
        low, high = (
            None if bound is None else renamed(bound)
            for bound in known.get(_symbol(loop), (None, None))
        )
        if loop is moving[0] and later is not None:
            forward = _is_forward(loop)
            if forward is None:
                return False
            if forward is later:
                low = value_of(loop.counter) + 1
            else:
                high = value_of(loop.counter) - 1
        limits[fresh.setdefault(_symbol(loop), ValueOf(Var("", INT)))] = low, high
    # Each counter goes before those that its limits may name: the inner ones, and of two that
    # count the same loop, that of the write.
    ranked = [(place, 0, _symbol(loop)) for place, loop in enumerate(inside)]
    ranked += [(place, 1, fresh[_symbol(loop)]) for place, loop in enumerate(moving, level)]
    order = [symbol for _, _, symbol in sorted(ranked, key=lambda r: r[:2], reverse=True)]
    written = _extent(write.let.args[1], write.let.target, facts.builder)
    for axis, (first, last) in _extent(read.index, read.version, facts.builder).items():
        if axis in written:
            low, high = map(renamed, written[axis])
            if any(_is_positive(gap, limits, order) for gap in (low - last, first - high)):
                return True
    return False


def _symbol(loop: Loop) -> Symbol:
    return ValueOf(loop.counter)


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


def _extent(index: Operand, array: Var, builder: Builder) -> dict[int, Interval]:
    """The first and the last place along those axes for which they are known."""
    found = places(array, index) if is_basic(index) else None
    known = {axis: _interval(item, array.shape[axis], builder) for axis, item in found or ()}
    return {axis: interval for axis, interval in known.items() if interval is not None}


def _interval(item: Operand, length: Dim, builder: Builder) -> Interval | None:
    if not isinstance(item, Slice):
        place = _place(item, length, builder)
        return None if place is None else (place, place)
    if item.step not in (None, Const(None), Const(1)):
        return None
    lower, upper = item.lower or Const(0), item.upper or Const(None)
    low = Dim() if lower == Const(None) else _place(lower, length, builder)
    end = length if upper == Const(None) else _place(upper, length, builder)
    return None if low is None or end is None else (low, end - 1)


def _place(item: Operand, length: Dim, builder: Builder) -> Dim | None:
    """A position counted from the start."""
    size = builder.size(item)
    if size is None:
        return None
    if size.is_constant and size.constant < 0:
        return length + size
    least = builder.sizes.least(size)
    return size if least is not None and least >= 0 else None
