"""Attributes of values: of arrays, modules, classes and objects."""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
import operator
import types
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.custom import Ruled
from srcad.errors import UnsupportedType
from srcad.frontend import (
    calls,
    classes,
    control,
    deques,
    expressions,
    masked,
    memory,
    objects,
    outside,
    parts,
)
from srcad.frontend.values import (
    Array,
    Foreign,
    Items,
    Maybe,
    Method,
    Number,
    Partial,
    Record,
    Ref,
    Static,
    Step,
    Super,
    Value,
)
from srcad.ir.kinds import INT
from srcad.ir.nodes import Const, ShapeOf, Var
from srcad.rules.indexing import size
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def attribute(ctx: Lowering, value: Value, name: str, node: gast.AST) -> Value:
    """`value.name`."""
    is_enum = isinstance(value, Foreign) and isinstance(value.value, enum.Enum)
    if is_enum and name in ("name", "value"):
        assert isinstance(value, Foreign)
        ctx.fix(value)
        return outside.wrap(ctx, getattr(value.value, name), (*value.path, ("attr", name)))
    value = outside.resolve(ctx, value, node)
    match value:
        case Array() | Number():
            return _array_attribute(ctx, value, name, node)
        case Static(value=constant):
            if constant is itertools.chain and name == "from_iterable":
                return Static(itertools.chain.from_iterable)
            try:
                return static_member(ctx, constant, name)
            except AttributeError as error:
                return control.fail(ctx, error)
        case Items(items=items, type=kind):
            fields = getattr(kind, "_fields", ())
            if name in fields:
                return items[fields.index(name)]
            if name == "_fields" and fields:
                return Items(tuple(Static(field) for field in fields))
            member = getattr(kind, name, None)
            if isinstance(member, types.FunctionType) and name not in ("_replace", "_asdict"):
                return function_of(ctx, member, value)
            return Method(value, name)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Record):
                return _record_attribute(ctx, value, content, name, node)
            if name == "maxlen" and (found := deques.most(content)) is not None:
                return found
            return Method(value, name)
        case Super(start=start, receiver=receiver):
            if isinstance(receiver, Static):
                return _class_attribute(ctx, None, receiver.value, name, node, start)
            owner = classes.class_of(ctx, receiver)
            assert owner is not None
            return _class_attribute(ctx, receiver, owner, name, node, start)
        case Foreign():
            return _foreign_attribute(ctx, value, name, node)
    ctx.refuse(f"{objects.describe(ctx, value)} has no attribute `{name}` here", node)


def static_member(ctx: Lowering, constant: Any, name: str) -> Value:
    """`constant.name` of a Python object that is known while specialising."""
    member = getattr(constant, name)
    path = (("object", constant), ("attr", name))
    if isinstance(constant, type) and constant.__module__.partition(".")[0] not in LIBRARIES:
        return _class_attribute(ctx, None, constant, name)
    if isinstance(constant, types.ModuleType) and _is_users(constant):
        return outside.wrap(ctx, member, path)
    if isinstance(member, bool | int | float | complex):
        return expressions.literal(member)
    if isinstance(member, types.FunctionType) and primitive_of(member) is None:
        return function_of(ctx, member)
    return Static(member)


ASKED = "read it before, and pass it as an argument"
LIBRARIES = ("builtins", "numpy", "math", "cmath", "scipy", "srcad")
"""What these packages contain never changes."""


def _is_users(module: types.ModuleType) -> bool:
    return module.__name__.partition(".")[0] not in LIBRARIES


def function_of(
    ctx: Lowering, function: types.FunctionType, receiver: Value | None = None
) -> Value:
    """A function of a class or module; a method of `receiver` if there is one."""
    made = calls.closure(ctx, function, (("object", function),))
    return made if receiver is None else dataclasses.replace(made, receiver=receiver)


def _record_attribute(
    ctx: Lowering, value: Ref, record: Record, name: str, node: gast.AST
) -> Value:
    for field, content in record.fields:
        if field == name:
            if isinstance(content, Maybe):
                message = f"'{record.type.__name__}' object has no attribute '{name}'"
                control.require(ctx, content.flag, AttributeError, message)
                return content.value
            return content
    if name == "__class__":
        return Static(record.type)
    return _class_attribute(ctx, value, record.type, name, node)


def of_class(ctx: Lowering, value: Value, kind: type, name: str, node: gast.AST) -> Value:
    """A method of an object as its class has it: operators do not ask the object itself."""
    return _class_attribute(ctx, value, kind, name, node)


def _class_attribute(
    ctx: Lowering,
    receiver: Value | None,
    kind: type,
    name: str,
    node: gast.AST | None = None,
    start: type | None = None,
) -> Value:
    """An attribute that a class has, for an object of it or (without) for the class itself.

    With `start`, only the classes after it are asked, as `super()` does.
    """
    order = kind.__mro__ if start is None else kind.__mro__[kind.__mro__.index(start) + 1 :]
    for base in order:
        if name in base.__dict__:
            return _member(ctx, receiver, kind, base, name, node)
    if hasattr(kind, "__getattr__"):
        ctx.refuse(f"`{name}` is computed by `__getattr__` of `{kind.__name__}`", node, ASKED)
    return control.fail(ctx, AttributeError(f"'{kind.__name__}' object has no attribute '{name}'"))


