"""Python's functions that ask what a value is: `len`, `isinstance`, `getattr` and their kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.frontend import (
    attributes,
    calls,
    classes,
    control,
    deques,
    expressions,
    intervals,
    memory,
    objects,
    outside,
)
from srcad.frontend.shaping import as_array
from srcad.frontend.values import (
    Array,
    Closure,
    Foreign,
    Items,
    Iteration,
    Mapping,
    Method,
    Number,
    Partial,
    Record,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
)
from srcad.ir.kinds import BOOL

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]
Handler = Callable[["Lowering", Args, Kwargs, gast.AST], Value]


def _len(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    value = outside.resolve(ctx, args[0], node)
    if isinstance(value, Array):
        if not value.kind.rank:
            return control.fail(ctx, TypeError("len() of unsized object"))
        return attributes.length(ctx, memory.read(ctx, value), 0)
    content = ctx.state.heap[value.identity] if isinstance(value, Ref) else None
    if isinstance(content, Rows):
        return content.count
    if isinstance(content, Mapping | Sequence):
        return expressions.literal(len(content.items))
    if isinstance(value, Static) and isinstance(value.value, set | frozenset | str):
        return expressions.literal(len(value.value))
    if isinstance(value, Number):
        return control.fail(ctx, TypeError(f"object of type '{value.kind.dtype}' has no len()"))
    if isinstance(value, Iteration) and value.kind == "range":
        return intervals.length(ctx, value, node)
    return expressions.literal(len(objects.iterate(ctx, value, node)))


def _shape(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    return attributes.attribute(ctx, as_array(ctx, args[0], node), "shape", node)


def _ndim(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    return attributes.attribute(ctx, as_array(ctx, args[0], node), "ndim", node)


def _size(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    if len(args) > 1:
        return objects.item(ctx, _shape(ctx, args[:1], {}, node), args[1], node)
    return attributes.attribute(ctx, as_array(ctx, args[0], node), "size", node)


def _isinstance(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    value = outside.resolve(ctx, args[0], node)
    kinds = objects.static(ctx, args[1], node)
    match value:
        case Number(kind=kind) | Array(kind=kind):
            return expressions.literal(isinstance(kind.example(), kinds))
        case Items(type=kind):
            return expressions.literal(issubclass(kind, kinds))
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Rows) and ctx.state.marks.get(identity) == "item":
                ctx.refuse("whether this is a list or a tuple is not known here", node)
            kind = content.type if isinstance(content, Record) else deques.type_of(content)
            return expressions.literal(issubclass(kind, kinds))
        case Closure():
            return expressions.literal(isinstance(calls.inline, kinds))
        case Static(value=constant):
            return expressions.literal(isinstance(constant, kinds))
    return expressions.literal(isinstance(objects.static(ctx, value, node), kinds))


def _getattr(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    value, name = outside.resolve(ctx, args[0], node), objects.static(ctx, args[1], node)
    if len(args) > 2 and not classes.has_attribute(ctx, value, name):
        return args[2]
    return attributes.attribute(ctx, value, name, node)


def _callable(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    value = outside.resolve(ctx, args[0], node)
    match value:
        case Closure() | Method() | Partial():
            return expressions.literal(True)
        case Static(value=known) | Foreign(value=known):
            return expressions.literal(callable(known))
    kind = classes.class_of(ctx, value)
    return expressions.literal(kind is not None and "__call__" in dir(kind))


def _known(function: Any) -> Handler:
    """A function of what is known while specialising, such as `ord`."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        fixed = [objects.static(ctx, arg, node) for arg in args]
        try:
            return expressions.literal(function(*fixed))
        except (TypeError, ValueError) as error:
            return control.fail(ctx, error)

    return handler


def _bool(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    test = expressions.truth(ctx, args[0], node)
    return expressions.literal(test) if isinstance(test, bool) else Number(test, BOOL)


def _is_complex(answer: bool) -> Handler:
    """`np.iscomplexobj` and `np.isrealobj` ask for the dtype only."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        value = as_array(ctx, args[0], node)
        if not isinstance(value, Number | Array):
            ctx.refuse(f"{objects.describe(ctx, value)} is not a number or an array", node)
        return expressions.literal(value.kind.is_complex == answer)

    return handler


def _dtype(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    return Static(np.dtype(objects.static(ctx, args[0], node)))


HANDLERS: dict[Any, Handler] = {
    len: _len,
    isinstance: _isinstance,
    getattr: _getattr,
    callable: _callable,
    bool: _bool,
    ord: _known(ord),
    chr: _known(chr),
    np.dtype: _dtype,
    np.iscomplexobj: _is_complex(True),
    np.isrealobj: _is_complex(False),
    np.shape: _shape,
    np.ndim: _ndim,
    np.size: _size,
}
