"""Python objects that a program finds outside, as values: all that is read of them is guarded.

A program is kept for later calls. Numbers and arrays are inputs, read anew for each call; whatever
else of an object decides what the program does is noted with the way to it (`ctx.fix`), and
compared before each call. A fact that is not noted is a wrong gradient as soon as it changes.
"""

from __future__ import annotations

import enum
import types
from collections import deque
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import calls, expressions, objects
from srcad.frontend.values import (
    Array,
    Conflict,
    Deque,
    Foreign,
    Items,
    Iteration,
    Mapping,
    Number,
    Path,
    Ref,
    Sequence,
    SliceValue,
    Static,
    Value,
)
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

NUMBERS = (bool, int, float, complex, np.number, np.bool_)
PLAIN = (bool, int, float, complex)


def is_number(value: object) -> bool:
    """Whether an object is a plain number, and not one of a class that computes as it likes."""
    return type(value) in PLAIN or isinstance(value, np.number | np.bool_)


def wrap(ctx: Lowering, value: Any, path: Path) -> Value:
    """The abstract value of a Python object that the function finds outside."""
    if ctx.fixed_origin or _is_own(path):
        return _fixed(ctx, value)
    if isinstance(value, bool):
        ctx.fix(Foreign(value, path))
        return expressions.literal(value)
    if is_number(value) or type(value) is np.ndarray:
        return Foreign(value, path)
    if isinstance(value, types.FunctionType) and primitive_of(value) is None:
        argument = len(path) == 1 and path[0][0] == "leaf"  # often a new one, of the same code
        code = Foreign(value.__code__, (*path, ("attr", "__code__")))
        ctx.fix(code if argument else Foreign(value, path))
        return calls.closure(ctx, value, path)
    if value is None or isinstance(value, str | bytes | type | types.ModuleType | np.dtype):
        ctx.fix(Foreign(value, path))
        return Static(value)
    if primitive_of(value) is not None or isinstance(value, types.BuiltinFunctionType | np.ufunc):
        ctx.fix(Foreign(value, path))
        return Static(value)
    if isinstance(value, tuple):
        form(ctx, value, path)
        items = (wrap(ctx, item, (*path, ("item", i))) for i, item in enumerate(value))
        return Items(tuple(items), type(value))
    if type(value) in (slice, range):
        parts = value.start, value.stop, value.step
        if all(part is None or type(part) is int for part in parts):
            ctx.fix(Foreign(value, path))
            if type(value) is range:
                return Iteration("range", tuple(map(expressions.literal, parts)))
            return SliceValue(*(p if p is None else expressions.literal(p) for p in parts))
    if type(value) in (set, frozenset):
        ctx.fix(Foreign(frozenset(value), (*path, ("set", ""))))
        return Static(type(value)(value))
    if not isinstance(value, np.ndarray | list | dict | deque):
        kind(ctx, value, path)
    return Foreign(value, path)


def kind(ctx: Lowering, value: Any, path: Path) -> type:
    """The class of an object, which later calls are checked to have, too."""
    found = type(value)
    ctx.fix(Foreign(found, (*path, ("type", ""))))
    return found


def form(ctx: Lowering, value: Any, path: Path) -> None:
    """Rely on the class of a sequence or a dict, and on its length or keys."""
    if isinstance(value, dict):
        ctx.fix(Foreign((type(value), *value), (*path, ("keys", ""))))
    else:
        ctx.fix(Foreign((type(value), len(value)), (*path, ("len", ""))))


def _is_own(path: Path) -> bool:
    """Whether an object belongs to srcad: rules never change between calls."""
    root = path[0][1] if path and path[0][0] == "object" else None
    return getattr(root, "__module__", "").startswith("srcad.rules")


def _fixed(ctx: Lowering, value: Any) -> Value:
    if isinstance(value, bool | int | float | complex):
        return expressions.literal(value)
    if isinstance(value, types.FunctionType) and primitive_of(value) is None:
        return calls.closure(ctx, value, (("object", value),))
    return Static(value)


def is_outside(value: Value) -> bool:
    """Whether a value is a number or array found outside of the program, which nobody has read."""
    return isinstance(value, Foreign) and isinstance(value.value, (*NUMBERS, np.ndarray))


def resolve(ctx: Lowering, value: Value, node: gast.AST | None = None) -> Value:
    """Turn an outside number or array into the input that holds it."""
    if isinstance(value, Ref) and isinstance(ctx.state.heap.get(value.identity), Conflict):
        ctx.refuse(objects.describe(ctx, value), node, error=UnsupportedType)
    if not isinstance(value, Foreign):
        return value
    if isinstance(value.value, NUMBERS) and not is_number(value.value):
        if not isinstance(value.value, enum.Enum):
            ctx.refuse(
                f"{objects.describe(ctx, value)} may compute unlike a plain number",
                node,
                "make it a float or an int first",
                UnsupportedType,
            )
        ctx.fix(value)
        return expressions.literal(value.value.value)
    if isinstance(value.value, NUMBERS):
        var = ctx.capture(value).var
        return Number(var, var.kind)
    if isinstance(value.value, np.ndarray):
        if type(value.value) is not np.ndarray or value.value.dtype.kind not in "biufc":
            ctx.refuse(
                f"{objects.describe(ctx, value)} is not a plain array", node, error=UnsupportedType
            )
        capture = ctx.capture(value)
        return Array(capture.cell, capture.var.kind)
    if isinstance(value.value, list | dict | deque):
        form(ctx, value.value, value.path)
        if not isinstance(value.value, dict):
            wrapped = (
                wrap(ctx, item, (*value.path, ("item", i))) for i, item in enumerate(value.value)
            )
            bounded = None
            if isinstance(value.value, deque):
                most = value.value.maxlen
                bounded = Deque(ctx.fix(Foreign(most, (*value.path, ("attr", "maxlen")))))
            return _held(ctx, Sequence(tuple(wrapped), bounded))
        pairs = (
            (key, wrap(ctx, item, (*value.path, ("item", key))))
            for key, item in value.value.items()
        )
        factory = getattr(value.value, "default_factory", None)
        path = (*value.path, ("attr", "default_factory"))
        made = None if factory is None else wrap(ctx, factory, path)
        return _held(ctx, Mapping(tuple(pairs), made, type(value.value)))
    return value


def _held(ctx: Lowering, content: Sequence | Mapping) -> Ref:
    """A container that must not be written to: the program would not find what it wrote."""
    identity = ctx.heap(content)
    ctx.state.marks[identity] = "outside"
    return Ref(identity)
