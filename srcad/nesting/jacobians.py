"""Jacobians inside programs: a pull for each number of the result, in the language of programs.

What a program that calls `jacrev` has inlined is what its author would have typed.  `jacfwd` gives
the same numbers, and is computed in the same way there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from srcad.frontend import calls
from srcad.frontend.values import Static, Value
from srcad.ir.kinds import Kind

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering, Syntax


def rows(pullback: Any, out: Any, argument: Any, place: Any, dtype: Any) -> Any:
    """The Jacobian of an array by an argument."""
    flat = np.zeros((out.size, *np.shape(argument)), dtype)
    for i in range(out.size):
        unit = np.zeros(out.size)
        unit[i] = 1.0
        flat[i] = pullback(np.reshape(unit, out.shape))[place]
    return np.reshape(flat, out.shape + np.shape(argument))


def row(pullback: Any, out: Any, argument: Any, place: Any, dtype: Any) -> Any:
    """The Jacobian of a number."""
    return pullback(1.0)[place]


def block(
    ctx: Lowering,
    pullback: Value,
    out: tuple[Value, Kind],
    argument: tuple[Value, Kind],
    place: Value,
    node: Syntax,
) -> Value:
    """Write the Jacobian of one leaf of a result by one leaf of an argument.

    Args:
        ctx: the lowering.
        pullback: of the function, as the program has it.
        out: the leaf of the result, and its kind.
        argument: the leaf of the argument, and its kind.
        place: where the pullback has the bar of that.
        node: the call.
    """
    written: Any = rows if out[1].rank else row
    given = [pullback, out[0], argument[0], place, Static(np.dtype(argument[1].dtype))]
    fixed, ctx.fixed_origin = ctx.fixed_origin, True
    try:
        callee = calls.closure(ctx, written, (("object", written),))
        return calls.inline(ctx, callee, given, {}, node)
    finally:
        ctx.fixed_origin = fixed
