"""Calls: of primitives, of the user's functions (inlined), and of Python's own functions."""

from __future__ import annotations

import functools
import types
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import gast
import numpy as np

from srcad.custom import Ruled
from srcad.errors import MissingRule, Origin, UnsupportedType
from srcad.frontend import (
    attributes,
    boxes,
    builtin,
    cached,
    classes,
    columns,
    comprehensions,
    control,
    copies,
    cursors,
    custom,
    displays,
    dunders,
    expressions,
    generators,
    library,
    memory,
    methods,
    objects,
    outside,
    own_rules,
    recursion,
    rewritten,
    rows,
    statements,
    texts,
    trying,
    vmapped,
)
from srcad.frontend.context import Frame, Unreachable
from srcad.frontend.liveness import liveness
from srcad.frontend.source import Source, source_of
from srcad.frontend.values import (
    Closure,
    Conflict,
    Foreign,
    Items,
    Mapping,
    Maybe,
    Method,
    Partial,
    Path,
    Record,
    Ref,
    Static,
    Value,
)
from srcad.ir.kinds import OPAQUE
from srcad.ir.primitives import Primitive
from srcad.mapped import Mapped
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

TEXT = Primitive("text", str, "constant", options={"kind": OPAQUE})
"""Builds a string out of parts: the f-strings of the user's messages."""

MAX_DEPTH = 200


def evaluate_call(ctx: Lowering, node: gast.Call, hint: str = "") -> Value:
    """The value of a call expression."""
    callee = expressions.evaluate(ctx, node.func)
    if ctx.state.dead:
        return callee
    if node.args and isinstance(node.args[0], gast.GeneratorExp):
        return comprehensions.consume(ctx, callee, node, hint)
    if columns.is_transposition(callee, node):
        return columns.transposed(ctx, callee, node)
    args = displays.elements_of(ctx, node.args)
    kwargs = keywords_of(ctx, node)
    if ctx.state.dead:
        return callee
    return call(ctx, callee, args, kwargs, node, hint)


def keywords_of(ctx: Lowering, node: gast.Call) -> dict[str, Value]:
    """The values of the keyword arguments of a call, `**` taken apart."""
    kwargs: dict[str, Value] = {}
    for keyword in node.keywords:
        value = expressions.evaluate(ctx, keyword.value)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
            continue
        kwargs.update({str(key): item for key, item in pairs_of(ctx, value, node).items()})
    return kwargs


def pairs_of(ctx: Lowering, value: Value, node: gast.AST) -> dict[Any, Value]:
    """The keys and values of a dict, for `**`, `dict` and `update`."""
    value = outside.resolve(ctx, value, node)
    content = ctx.state.heap.get(value.identity) if isinstance(value, Ref) else None
    if not isinstance(content, Mapping):
        ctx.refuse(
            f"a dict is needed here, and this is {objects.describe(ctx, value)}",
            node,
            error=UnsupportedType,
        )
    return dict(content.items)


def call(
    ctx: Lowering,
    callee: Value,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str = "",
) -> Value:
    """Call any value."""
    if ctx.beyond is not None and (
        (made := ctx.beyond(ctx, callee, args, kwargs, node)) is not None
    ):
        return made
    match callee:
        case Closure(function=function) if (
            function in rewritten.WRITTEN
            or function in copies.HANDLERS
            or function in custom.HANDLERS
            or function in vmapped.HANDLERS
        ):
            return call_python(ctx, function, args, kwargs, node, hint)
        case Closure(function=function, receiver=None) if (
            function is not None
            and (made := library.call_instead(ctx, function, args, kwargs, node, hint)) is not None
        ):
            return made
        case Closure():
            args = [cursors.kept(ctx, value, node) for value in args]
            kwargs = {key: cursors.kept(ctx, value, node) for key, value in kwargs.items()}
            return inline(ctx, callee, args, kwargs, node)
        case Partial(function=function, args=first, kwargs=named):
            given = {**dict(named), **kwargs}
            return call(ctx, function, [*first, *args], given, node, hint)
        case Method(receiver=receiver, name=name):
            return methods.call_method(ctx, receiver, name, args, kwargs, node, hint)
        case Static(value=function):
            return call_python(ctx, function, args, kwargs, node, hint)
        case Foreign(value=function, path=path):
            return _call_object(ctx, function, path, args, kwargs, node, hint)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Record):
                bound = attributes.attribute(ctx, callee, "__call__", node)
                return call(ctx, bound, args, kwargs, node, hint)
    what = objects.describe(ctx, callee)
    return control.fail(ctx, TypeError(f"{what} is not callable"))


