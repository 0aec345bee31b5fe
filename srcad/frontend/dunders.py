"""Operators of the user's classes: `a + b` is `type(a).__add__(a, b)`, found as Python finds it."""

from __future__ import annotations

import builtins
import dataclasses
import operator
import types
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import attributes, calls, classes, control, expressions, objects, outside
from srcad.frontend.values import (
    Array,
    Foreign,
    Items,
    Number,
    Record,
    Ref,
    Static,
    Value,
)
from srcad.ir.kinds import BOOL, python_type

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

BINARY: dict[Any, str] = {
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.truediv: "truediv",
    operator.floordiv: "floordiv",
    operator.mod: "mod",
    operator.pow: "pow",
    operator.matmul: "matmul",
    operator.and_: "and",
    operator.or_: "or",
    operator.xor: "xor",
    operator.lshift: "lshift",
    operator.rshift: "rshift",
}
UNARY: dict[Any, str] = {
    operator.neg: "__neg__",
    operator.pos: "__pos__",
    operator.invert: "__invert__",
    builtins.abs: "__abs__",
    builtins.float: "__float__",
    builtins.int: "__int__",
    builtins.complex: "__complex__",
    builtins.round: "__round__",
    builtins.len: "__len__",
}
COMPARE: dict[Any, tuple[str, str]] = {
    operator.lt: ("__lt__", "__gt__"),
    operator.le: ("__le__", "__ge__"),
    operator.gt: ("__gt__", "__lt__"),
    operator.ge: ("__ge__", "__le__"),
    operator.eq: ("__eq__", "__eq__"),
    operator.ne: ("__ne__", "__ne__"),
}
ARRAY_LIKE = ("__len__", "__getitem__", "__array__", "__array_interface__", "__array_struct__")
"""With one of these, NumPy takes an object for something like an array."""


def owner(ctx: Lowering, value: Value) -> type | None:
    """The class of an object that may define operators of its own."""
    match value:
        case Ref(identity=identity) if isinstance(found := ctx.state.heap.get(identity), Record):
            return found.type
        case Items(type=kind) if kind is not tuple:
            return kind
        case Foreign(value=thing) if not isinstance(
            thing, (*outside.NUMBERS, np.ndarray, list, dict)
        ):
            return type(thing)
    return None


def method(ctx: Lowering, value: Value, name: str, node: gast.AST) -> Value | None:
    """The method that a class written in Python has for an operator; None if there is none."""
    kind = owner(ctx, value)
    found = None if kind is None else next((b for b in kind.__mro__ if name in b.__dict__), None)
    if kind is None or found is None:
        return None
    if not isinstance(found.__dict__[name], types.FunctionType):
        return None
    return attributes.of_class(ctx, value, kind, name, node)


def called(
    ctx: Lowering, value: Value, name: str, args: list[Value], node: gast.AST
) -> Value | None:
    """What a method for an operator returns; None if there is none, or it knows no answer."""
    found = method(ctx, value, name, node)
    if found is None or ctx.state.dead:
        return None
    result = calls.call(ctx, found, args, {}, node)
    unknown = isinstance(result, Static) and result.value is NotImplemented
    return None if unknown else result


def binary(
    ctx: Lowering, function: Any, left: Value, right: Value, node: gast.AST, begin: str = "__"
) -> Value | None:
    """`left op right`, where a class of the user's says what it is."""
    name = BINARY.get(function)
    kinds = owner(ctx, left), owner(ctx, right)
    if name is None or kinds == (None, None):
        return None
    own, reflected = f"{begin}{name}__", f"__r{name}__"
    if begin == "__i":
        return called(ctx, left, own, [right], node)
    ways = [(left, own, right), (right, reflected, left)]
    if kinds[0] is kinds[1]:
        ways.pop()
    elif kinds[0] is not None and kinds[1] is not None and issubclass(kinds[1], kinds[0]):
        ways.reverse()
    if not any(method(ctx, value, way, node) is not None for value, way, _ in ways):
        return None
    if kinds[0] is None:
        ways = [(right, reflected, _deferred(ctx, left, kinds[1], node))]
    for value, way, other in ways:
        result = called(ctx, value, way, [other], node)
        if ctx.state.dead or result is not None:
            return result or Static(None)
    what = " and ".join(_named(ctx, value) for value in (left, right))
    symbol = f"`{name}`"
    return control.fail(ctx, TypeError(f"unsupported operand type(s) for {symbol}: {what}"))


