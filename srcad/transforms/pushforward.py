"""One statement forwards: the tangent of its result from the tangents of its arguments."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterator
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from srcad.frontend.builder import Builder, operand_kind
from srcad.frontend.lower import apply_body
from srcad.ir.nodes import Const, Let, Operand, ShapeOf, Var
from srcad.runtime.arrays import masked
from srcad.transforms.partials import arguments_of, as_dtype, is_singular, reverse_body, times

Dots: TypeAlias = dict[Var, Var]
"""The tangents of the values that have one; that of any other value is zero."""


def tangent(builder: Builder, dots: Dots, stmt: Let) -> Var | None:
    """Write the tangent of a statement's result; None if it is zero.

    Args:
        builder: writes statements.
        dots: the tangents so far.
        stmt: a statement whose primitive has a rule.
    """
    before = set(dots.values())
    match stmt.primitive.form:
        case "elementwise":
            terms = _elementwise(builder, dots, stmt)
        case "linear":
            terms = _linear(builder, dots, stmt)
        case "multilinear":
            terms = _multilinear(builder, dots, stmt)
        case "mutation":
            return _mutation(builder, dots, stmt)
        case _:
            terms = _rule(builder, dots, stmt)
    found = [term for term in terms if isinstance(term, Var)]
    if not found:
        return None
    assert stmt.primitive.form == "elementwise" or found[0].kind.rank == stmt.target.kind.rank
    total = reduce(lambda left, right: builder.emit(operator.add, left, right), found)
    dot = as_dtype(builder, _spread(builder, total, stmt.target), stmt.target)
    assert isinstance(dot, Var)
    if dot not in before and stmt.target.hint:
        object.__setattr__(dot, "hint", f"{stmt.target.hint}_dot")
    return dot


def _spread(builder: Builder, dot: Var, target: Var) -> Var:
    """A tangent in the shape of its primal: constants that were broadcast with it had none."""
    same = len(dot.shape) == len(target.shape) and all(
        builder.sizes.equal(a, b) for a, b in zip(dot.shape, target.shape, strict=True)
    )
    return dot if same else builder.emit(np.broadcast_to, dot, ShapeOf(target))


def _of(dots: Dots, operand: Operand) -> Var | None:
    return dots.get(operand) if isinstance(operand, Var) else None


def _zeros(builder: Builder, operand: Operand) -> Operand:
    """A zero of the shape of an operand."""
    if isinstance(operand, tuple):
        return tuple(_zeros(builder, item) for item in operand)
    kind = operand_kind(operand)
    if isinstance(operand, Var) and kind.is_array:
        dtype = kind.dtype if kind.is_inexact else "float64"
        return builder.emit(np.zeros, ShapeOf(operand), Const(np.dtype(dtype)))
    return Const(0.0j) if kind.is_complex else Const(0.0)


def _elementwise(builder: Builder, dots: Dots, stmt: Let) -> Iterator[Operand | None]:
    """Partial times tangent, or the rule itself with the tangent in place of the bar.

    The rule maps a bar elementwise, and what it maps by is its own transpose: a factor, or one for
    the real and one for the imaginary part.
    """
    primitive = stmt.primitive
    first, *rest = stmt.args
    if primitive.text == "*" and rest and first is rest[0]:
        if (dot := _of(dots, first)) is not None:
            yield _scaled(builder, builder.emit(operator.mul, Const(2.0), first), dot)
        return
    if primitive.text == "/" and (whole_quotient := _quotient(builder, dots, stmt)) is not None:
        yield whole_quotient
        return
    shared: tuple[Operand | None, ...] | None = None
    for name, argument in arguments_of(stmt).items():
        dot = _of(dots, argument)
        if dot is None:
            continue
        body, given, whole = reverse_body(stmt, dot)
        if whole or shared is None:
            result = apply_body(builder, body, given, stmt.origin)
            shared = result if isinstance(result, tuple) else (result,)
        place = primitive.params.index(name)
        term = shared[place] if place < len(shared) else None
        if term is None:
            continue
        if not whole:
            assert isinstance(term, Var | Const)
            term = _scaled(builder, term, dot)
        if is_singular(stmt, dots.__contains__):
            term = builder.emit(masked, dot, term)
        yield term


def _scaled(builder: Builder, partial: Var | Const, dot: Var) -> Operand:
    """`2.0 * x * x_dot`, but `x_dot * y`."""
    made = (s for s in builder.stack[-1] if isinstance(s, Let) and s.target is partial)
    product = next((s.primitive.text == "*" and not s.target.hint for s in made), False)
    if (isinstance(partial, Const) and partial.value not in (1, -1)) or product:
        return builder.emit(operator.mul, partial, dot)
    return times(builder, dot, partial)


def _quotient(builder: Builder, dots: Dots, stmt: Let) -> Var | None:
    """`(x_dot - ans * y_dot) / y`, where y is not zero."""
    x_dot, y_dot = (_of(dots, argument) for argument in stmt.args)
    if x_dot is None or y_dot is None or is_singular(stmt, dots.__contains__):
        return None
    change = builder.emit(operator.sub, x_dot, builder.emit(operator.mul, stmt.target, y_dot))
    return builder.emit(operator.truediv, change, stmt.args[1])


def _linear(builder: Builder, dots: Dots, stmt: Let) -> Iterator[Operand | None]:
    """The function itself, of the tangent."""
    first, *rest = stmt.args
    if isinstance(first, tuple):
        moved = _items(builder, dots, first)
        if moved is not None:
            yield _again(builder, stmt, (moved, *rest))
    elif (dot := _of(dots, first)) is not None:
        yield _again(builder, stmt, (dot, *rest))


def _again(builder: Builder, stmt: Let, args: tuple[Operand, ...]) -> Var:
    """The same call with other arguments."""
    kwargs: dict[str, Any] = dict(stmt.kwargs)
    return builder.emit(stmt.primitive, *args, **kwargs)


def _items(builder: Builder, dots: Dots, items: tuple[Operand, ...]) -> tuple[Operand, ...] | None:
    """The tangents of a tuple of values; None if all of them are zero."""
    found = [
        _items(builder, dots, item) if isinstance(item, tuple) else _of(dots, item)
        for item in items
    ]
    if all(dot is None for dot in found):
        return None
    return tuple(
        _zeros(builder, item) if dot is None else dot
        for item, dot in zip(items, found, strict=True)
    )


def _multilinear(builder: Builder, dots: Dots, stmt: Let) -> Iterator[Operand | None]:
    """The product rule."""
    for place, argument in enumerate(stmt.args):
        if (dot := _of(dots, argument)) is not None:
            moved = (*stmt.args[:place], dot, *stmt.args[place + 1 :])
            yield _again(builder, stmt, moved)


def _mutation(builder: Builder, dots: Dots, stmt: Let) -> Var | None:
    """The same update of the tangent."""
    array, *index, value = stmt.args
    array_dot, value_dot = _of(dots, array), _of(dots, value)
    if array_dot is None and value_dot is None:
        return None
    if value_dot is None and stmt.primitive.text == "add_at":
        return array_dot
    hint = f"{stmt.target.hint}_dot" if stmt.target.hint else ""
    if array_dot is None:
        zeros = _zeros(builder, array)
        assert isinstance(zeros, Var)
        array_dot = zeros
    written = Const(0.0) if value_dot is None else value_dot
    return builder.emit(stmt.primitive, array_dot, *index, written, hint=hint)


def _rule(builder: Builder, dots: Dots, stmt: Let) -> Iterator[Operand | None]:
    """The forward rule."""
    primitive = stmt.primitive
    body = primitive.forward
    assert body is not None
    arguments = arguments_of(stmt)
    if not any(_of(dots, argument) is not None for argument in arguments.values()):
        return
    parameters = inspect.signature(body).parameters
    given: dict[str, Operand] = dict(arguments)
    if "ans" in parameters:
        given["ans"] = stmt.target
    for name, argument in arguments.items():
        parameter = parameters.get(f"{name}_dot")
        if parameter is None:
            continue
        dot = _of(dots, argument)
        if dot is not None:
            given[parameter.name] = dot
        elif parameter.default is inspect.Parameter.empty:
            given[parameter.name] = _zeros(builder, argument)
    yield apply_body(builder, body, given, stmt.origin)
