"""From a Python function and the arguments of a call to a program of the core language."""

from __future__ import annotations

import dataclasses
import functools
import os.path
import types
from collections.abc import Callable
from collections.abc import Sequence as Many
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import gast

from srcad import trees
from srcad.analyses.sizes import Guard, Sizes, is_argument
from srcad.derived import DerivedFunction
from srcad.errors import Origin, UnsupportedType
from srcad.frontend import attributes, calls, expressions, handed_in, memory, objects, outside
from srcad.frontend.builder import Builder
from srcad.frontend.context import Beyond, Capture, Frame, Identity, Lowering, Unreachable
from srcad.frontend.liveness import Liveness
from srcad.frontend.source import Source, source_of
from srcad.frontend.values import (
    Array,
    Closure,
    Deque,
    Foreign,
    Items,
    Mapping,
    Number,
    Record,
    Ref,
    Rows,
    Sequence,
    SliceValue,
    Static,
    Value,
)
from srcad.ir.kinds import kind_of
from srcad.ir.nodes import Atom, Block, Const, Function, Operand, ShapeOf, Slice, Var
from srcad.mapped import Mapped
from srcad.rules import table as _table  # noqa: F401  fills the registry


@dataclass(frozen=True)
class Place:
    """Where a result goes: leaf number `index` of what the function returns."""

    index: int


@dataclass(frozen=True)
class Node:
    """A container around results: how to make it, and from what."""

    make: Callable[[list[Any]], Any]
    children: tuple[Template, ...]


@dataclass(frozen=True, eq=False)
class Fixed:
    """An object that the function returns as it is."""

    value: Any


Template = Place | Node | Fixed


@dataclass(frozen=True, eq=False)
class Program:
    """A lowered function, and what has to hold for it to be used again."""

    function: Function
    leaves: tuple[Var | None, ...]
    captures: tuple[Capture, ...]
    identities: tuple[Identity, ...]
    guards: tuple[Guard, ...]
    template: Template
    written: frozenset[Var]
    printing: bool
    root: types.FunctionType | None
    sizes: Sizes
    known: dict[Var, Any]
    place: str


def lower(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    beyond: Beyond | None = None,
) -> Program:
    """Lower a function for arguments like these.

    Args:
        function: any callable: function, method, lambda, partial, callable object, primitive.
        args: the arguments of the call: numbers, arrays, containers of them.
        kwargs: the keyword arguments.
        beyond: calls what has to do with derivatives.

    Returns:
        The program, with one parameter for each leaf of the arguments that is a number or array.

    Raises:
        SrcadError: where the function does something that cannot be followed.
    """
    ctx = Lowering(beyond=beyond)
    ctx.builder.origin = None
    leaves, structure = trees.flatten((args, kwargs))
    placeholders = [handed_in.Leaf(leaf, index) for index, leaf in enumerate(leaves)]
    plain_args, plain_kwargs = cast(tuple[Any, Any], trees.unflatten(structure, placeholders))
    names = parameter_names(function, len(args))
    params: dict[int, Var] = {}
    values = [
        handed_in.from_python(ctx, value, name, params)
        for name, value in zip(names, plain_args, strict=True)
    ]
    named = {
        key: handed_in.from_python(ctx, value, key, params) for key, value in plain_kwargs.items()
    }
    inputs = tuple(params.get(id(leaf)) for leaf in placeholders)
    cells = {var: cell for cell, var in ctx.state.memory.items()}
    callee = outside.wrap(ctx, function, ())
    node = gast.Pass()
    root = function if isinstance(function, types.FunctionType) else None
    ctx.frames.append(_outermost(function))
    result: Value = Static(None)
    with suppress(Unreachable):
        result = calls.call(ctx, callee, values, named, node)
    ctx.frames.pop()
    if ctx.state.dead:
        result = Static(None)
    atoms: list[Atom] = []
    ctx.builder.origin = ctx.returned
    template = _template(ctx, result, atoms)
    ctx.builder.origin = None
    captures = tuple(ctx.captures.values())
    own = tuple(var for var in inputs if var is not None) + tuple(c.var for c in captures)
    name = function_name(function)
    program = Function(name, own, Block(tuple(ctx.builder.stack[0]), tuple(atoms)))
    symbols = frozenset(own)
    guards = tuple(g for g in ctx.sizes.guards if _readable(g, symbols))
    written = frozenset(var for var, cell in cells.items() if cell in ctx.written)
    return Program(
        program,
        inputs,
        captures,
        tuple(ctx.identities.values()),
        guards,
        template,
        written,
        ctx.printing,
        root,
        ctx.sizes,
        ctx.builder.known,
        _place(function),
    )


