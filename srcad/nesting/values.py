"""Numbers and arrays as abstract values, and their shapes."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from srcad.frontend import control, memory
from srcad.frontend.values import (
    Number,
    Value,
)
from srcad.ir.kinds import kind_of
from srcad.ir.nodes import Atom, Const, ShapeOf, Var
from srcad.rules.indexing import size

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def leaf_of(ctx: Lowering, atom: Atom) -> Value:
    """A number or array as a value of its own."""
    if isinstance(atom, Const):
        return Number(atom, kind_of(atom.value))
    return memory.new_array(ctx, atom)


def check_shape(ctx: Lowering, left: Var, right: Var, message: str, hint: str) -> bool:
    """Whether two arrays may have one shape; where only the run tells, it checks that."""
    if left.kind.rank != right.kind.rank:
        return False
    for axis, (one, other) in enumerate(zip(left.shape, right.shape, strict=True)):
        answer = ctx.sizes.equal(one, other)
        if answer is None:
            sides = (ctx.builder.emit(size, ShapeOf(var), Const(axis)) for var in (left, right))
            control.refuse_if(ctx, ctx.builder.emit(operator.ne, *sides), message, hint)
        elif not answer:
            return False
    return True
