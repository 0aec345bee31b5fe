"""Python objects while lowering: names, attributes, items, containers and what they hold."""

from __future__ import annotations

import builtins
import collections
import operator
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    boxes,
    control,
    deques,
    expressions,
    growing,
    mappings,
    memory,
    outside,
    rows,
    stores,
    turns,
)
from srcad.frontend.values import (
    Array,
    Closure,
    Conflict,
    Foreign,
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
    SliceValue,
    Static,
    Text,
    Value,
)
from srcad.ir.nodes import Const, Var
from srcad.ir.primitives import Primitive, shares_memory
from srcad.rules.indexing import getitem

if TYPE_CHECKING:
    from srcad.frontend.context import Frame, Lowering

T = TypeVar("T")


# -- names ------------------------------------------------------------------


def lookup(ctx: Lowering, identifier: str, node: gast.AST) -> Value:
    """A name that is not bound in the function itself."""
    frame: Frame | None = ctx.frame
    while frame is not None and frame.function is None:
        frame = frame.scope
        shared = None if frame is None else boxes.read(ctx, frame, identifier)
        if shared is not None:
            return shared
        if frame is not None and identifier in frame.env:
            found = frame.env[identifier]
            if isinstance(found, Maybe):
                control.require(ctx, found.flag, NameError, _unbound(identifier))
                return found.value
            return found
    if frame is None:
        ctx.refuse(f"name '{identifier}' is not defined", node, error=UnsupportedType)
    function = frame.function
    assert isinstance(function, types.FunctionType)
    names = function.__code__.co_freevars
    if identifier in names and function.__closure__:
        cell = function.__closure__[names.index(identifier)]
        try:
            return outside.wrap(ctx, cell.cell_contents, (*frame.path, ("cell", identifier)))
        except ValueError:
            pass
    if identifier in function.__globals__:
        root = ctx.frames[0]
        same = root.function is not None and root.function.__globals__ is function.__globals__
        path = root.path if same else frame.path
        return outside.wrap(ctx, function.__globals__[identifier], (*path, ("global", identifier)))
    if hasattr(builtins, identifier):
        return Static(getattr(builtins, identifier))
    return control.fail(ctx, NameError(f"name '{identifier}' is not defined"))


def _unbound(identifier: str) -> str:
    where = "where it is not associated with a value in enclosing scope"
    return f"cannot access free variable '{identifier}' {where}"


# -- static facts -------------------------------------------------------------------------------


def static(ctx: Lowering, value: Value, node: gast.AST | None) -> Any:
    """The Python object of a value that has to be known while specialising."""
    match value:
        case Static(value=constant):
            return constant
        case Number(atom=Const(value=constant)):
            return constant
        case Number(atom=Var() as var, kind=kind) if kind.is_integral:
            known = ctx.builder.known.get(var)
            if known is not None and (fixed := ctx.sizes.constant(known)) is not None:
                return fixed
        case Items(items=items):
            return tuple(static(ctx, item, node) for item in items)
        case Foreign(value=np.ndarray()):
            pass  # what is in it may change
        case Foreign(value=list() | dict() | collections.deque()):
            held = outside.resolve(ctx, value, node)
            assert isinstance(held, Ref)
            content: Any = ctx.state.heap[held.identity]
            if isinstance(content, Mapping):
                return {key: static(ctx, item, node) for key, item in content.items}
            return [static(ctx, item, node) for item in content.items]
        case Foreign():
            return ctx.fix(value)
    ctx.refuse(
        f"{describe(ctx, value)} has to be known before the program runs",
        node,
        "use a constant or an argument of fixed value here",
        UnsupportedType,
    )


def is_known(ctx: Lowering, index: Number) -> bool:
    """Whether an int is known while specialising."""
    if isinstance(index.atom, Const):
        return True
    size = ctx.builder.known.get(index.atom)
    return size is not None and ctx.sizes.hint(size) is not None


