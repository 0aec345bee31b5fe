"""Lists and tuples of numbers where NumPy takes arrays: `np.diag([a, b])`, `x * [1.0, 2.0, c]`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import gast
import numpy as np

from srcad.frontend import calls
from srcad.frontend.values import Array, Items, Number, Ref, Sequence, Value
from srcad.ir.primitives import Primitive

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

ARRAYS = frozenset(
    "a append b condition f fp m p prepend v val values weights x xp y".split()  # noqa: SIM905
)
"""What rules call arguments that are arrays."""

SEQUENCES = frozenset({"arrays", "choicelist", "condlist", "operands"})
"""What rules call arguments that are sequences of arrays."""

ASKED = frozenset(
    {
        np.all,
        np.allclose,
        np.any,
        np.argmax,
        np.argmin,
        np.argsort,
        np.count_nonzero,
        np.digitize,
        np.flatnonzero,
        np.isclose,
        np.searchsorted,
    }
)
"""Functions without a derivative whose arguments are arrays; others of them take shapes."""


def all_as_arrays(
    ctx: Lowering, primitive: Primitive, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> tuple[list[Value], dict[str, Value]]:
    """The arguments of a call, with arrays in place of lists of numbers."""
    named = {
        key: _array(ctx, value, node) if key in ARRAYS and key in primitive.params else value
        for key, value in kwargs.items()
    }
    return as_arrays(ctx, primitive, args, node), named


def as_arrays(
    ctx: Lowering, primitive: Primitive, args: list[Value], node: gast.AST | None
) -> list[Value]:
    """The positional arguments of a call, with arrays in place of lists of numbers.

    Python's operators do that only if the other operand is NumPy's.
    """
    if not any(isinstance(arg, Items | Ref) for arg in args) or node is None:
        return args
    function = primitive.function
    if isinstance(function, np.ufunc) or function in ASKED:
        return [_array(ctx, arg, node) for arg in args]
    if getattr(function, "__module__", None) == "_operator":
        numpys = any(isinstance(arg, Array) or _is_scalar_of_numpy(arg) for arg in args)
        return [_array(ctx, arg, node) for arg in args] if numpys else args
    last = _variadic(primitive)
    named = [name for name in primitive.params if name != last]
    found = []
    for number, arg in enumerate(args):
        name = named[number] if number < len(named) else last
        if name in ARRAYS or (last and name == last):
            arg = _array(ctx, arg, node)
        elif name in SEQUENCES:
            arg = _arrays(ctx, arg, node)
        found.append(arg)
    return found


def _variadic(primitive: Primitive) -> str | None:
    """The parameter that takes all other arguments, `*arrays`."""
    code = None if primitive.reverse is None else primitive.reverse.__code__
    if code is None or not code.co_flags & inspect.CO_VARARGS:
        return None
    return code.co_varnames[code.co_argcount + code.co_kwonlyargcount]


def _is_scalar_of_numpy(value: Value) -> bool:
    return isinstance(value, Number) and not value.kind.is_python


def _array(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    if (isinstance(value, Items) and value.shape_of is None) or _is_list(ctx, value):
        return calls.call_python(ctx, np.array, [value], {}, node)
    return value


def _arrays(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    items: tuple[Value, ...]
    match value:
        case Items(items=items):
            pass
        case Ref(identity=identity) if _is_list(ctx, value):
            content = ctx.state.heap[identity]
            assert isinstance(content, Sequence)
            items = content.items
        case _:
            return value
    return Items(tuple(_array(ctx, item, node) for item in items))


def _is_list(ctx: Lowering, value: Value) -> bool:
    return isinstance(value, Ref) and isinstance(ctx.state.heap.get(value.identity), Sequence)