def call_python(
    ctx: Lowering,
    function: Any,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str = "",
) -> Value:
    """Call a function that is known as a Python object."""
    handler = builtin.HANDLERS.get(function) if _hashable(function) else None
    primitive = primitive_of(function)
    if (told := dunders.unary(ctx, function, args, node)) is not None:
        return told
    if _hashable(function):
        args = cursors.given(ctx, function, args, node)
    numeric = (handler or primitive) and function not in builtin.OF_LISTS
    if numeric and any(rows.is_rows(ctx, arg) for arg in args):
        if (joined := rows.joined(ctx, function, args, kwargs, node)) is not None:
            return joined
        args = [rows.as_array(ctx, arg, node) for arg in args]
    if handler is not None:
        return handler(ctx, args, kwargs, node)
    if _hashable(function) and function in rewritten.WRITTEN:
        return builtin.call_written(ctx, function, args, kwargs, node)
    if primitive is not None:
        return builtin.call_primitive(ctx, primitive, args, kwargs, node, hint)
    if isinstance(function, types.FunctionType):
        if (made := library.call_instead(ctx, function, args, kwargs, node, hint)) is not None:
            return made
        return inline(ctx, closure(ctx, function, (("object", function),)), args, kwargs, node)
    if isinstance(function, type):
        if function.__name__ == "prange" and function.__module__.startswith("numba."):
            return call_python(ctx, range, args, kwargs, node)
        return classes.construct(ctx, function, args, kwargs, node)
    return _call_object(ctx, function, (("object", function),), args, kwargs, node, hint)


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _call_object(
    ctx: Lowering,
    function: Any,
    path: Path,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str,
) -> Value:
    """Call an object that wraps a function: partial, method, compiled or decorated function."""
    if isinstance(getattr(function, "__self__", None), str):
        return texts.method(ctx, function, args, kwargs, node)
    if isinstance(function, functools.partial):
        bound = [
            outside.wrap(ctx, value, (*path, ("attr", "args"), ("item", i)))
            for i, value in enumerate(function.args)
        ]
        named = {
            key: outside.wrap(ctx, value, (*path, ("attr", "keywords"), ("item", key)))
            for key, value in function.keywords.items()
        }
        inner = outside.wrap(ctx, function.func, (*path, ("attr", "func")))
        return call(ctx, inner, [*bound, *args], {**named, **kwargs}, node, hint)
    if isinstance(function, types.MethodType):
        receiver = outside.wrap(ctx, function.__self__, (*path, ("attr", "__self__")))
        inner = outside.wrap(ctx, function.__func__, (*path, ("attr", "__func__")))
        return call(ctx, inner, [receiver, *args], kwargs, node, hint)
    if isinstance(function, Mapped):
        return vmapped.call_object(ctx, function, path, args, kwargs, node)
    ctx.fix(Foreign(function, path))
    if isinstance(function, Ruled):
        return own_rules.call(ctx, function, path, args, kwargs, node)
    if isinstance(function, np.vectorize):
        ctx.refuse(
            "`np.vectorize` cannot be differentiated: the first result decides on the dtype of all",
            node,
            "write it for arrays with np.where, or as a loop that fills an array",
        )
    if isinstance(function, functools._lru_cache_wrapper):
        return cached.call(ctx, function, path, args, kwargs, node)
    for attribute in ("py_func", "function"):  # numba's dispatchers, srcad's own decorator
        inside = getattr(function, attribute, None)
        if isinstance(inside, types.FunctionType):
            return inline(
                ctx, closure(ctx, inside, (*path, ("attr", attribute))), args, kwargs, node
            )
    dunder = getattr(type(function), "__call__", None)  # noqa: B004  the function itself
    if isinstance(dunder, types.FunctionType):
        receiver = Foreign(function, path)
        return inline(
            ctx, closure(ctx, dunder, (("object", dunder),)), [receiver, *args], kwargs, node
        )
    if (made := library.call(ctx, function, args, kwargs, node, hint)) is not None:
        return made
    missing(ctx, function, node)


