"""Arrays while lowering: reading and writing memory, views, and who else sees it.

An array name stands for (part of) a cell.  A view is kept as its path on the cell, and read again
whenever the cell has changed since; a write through it is a write to the cell.  That is what
Python does, and it leaves a program in which every array is a value of its own.  Where two live
names may or may not share memory, a write is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from srcad.errors import UnsafeMutation
from srcad.frontend.builder import EvaluationFails, operand_kind
from srcad.frontend.values import (
    Array,
    Closure,
    Items,
    Iteration,
    Mapping,
    Maybe,
    Method,
    Number,
    Partial,
    Record,
    Ref,
    Rows,
    Sequence,
    State,
    Step,
    Super,
    Value,
)
from srcad.ir.kinds import Kind
from srcad.ir.nodes import Const, Operand, ShapeOf, Slice, Var
from srcad.rules.complexes import WITH_PART
from srcad.rules.indexing import assign, cast, getitem, setitem

if TYPE_CHECKING:
    import gast

    from srcad.frontend.context import Lowering


def new_array(ctx: Lowering, var: Var, aliases: frozenset[int] = frozenset()) -> Value:
    """A value for a freshly computed result: a number, or an array in memory of its own."""
    if not var.kind.is_array:
        return Number(var, var.kind)
    cell = ctx.cell(var)
    if aliases:
        may_share(ctx.state, cell, aliases)
    return Array(cell, var.kind)


def may_share(state: State, cell: int, others: frozenset[int]) -> None:
    """Note that a cell may be the same memory as others."""
    closure = set(others)
    for other in others:
        closure |= state.aliases.get(other, frozenset())
    closure.discard(cell)
    state.aliases[cell] = state.aliases.get(cell, frozenset()) | closure
    for other in closure:
        state.aliases[other] = state.aliases.get(other, frozenset()) | {cell}


def content(ctx: Lowering, cell: int) -> Var:
    """The array that a cell holds now."""
    known = ctx.state.memory.get(cell)
    return ctx.captured_cells[cell].var if known is None else known


def read(ctx: Lowering, array: Array) -> Var:
    """The present content of an array or view."""
    base = content(ctx, array.cell)
    if array.seen is not None and array.seen[0] is base:
        return array.seen[1]
    for step in array.path:
        base = _apply(ctx, step, base)
    return base


def _apply(ctx: Lowering, step: Step, base: Var) -> Var:
    if step.operation == "getitem":
        return ctx.builder.emit(getitem, base, step.args[0])
    return ctx.builder.emit(_viewing(step), base, *step.args)


def _viewing(step: Step) -> object:
    """The function that takes a view which is not one by an index."""
    part = PARTS.get(step.operation)
    return VIEWS[step.operation][0] if part is None else part


def _reshape_back(ctx: Lowering, base: Var, inner: Var, _args: tuple[Operand, ...]) -> Var:
    return ctx.builder.emit(np.reshape, inner, ShapeOf(base))


def _transpose_back(ctx: Lowering, _base: Var, inner: Var, args: tuple[Operand, ...]) -> Var:
    if not args:
        return ctx.builder.emit(np.transpose, inner)
    axes = [int(item.value) for item in args[0]]  # type: ignore[union-attr, arg-type]
    inverse = tuple(Const(int(place)) for place in np.argsort(axes))
    return ctx.builder.emit(np.transpose, inner, inverse)


def _swap_back(ctx: Lowering, _base: Var, inner: Var, args: tuple[Operand, ...]) -> Var:
    return ctx.builder.emit(np.swapaxes, inner, *args)


VIEWS = {
    "reshape": (np.reshape, _reshape_back),
    "ravel": (np.ravel, _reshape_back),
    "expand_dims": (np.expand_dims, _reshape_back),
    "squeeze": (np.squeeze, _reshape_back),
    "transpose": (np.transpose, _transpose_back),
    "swapaxes": (np.swapaxes, _swap_back),
}
PARTS = {"real": np.real, "imag": np.imag}


def view(ctx: Lowering, array: Array, step: Step, hint: str = "") -> Value:
    """A view of an array: reads and writes go to the same memory."""
    base = content(ctx, array.cell)
    whole = read(ctx, array)
    if step.operation == "getitem":
        result = ctx.builder.emit(getitem, whole, step.args[0], hint=hint)
    else:
        result = ctx.builder.emit(_viewing(step), whole, *step.args, hint=hint)
    if not result.kind.is_array:
        return Number(result, result.kind)
    return Array(array.cell, result.kind, (*array.path, step), (base, result))


def write(
    ctx: Lowering, array: Array, index: Operand, value: Operand, node: gast.AST | None = None
) -> None:
    """`array[index] = value`."""
    check_write(ctx, array.cell, node)
    base = ctx.state.memory[array.cell]
    ctx.state.memory[array.cell] = _update(ctx, base, array.path, index, value)


def _update(
    ctx: Lowering, base: Var, path: tuple[Step, ...], index: Operand, value: Operand
) -> Var:
    if not path:
        if _is_whole(base, index):
            return ctx.builder.emit(assign, base, value, hint=base.hint)
        return ctx.builder.emit(setitem, base, index, value, hint=base.hint)
    step, rest = path[0], path[1:]
    if step.operation in PARTS:
        return _update_part(ctx, base, step, rest, index, value)
    if step.operation == "getitem":
        inner_index = rest[0].args[0] if rest and rest[0].operation == "getitem" else index
        joined = compose(base.kind, step.args[0], inner_index)
        if joined is not None:
            if not rest:
                return ctx.builder.emit(setitem, base, joined, value, hint=base.hint)
            if rest[0].operation == "getitem":
                return _update(ctx, base, (Step("getitem", (joined,)), *rest[1:]), index, value)
    inner = _apply(ctx, step, base)
    changed = _update(ctx, inner, rest, index, value)
    if step.operation == "getitem":
        return ctx.builder.emit(setitem, base, step.args[0], changed, hint=base.hint)
    return VIEWS[step.operation][1](ctx, base, changed, step.args)


def _is_whole(base: Var, index: Operand) -> bool:
    """Whether an index takes all of an array: `...`, and `()` of a 0-d array."""
    return index in (Const(Ellipsis), (Const(Ellipsis),)) or (index == () and not base.kind.rank)


def _update_part(
    ctx: Lowering, base: Var, step: Step, rest: tuple[Step, ...], index: Operand, value: Operand
) -> Var:
    """A write to the real or imaginary parts of an array: of what is written to, nothing else."""
    if rest:  # the rows of the real parts are the real parts of the rows
        return _update(ctx, base, (rest[0], step, *rest[1:]), index, value)
    if _is_whole(base, index):
        return _with_part(ctx, base, step, value)
    changed = _with_part(ctx, ctx.builder.emit(getitem, base, index), step, value)
    return ctx.builder.emit(setitem, base, index, changed, hint=base.hint)


def _with_part(ctx: Lowering, inner: Var, step: Step, value: Operand) -> Var:
    kind = operand_kind(value)
    if kind.is_complex or kind.rank > inner.kind.rank:
        # What NumPy does with leading axes of length 1, and with complex numbers.
        part = _apply(ctx, step, inner)
        if part.kind.is_array:
            value = ctx.builder.emit(assign, part, value)
        elif kind.is_complex:
            raise EvaluationFails(
                TypeError("float() argument must be a string or a real number, not 'complex'")
            )
    return ctx.builder.emit(WITH_PART[step.operation], inner, value, hint=inner.hint)


def compose(kind: Kind, outer: Operand, inner: Operand) -> Operand | None:
    """One index for `base[outer][inner]`, where that is simple."""
    outer_items = outer if isinstance(outer, tuple) else (outer,)
    inner_items = inner if isinstance(inner, tuple) else (inner,)
    if inner_items == (Const(Ellipsis),):
        return outer
    plain = all(_is_int(item) or item == Slice() for item in outer_items)
    if not plain or any(item == Const(Ellipsis) or item == Const(None) for item in inner_items):
        return None
    if any(isinstance(item, Var) and item.kind.is_array for item in inner_items):
        return None
    left = list(inner_items)
    joined: list[Operand] = []
    for item in outer_items:
        joined.append(item if _is_int(item) or not left else left.pop(0))
    joined += left
    return tuple(joined) if len(joined) <= kind.rank else None


def _is_int(item: Operand) -> bool:
    match item:
        case Var(kind=kind):
            return kind.is_integral and not kind.is_array
        case Const(value):
            return isinstance(value, int) and not isinstance(value, bool)
    return False


def replace_content(
    ctx: Lowering, array: Array, value: Operand, node: gast.AST | None = None
) -> None:
    """Write a whole array or view in place: `array[...] = value`."""
    base = ctx.state.memory[array.cell]
    same = (
        not array.path
        and isinstance(value, Var)
        and value.kind == base.kind
        and all(ctx.sizes.equal(a, b) for a, b in zip(value.shape, base.shape, strict=True))
    )
    if same:
        # The new content has the old one's shape and dtype: it takes its place as it is.
        check_write(ctx, array.cell, node)
        assert isinstance(value, Var)
        ctx.state.memory[array.cell] = ctx.builder.emit(assign, base, value, hint=base.hint)
        return
    write(ctx, array, Const(Ellipsis), value, node)


def convert(ctx: Lowering, value: Operand, kind: Kind) -> Operand:
    """A number or array with another dtype, as a store into an array converts it."""
    return ctx.builder.emit(cast, value, Const(np.dtype(kind.dtype)))


def check_write(ctx: Lowering, cell: int, node: gast.AST | None) -> None:
    """Refuse a write to memory that another live name may reach."""
    if cell in ctx.captured_cells:
        path = ctx.captured_cells[cell].path
        name = f"`{path[-1][1]}`" if path else "this array"
        ctx.refuse(
            f"{name} is written, but it is not an argument or a local array",
            node,
            "pass it as an argument, or copy it first with .copy()",
            UnsafeMutation,
        )
    if cell in ctx.kept_cells:
        ctx.refuse(
            "this writes to an array that a cached function keeps",
            node,
            "copy it first with .copy()",
            UnsafeMutation,
        )
    if cell in ctx.grown:
        ctx.refuse(
            "this writes into an array that a list holds",
            node,
            "make an array of the list first: np.array(items)",
            UnsafeMutation,
        )
    ctx.written.add(cell)
    sharing = ctx.state.aliases.get(cell, frozenset())
    if not sharing:
        return
    live = set(ctx.frame.live_above) if ctx.frames else set()
    now = ctx.frame.still_read(node) if ctx.frames else None
    for identifier, value in ctx.state.env.items():
        hidden = identifier.startswith("<iterated")
        boxed = identifier.startswith("<box")
        if now is not None and identifier not in now and not hidden and not boxed:
            continue
        for reached in cells(ctx.state, value):
            live.add(reached)
            if reached in sharing and not hidden:
                ctx.refuse(
                    f"this writes to memory that `{_shown(identifier)}` may share",
                    node,
                    "give one of them memory of its own with .copy()",
                    UnsafeMutation,
                )
    if live & sharing:
        ctx.refuse(
            "this writes to memory that another array may share",
            node,
            "give one of them memory of its own with .copy()",
            UnsafeMutation,
        )


def _shown(identifier: str) -> str:
    return identifier.removeprefix("<box ").removesuffix(">")


def cells(state: State, value: Value) -> Iterator[int]:
    """The cells that a value reaches."""
    match value:
        case Array(cell=cell):
            yield cell
        case Items(items=items) | Iteration(parts=items):
            for item in items:
                yield from cells(state, item)
        case Maybe(value=inner) | Method(receiver=inner):
            yield from cells(state, inner)
        case Super(receiver=receiver):
            yield from cells(state, receiver)
        case Partial(function=function, args=args, kwargs=kwargs):
            for item in (function, *args, *(item for _, item in kwargs)):
                yield from cells(state, item)
        case Closure(receiver=receiver) if receiver is not None:
            yield from cells(state, receiver)
        case Ref(identity=identity):
            match state.heap.get(identity):
                case Sequence(items=items):
                    for item in items:
                        yield from cells(state, item)
                case Mapping(items=pairs) | Record(fields=pairs):
                    for _, item in pairs:
                        yield from cells(state, item)
                case Rows(cell=cell):
                    yield cell
