"""Methods of arrays, numbers, lists, dicts and strings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    calls,
    comprehensions,
    control,
    deques,
    expressions,
    growing,
    mappings,
    masked,
    memory,
    objects,
    ordering,
    parts,
    searching,
    shaping,
)
from srcad.frontend.values import (
    Array,
    Items,
    Iteration,
    Mapping,
    Number,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
)
from srcad.ir.nodes import Const
from srcad.rules.indexing import cast

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

SAME = frozenset({
    "sum", "mean", "max", "min", "prod", "std", "var", "cumsum", "cumprod", "dot", "copy", "any",
    "all", "argmax", "argmin", "argsort", "clip", "round", "trace", "diagonal", "repeat",
    "squeeze", "swapaxes", "nonzero", "searchsorted", "take", "ptp",
})  # fmt: skip
"""Methods of arrays that are NumPy functions of the same name, the array first."""


def call_method(
    ctx: Lowering,
    receiver: Value,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str = "",
) -> Value:
    """`receiver.name(*args, **kwargs)`."""
    match receiver:
        case Array() | Number():
            return _of_array(ctx, receiver, name, args, kwargs, node, hint)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Sequence | Rows) and content.deque is not None:
                return deques.method(ctx, receiver, name, args, kwargs, node)
            if isinstance(content, Sequence | Rows) and name == "sort":
                growing.refuse_iterated(ctx, identity, node)
                ordered = ordering.ordered(ctx, [receiver, *args], kwargs, node)
                if isinstance(ordered, Ref):
                    ctx.change(identity, ctx.state.heap[ordered.identity])
                return Static(None)
            if isinstance(content, Mapping):
                return _of_dict(ctx, identity, content, name, args, kwargs, node)
            if kwargs:
                ctx.refuse(f"`{name}` with keywords cannot be differentiated yet", node)
            if isinstance(content, Sequence):
                return of_list(ctx, identity, content, name, args, node)
            if isinstance(content, Rows):
                return of_rows(ctx, receiver, name, args, node)
        case Items(items=items, type=kind):
            fields: tuple[str, ...] = getattr(kind, "_fields", ())
            if name == "_replace" and fields and not args:
                unknown = [key for key in kwargs if key not in fields]
                if unknown:
                    return control.fail(ctx, ValueError(f"Got unexpected field names: {unknown!r}"))
                pairs = zip(fields, items, strict=True)
                return Items(tuple(kwargs.get(key, item) for key, item in pairs), kind)
            if name == "_asdict" and fields:
                return Ref(ctx.heap(Mapping(tuple(zip(fields, items, strict=True)))))
            if name == "index":
                keys = [objects.static(ctx, item, node) for item in items]
                return expressions.literal(keys.index(objects.static(ctx, args[0], node)))
        case Static(value=text) if isinstance(text, str):
            fixed = [objects.static(ctx, arg, node) for arg in args]
            return expressions.literal(getattr(text, name)(*fixed))
    ctx.refuse(
        f"the method `{name}` of {objects.describe(ctx, receiver)} cannot be differentiated yet",
        node,
        error=UnsupportedType,
    )


def _of_array(
    ctx: Lowering,
    receiver: Array | Number,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str,
) -> Value:
    if name in SAME:
        return calls.call_python(ctx, getattr(np, name), [receiver, *args], kwargs, node, hint)
    match name:
        case "reshape":
            shape = args[0] if len(args) == 1 else Items(tuple(args))
            return shaping.reshape(ctx, [receiver, shape], kwargs, node)
        case "ravel":
            return shaping.ravel(ctx, [receiver, *args], kwargs, node)
        case "flatten":
            raveled = shaping.ravel(ctx, [receiver, *args], kwargs, node)
            return calls.call_python(ctx, np.copy, [raveled], {}, node, hint)
        case "transpose":
            axes = [] if not args else [args[0] if len(args) == 1 else Items(tuple(args))]
            return shaping.transpose(ctx, [receiver, *axes], kwargs, node)
        case "item" if not args:
            return _item(ctx, receiver, node)
        case "conj" | "conjugate" if not args and not kwargs:
            return parts.conjugate(ctx, receiver, node, hint)
        case "astype":
            return _astype(ctx, receiver, args, kwargs, node)
        case "fill" if isinstance(receiver, Array):
            memory.write(ctx, receiver, Const(Ellipsis), expressions.operand(ctx, args[0]), node)
            return Static(None)
        case "sort" if isinstance(receiver, Array):
            return masked.sort_in_place(ctx, receiver, args, kwargs, node)
        case "put" if isinstance(receiver, Array):
            return masked.put(ctx, [receiver, *args], kwargs, node)
        case "tolist" if isinstance(receiver, Array) and receiver.kind.rank == 1:
            items = objects.iterate(ctx, receiver, node)
            return Ref(ctx.heap(Sequence(tuple(_item(ctx, i, node) for i in items))))
        case "is_integer" if isinstance(receiver, Number):
            return expressions.compare(
                ctx,
                gast.Eq(),
                expressions.binary(
                    ctx, expressions.BINARY[gast.Mod], receiver, expressions.literal(1), node
                ),
                expressions.literal(0),
                node,
            )
    if not hasattr(np.ndarray, name):
        what = "numpy.ndarray" if isinstance(receiver, Array) else receiver.kind.dtype
        return control.fail(ctx, AttributeError(f"'{what}' object has no attribute '{name}'"))
    ctx.refuse(
        f"the array method `{name}` cannot be differentiated yet", node, error=UnsupportedType
    )


def _item(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    """The Python number in a NumPy scalar or an array of one element."""
    assert isinstance(value, Array | Number)
    converter: Any = {"f": float, "i": int, "u": int, "b": bool, "c": complex}[
        np.dtype(value.kind.dtype).kind
    ]
    if isinstance(value, Array) and value.kind.rank:
        value = shaping.reshape(ctx, [value, Items(())], {}, node)
        value = expressions.subscript(ctx, value, Items(()), node)
    return calls.call_python(ctx, converter, [value], {}, node)


def _astype(
    ctx: Lowering,
    receiver: Array | Number,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    """`x.astype(dtype, copy=...)`."""
    given = {**dict(zip(("dtype",), args, strict=False)), **kwargs}
    if len(args) > 1 or set(given) - {"dtype", "copy"} or "dtype" not in given:
        ctx.refuse("this form of astype cannot be differentiated yet", node)
    if "copy" in given and not objects.static(ctx, given["copy"], node):
        return shaping.asarray(ctx, [receiver, given["dtype"]], {}, node)
    return astype(ctx, receiver, [given["dtype"]], node)


def astype(ctx: Lowering, receiver: Value, args: list[Value], node: gast.AST) -> Value:
    """`x.astype(dtype)`: always a copy."""
    dtype = np.dtype(objects.static(ctx, args[0], node))
    return expressions.primitive_call(ctx, cast, [receiver, Static(dtype)], {}, node)


def of_list(
    ctx: Lowering,
    identity: int,
    content: Sequence,
    name: str,
    args: list[Value],
    node: gast.AST,
) -> Value:
    """A method of a list of known length."""
    items = list(content.items)
    result: Value = Static(None)
    if name not in ("copy", "index", "count"):
        growing.refuse_iterated(ctx, identity, node)
    if name == "extend":
        growing.extend(ctx, identity, args[0], node)
        return result
    try:
        match name:
            case "append":
                items.append(args[0])
            case "insert":
                items.insert(objects.static(ctx, args[0], node), args[1])
            case "pop":
                result = items.pop(*(objects.static(ctx, arg, node) for arg in args))
            case "reverse":
                items.reverse()
            case "copy":
                return Ref(ctx.heap(content))
            case "index" if len(args) == 1:
                return searching.index(ctx, items, args[0], node)
            case "count":
                return searching.count(ctx, items, args[0], node)
            case "clear":
                items = []
            case _:
                ctx.refuse(
                    f"the list method `{name}` cannot be differentiated yet",
                    node,
                    error=UnsupportedType,
                )
    except IndexError as error:
        return control.fail(ctx, error)
    ctx.change(identity, replace(content, items=tuple(items)))
    return result


def of_rows(ctx: Lowering, receiver: Ref, name: str, args: list[Value], node: gast.AST) -> Value:
    """A method of a list whose length is known only at run time."""
    if name == "copy":
        return growing.copied(ctx, receiver, node)
    if name in ("index", "count") and len(args) == 1:
        return comprehensions.fold(ctx, name, receiver, args, node)
    growing.refuse_iterated(ctx, receiver.identity, node)
    match name:
        case "append":
            growing.append(ctx, receiver.identity, args[0], node)
            return Static(None)
        case "extend":
            growing.extend(ctx, receiver.identity, args[0], node)
            return Static(None)
        case "insert":
            growing.insert(ctx, receiver.identity, args[0], args[1], node)
            return Static(None)
        case "pop":
            return growing.pop(ctx, receiver.identity, args, node)
    ctx.refuse(
        f"the method `{name}` of a list of unknown length cannot be differentiated yet",
        node,
        "make it an array first: np.array(items)",
        UnsupportedType,
    )


def _change_dict(ctx: Lowering, identity: int, pairs: dict[Any, Value], node: gast.AST) -> None:
    if [*pairs] != [*objects.pairs_of(ctx, Ref(identity))]:
        growing.refuse_iterated(ctx, identity, node)
    content = ctx.state.heap[identity]
    assert isinstance(content, Mapping)
    ctx.change(identity, replace(content, items=tuple(pairs.items())))


def _of_dict(
    ctx: Lowering,
    identity: int,
    content: Mapping,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    pairs = dict(content.items)
    found: Value
    match name:
        case "keys" | "values" | "items":
            return Iteration(name, (Ref(identity),))
        case "get":
            default = args[1] if len(args) > 1 else Static(None)
            return mappings.item(ctx, content, args[0], default, node)
        case "copy":
            return Ref(ctx.heap(content))
        case "update":
            more = dict(kwargs)
            if args:
                made = calls.call_python(ctx, dict, args, {}, node)
                more = {**objects.pairs_of(ctx, made), **more}
            _change_dict(ctx, identity, {**pairs, **more}, node)
            return Static(None)
        case "setdefault" if not kwargs:
            key = objects.static(ctx, args[0], node)
            if key not in pairs:
                pairs[key] = args[1] if len(args) > 1 else Static(None)
                _change_dict(ctx, identity, pairs, node)
            found = pairs[key]
            return found
        case "pop" if not kwargs:
            key = objects.static(ctx, args[0], node)
            if key not in pairs:
                return args[1] if len(args) > 1 else control.fail(ctx, KeyError(key))
            last: Value = pairs.pop(key)
            _change_dict(ctx, identity, pairs, node)
            return last
        case "clear":
            _change_dict(ctx, identity, {}, node)
            return Static(None)
    ctx.refuse(
        f"the dict method `{name}` cannot be differentiated yet", node, error=UnsupportedType
    )