def _place(function: Any) -> str:
    """`file:line` of a function, for headers."""
    plain = inner_function(function)
    if plain is None:
        return ""
    return f"{os.path.basename(plain.__code__.co_filename)}:{plain.__code__.co_firstlineno}"


def _readable(guard: Guard, params: frozenset[Var]) -> bool:
    return all(
        is_argument(symbol, params) or hasattr(symbol, "operands") or hasattr(symbol, "length")
        for symbol, _ in guard.dim.terms
    )


def _outermost(function: Any) -> Frame:
    plain = inner_function(function)
    source = Source(function_name(function), "", "", gast.Pass(), ())
    return Frame(source, Liveness(), plain, ())


def inner_function(function: Any) -> types.FunctionType | None:
    """The Python function that a callable runs in the end."""
    for _ in range(32):
        if isinstance(function, types.FunctionType):
            return function
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, DerivedFunction):
            function = function.target.function
        elif isinstance(function, types.MethodType):
            function = function.__func__
        elif isinstance(getattr(function, "py_func", None), types.FunctionType):
            function = function.py_func
        elif isinstance(function, Mapped):
            function = function.inner
        elif callable(getattr(function, "function", None)):
            function = function.function
        else:
            dunder = getattr(type(function), "__call__", None)  # noqa: B004  the function itself
            return dunder if isinstance(dunder, types.FunctionType) else None
    return None


def function_name(function: Any) -> str:
    """The name that generated functions start with."""
    if isinstance(function, Mapped):
        return f"mapped_{function_name(function.inner)}"
    plain = inner_function(function)
    name = str(getattr(plain, "__name__", None) or getattr(function, "__name__", "function"))
    if isinstance(function, DerivedFunction):
        name = f"{name}_{function.derived.of}"
    return name if name.isidentifier() else "function"


def parameter_names(function: Any, count: int) -> list[str]:
    """Names for the positional arguments, as the function itself calls them."""
    plain = inner_function(function)
    if plain is None:
        return ["x", "y", "z"][:count] if count <= 3 else [f"x{i}" for i in range(count)]
    code = plain.__code__
    names = list(code.co_varnames[: code.co_argcount])
    skipped = 0
    while isinstance(function, functools.partial):
        skipped += len(function.args)
        names = [name for name in names if name not in function.keywords]
        function = function.func
    if isinstance(function, types.MethodType) or not hasattr(function, "__code__"):
        skipped += isinstance(function, types.MethodType) or plain.__name__ == "__call__"
    names = names[skipped:]
    rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount :]
    extra = rest[0] if code.co_flags & 0x04 and rest else "x"
    while len(names) < count:
        names.append(f"{extra}_{len(names)}")
    return names[:count]


# -- results ------------------------------------------------------------------------------------


def _template(ctx: Lowering, value: Value, atoms: list[Atom]) -> Template:
    value = outside.resolve(ctx, value)
    match value:
        case Number() | Array():
            atom = expressions.operand(ctx, value)
            assert isinstance(atom, Var | Const)
            atoms.append(atom)
            return Place(len(atoms) - 1)
        case Static(value=constant):
            return Fixed(constant)
        case Items(items=items, type=kind):
            children = tuple(_template(ctx, item, atoms) for item in items)
            return Node(tuple if kind is tuple else lambda parts: kind(*parts), children)
        case Ref(identity=identity):
            return _container(ctx, ctx.state.heap[identity], atoms)
        case Foreign():
            return Fixed(ctx.fix(value))
        case Closure(function=function, path=path) if function is not None:
            return Fixed(ctx.fix(Foreign(function, path)))
    ctx.refuse(f"{objects.describe(ctx, value)} cannot be returned")


