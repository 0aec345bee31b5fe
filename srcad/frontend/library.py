"""Calls of library functions that have no rule: made as they stand, where no derivative passes.

Whether one does is known only when the program is differentiated: then `reverse` refuses it.
"""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.frontend import control, expressions, memory, outside, rows
from srcad.frontend.values import Array, Items, Number, Ref, Sequence, Static, Value
from srcad.ir.kinds import Kind, kind_of, python_type
from srcad.ir.nodes import Const, Operand, ShapeOf, Var
from srcad.ir.primitives import Primitive
from srcad.rules import library

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

PLAIN = (bool, int, float, complex, str, type(None), np.dtype, np.generic)
LARGEST_EXAMPLE = 8


class _Unclear(Exception):
    """The call cannot be made here."""


def call(
    ctx: Lowering,
    function: Any,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str = "",
) -> Value | None:
    """Call a function of a library that has no rule; None if that cannot be done."""
    text = library.spelled(function)
    if text is None or any(key == "out" or key.startswith("overwrite") for key in kwargs):
        return None
    args = [outside.resolve(ctx, arg, node) for arg in args]
    kwargs = {key: outside.resolve(ctx, value, node) for key, value in kwargs.items()}
    if not all(_is_plain(ctx, value) for value in (*args, *kwargs.values())):
        return None
    operands = tuple(expressions.operand(ctx, arg, node) for arg in args)
    named = {key: expressions.operand(ctx, value, node) for key, value in kwargs.items()}
    try:
        if not any(_is_open(operand) for operand in (*operands, *named.values())):
            return _now(ctx, function, operands, named)
        example = _example_result(ctx, function, operands, named)
        aliases = frozenset(
            c for v in (*args, *kwargs.values()) for c in memory.cells(ctx.state, v)
        )
        made = _results(ctx, function, text, example, (), operands, named, aliases, hint)
        return _apart(ctx, function, made)
    except _Unclear:
        return None


def call_instead(
    ctx: Lowering,
    function: Any,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
    hint: str = "",
) -> Value | None:
    """Call a library's function whose source could be read; None if that is to be followed."""
    if ctx.within_rule or ctx.fixed_origin or library.spelled(function) is None:
        return None
    return call(ctx, function, args, kwargs, node, hint)


def _is_plain(ctx: Lowering, value: Value) -> bool:
    """Whether a value is made of numbers, arrays and names of dtypes only."""
    match value:
        case Number(atom=Var(), kind=kind) if kind.is_bool:
            return False  # a flag may decide what comes back
        case Number() | Array():
            return True
        case Static(value=constant):
            return isinstance(constant, PLAIN) or _is_dtype(constant)
        case Items(items=items):
            return all(_is_plain(ctx, outside.resolve(ctx, item)) for item in items)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Sequence):
                return all(_is_plain(ctx, outside.resolve(ctx, item)) for item in content.items)
            return rows.is_rows(ctx, value)
    return False


def _is_dtype(value: Any) -> bool:
    """Whether an object is a type of numbers."""
    number = (np.generic, bool, int, float, complex)
    return isinstance(value, type) and issubclass(value, number)


def _is_open(operand: Operand) -> bool:
    if isinstance(operand, tuple):
        return any(_is_open(item) for item in operand)
    return not isinstance(operand, Const)


# -- calls with known arguments -------------------------------------------------------------------


def _now(
    ctx: Lowering, function: Any, operands: tuple[Operand, ...], named: dict[str, Operand]
) -> Value:
    """The call is made now if its result is exact; else its text is worth reading."""
    values = [_constant(operand) for operand in operands]
    given = {key: _constant(value) for key, value in named.items()}
    try:
        made = _quietly(function, values, given)
    except TypeError:
        raise _Unclear from None  # perhaps because a list has become a tuple
    except Exception as error:
        return control.fail(ctx, error)
    known = _known(made)
    if known is not None:
        return known
    text = library.spelled(function)
    assert text is not None
    results = _results(ctx, function, text, made, (), operands, named, frozenset(), "")
    return _apart(ctx, function, results)


def _constant(operand: Operand) -> Any:
    if isinstance(operand, tuple):
        return tuple(_constant(item) for item in operand)
    assert isinstance(operand, Const)
    return operand.value


