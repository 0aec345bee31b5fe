"""What both modes ask of a rule: its body, what that is given, and whether it may be infinite."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.frontend.builder import Builder
from srcad.ir.nodes import Atom, Const, Let, Operand, Var
from srcad.rules import operators
from srcad.rules.indexing import cast

Body = Callable[..., Any]


def arguments_of(stmt: Let) -> dict[str, Operand]:
    """The arguments of a statement by the names of its primitive's parameters."""
    arguments: dict[str, Operand] = dict(zip(stmt.primitive.params, stmt.args, strict=False))
    return arguments | dict(stmt.kwargs)


def reverse_body(stmt: Let, bar: Atom) -> tuple[Body, dict[str, Operand], bool]:
    """The body of a statement's rule, what it is given, and whether that is the bar, too.

    A body that takes the bar returns contributions; of an elementwise primitive, another one
    returns partials.
    """
    power = _power_body(stmt, bar)
    if power is not None:
        body, given = power
        return body, given, "ans_bar" in given
    primitive = stmt.primitive
    assert primitive.reverse is not None
    given = arguments_of(stmt)
    if "ans_bar" in primitive.wants:
        given["ans_bar"] = bar
    if "ans" in primitive.wants:
        given["ans"] = stmt.target
    return primitive.reverse, given, "ans_bar" in primitive.wants


def _power_body(stmt: Let, bar: Atom) -> tuple[Body, dict[str, Operand]] | None:
    """A simpler body for `x ** p` with a constant exponent."""
    if stmt.primitive.text != "**" or not isinstance(stmt.args[1], Const):
        return None
    exponent = stmt.args[1].value
    if not isinstance(exponent, int | float) or isinstance(exponent, bool):
        return None
    every: dict[str, Operand] = {
        "ans_bar": bar,
        "ans": stmt.target,
        "x": stmt.args[0],
        "p": stmt.args[1],
        "lower": Const(exponent - 1),
    }
    body = operators.POWERS.get(exponent)
    if body is None and isinstance(exponent, float) and exponent < 0:
        body = operators.power_negative
    if body is None:
        body = operators.power_lower
    return body, {name: every[name] for name in inspect.signature(body).parameters}


def is_singular(stmt: Let, varies: Callable[[Var], bool]) -> bool:
    """Whether a partial may be infinite: not that of a division by a number that does not vary."""
    if not stmt.primitive.singular:
        return False
    if stmt.primitive.text == "/":
        divisor = stmt.args[1]
        if not isinstance(divisor, Var):
            return False
        if divisor.kind.is_python and stmt.target.kind.is_python:
            return False  # Python has raised for a divisor of zero
        return varies(divisor) or divisor.kind.is_array
    if stmt.primitive.text == "**":
        match stmt.args[1]:
            case Const(int() | float() as exponent):
                return not exponent >= 1
    return True


def times(builder: Builder, bar: Atom, partial: Atom) -> Atom:
    """`bar * partial`, without the noise of ones."""
    match partial:
        case Const(value=value) if value == 1:
            return bar
        case Const(value=value) if value == -1:
            return builder.emit(operator.neg, bar)
    return builder.emit(operator.mul, bar, partial)


def as_dtype(builder: Builder, bar: Atom, like: Var) -> Atom:
    """A bar or a tangent with the dtype of its primal."""
    if isinstance(bar, Var) and bar.kind.dtype != like.kind.dtype and bar.kind.is_inexact:
        return builder.emit(cast, bar, Const(np.dtype(like.kind.dtype)))
    return bar