def reached(ctx: Lowering, function: Any, path: Path) -> Value:
    """A callable that something outside holds; another one of the same code serves as well."""
    if isinstance(function, types.FunctionType) and primitive_of(function) is None:
        ctx.fix(Foreign(function.__code__, (*path, ("attr", "__code__"))))
        return closure(ctx, function, path)
    return outside.wrap(ctx, function, path)


def missing(ctx: Lowering, function: Any, node: gast.AST) -> NoReturn:
    """Refuse a function that has neither source nor a rule."""
    name = getattr(function, "__name__", None) or type(function).__name__
    message = f"srcad has no rule for `{name}` and cannot read its source"
    hint = "compute it outside, or write it with functions that have rules"
    if len(ctx.frames) == 1:  # no line of the user's calls what is to be differentiated itself
        raise MissingRule(message, None, hint)
    ctx.refuse(message, node, hint, MissingRule)


# -- user functions -----------------------------------------------------------------------------


def called(value: Value, name: str) -> Value:
    """A value that is called so, if it comes from outside."""
    return replace(value, name=name) if isinstance(value, Foreign) else value


def closure(ctx: Lowering, function: types.FunctionType, path: Path) -> Closure:
    """A Python function as a value."""
    values = function.__defaults__ or ()
    names = function.__code__.co_varnames[: function.__code__.co_argcount][-len(values) :]
    defaults = tuple(
        called(outside.wrap(ctx, value, (*path, ("attr", "__defaults__"), ("item", i))), name)
        for i, (value, name) in enumerate(zip(values, names, strict=False))
    )
    named = tuple(
        (key, outside.wrap(ctx, value, (*path, ("attr", "__kwdefaults__"), ("item", key))))
        for key, value in (function.__kwdefaults__ or {}).items()
    )
    return Closure(_Lazy(function), defaults, named, function, path)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class _Lazy:
    """The source of a function, looked up when it is first inlined."""

    function: types.FunctionType

    def get(self) -> Source:
        return source_of(self.function)


def body_of(value: Value) -> Origin | None:
    """Where the expression of a lambda stands."""
    if not isinstance(value, Closure):
        return None
    source = value.source.get() if isinstance(value.source, _Lazy) else value.source
    return source.origin(source.node.body) if isinstance(source.node, gast.Lambda) else None


def define(ctx: Lowering, node: gast.FunctionDef | gast.Lambda) -> Closure:
    """A function defined inside the program."""
    defaults = tuple(expressions.evaluate(ctx, default) for default in node.args.defaults)
    named = tuple(
        (arg.id, expressions.evaluate(ctx, default))
        for arg, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    )
    if any(isinstance(n, gast.Await) for n in gast.walk(node)):
        ctx.refuse("`async` cannot be differentiated", node)
    outer = ctx.frame.source
    name = getattr(node, "name", "<lambda>")
    source = Source(name, outer.file, outer.path, node, outer.lines)
    return Closure(source, defaults, named, None, (), ctx.frame)


def _refuse_masked(ctx: Lowering, function: Any, node: gast.AST) -> None:
    if (getattr(function, "__module__", None) or "").startswith("numpy.ma."):
        ctx.refuse(
            "masked arrays compute unlike plain arrays",
            node,
            "keep the data and the mask as two arrays: np.where(mask, 0.0, data)",
            UnsupportedType,
        )


