"""Copies of containers and objects: `copy`, `dataclasses.replace` and their kin."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import attributes, calls, classes, control, deques, growing, objects, outside
from srcad.frontend.values import (
    Array,
    Foreign,
    Items,
    Mapping,
    Number,
    Record,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
)

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]
WAYS = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__")
"""Methods by which a class says itself how it is copied."""


def _copy(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`copy.copy(x)`."""
    return _copied(ctx, args[0], lambda part: part, node)


def _deepcopy(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`copy.deepcopy(x)`: what is met twice is copied once."""
    done: dict[object, Value] = {}

    def deep(value: Value) -> Value:
        value = outside.resolve(ctx, value, node)
        if isinstance(value, Items):
            return Items(tuple(deep(item) for item in value.items), value.type)
        if not isinstance(value, Ref | Array):
            return _copied(ctx, value, deep, node)
        key = value.identity if isinstance(value, Ref) else (value.cell, value.path)
        if key not in done:
            done[key] = _copied(ctx, value, deep, node)
        return done[key]

    return deep(args[0])


def _copied(ctx: Lowering, value: Value, part: Callable[[Value], Value], node: gast.AST) -> Value:
    """A copy of one object; `part` makes what it holds."""
    value = outside.resolve(ctx, value, node)
    match value:
        case Array():
            return calls.call_python(ctx, np.copy, [value], {}, node)
        case Number() | Static() | Items():
            return value
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Rows):
                return deques.as_before(ctx, content, growing.copied(ctx, value, node))
            if isinstance(content, Sequence):
                return Ref(ctx.heap(replace(content, items=tuple(part(i) for i in content.items))))
            if isinstance(content, Mapping):
                pairs = tuple((key, part(item)) for key, item in content.items)
                return Ref(ctx.heap(replace(content, items=pairs)))
            if isinstance(content, Record) and not _has_a_way(content.type):
                fields = tuple((name, part(item)) for name, item in content.fields)
                return Ref(ctx.heap(Record(content.type, fields)))
    ctx.refuse(
        f"{objects.describe(ctx, value)} cannot be copied here",
        node,
        "make a new one of its parts",
        UnsupportedType,
    )


def _has_a_way(kind: type) -> bool:
    return any(way in base.__dict__ for base in kind.__mro__[:-1] for way in WAYS)


# -- dataclasses --------------------------------------------------------------------------------


def _fields_of(ctx: Lowering, value: Value, node: gast.AST) -> tuple[Any, dict[str, Value]]:
    """The class of an object of a dataclass, and what its fields hold."""
    value = outside.resolve(ctx, value, node)
    kind: Any = classes.class_of(ctx, value)
    if not isinstance(value, Ref | Foreign) or not dataclasses.is_dataclass(kind):
        ctx.refuse(f"{objects.describe(ctx, value)} is no object of a dataclass", node)
    names = [field.name for field in dataclasses.fields(kind)]
    return kind, {name: attributes.attribute(ctx, value, name, node) for name in names}


def _replace(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`dataclasses.replace(object, name=value)`."""
    kind, held = _fields_of(ctx, args[0], node)
    for field in dataclasses.fields(kind):
        if not field.init:
            held.pop(field.name)
            if field.name in kwargs:
                message = f"field {field.name} is declared with init=False, it cannot be specified"
                return control.fail(ctx, ValueError(message))
    return classes.construct(ctx, kind, [], {**held, **kwargs}, node)


def _asdict(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`dataclasses.asdict(object)`, which copies what it holds."""
    return _apart(ctx, args, kwargs, node, lambda held: Ref(ctx.heap(Mapping(tuple(held.items())))))


def _astuple(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`dataclasses.astuple(object)`, which copies what it holds."""
    return _apart(ctx, args, kwargs, node, lambda held: Items(tuple(held.values())))


def _apart(
    ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST, make: Callable[[Any], Value]
) -> Value:
    if kwargs or len(args) != 1:
        ctx.refuse("this form of taking a dataclass apart cannot be differentiated yet", node)

    def apart(value: Value) -> Value:
        value = outside.resolve(ctx, value, node)
        if dataclasses.is_dataclass(classes.class_of(ctx, value)):
            _, held = _fields_of(ctx, value, node)
            return make({name: apart(item) for name, item in held.items()})
        if isinstance(value, Items):
            return Items(tuple(apart(item) for item in value.items), value.type)
        return _copied(ctx, value, apart, node)

    _fields_of(ctx, args[0], node)
    return apart(args[0])


HANDLERS: dict[Any, Any] = {
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
    dataclasses.replace: _replace,
    dataclasses.asdict: _asdict,
    dataclasses.astuple: _astuple,
}
