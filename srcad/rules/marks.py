"""Values that a derivative takes for something else than the program, which sees them as given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.ir.nodes import Block, Const, Let, Var
from srcad.ir.primitives import Primitive
from srcad.rules.registry import PRIMITIVES, constant, shape_rule
from srcad.runtime.arrays import stop_gradient


def _same_kind(kind: Any, *_: Any) -> Any:
    return kind


def _same_shape(sizes: Any, x: Any, *_: Any) -> Any:
    return x.shape


constant(stop_gradient, view=True, text="stop_gradient", options={"kind": _same_kind})
shape_rule(stop_gradient)(_same_shape)

STOP = PRIMITIVES[stop_gradient]
"""A constant to the derivative; it stays in the text, which may be differentiated again."""

HELD = Primitive(
    "held", np.asarray, "constant", shape=_same_shape, view=True, options={"kind": _same_kind}
)
"""An argument as a rule of the user's sees it: what is computed of it has no derivative."""

CALL = Primitive("call", np.asarray, "rule")
"""A call that a `custom_vjp` differentiates; each one is a primitive of its own, with a `Pull`."""

RESULT = Primitive("result", np.asarray, "rule")
"""A result of such a call: the value, and the call that it comes from."""

TANGENT = Primitive("tangent", np.zeros_like, "rule")
"""The tangent of an argument, as a `custom_jvp` sees it: zero, with the derivative of it."""

JOINED = Primitive("joined", np.asarray, "rule")
"""A result of a `custom_jvp`: the value, and the tangent that has its derivative."""


@dataclass(frozen=True, eq=False)
class Pull:
    """How a call is pulled back: the body of the user's `bwd`, written where it was called.

    `block` reads values of the program, which are `free`, and `bars`, which stand for the
    cotangents of the results; its results are the bars of the arguments.  `number` is what all
    marks of the call have in common.
    """

    name: str
    number: Const
    block: Block
    bars: tuple[Var, ...]
    free: tuple[Var, ...]


def number_of(stmt: Let) -> Const | None:
    """The number of the call that a statement belongs to; None if it is no part of one."""
    pull = stmt.primitive.options.get("pull")
    if isinstance(pull, Pull):
        return pull.number
    if stmt.primitive not in (HELD, RESULT, JOINED, TANGENT):
        return None
    number = stmt.args[0 if stmt.primitive is TANGENT else 1]
    assert isinstance(number, Const)
    return number