def _named(ctx: Lowering, value: Value) -> str:
    kind = classes.class_of(ctx, value)
    return f"'{kind.__name__}'" if kind is not None else objects.describe(ctx, value)


def _deferred(ctx: Lowering, left: Value, kind: Any, node: gast.AST) -> Value:
    """A number of NumPy left of an object: whether it leaves the operation to the object."""
    if not isinstance(left, Number | Array) or left.kind.is_python:
        return left
    if getattr(kind, "__array_ufunc__", True) is None:
        return left
    priority = getattr(kind, "__array_priority__", None)
    like = any(hasattr(kind, name) for name in ARRAY_LIKE)
    if isinstance(left, Array) or like or priority is not None or kind.__module__ == "builtins":
        ctx.refuse(
            f"NumPy takes `{kind.__name__}` apart when it stands right of {_described(left)}",
            node,
            "write it left of the operator, or make the number a float: float(x) * v",
            UnsupportedType,
        )
    # NumPy makes a Python number of its own one and calls the method of the object with it.
    plain: Any = python_type(left.kind)
    return calls.call_python(ctx, plain, [left], {}, node)


def _described(left: Value) -> str:
    return "an array" if isinstance(left, Array) else "a number of NumPy's"


def unary(ctx: Lowering, function: Any, args: list[Value], node: gast.AST) -> Value | None:
    """`-a`, `abs(a)`, `len(a)` and their kin, where a class of the user's says what it is."""
    name = UNARY.get(function)
    if name is None or not args or owner(ctx, args[0]) is None:
        return None
    return called(ctx, args[0], name, args[1:], node)


def compare(
    ctx: Lowering, function: Any, left: Value, right: Value, node: gast.AST
) -> Value | None:
    """A comparison of which at least one side is an object."""
    kinds = owner(ctx, left), owner(ctx, right)
    if kinds == (None, None):
        return None
    own, reflected = COMPARE[function]
    ways = [(left, own, right), (right, reflected, left)]
    if kinds[0] is not None and kinds[1] is not None and issubclass(kinds[1], kinds[0]):
        ways = ways if kinds[0] is kinds[1] else ways[::-1]
    for value, way, other in ways:
        if way in ("__eq__", "__ne__") and _is_generated(ctx, value):
            if kinds[0] is kinds[1]:
                same = _same_fields(ctx, left, right, node)
                return same if way == "__eq__" else _negated(ctx, same, node)
            continue
        result = called(ctx, value, way, [other], node)
        if result is None and way == "__ne__" and not ctx.state.dead:
            equal = called(ctx, value, "__eq__", [other], node)
            result = None if equal is None else _negated(ctx, equal, node)
        if ctx.state.dead or result is not None:
            return result or Static(None)
    records = [isinstance(value, Ref) for value in (left, right)]
    if function in (operator.eq, operator.ne) and any(records):
        one = all(records) and objects.identical(ctx, left, right, node)
        return expressions.literal(one == (function is operator.eq))
    return None


def _negated(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    return expressions.negate(ctx, expressions.truth(ctx, value, node))


def _is_generated(ctx: Lowering, value: Value) -> bool:
    """Whether objects are compared by the method that `dataclass` wrote."""
    kind = owner(ctx, value)
    if kind is None or not dataclasses.is_dataclass(kind):
        return False
    member = next(b.__dict__["__eq__"] for b in kind.__mro__ if "__eq__" in b.__dict__)
    code = getattr(member, "__code__", None) or getattr(
        getattr(member, "__wrapped__", None), "__code__", None
    )
    return code is not None and code.co_filename == "<string>"


def _same_fields(ctx: Lowering, left: Value, right: Value, node: gast.AST) -> Value:
    """The method that `dataclass` writes: the fields are compared as two tuples."""
    kind: Any = owner(ctx, left)
    names = [f.name for f in dataclasses.fields(kind) if f.compare]
    first, second = (
        Items(tuple(attributes.attribute(ctx, value, name, node) for name in names))
        for value in (left, right)
    )
    return expressions.compare(ctx, gast.Eq(), first, second, node)


def contains(ctx: Lowering, wanted: Value, container: Value, node: gast.AST) -> Value | None:
    """`wanted in container`, where the container's class says what that is."""
    found = method(ctx, container, "__contains__", node)
    if found is None:
        return None
    test = expressions.truth(ctx, calls.call(ctx, found, [wanted], {}, node), node)
    return expressions.literal(test) if isinstance(test, bool) else Number(test, BOOL)
