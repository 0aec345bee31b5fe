"""Objects of NumPy that are indexed to make arrays: `mgrid`, `ogrid`, `r_`, `c_`, `s_`."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import builtin, calls, expressions, methods, objects, outside, rows, shaping
from srcad.frontend.values import (
    Array,
    Foreign,
    Items,
    Number,
    Ref,
    Sequence,
    SliceValue,
    Static,
    Value,
    is_none,
)
from srcad.ir.kinds import BOOL
from srcad.ir.nodes import Const
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

MAKERS = ("mgrid", "ogrid", "r_", "c_", "s_", "index_exp")


def maker_of(ctx: Lowering, value: Value) -> str | None:
    """The name of an object that is indexed to make arrays."""
    if not isinstance(value, Static | Foreign):
        return None
    for name in MAKERS:
        if value.value is getattr(np, name):
            if isinstance(value, Foreign):
                ctx.fix(value)
            return name
    return None


def made(ctx: Lowering, maker: str, index: Value, node: gast.AST) -> Value:
    """`np.mgrid[index]` and its kin."""
    parts: list[Value] = list(index.items) if isinstance(index, Items) else [index]
    match maker:
        case "s_":
            return index
        case "index_exp":
            return Items(tuple(parts))
        case "mgrid" | "ogrid":
            return _grid(ctx, maker == "mgrid", parts, isinstance(index, Items), node)
        case "c_":
            columns = Items(tuple(_column(ctx, part, node) for part in parts))
            return calls.call_python(ctx, np.column_stack, [columns], {}, node)
    return _row(ctx, parts, node)


# -- grids ----------------------------------------------------------------------------------------


def _grid(ctx: Lowering, dense: bool, parts: list[Value], several: bool, node: gast.AST) -> Value:
    axes = [_range(ctx, part, node) for part in parts]
    if not several:
        return axes[0]
    kinds = {axis.kind.dtype for axis in axes}
    if len(kinds) > 1:
        common = Static(np.result_type(*kinds))
        axes = [methods.astype(ctx, axis, [common], node) for axis in axes]  # type: ignore[misc]
    named: dict[str, Value] = {"indexing": Static("ij")}
    if not dense:
        return calls.call_python(ctx, np.meshgrid, [*axes], {**named, "sparse": _TRUE}, node)
    grids = calls.call_python(ctx, np.meshgrid, [*axes], named, node)
    return calls.call_python(ctx, np.stack, [grids], {}, node)


_TRUE = Number(Const(True), BOOL)


def _range(ctx: Lowering, part: Value, node: gast.AST) -> Array:
    """The array of a slice: steps from start to stop; an imaginary step is a number of points."""
    if not isinstance(part, SliceValue) or is_none(part.upper):
        ctx.refuse("a grid is made of slices that end", node, error=UnsupportedType)
    start = part.lower or expressions.literal(0)
    stop, step = part.upper, part.step
    assert stop is not None
    found: Value
    if isinstance(step, Number) and step.kind.is_complex:
        size = calls.call_python(ctx, abs, [step], {}, node)
        count = calls.call_python(ctx, int, [size], {}, node)
        found = calls.call_python(ctx, np.linspace, [start, stop, count], {}, node)
    else:
        bounds = [start, stop] if step is None else [start, stop, step]
        bare = step is None and isinstance(start, Number) and start.atom == Const(0)
        found = calls.call_python(ctx, np.arange, bounds[1:] if bare else bounds, {}, node)
    assert isinstance(found, Array)
    return found


# -- rows and columns -----------------------------------------------------------------------------


def _row(ctx: Lowering, parts: list[Value], node: gast.AST) -> Value:
    """`np.r_[...]`: the parts one after the other; numbers leave the dtype of arrays as it is."""
    items = [_part(ctx, part, node) for part in parts]
    kinds: list[Any] = [
        i.kind.example() if isinstance(i, Number) else np.dtype(i.kind.dtype) for i in items
    ]
    wanted = np.result_type(*kinds)
    pieces = [Items((i,)) if isinstance(i, Number) else i for i in items]
    arrays = tuple(shaping.as_array(ctx, piece, node) for piece in pieces)
    joined = calls.call_python(ctx, np.concatenate, [Items(arrays)], {}, node)
    if isinstance(joined, Array) and np.dtype(joined.kind.dtype) != wanted:
        return methods.astype(ctx, joined, [Static(wanted)], node)
    return joined


def _column(ctx: Lowering, part: Value, node: gast.AST) -> Value:
    item = _part(ctx, part, node)
    if isinstance(item, Array) and item.kind.rank > 2:
        ctx.refuse("`np.c_` of arrays of more than two axes cannot be differentiated yet", node)
    return item


def _part(ctx: Lowering, part: Value, node: gast.AST) -> Array | Number:
    """An item between the brackets as an array or a number."""
    part = outside.resolve(ctx, part, node)
    if isinstance(part, SliceValue):
        return _range(ctx, part, node)
    if isinstance(part, Items | Ref):
        content = ctx.state.heap[part.identity] if isinstance(part, Ref) else part
        if isinstance(content, Items | Sequence) or rows.is_rows(ctx, part):
            part = shaping.as_array(ctx, part, node)
    if not isinstance(part, Number | Array):
        ctx.refuse(
            f"{objects.describe(ctx, part)} between these brackets cannot be differentiated",
            node,
            "write it with np.concatenate or np.stack",
            UnsupportedType,
        )
    return part


# -- np.linspace, which may tell its step ---------------------------------------------------------


def linspace(ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`np.linspace`; with `retstep=True` also the distance between two points."""
    primitive = primitive_of(np.linspace)
    assert primitive is not None
    given = {**dict(zip(("start", "stop", "num", "endpoint", "retstep"), args, strict=False))}
    given.update(kwargs)
    asked = "retstep" in given and objects.static(ctx, given["retstep"], node)
    args, kwargs = args[:4], {key: v for key, v in kwargs.items() if key != "retstep"}
    points = builtin.call_primitive(ctx, primitive, args, kwargs, node)
    if not asked:
        return points
    ends = bool(objects.static(ctx, given["endpoint"], node)) if "endpoint" in given else True
    count = given.get("num", expressions.literal(50))
    size = ctx.builder.size(count.atom) if isinstance(count, Number) else None
    if size is None or not ctx.sizes.at_least(size, 2 if ends else 1):
        ctx.refuse("whether there are two points, with a step between them, is not known", node)
    if ends:
        count = expressions.binary(ctx, operator.sub, count, expressions.literal(1), node)
    extent = expressions.binary(ctx, operator.sub, given["stop"], given["start"], node)
    step = expressions.binary(ctx, operator.truediv, extent, count, node)
    if isinstance(step, Number):
        step = calls.call_python(ctx, np.float64, [step], {}, node)
    return Items((points, step))