def _known(made: Any) -> Value | None:
    """Ints, bools, strings and tuples of them as values; None for what is to be computed."""
    if isinstance(made, bool | int | str | None):
        return expressions.literal(made)
    if isinstance(made, np.bool_ | np.integer):
        return Number(Const(made), kind_of(made))
    if type(made) is tuple:
        items = tuple(_known(item) for item in made)
        return None if any(item is None for item in items) else Items(items)  # type: ignore[arg-type]
    return None


# -- calls with arguments that come at run time ---------------------------------------------------


def _results(
    ctx: Lowering,
    function: Any,
    text: str,
    example: Any,
    path: tuple[int, ...],
    operands: tuple[Operand, ...],
    named: dict[str, Operand],
    aliases: frozenset[int],
    hint: str,
) -> Value:
    """The result of a call like the one that gave `example`; each array or number by itself."""
    if isinstance(example, tuple | list):
        items = tuple(
            _results(ctx, function, text, item, (*path, k), operands, named, aliases, "")
            for k, item in enumerate(example)
        )
        if isinstance(example, list):
            return Ref(ctx.heap(Sequence(items)))
        return Items(items, type(example))
    kind = kind_of(example)
    if kind.form == "opaque" or np.dtype(kind.dtype).kind not in "biufc":
        raise _Unclear
    if type(example) not in (np.ndarray, bool, int, float, complex) and kind.form != "numpy":
        raise _Unclear
    primitive = _primitive(function, text, path, kind)
    made = ctx.builder.emit(primitive, *operands, hint=hint, **named)
    return memory.new_array(ctx, made, aliases if library.check_of(function) else frozenset())


def _apart(ctx: Lowering, function: Any, made: Value) -> Value:
    """Note that several results of one call may share memory, unless they are known not to."""
    if library.check_of(function) is not None:
        cells = frozenset(memory.cells(ctx.state, made))
        for cell in cells:
            memory.may_share(ctx.state, cell, cells - {cell})
    return made


@functools.lru_cache(maxsize=1024)
def _primitive(function: Any, text: str, path: tuple[int, ...], kind: Kind) -> Primitive:
    """A call without a rule: its result is kept, and nothing is known of its layout."""

    def part(*args: Any, **kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        for place in path:
            made = made[place]
        return made

    return Primitive(
        text,
        part,
        "rule",
        decides=True,
        costly=True,
        options={"kind": kind, "library": path, "check": library.check_of(function)},
    )


def _example_result(
    ctx: Lowering, function: Any, operands: tuple[Operand, ...], named: dict[str, Operand]
) -> Any:
    """What the function returns for arguments of these kinds, as nearly as they are known."""
    for makers in itertools.product((True, False), (1, 0, 2)):
        values = [_example(ctx, operand, *makers) for operand in operands]
        given = {key: _example(ctx, value, *makers) for key, value in named.items()}
        try:
            return _quietly(function, values, given)
        except Exception:
            continue
    raise _Unclear


def _example(ctx: Lowering, operand: Operand, like: bool, number: int) -> Any:
    """An argument of the kind of an operand: with lengths and ints of this call, or small ones."""
    match operand:
        case Const(value):
            return value
        case tuple():
            return tuple(_example(ctx, item, like, number) for item in operand)
        case ShapeOf(var):
            return _lengths(ctx, var, like)
        case Var(kind=kind) if kind.rank:
            shape = _lengths(ctx, operand, like)
            count = int(np.prod(shape))
            ramp = np.linspace(0.0, 1.0, count) if kind.is_inexact else np.arange(count)
            made = ramp.reshape(shape)
            if kind.is_inexact and kind.rank > 1 and shape[-1] == shape[-2]:
                made = np.broadcast_to(np.eye(shape[-1]) + 0.1, shape)  # one that has an inverse
            made = np.array(made, kind.dtype)
            made.flags.writeable = False  # a function that writes to its arguments fails
            return made
        case Var(kind=kind):
            size = ctx.builder.size(operand)
            known = ctx.sizes.hint(size) if size is not None and like else None
            value = number if known is None else min(known, LARGEST_EXAMPLE)
            return (
                np.asarray(value, kind.dtype)[()]
                if kind.form == "numpy"
                else python_type(kind)(value)
            )
    raise _Unclear


def _lengths(ctx: Lowering, var: Var, like: bool) -> tuple[int, ...]:
    known = [ctx.sizes.hint(dim) if like else 1 for dim in var.shape]
    return tuple(min(1 if n is None else n, LARGEST_EXAMPLE) for n in known)


def _quietly(function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)