def _container(ctx: Lowering, content: Any, atoms: list[Atom]) -> Template:
    match content:
        case Sequence(deque=Deque()) | Rows(deque=Deque()):
            ctx.refuse("a deque cannot be returned", ctx.node, "return list(...) of it")
        case Sequence(items=items):
            return Node(list, tuple(_template(ctx, item, atoms) for item in items))
        case Mapping(factory=factory) if factory is not None:
            ctx.refuse("a defaultdict cannot be returned", ctx.node, "return dict(...) of it")
        case Mapping(items=pairs):
            keys = [key for key, _ in pairs]
            children = tuple(_template(ctx, item, atoms) for _, item in pairs)
            return Node(lambda parts: dict(zip(keys, parts, strict=True)), children)
        case Record(type=kind, fields=fields) if dataclasses.is_dataclass(kind):
            names = [name for name, _ in fields]
            children = tuple(_template(ctx, item, atoms) for _, item in fields)
            return Node(lambda parts: _make_record(kind, names, parts), children)
    if isinstance(content, Rows):
        ctx.refuse(
            "a list whose length is known only at run time cannot be returned",
            None,
            "return an array of it: np.array(items)",
            UnsupportedType,
        )
    what = content.type.__name__ if isinstance(content, Record) else "container"
    ctx.refuse(f"a `{what}` cannot be returned", None, "return its attributes", UnsupportedType)


def _make_record(kind: type, names: list[str], parts: list[Any]) -> Any:
    made: Any = object.__new__(kind)
    for name, part in zip(names, parts, strict=True):
        object.__setattr__(made, name, part)
    return made


def build(template: Template, leaves: Many[Any]) -> Any:
    """Make the Python object that the function returns."""
    match template:
        case Place(index):
            return leaves[index]
        case Fixed(value):
            return value
        case Node(make, children):
            return make([build(child, leaves) for child in children])


# -- rules --------------------------------------------------------------------------------------


def apply_body(
    builder: Builder, body: Callable[..., Any], args: dict[str, Operand], origin: Origin | None
) -> Any:
    """Inline the body of a rule: its statements are written, its results returned as operands.

    Args:
        builder: where to write.
        body: a function in srcad's language.
        args: an operand for each parameter.
        origin: the user's line that the statements stand for.

    Returns:
        An operand, None, or a tuple of them, as the body returns.
    """
    ctx = Lowering(sizes=builder.sizes)
    ctx.builder = builder
    ctx.fixed_origin = True
    builder.origin = origin
    values = {name: from_operand(ctx, value) for name, value in args.items()}
    assert isinstance(body, types.FunctionType)
    source = source_of(body)
    ctx.frames.append(Frame(source, Liveness(), body, ()))
    result = calls.inline(
        ctx, calls.closure(ctx, body, (("object", body),)), [], values, source.node
    )
    return _operands(ctx, result)


def _operands(ctx: Lowering, value: Value) -> Any:
    value = outside.resolve(ctx, value)
    if isinstance(value, Static) and value.value is None:
        return None
    if isinstance(value, Items) and value.shape_of is None:
        return tuple(_operands(ctx, item) for item in value.items)
    return expressions.operand(ctx, value)


def from_operand(ctx: Lowering, operand: Operand) -> Value:
    """An operand of the core language as a value of the frontend."""
    match operand:
        case Var():
            return memory.new_array(ctx, operand)
        case Const(value):
            if isinstance(value, bool | int | float | complex):
                return Number(operand, kind_of(value))
            if kind_of(value).form == "numpy":
                return Number(operand, kind_of(value))
            return Static(value)
        case ShapeOf(var):
            return attributes.shape_items(ctx, var)
        case Slice(lower, upper, step):
            parts = (None if p is None else from_operand(ctx, p) for p in (lower, upper, step))
            return SliceValue(*parts)
        case tuple():
            return Items(tuple(from_operand(ctx, item) for item in operand))
