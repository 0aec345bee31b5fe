"""Objects of the user's classes: made inside the function, their attributes kept on its heap."""

from __future__ import annotations

import abc
import collections
import dataclasses
import functools
import types
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import MissingRule, UnsupportedType
from srcad.frontend import (
    attributes,
    calls,
    control,
    deques,
    expressions,
    mappings,
    masked,
    methods,
    objects,
    outside,
    parts,
)
from srcad.frontend.values import (
    Array,
    Foreign,
    Items,
    Mapping,
    Number,
    Partial,
    Record,
    Ref,
    Rows,
    Sequence,
    Static,
    Super,
    Value,
)
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]

HOOKS = ("__setattr__", "__getattribute__", "__getattr__", "__delattr__")
"""Methods that make of reading or writing an attribute something else."""


def construct(ctx: Lowering, kind: type, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """Make an object: a NamedTuple, a dataclass, an object of a plain class, a NumPy scalar."""
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_tuple(ctx, kind, args, kwargs, node)
    if kind is functools.partial and args:
        return Partial(args[0], tuple(args[1:]), tuple(kwargs.items()))
    if _is_generated(kind):
        return _dataclass(ctx, kind, args, kwargs, node)
    if kind is collections.defaultdict:
        return mappings.default_dict(ctx, args, kwargs, node)
    if kind is collections.deque:
        return deques.construct(ctx, args, kwargs, node)
    if kind is types.SimpleNamespace and not args:
        return Ref(ctx.heap(Record(kind, tuple(kwargs.items()))))
    if issubclass(kind, np.generic) and primitive_of(kind) is None:
        return methods.astype(ctx, args[0], [Static(np.dtype(kind))], node)
    if kind is np.vectorize:
        ctx.refuse(
            "`np.vectorize` cannot be differentiated: the first result decides on the dtype of all",
            node,
            "write it for arrays with np.where, or as a loop that fills an array",
        )
    if not _is_plain(kind):
        ctx.refuse(
            f"a `{kind.__name__}` cannot be made inside the function",
            node,
            "use tuples, dicts, NamedTuples, dataclasses or plain classes",
            UnsupportedType if primitive_of(kind) is None else MissingRule,
        )
    made = Ref(ctx.heap(Record(kind, ())))
    begin: Any = kind.__init__  # type: ignore[misc]
    if isinstance(begin, types.FunctionType):
        calls.call(ctx, attributes.function_of(ctx, begin, made), args, kwargs, node)
    elif args or kwargs:
        return control.fail(ctx, TypeError(f"{kind.__name__}() takes no arguments"))
    return made


def _is_plain(kind: type) -> bool:
    """Whether objects of a class are what its `__init__` makes of them: attributes, no more."""
    return (
        type(kind) in (type, abc.ABCMeta)
        and getattr(kind, "__new__") is object.__new__  # noqa: B009  mypy takes it for a method
        and not getattr(kind, "__abstractmethods__", None)
        and kind.__module__ != "builtins"
        and isinstance(kind.__init__, types.FunctionType | types.WrapperDescriptorType)  # type: ignore[misc]
        and not any(hook in base.__dict__ for base in kind.__mro__[:-1] for hook in HOOKS)
    )


# -- NamedTuples and dataclasses ----------------------------------------------------------------


def _named_tuple(ctx: Lowering, kind: type, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    for base in kind.__mro__:
        if "_fields" in base.__dict__:
            break
        if "__new__" in base.__dict__ or "__init__" in base.__dict__:
            ctx.refuse(f"`{kind.__name__}` cannot be made inside the function", node)
    fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
    given = _given(ctx, kind, fields, args, kwargs)
    defaults = getattr(kind, "_field_defaults", {})
    for name in fields:
        if name not in given and name in defaults:
            path = (("object", kind), ("attr", "_field_defaults"), ("item", name))
            given[name] = _default(ctx, defaults[name], path)
    if ctx.state.dead:
        return Static(None)
    if set(fields) - set(given):
        return control.fail(ctx, TypeError(f"{kind.__name__}() is missing arguments"))
    return Items(tuple(given[name] for name in fields), kind)


def _given(
    ctx: Lowering, kind: type, names: tuple[str, ...], args: Args, kwargs: Kwargs
) -> dict[str, Value]:
    """Arguments by name; the program raises where there are too many or unknown ones."""
    unknown = [key for key in kwargs if key not in names]
    twice = [key for key in kwargs if key in names[: len(args)]]
    message = ""
    if len(args) > len(names):
        message = f"takes {len(names)} arguments but {len(args)} were given"
    elif unknown:
        message = f"got an unexpected keyword argument '{unknown[0]}'"
    elif twice:
        message = f"got multiple values for argument '{twice[0]}'"
    if message:
        control.fail(ctx, TypeError(f"{kind.__name__}() {message}"))
    return dict(zip(names, args, strict=False)) | kwargs


def _default(ctx: Lowering, value: Any, path: Any) -> Value:
    """A default: what cannot change is a constant, anything else is an object from outside."""
    if type(value) in (bool, int, float, complex):
        return expressions.literal(value)
    return outside.wrap(ctx, value, path)


def _is_generated(kind: type) -> bool:
    """Whether objects of a class are made by the `__init__` that `dataclass` wrote."""
    if not dataclasses.is_dataclass(kind):
        return False
    owner = next(base for base in kind.__mro__ if "__init__" in base.__dict__)
    made = getattr(owner.__dict__.get("__dataclass_params__"), "init", False)
    return bool(made) and owner.__init__.__code__.co_filename == "<string>"  # type: ignore[misc]


def _dataclass(ctx: Lowering, kind: Any, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    declared = dataclasses.fields(kind)
    if len(declared) != len(kind.__dataclass_fields__):
        pseudo = [f for f in kind.__dataclass_fields__.values() if f not in declared]
        if any("InitVar" in str(f.type) for f in pseudo):
            ctx.refuse("a dataclass with `InitVar` cannot be made inside the function", node)
    positional = tuple(f.name for f in declared if f.init and not f.kw_only)
    named = tuple(f.name for f in declared if f.init and f.kw_only)
    given = _given(ctx, kind, (*positional, *named), args, kwargs)
    if len(args) > len(positional):
        message = f"{kind.__name__}() takes {len(positional)} positional arguments"
        control.fail(ctx, TypeError(message))
    for field in declared:
        if field.name in given:
            continue
        if field.default is not dataclasses.MISSING:
            path = (("object", kind), ("attr", "__dataclass_fields__"), ("item", field.name))
            given[field.name] = _default(ctx, field.default, (*path, ("attr", "default")))
        elif field.default_factory is not dataclasses.MISSING:
            factory = outside.wrap(ctx, field.default_factory, (("object", field.default_factory),))
            given[field.name] = calls.call(ctx, factory, [], {}, node)
        elif field.init:
            message = f"{kind.__name__}.__init__() missing required argument: '{field.name}'"
            return control.fail(ctx, TypeError(message))
    if ctx.state.dead:
        return Static(None)
    ordered = tuple((f.name, given[f.name]) for f in declared if f.name in given)
    made = Ref(ctx.heap(Record(kind, ordered)))
    after = getattr(kind, "__post_init__", None)
    if isinstance(after, types.FunctionType):
        calls.call(ctx, attributes.function_of(ctx, after, made), [], {}, node)
    return made


# -- attributes that are written ----------------------------------------------------------------


def store(ctx: Lowering, base: Value, name: str, value: Value, node: gast.AST) -> None:
    """`base.name = value`."""
    base = outside.resolve(ctx, base, node)
    if isinstance(base, Array) and name in ("real", "imag"):
        parts.store(ctx, base, name, value, node)
        return
    if isinstance(base, Array) and name == "flat":
        masked.store_flat(ctx, base, value, node)
        return
    content = ctx.state.heap.get(base.identity) if isinstance(base, Ref) else None
    if not isinstance(base, Ref) or not isinstance(content, Record):
        ctx.refuse(
            f"the attribute `{name}` of {objects.describe(ctx, base)} cannot be written here",
            node,
            "keep the value in a local variable and return it",
        )
    kind = content.type
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is not None and parameters.frozen:
        control.fail(ctx, dataclasses.FrozenInstanceError(f"cannot assign to field '{name}'"))
        return
    own = any(hook in b.__dict__ for b in kind.__mro__[:-1] for hook in HOOKS)
    if own and kind is not types.SimpleNamespace:
        ctx.refuse(f"`{kind.__name__}` has a way of its own to write attributes", node)
    member = next((b.__dict__[name] for b in kind.__mro__ if name in b.__dict__), None)
    if isinstance(member, property):
        if not isinstance(member.fset, types.FunctionType):
            message = f"property '{name}' of '{kind.__name__}' object has no setter"
            control.fail(ctx, AttributeError(message))
            return
        calls.call(ctx, attributes.function_of(ctx, member.fset, base), [value], {}, node)
        return
    if hasattr(type(member), "__set__") and not isinstance(
        member, types.MemberDescriptorType | functools.cached_property
    ):
        ctx.refuse(f"`{name}` has a way of its own to be written", node)
    fields = {**dict(content.fields), name: value}
    ctx.change(base.identity, Record(kind, tuple(fields.items())))


# -- `super()` and its kin ----------------------------------------------------------------------


def super_of(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`super()` in a method, or `super(Class, self)`."""
    if len(args) == 2:
        return Super(objects.static(ctx, args[0], node), args[1])
    function = ctx.frame.function
    names = function.__code__.co_freevars if isinstance(function, types.FunctionType) else ()
    spec = ctx.frame.source.node.args
    params = [*spec.posonlyargs, *spec.args]
    if args or "__class__" not in names or not params:
        ctx.refuse("this form of `super` cannot be differentiated", node)
    assert isinstance(function, types.FunctionType)
    assert function.__closure__
    start = function.__closure__[names.index("__class__")].cell_contents
    return Super(start, expressions.load(ctx, params[0].id, node))


def type_of(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`type(x)`."""
    kind = None if len(args) != 1 else class_of(ctx, outside.resolve(ctx, args[0], node))
    if kind is None:
        ctx.refuse("this form of `type` cannot be differentiated", node)
    return Static(kind)


LITERAL = (Sequence, Mapping)


def class_of(ctx: Lowering, value: Value) -> type | None:
    """The class of a value, where it is known."""
    match value:
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Record):
                return content.type
            listed = isinstance(content, Rows) and ctx.state.marks.get(identity) != "item"
            return deques.type_of(content) if listed or isinstance(content, LITERAL) else None
        case Items(type=kind):
            return kind
        case Foreign(value=thing, path=path):
            return outside.kind(ctx, thing, path)
        case Static(value=thing):
            return type(thing)
        case Number(kind=numeric) | Array(kind=numeric):
            return type(numeric.example())
    return None


def has_attribute(ctx: Lowering, value: Value, name: str) -> bool:
    """Whether an object has an attribute."""
    match value:
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Record):
                return name in dict(content.fields) or hasattr(content.type, name)
        case Foreign(value=thing, path=path):
            found = hasattr(thing, name)
            ctx.fix(Foreign(found, (*path, ("has", name))))
            return found
        case Static(value=thing):
            return hasattr(thing, name)
    kind = class_of(ctx, value)
    return kind is not None and hasattr(kind, name)


def hasattr_of(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`hasattr(x, name)`."""
    name = objects.static(ctx, args[1], node)
    return expressions.literal(has_attribute(ctx, outside.resolve(ctx, args[0], node), name))


def setattr_of(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`setattr(x, name, value)`."""
    store(ctx, args[0], objects.static(ctx, args[1], node), args[2], node)
    return Static(None)


HANDLERS: dict[Any, Any] = {
    super: super_of,
    type: type_of,
    hasattr: hasattr_of,
    setattr: setattr_of,
    object.__init__: lambda ctx, args, kwargs, node: Static(None),
}