def _member(
    ctx: Lowering,
    receiver: Value | None,
    kind: type,
    base: type,
    name: str,
    node: gast.AST | None,
) -> Value:
    member = base.__dict__[name]
    inner = getattr(member, "__func__", None)
    if primitive_of(member) is not None:
        return Static(member)
    if isinstance(member, types.FunctionType):
        ctx.fix(Foreign(member, (("object", base), ("attr", "__dict__"), ("item", name))))
        return function_of(ctx, member, receiver)
    if isinstance(member, Ruled):
        ruled = Foreign(member, (("object", base), ("attr", "__dict__"), ("item", name)))
        ctx.fix(ruled)
        return ruled if receiver is None else Partial(ruled, (receiver,), ())
    if isinstance(member, staticmethod) and isinstance(inner, types.FunctionType):
        return function_of(ctx, inner)
    if isinstance(member, classmethod) and isinstance(inner, types.FunctionType):
        return function_of(ctx, inner, Static(kind))
    if receiver is not None and isinstance(member, property | functools.cached_property):
        getter = member.fget if isinstance(member, property) else member.func
        if isinstance(getter, types.FunctionType):
            found = calls.call(ctx, function_of(ctx, getter), [receiver], {}, node or gast.Pass())
            if isinstance(member, functools.cached_property) and isinstance(receiver, Ref):
                content = ctx.state.heap[receiver.identity]
                assert isinstance(content, Record)
                ctx.change(receiver.identity, Record(kind, (*content.fields, (name, found))))
            return found
    if isinstance(member, types.MemberDescriptorType) and receiver is not None:
        if isinstance(receiver, Foreign) and hasattr(receiver.value, name):
            found = getattr(receiver.value, name)
            return outside.wrap(ctx, found, (*receiver.path, ("attr", name)))
        return control.fail(ctx, AttributeError(name))
    if member is object.__init__:
        return Static(member)
    if hasattr(type(member), "__get__"):
        ctx.refuse(
            f"`{name}` of `{kind.__name__}` is no plain attribute, method or property",
            node,
            error=UnsupportedType,
        )
    return outside.wrap(ctx, member, (("object", base), ("attr", name)))


def _foreign_attribute(ctx: Lowering, value: Foreign, name: str, node: gast.AST) -> Value:
    thing = value.value
    if isinstance(type(thing).__getattribute__, types.FunctionType):
        what = f"`{name}` is computed by `__getattribute__` of `{type(thing).__name__}`"
        ctx.refuse(what, node, ASKED)
    if name in getattr(thing, "__dict__", {}):
        return outside.wrap(ctx, thing.__dict__[name], (*value.path, ("attr", name)))
    if hasattr(thing, "__dict__"):
        ctx.fix(Foreign(False, (*value.path, ("own", name))))
    return _class_attribute(ctx, value, type(thing), name, node)


def shape_items(ctx: Lowering, var: Var) -> Items:
    """`x.shape`, known not to read the elements of `x`."""
    return Items(tuple(length(ctx, var, axis) for axis in range(var.kind.rank)), tuple, var)


def length(ctx: Lowering, var: Var, axis: int) -> Number:
    """`x.shape[axis]`."""
    dim = var.shape[axis]
    if dim.is_constant:
        return Number(Const(dim.constant), INT)
    return Number(ctx.builder.emit(size, ShapeOf(var), Const(axis)), INT)


def _array_attribute(ctx: Lowering, value: Array | Number, name: str, node: gast.AST) -> Value:
    kind = value.kind
    match name:
        case "ndim":
            return expressions.literal(kind.rank)
        case "dtype":
            return Static(np.dtype(kind.dtype))
        case "itemsize":
            return expressions.literal(np.dtype(kind.dtype).itemsize)
        case "shape":
            if isinstance(value, Number):
                return Items(())
            return shape_items(ctx, memory.read(ctx, value))
        case "size":
            total: Value = expressions.literal(1)
            if isinstance(value, Array):
                var = memory.read(ctx, value)
                for axis in range(kind.rank):
                    factor = length(ctx, var, axis)
                    total = expressions.binary(ctx, operator.mul, total, factor, node)
            return total
        case "T" if isinstance(value, Array):
            return memory.view(ctx, value, Step("transpose")) if kind.rank > 1 else value
        case "flat" if isinstance(value, Array) and kind.rank:
            return masked.flat(ctx, value)
        case "real" if not kind.is_complex:
            return value
        case "real" | "imag":
            return parts.part(ctx, value, name, node)
    return Method(value, name)