def inline(
    ctx: Lowering, callee: Closure, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """Lower the body of a function with its parameters bound to the arguments."""
    _refuse_masked(ctx, callee.function, node)
    source = callee.source.get() if isinstance(callee.source, _Lazy) else callee.source
    if len(ctx.frames) > MAX_DEPTH:
        recursion.refuse_depth(ctx, source.name, node)
    if callee.receiver is not None:
        args = [callee.receiver, *args]
    if recursion.goes_too_deep(ctx, source, args, kwargs, node):
        return control.fail(ctx, recursion.too_deep(source.name))
    try:
        if generators.is_generator(callee, source):
            return generators.made(ctx, callee, source, args, kwargs, node)
        env = bind_arguments(ctx, source, callee, args, kwargs)
    except TypeError as error:
        return control.fail(ctx, error)
    caller = ctx.state.env
    if ctx.frames:
        ctx.frame.env = caller
    above: set[int] = set(ctx.frame.live_above) if ctx.frames else set()
    now = ctx.frame.still_read(node) if ctx.frames else None
    beside = tuple(
        value
        for name, value in caller.items()
        if now is None or name in now or name.startswith("<")
    )
    for value in beside:
        above |= set(memory.cells(ctx.state, value))
    frame = Frame(
        source,
        ctx.once(liveness, source.node).copy(),
        callee.function,
        callee.path,
        callee.scope,
        live_above=frozenset(above),
        beside=beside,
    )
    frame.given = tuple(args) + tuple(kwargs.values())
    boxes.open_boxes(ctx, frame, env)
    ctx.frames.append(frame)
    ctx.inlined += 1
    left, ctx.state.left = ctx.state.left, {}
    ctx.state.env = env
    origin = ctx.builder.origin
    result: Value = Conflict("is not defined here")
    try:
        with suppress(Unreachable):
            if isinstance(source.node, gast.Lambda):
                result = expressions.evaluate(ctx, source.node.body)
            else:
                statements.run_block(ctx, source.node.body)
                result = _returned(ctx)
    finally:
        ctx.frames.pop()
        frame.env = ctx.state.env
    ctx.builder.origin = origin
    ctx.state.env = dict(caller)
    inside, ctx.state.left = ctx.state.left, left
    trying.pass_on(ctx, inside, node)
    return result


def _returned(ctx: Lowering) -> Value:
    value = ctx.state.env.get(statements.RESULT)
    if value is None:
        return Static(None)
    if isinstance(value, Maybe):
        ways = [way for way, flag in ctx.state.left.items() if flag is not False]
        raised = any(way.startswith("caught") for way in ways)
        if ctx.state.left.get("returned") is True or raised:
            return value.value
        ctx.refuse(
            "this function returns a value on some paths and nothing on others",
            None,
            "add a `return` at its end",
            UnsupportedType,
        )
    if isinstance(value, Conflict):
        ctx.refuse(f"the result {value.reason}", None, error=UnsupportedType)
    return value


def bind_arguments(
    ctx: Lowering,
    source: Source,
    callee: Closure,
    args: list[Value],
    kwargs: dict[str, Value],
) -> dict[str, Value]:
    """Bind arguments to parameters as Python does; TypeError with Python's message otherwise."""
    spec = source.node.args
    names = [arg.id for arg in [*spec.posonlyargs, *spec.args]]
    env: dict[str, Value] = dict(zip(names, args, strict=False))
    extra = args[len(names) :]
    if spec.vararg is not None:
        env[spec.vararg.id] = Items(tuple(extra))
    elif extra:
        raise TypeError(
            f"{source.name}() takes {len(names)} positional argument{'s' * (len(names) != 1)} "
            f"but {len(args)} were given"
        )
    others: dict[str, Value] = {}
    allowed = {arg.id for arg in [*spec.args, *spec.kwonlyargs]}
    for key, value in kwargs.items():
        if key in env and key in allowed:
            raise TypeError(f"{source.name}() got multiple values for argument '{key}'")
        if key in allowed:
            env[key] = value
        elif spec.kwarg is not None:
            others[key] = value
        else:
            raise TypeError(f"{source.name}() got an unexpected keyword argument '{key}'")
    if spec.kwarg is not None:
        env[spec.kwarg.id] = Ref(ctx.heap(Mapping(tuple(others.items()))))
    for name, default in zip(names[::-1], callee.defaults[::-1], strict=False):
        env.setdefault(name, default)
    for name, default in callee.keyword_defaults:
        env.setdefault(name, default)
    missing_names = [n for n in [*names, *(a.id for a in spec.kwonlyargs)] if n not in env]
    if missing_names:
        listed = ", ".join(repr(name) for name in missing_names)
        raise TypeError(
            f"{source.name}() missing {len(missing_names)} required "
            f"argument{'s' * (len(missing_names) != 1)}: {listed}"
        )
    return env
