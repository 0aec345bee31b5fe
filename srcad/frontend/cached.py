"""Functions that remember their results: `functools.cache` and `functools.lru_cache`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import calls, control, objects, outside
from srcad.frontend.values import Array, Items, Number, Path, Ref, Static, Value
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

CONSTANTS = (bool, int, float, complex, str, bytes, type(None), type)


def call(
    ctx: Lowering,
    function: Any,
    path: Path,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    """Call a cached function.

    With constants it is called now, and its result is an object outside of the program like a
    global variable: each later call of the program asks the cache for it. With values that are not
    known yet the function under the cache is inlined, which computes the same.
    """
    args = [outside.resolve(ctx, value, node) for value in args]
    kwargs = {key: outside.resolve(ctx, value, node) for key, value in kwargs.items()}
    for value in (*args, *kwargs.values()):
        if isinstance(value, Array | Ref):
            what = "numpy.ndarray" if isinstance(value, Array) else "list"
            return control.fail(ctx, TypeError(f"unhashable type: '{what}'"))
    given = [_constant(value) for value in (*args, *kwargs.values())]
    if None in given:
        return _inlined(ctx, function, path, args, kwargs, node)
    constants = [value for (value,) in given]  # type: ignore[misc]
    positional, named = tuple(constants[: len(args)]), tuple(constants[len(args) :])
    key = (positional, tuple(zip(kwargs, named, strict=True)))
    try:
        result = function(*positional, **dict(key[1]))
    except Exception as error:
        return control.fail(ctx, error)
    root = path or (("object", function),)
    return outside.wrap(ctx, result, (*root, ("call", key)))


def _constant(value: Value) -> tuple[Any] | None:
    """The Python object that an argument is, in a tuple; None if it is not known yet."""
    match value:
        case Static(value=constant) | Number(atom=Const(value=constant)):
            return (constant,) if isinstance(constant, CONSTANTS) else None
        case Items(items=items, type=kind) if kind is tuple and value.shape_of is None:
            inner = [_constant(item) for item in items]
            return None if None in inner else (tuple(part for (part,) in inner),)  # type: ignore[misc]
    return None


def _inlined(
    ctx: Lowering,
    function: Any,
    path: Path,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    inner = outside.wrap(ctx, function.__wrapped__, (*path, ("attr", "__wrapped__")))
    result = calls.call(ctx, inner, args, kwargs, node)
    _keep(ctx, result, node)
    return result


def _keep(ctx: Lowering, result: Value, node: gast.AST) -> None:
    """See to it that nobody writes to what the cache would give to others as well."""
    match result:
        case Ref():
            ctx.refuse(
                f"a cached function returns {objects.describe(ctx, result)} here, which all of its "
                "callers share",
                node,
                "return a tuple",
                UnsupportedType,
            )
        case Items(items=items):
            for item in items:
                _keep(ctx, item, node)
        case Array():
            ctx.kept_cells |= {result.cell} | ctx.state.aliases.get(result.cell, frozenset())


__all__ = ["call"]
