"""What a program tells its derivatives: `srcad.stop_gradient`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad import custom
from srcad.frontend import expressions, memory, value_trees
from srcad.frontend.values import (
    Array,
    Number,
    Value,
)
from srcad.ir.nodes import Const, Var
from srcad.ir.primitives import Primitive
from srcad.rules.marks import STOP

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


def _stop_gradient(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`stop_gradient(tree)`."""
    given = dict(zip(("tree",), args, strict=False)) | kwargs
    if len(args) + len(kwargs) != 1 or "tree" not in given:
        ctx.refuse("`stop_gradient` takes one argument, `tree`", node)
    return value_trees.changed(
        ctx, given["tree"], lambda leaf: marked(ctx, STOP, leaf), node, "constant"
    )


def marked(ctx: Lowering, mark: Primitive, leaf: Number | Array, *others: Const) -> Value:
    """A number or array that means something else to the derivative; the memory is the same."""
    atom = expressions.operand(ctx, leaf)
    if not leaf.kind.is_inexact or not isinstance(atom, Var):
        return leaf
    made = ctx.builder.emit(mark, atom, *others, hint=atom.hint)
    if atom in ctx.builder.contiguous:
        ctx.builder.contiguous.add(made)
    return memory.new_array(
        ctx, made, frozenset({leaf.cell}) if isinstance(leaf, Array) else frozenset()
    )


def _made_inside(
    ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    ctx.refuse(
        "a function is given its rule inside of the function that is differentiated",
        node,
        "decorate it outside of the function, and pass what it needs as arguments",
    )


HANDLERS: dict[Any, Any] = {
    custom.stop_gradient: _stop_gradient,
    custom.custom_jvp: _made_inside,
    custom.custom_vjp: _made_inside,
}
