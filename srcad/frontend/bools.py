"""Python's bools are ints in arithmetic, unlike NumPy's, whose sum is a bool."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from srcad.frontend.values import Number, Value
from srcad.ir.kinds import INT
from srcad.ir.nodes import Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

ARITHMETIC = frozenset(
    {
        operator.add,
        operator.floordiv,
        operator.invert,
        operator.lshift,
        operator.mod,
        operator.mul,
        operator.neg,
        operator.pos,
        operator.pow,
        operator.rshift,
        operator.sub,
        operator.truediv,
    }
)


def as_ints(ctx: Lowering, function: Any, args: list[Value]) -> list[Value]:
    """The operands of an operator between Python's own numbers, with ints in place of bools."""
    if function not in ARITHMETIC or not any(_is_open_bool(arg) for arg in args):
        return args
    if not all(isinstance(arg, Number) and arg.kind.is_python for arg in args):
        return args
    return [
        Number(ctx.builder.emit(int, arg.atom), INT)  # type: ignore[union-attr]
        if _is_open_bool(arg)
        else arg
        for arg in args
    ]


def _is_open_bool(value: Value) -> bool:
    return (
        isinstance(value, Number)
        and value.kind.is_python
        and value.kind.is_bool
        and isinstance(value.atom, Var)
    )
