"""Shapes and indices that must fit for an operation not to raise, and tests whether they do."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from srcad.frontend.builder import operand_kind
from srcad.ir.dims import ONE
from srcad.ir.nodes import Atom, Const, Let, Operand, ShapeOf, Slice, Var
from srcad.ir.walk import items_of, operand_vars
from srcad.rules.constants import LARGER
from srcad.rules.indexing import getitem, size

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Test: TypeAlias = "Callable[[Lowering, Let], Atom]"
Axis: TypeAlias = tuple[Var, int]


@dataclass(frozen=True)
class Fit:
    """Two axes that must have one length; `widens` if either may also have length 1."""

    left: Axis
    right: Axis
    widens: bool = False


def doubt(ctx: Lowering, fits: Iterator[Fit]) -> Test | None:
    """A test whether axes do not fit, for those of which that is not known; None if all do."""
    open_ = [fit for fit in fits if not _fits(ctx, fit)]
    if not open_:
        return None
    if any(_never_fits(ctx, fit) for fit in open_):
        return lambda ctx, let: Const(True)
    return lambda ctx, _: any_of(ctx, [_misfit(ctx, fit) for fit in open_])


def _never_fits(ctx: Lowering, fit: Fit) -> bool:
    """Whether two axes surely have different lengths that do not go together."""
    dims = [var.shape[axis] for var, axis in (fit.left, fit.right)]
    ones = [ctx.sizes.is_one(dim) for dim in dims] if fit.widens else []
    return ctx.sizes.equal(*dims) is False and all(one is False for one in ones)


def any_of(ctx: Lowering, tests: Sequence[Atom]) -> Atom:
    """Whether one of several bools is true."""
    first, *others = tests
    for other in others:
        first = ctx.builder.emit(operator.or_, first, other)
    return first


def all_of(ctx: Lowering, tests: Sequence[Atom]) -> Atom:
    """Whether all of several bools are true."""
    first, *others = tests
    for other in others:
        first = ctx.builder.emit(operator.and_, first, other)
    return first


def _fits(ctx: Lowering, fit: Fit) -> bool:
    dims = [var.shape[axis] for var, axis in (fit.left, fit.right)]
    return bool(ctx.sizes.equal(*dims)) or (fit.widens and any(map(ctx.sizes.is_one, dims)))


def _misfit(ctx: Lowering, fit: Fit) -> Atom:
    left, right = _length(ctx, fit.left), _length(ctx, fit.right)
    tests = [ctx.builder.emit(operator.ne, left, right)]
    if fit.widens:
        tests += [ctx.builder.emit(operator.ne, length, Const(1)) for length in (left, right)]
    return all_of(ctx, tests)


def _length(ctx: Lowering, axis: Axis) -> Var:
    var, place = axis
    return ctx.builder.emit(size, ShapeOf(var), Const(place % var.kind.rank))


# -- what has to fit ----------------------------------------------------------------------------


def broadcast(let: Let, widens: bool = True) -> Iterator[Fit]:
    """Arrays that are broadcast together, or that are elements side by side."""
    arrays = _arrays(let.args)
    for a, b in combinations(arrays, 2):
        for axis in range(1, min(a.kind.rank, b.kind.rank) + 1):
            yield Fit((a, -axis), (b, -axis), widens)


def product(let: Let) -> Iterator[Fit]:
    """The operands of `@` and `np.dot`."""
    arrays = _arrays(let.args)
    if len(arrays) == 2:
        a, b = arrays
        yield Fit((a, -1), (b, -2 if b.kind.rank > 1 else -1))


def square(let: Let) -> Iterator[Fit]:
    """The matrix of a function of `np.linalg`."""
    yield from (Fit((var, -1), (var, -2)) for var in _arrays(let.args[:1]))


def solved(let: Let) -> Iterator[Fit]:
    """The operands of `np.linalg.solve`."""
    a, b = _arrays(let.args)
    yield Fit((a, -1), (b, -2 if b.kind.rank > 1 else -1))


def alike(arrays: list[Var], without: int | None = None) -> Iterator[Fit]:
    """Arrays that must have one shape, but for one axis."""
    for a, b in pairwise(arrays):
        for axis in range(a.kind.rank):
            if axis != without:
                yield Fit((a, axis), (b, axis))


def joined(let: Let) -> Iterator[Fit] | None:
    """The arrays of `np.concatenate`, `np.stack` and `np.array`; None if that cannot be told."""
    arrays = _arrays(let.args[:1])
    if let.primitive.text != "np.concatenate":
        return alike(arrays)
    axis = given(let, 1, "axis", 0)
    if not isinstance(axis, int) or not arrays:
        return None
    return alike(arrays, axis % arrays[0].kind.rank)


def given(let: Let, position: int, name: str, default: object) -> object:
    """An argument of a call that is a constant; `...` if it is none."""
    found = dict(let.kwargs).get(name, Const(default))
    if len(let.args) > position:
        found = let.args[position]
    return found.value if isinstance(found, Const) else ...


def _arrays(args: tuple[Operand, ...]) -> list[Var]:
    return [var for arg in args for var in operand_vars(arg) if var.kind.rank]


# -- lengths that must not be 0 -----------------------------------------------------------------


def emptiness(ctx: Lowering, let: Let) -> Test | bool:
    """Whether an extreme is asked of nothing: a test, False if surely not, True if unknown."""
    array, axis = let.args[0], given(let, 1, "axis", None)
    known = {key for key, _ in let.kwargs} <= {"axis", "keepdims"}
    if not isinstance(array, Var) or not known or not isinstance(axis, int | None):
        return True
    rank = array.kind.rank
    reduced = range(rank) if axis is None else (axis % rank,)
    if all(ctx.sizes.at_least(array.shape[place], 1) for place in reduced):
        return False

    if any(ctx.sizes.at_least(array.shape[place], 1) is False for place in reduced):
        return lambda ctx, let: Const(True)

    def test(ctx: Lowering, _: Let) -> Atom:
        emit = ctx.builder.emit
        none: list[Atom] = [
            emit(operator.eq, _length(ctx, (array, place)), Const(0)) for place in reduced
        ]
        return any_of(ctx, none)

    return test


def nothing(ctx: Lowering, let: Let) -> Test | None:
    """A test whether one of the vectors among the arguments has no elements."""
    open_ = [var for var in _arrays(let.args) if not ctx.sizes.at_least(var.shape[0], 1)]
    if not open_:
        return None
    if any(ctx.sizes.at_least(var.shape[0], 1) is False for var in open_):
        return lambda ctx, let: Const(True)
    return lambda ctx, _: any_of(
        ctx, [ctx.builder.emit(operator.eq, _length(ctx, (var, 0)), Const(0)) for var in open_]
    )


def interpolated(ctx: Lowering, let: Let) -> Test | bool:
    """Whether the points of `np.interp` are none, or not as many as their values."""
    points = replace(let, args=let.args[1:])
    if [var.kind.rank for var in _arrays(points.args)] != [1, 1]:
        return True
    tests = [test for test in (doubt(ctx, broadcast(points, False)), nothing(ctx, points)) if test]
    return (lambda ctx, let: any_of(ctx, [test(ctx, let) for test in tests])) if tests else False


def negative(ctx: Lowering, let: Let) -> Test | None:
    """A test whether an array is asked for with fewer than no elements along an axis."""
    asked = let.args[:2] if let.primitive.text == "np.eye" else let.args[:1]
    open_ = []
    for item in (item for arg in asked for item in (arg if isinstance(arg, tuple) else (arg,))):
        length = ctx.builder.size(item)
        if isinstance(item, Var) and (length is None or not ctx.sizes.at_least(length, 0)):
            open_.append(item)
    if not open_:
        return None
    return lambda ctx, _: any_of(
        ctx, [ctx.builder.emit(operator.lt, item, Const(0)) for item in open_]
    )


def resized(ctx: Lowering, let: Let) -> Test | bool:
    """Whether an array does not have as many elements as its new shape; -1 is what is left."""
    array, shape = let.args[0], let.args[1]
    if isinstance(shape, Const) and isinstance(shape.value, tuple):
        shape = tuple(map(Const, shape.value))
    items = shape if isinstance(shape, tuple) else (shape,)
    if not isinstance(array, Var) or not all(isinstance(i, Var | Const) for i in items):
        return True
    rest = [item for item in items if item != Const(-1)]
    unknown = [i for i in rest if isinstance(i, Var) and not _natural(ctx, i)]
    if unknown or len(items) - len(rest) > 1:
        return True
    if len(rest) < len(items) and all(item == Const(1) for item in rest):
        return False
    if rest == list(items) and _same_lengths(ctx, array, items):
        return False

    def test(ctx: Lowering, _: Let) -> Atom:
        emit = ctx.builder.emit
        whole: Atom = Const(1)
        for axis in range(array.kind.rank):
            whole = emit(operator.mul, whole, _length(ctx, (array, axis)))
        wanted: Atom = Const(1)
        for item in rest:
            wanted = emit(operator.mul, wanted, item)
        if len(rest) == len(items):
            return emit(operator.ne, whole, wanted)
        # Of nothing, -1 cannot be told; `max` keeps the remainder from being one by 0.
        left = emit(operator.mod, whole, emit(LARGER, wanted, Const(1)))
        return any_of(ctx, [emit(operator.eq, wanted, Const(0)), emit(operator.ne, left, Const(0))])

    return test


def _natural(ctx: Lowering, item: Var) -> bool:
    length = None if item.kind.rank else ctx.builder.size(item)
    return length is not None and bool(ctx.sizes.at_least(length, 0))


def _same_lengths(ctx: Lowering, array: Var, items: tuple[Operand, ...]) -> bool:
    """Whether a new shape has the lengths of an array, but for axes of length 1."""
    lengths = [ctx.builder.size(item) for item in items]
    if None in lengths:
        return False
    asked = [dim for dim in lengths if dim is not None and dim != ONE]
    own = [dim for dim in array.shape if dim != ONE]
    return len(asked) == len(own) and all(map(ctx.sizes.equal, asked, own))


# -- indices ------------------------------------------------------------------------------------


def places(array: Var, index: Operand) -> list[tuple[int, Operand]] | None:
    """The items of an index with the axes that they belong to; None if that cannot be told."""
    items = items_of(index)
    real = [item for item in items if item not in (Const(None), Const(Ellipsis))]
    if any(operand_kind(item).dtype == "bool" for item in real if not isinstance(item, Slice)):
        return None
    found, axis = [], 0
    for item in items:
        if item == Const(Ellipsis):
            axis = array.kind.rank - sum(real_ in real for real_ in items[items.index(item) + 1 :])
        elif item != Const(None):
            found.append((axis, item))
            axis += 1
    return found if axis <= array.kind.rank else None


def outside(ctx: Lowering, let: Let) -> Test | bool:
    """Whether an index is out of range: a test, False if surely not, True if unknown."""
    array = let.args[0]
    if not isinstance(array, Var):
        return True
    if masks := _masks(array, let.args[1]):
        return doubt(ctx, iter(masks)) or False
    found = places(array, let.args[1])
    if found is None:
        return True
    open_: list[tuple[int, Atom]] = []
    for axis, item in found:
        if isinstance(item, Slice):
            continue
        if not isinstance(item, Var | Const) or not operand_kind(item).is_integral:
            return True
        if operand_kind(item).rank or not _inside(ctx, item, array, axis):
            open_.append((axis, item))
    if not open_:
        return False

    def test(ctx: Lowering, _: Let) -> Atom:
        return any_of(ctx, [_beyond(ctx, item, array, axis) for axis, item in open_])

    return test


def _masks(array: Var, index: Operand) -> list[Fit]:
    """What has to fit where an index is one mask."""
    if not isinstance(index, Var) or index.kind.dtype != "bool" or not index.kind.rank:
        return []
    return [Fit((array, axis), (index, axis)) for axis in range(index.kind.rank)]


def _inside(ctx: Lowering, item: Atom, array: Var, axis: int) -> bool:
    where = ctx.builder.size(item)
    if where is None:
        return False
    length = array.shape[axis]
    if ctx.sizes.at_least(where, 0):
        return bool(ctx.sizes.at_least(length - ctx.sizes.most(where), 1))
    return bool(
        ctx.sizes.at_least(-ctx.sizes.most(where), 1) and ctx.sizes.at_least(length + where, 0)
    )


def _beyond(ctx: Lowering, item: Atom, array: Var, axis: int) -> Atom:
    emit = ctx.builder.emit
    length = emit(size, ShapeOf(array), Const(axis))
    tests = [emit(operator.lt, item, emit(operator.neg, length)), emit(operator.ge, item, length)]
    if operand_kind(item).rank:
        tests = [emit(np.any, test) for test in tests]
    return any_of(ctx, tests)


def region(ctx: Lowering, let: Let) -> Test | bool:
    """Whether what is stored has no room where it goes: a test, False if surely not, or True."""
    array, index, value = let.args[:3]
    if not isinstance(value, Var) or not isinstance(array, Var) or not value.kind.rank:
        return False
    if isinstance(index, Var) and index.kind.rank:
        return True
    with ctx.builder.block():
        part = ctx.builder.emit(getitem, array, index)
    if value.kind.rank > part.kind.rank:
        return True

    def fits(part: Var) -> Iterator[Fit]:
        for axis in range(1, value.kind.rank + 1):
            yield Fit((value, -axis), (part, -axis))

    def fit(ctx: Lowering, found: Fit) -> bool:
        return _fits(ctx, found) or bool(ctx.sizes.is_one(value.shape[found.left[1]]))

    if all(fit(ctx, found) for found in fits(part)):
        return False

    def test(ctx: Lowering, _: Let) -> Atom:
        whole = ctx.builder.emit(getitem, array, index)
        wrong = []
        for found in fits(whole):
            one = ctx.builder.emit(operator.ne, _length(ctx, found.left), Const(1))
            wrong.append(all_of(ctx, [_misfit(ctx, found), one]))
        return any_of(ctx, wrong)

    return test


__all__ = [
    "Test", "broadcast", "doubt", "emptiness", "given", "interpolated", "joined", "negative",
    "nothing", "outside", "places", "product", "region", "resized", "solved", "square",
]  # fmt: skip
