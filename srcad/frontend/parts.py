"""The parts of complex numbers: views of arrays that can be written to, and what asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast
import numpy as np

from srcad.frontend import control, expressions, memory, shaping, statements
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import Array, Number, Step, Value
from srcad.ir.nodes import Const
from srcad.rules.complexes import conjugated

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]


def part(ctx: Lowering, value: Value, name: str, node: gast.AST) -> Value:
    """`z.real` or `z.imag`: of an array the memory itself."""
    assert isinstance(value, Array | Number)
    if name == "real" and not value.kind.is_complex:
        return value
    if isinstance(value, Array) and value.kind.is_complex:
        return memory.view(ctx, value, Step(name))
    return expressions.primitive_call(ctx, getattr(np, name), [value], {}, node)


def store(ctx: Lowering, array: Array, name: str, value: Value, node: gast.AST) -> None:
    """`z.real = value`, `z.imag = value`."""
    if name == "imag" and not array.kind.is_complex:
        message = "array does not have imaginary part to set"
        control.fail(ctx, TypeError(message))
        return
    target = part(ctx, array, name, node)
    assert isinstance(target, Array)
    try:
        memory.write(ctx, target, Const(Ellipsis), statements.storable(ctx, value, node), node)
    except EvaluationFails as failure:
        control.fail(ctx, failure.cause)


def real(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.real(z)`."""
    return part(
        ctx, shaping.as_array(ctx, next(iter((*args, *kwargs.values()))), node), "real", node
    )


def imag(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.imag(z)`."""
    return part(
        ctx, shaping.as_array(ctx, next(iter((*args, *kwargs.values()))), node), "imag", node
    )


def conjugate(ctx: Lowering, value: Value, node: gast.AST, hint: str = "") -> Value:
    """The method: of a real array the array itself, of a Python number a Python number."""
    assert isinstance(value, Array | Number)
    if not value.kind.is_complex:
        return value
    function = conjugated if value.kind.is_python else np.conjugate
    return expressions.primitive_call(ctx, function, [value], {}, node, hint)


HANDLERS = {np.real: real, np.imag: imag}