def identical(ctx: Lowering, left: Value, right: Value, node: gast.AST) -> bool:
    """`left is right`, where that is certain."""
    for value in (left, right):
        if isinstance(value, Foreign):
            outside.kind(ctx, value.value, value.path)
    match left, right:
        case Foreign(), Foreign():
            return ctx.fix(left) is ctx.fix(right)
        case Static(value=a), Static(value=b):
            return a is b
        case Number(atom=Const(value=a)), Number(atom=Const(value=b)):
            return a is b
        case Ref(identity=a), Ref(identity=b) if a == b or not {a, b} & ctx.state.marks.keys():
            return bool(a == b)
        case (Static(value=None | type() | bool() | str()), _) | (
            _,
            Static(value=None | type() | bool() | str()),
        ):
            return False
        case Closure(function=a), Closure(function=b) if a is not None or b is not None:
            return a is b
        case Array(), Array() if left.cell == right.cell and not left.path and not right.path:
            return True
    if left is right:
        return True
    if type(left) is not type(right) and not any(isinstance(v, Foreign) for v in (left, right)):
        return False
    ctx.refuse(
        "whether these are one object is not known before the program runs",
        node,
        "compare what they hold, or pass a flag",
        UnsupportedType,
    )


def describe(ctx: Lowering, value: Value) -> str:
    """What a value is, for an error message."""
    match value:
        case Number(kind=kind):
            return f"a number ({kind.dtype})"
        case Array(kind=kind):
            return f"an array ({kind.dtype})"
        case Static(value=constant) | Foreign(value=constant):
            return f"`{getattr(constant, '__name__', constant)!s:.40}` ({type(constant).__name__})"
        case Items():
            return "a tuple"
        case Ref(identity=identity):
            names = {Sequence: "a list", Rows: "a list", Mapping: "a dict", Record: "an object"}
            content = ctx.state.heap.get(identity)
            if isinstance(content, Conflict):
                return f"a container that {content.reason}"
            if isinstance(content, Sequence | Rows) and content.deque is not None:
                return "a deque"
            return names.get(type(content), "a container")
        case Closure() | Method() | Partial():
            return "a function"
        case Text():
            return "a string"
        case Conflict(reason=reason):
            return reason
    return f"a {type(value).__name__.lower()}"


# -- items and iteration ------------------------------------------------------------------------


def item(ctx: Lowering, base: Value, index: Value, node: gast.AST) -> Value:
    """`base[index]` of a tuple, list, dict or string."""
    content: Any = ctx.state.heap[base.identity] if isinstance(base, Ref) else base
    if isinstance(content, Rows):
        if isinstance(index, SliceValue):
            deques.refuse_slice(ctx, content)
        return rows.item(ctx, content, index, node)
    if isinstance(content, Mapping):
        assert isinstance(base, Ref)
        return mappings.subscript(ctx, base, index, node)
    if isinstance(base, Ref) and isinstance(index, Number) and not is_known(ctx, index):
        growing.demand(ctx, base.identity, (), ctx.state)
    held = getattr(content, "items", ())
    if held and isinstance(index, Number) and not is_known(ctx, index) and not ctx.growable:
        return stores.read_at(ctx, held, index, node)
    if isinstance(index, SliceValue):
        deques.refuse_slice(ctx, content)
        bounds = (
            None if part is None else static(ctx, part, node)
            for part in (index.lower, index.upper, index.step)
        )
        key: Any = slice(*bounds)
    else:
        key = static(ctx, index, node)
    found: Value
    try:
        match content:
            case Sequence(items=items) if isinstance(key, slice):
                found = Ref(ctx.heap(Sequence(items[key])))
            case Items(items=items) if isinstance(key, slice):
                found = Items(items[key])
            case Sequence():
                found = deques.like(content)[key]
            case Items(items=items):
                found = items[key]
            case Static(value=constant):
                found = expressions.literal(constant[key])
            case _:
                found = Conflict("cannot be indexed")
    except (IndexError, KeyError, TypeError) as error:
        return control.fail(ctx, error)
    if isinstance(found, Conflict) and isinstance(content, Record):
        ctx.refuse(f"{describe(ctx, base)} cannot be indexed", node, error=UnsupportedType)
    return found


def iterate(ctx: Lowering, value: Value, node: gast.AST | None) -> list[Value]:
    """The items of something whose length is known while specialising."""
    return counted_out(ctx, try_iterate(ctx, value, node), value, node)


