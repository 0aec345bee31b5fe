"""Which functions compute elements many at a time, and which powers are roots."""

from __future__ import annotations

import numpy as np

from srcad.ir.nodes import Const, Let, Operand, Var
from srcad.runtime.vector_math import LIBM


def vector_name(stmt: Let) -> str | None:
    """The function of `runtime.vector_math` that computes elements of a statement, if one does."""
    text, kind = stmt.primitive.text, stmt.target.kind
    if not kind.rank or kind.dtype not in ("float64", "float32"):
        return None
    if text == "**":
        exponent = stmt.args[1]
        value = exponent.value if isinstance(exponent, Const) else None
        whole = isinstance(exponent, Var) and not exponent.kind.is_inexact
        plain = isinstance(value, int | np.integer) or kind.dtype != "float64"
        return None if whole or plain or is_half(exponent) else "power"
    name = text.removeprefix("np.")
    return name if name in LIBM and text == f"np.{name}" else None


def is_half(operand: Operand) -> bool:
    """An exponent that square roots are faster for."""
    return isinstance(operand, Const) and operand.value in (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)
