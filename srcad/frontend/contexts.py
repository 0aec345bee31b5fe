"""`with np.errstate(...)`: its body as it stands, between two notes for the generated text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast
import numpy as np

from srcad.frontend import expressions, objects, statements
from srcad.frontend.values import Static
from srcad.ir.nodes import Const, Effect

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

KINDS = {"divide": 1, "over": 2, "invalid": 4}
"""The errors that compiled code notes, as bits; underflows it does not."""
MODES = ("ignore", "warn", "print")


def lower_with(ctx: Lowering, stmt: gast.With) -> None:
    """`with np.errstate(...): body`, or several of them."""
    outer = ctx.ignored
    settings: dict[str, str] = {}
    for item in stmt.items:
        settings.update(_errstate(ctx, item.context_expr))
        if ctx.state.dead:
            return
        if item.optional_vars is not None:
            statements.bind(ctx, item.optional_vars, Static(None), stmt)
    inner = _ignored(outer, settings)
    told = tuple((key, Const(mode)) for key, mode in settings.items())
    origin = ctx.builder.origin
    ctx.builder.add(Effect("errstate", outer, (), told, (), origin))
    ctx.ignored = inner
    try:
        statements.run_block(ctx, stmt.body)
    finally:
        ctx.ignored = outer  # a loop around may be lowered again, in another way
    if not ctx.state.dead:
        ctx.builder.add(Effect("errstate", inner, (), (), (), origin))


def _errstate(ctx: Lowering, node: gast.AST) -> dict[str, str]:
    """The settings of a call of `np.errstate`, in the order in which NumPy applies them."""
    callee = expressions.evaluate(ctx, node.func) if isinstance(node, gast.Call) else None
    if not (isinstance(callee, Static) and callee.value is np.errstate):
        if ctx.state.dead:
            return {}
        ctx.refuse(
            "`with` is differentiated for `np.errstate` only",
            node,
            "move it outside of the function, or into a helper without active arguments",
        )
    assert isinstance(node, gast.Call)
    found: dict[str, str] = {}
    for keyword in node.keywords:
        mode = objects.static(ctx, expressions.evaluate(ctx, keyword.value), keyword.value)
        if keyword.arg is None or node.args or keyword.arg not in (*KINDS, "under", "all"):
            ctx.refuse("this form of `np.errstate` cannot be differentiated", node)
        if mode is None:
            continue
        if mode not in MODES:
            ctx.refuse(
                f"`np.errstate` with `{mode}` cannot be differentiated: what it stops is not known",
                node,
                "use 'ignore' or 'warn' inside, and np.errstate around the call of the gradient",
            )
        found[keyword.arg] = mode
    return {key: found[key] for key in ("all", *KINDS, "under") if key in found}


def _ignored(before: int, settings: dict[str, str]) -> int:
    """The bits of the errors that nobody hears of inside."""
    after = before
    for key, mode in settings.items():
        bits = sum(KINDS.values()) if key == "all" else KINDS.get(key, 0)
        after = after | bits if mode == "ignore" else after & ~bits
    return after


__all__ = ["lower_with"]