def counted_out(
    ctx: Lowering, found: list[T] | None, value: Value, node: gast.AST | None
) -> list[T]:
    """What was found for each item of a value; refuse where their number is not known."""
    if found is None:
        ctx.refuse(
            f"the number of items of {describe(ctx, value)} is not known here",
            node,
            "loop over it with `for`",
            UnsupportedType,
        )
    return found


def try_iterate(ctx: Lowering, value: Value, node: gast.AST | None) -> list[Value] | None:
    """The items of a value; None if their number is not known while specialising."""
    value = outside.resolve(ctx, value, node)
    match value:
        case Items(items=items):
            return list(items)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Sequence):
                return list(content.items)
            if isinstance(content, Mapping):
                return [expressions.literal(key) for key, _ in content.items]
        case Iteration():
            found = turns.turns(ctx, value, node)
            return None if found is None else [turn() for turn in found]
        case Static(value=constant) if isinstance(constant, str | tuple | list | range):
            return [expressions.literal(element) for element in constant]
        case Array():
            var = memory.read(ctx, value)
            count = ctx.sizes.constant(var.shape[0]) if var.kind.rank else None
            if count is None or count > 64:
                return None
            return [
                expressions.subscript(ctx, value, expressions.literal(i), node or gast.Pass())
                for i in range(count)
            ]
    return None


def pairs_of(ctx: Lowering, value: Value) -> dict[Any, Value]:
    """What a dict holds."""
    content = ctx.state.heap.get(value.identity) if isinstance(value, Ref) else None
    assert isinstance(content, Mapping)
    return dict(content.items)


def lists_in(ctx: Lowering, value: Value) -> list[int]:
    """The lists that a loop goes through, by identity."""
    match outside.resolve(ctx, value):
        case Ref(identity=identity):
            return [identity]
        case Iteration(parts=parts):
            return [identity for part in parts for identity in lists_in(ctx, part)]
    return []


def name_of(ctx: Lowering, identity: int) -> str:
    """The name that a container has, for names in the text."""
    for name, value in ctx.state.env.items():
        if isinstance(value, Ref) and value.identity == identity and name.isidentifier():
            return name
    return "items"


def concatenate(ctx: Lowering, function: Any, left: Value, right: Value) -> Value | None:
    """`+` and `*` of tuples and lists."""
    deques.refuse_operator(ctx, function, left, right)
    if rows.is_rows(ctx, left) or rows.is_rows(ctx, right):
        return growing.combined(ctx, function, left, right)
    held = [ctx.state.heap.get(v.identity) if isinstance(v, Ref) else None for v in (left, right)]
    if function is operator.or_ and isinstance(held[0], Mapping) and isinstance(held[1], Mapping):
        pairs = {**dict(held[0].items), **dict(held[1].items)}
        return Ref(ctx.heap(Mapping(tuple(pairs.items()))))
    lists = [
        ctx.state.heap[v.identity].items  # type: ignore[union-attr]
        if isinstance(v, Ref) and isinstance(ctx.state.heap[v.identity], Sequence)
        else v.items
        if isinstance(v, Items)
        else None
        for v in (left, right)
    ]
    wrap_up: Callable[[Any], Value] = (
        Items if isinstance(left, Items) else lambda items: Ref(ctx.heap(Sequence(items)))
    )
    if function is operator.add and lists[0] is not None and lists[1] is not None:
        return wrap_up((*lists[0], *lists[1]))
    if function is operator.mul and lists[0] is not None and isinstance(right, Number):
        return wrap_up(lists[0] * static(ctx, right, None))
    return None


def result(ctx: Lowering, var: Var, primitive: Primitive, args: list[Value]) -> Value:
    """The value of a primitive's result; it may share memory with what it is a view of."""
    first = args[0] if args else None
    kind = var.kind
    if kind.form != "opaque" and not (kind.is_inexact or kind.is_integral or kind.is_bool):
        ctx.refuse(
            f"arrays of {kind.dtype} cannot be differentiated",
            None,
            "use arrays of numbers, or a list",
            UnsupportedType,
        )
    if (
        isinstance(first, Array)
        and primitive.function is not getitem
        and shares_memory(primitive, first.kind, var.kind)
    ):
        return memory.new_array(ctx, var, frozenset({first.cell}))
    return memory.new_array(ctx, var)
