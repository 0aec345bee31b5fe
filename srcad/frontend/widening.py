"""What a number is that is of one kind on one path and of another on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcad.frontend.values import Number
from srcad.ir.kinds import Form, Kind, python_type
from srcad.ir.nodes import Atom, Const
from srcad.rules.indexing import cast

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def common(a: Kind, b: Kind) -> Kind:
    """The kind of numbers of two kinds: the wider, so that none of them is rounded."""
    if a == b:
        return a
    form: Form = "python" if a.is_python and b.is_python else "numpy"
    return Kind(np.result_type(a.dtype, b.dtype).name, 0, form)


def meeting(a: Number, b: Number) -> Kind:
    """The kind of what is one of two numbers.

    A constant of Python's that a narrow dtype holds exactly is no reason to leave that: so the sum
    that begins as `0.0` is one of float32.
    """
    for constant, other in ((a, b), (b, a)):
        if constant.kind.is_python and not other.kind.is_python:
            example = Kind(constant.kind.dtype).example()
            dtype = np.result_type(np.dtype(other.kind.dtype), example)  # type: ignore[arg-type]
            if isinstance(constant.atom, Const) and _holds(dtype, constant.atom.value):
                return Kind(dtype.name, 0, "numpy")
    return common(a.kind, b.kind)


def _holds(dtype: np.dtype[np.generic], number: object) -> bool:
    """Whether a number is one of a dtype."""
    try:
        with np.errstate(over="ignore"):
            held = dtype.type(number).item()
    except (OverflowError, TypeError):  # too large for it; not bound on this way
        return False
    return bool(held == number or (held != held and number != number))


def promote(ctx: Lowering, value: Number, kind: Kind) -> Atom:
    """A number as one of a wider kind."""
    if value.kind == kind:
        return value.atom
    if isinstance(value.atom, Const):
        number = value.atom.value
        if kind.is_python:
            return Const(python_type(kind)(number))
        return Const(np.dtype(kind.dtype).type(number))
    if kind.is_python:
        return ctx.builder.emit(python_type(kind), value.atom)
    return ctx.builder.emit(cast, value.atom, Const(np.dtype(kind.dtype)))
