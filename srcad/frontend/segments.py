"""`srcad.checkpointed`: a loop in segments, which the backward sweep runs again one by one."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gast

from srcad.errors import UnsupportedSyntax, UnsupportedType
from srcad.frontend import calls, expressions, outside
from srcad.frontend.builder import given_shape
from srcad.frontend.values import Closure, Iteration, Number, Value
from srcad.ir.nodes import Atom, Block, Const, Effect, Loop, Range, Var
from srcad.ir.walk import statements
from srcad.rules.constants import LARGER, SMALLER

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


@dataclass(frozen=True)
class Asked:
    """What `checkpointed` goes through, and the number of trips in a segment."""

    trips: Value
    every: Atom


def asked(ctx: Lowering, node: gast.For) -> Asked | None:
    """What a loop over `srcad.checkpointed(range(n), every)` asks for; None for other loops."""
    call = node.iter
    if not isinstance(call, gast.Call) or not _is_ours(ctx, call.func):
        return None
    given = [expressions.evaluate(ctx, arg) for arg in call.args]
    named = {word.arg: expressions.evaluate(ctx, word.value) for word in call.keywords}
    found = dict(zip(("trips", "every"), given, strict=False)) | named
    if "trips" not in found or not found.keys() <= {"trips", "every"} or len(given) > 2:
        ctx.refuse("`srcad.checkpointed` takes a range, and `every`", node)
    trips = outside.resolve(ctx, found["trips"], node)
    if not isinstance(trips, Iteration) or trips.kind != "range":
        ctx.refuse(
            "`srcad.checkpointed` goes through a range",
            node,
            "write it as a loop over range(n), and read the items by their index",
            UnsupportedType,
        )
    every = found.get("every")
    if every is None:
        count = calls.call_python(ctx, len, [trips], {}, node)
        root = calls.call_python(ctx, math.sqrt, [count], {}, node)
        every = calls.call_python(ctx, int, [root], {}, node)
    every = outside.resolve(ctx, every, node)
    if not isinstance(every, Number) or not every.kind.is_integral:
        ctx.refuse("`every` of `srcad.checkpointed` is a number of trips", node)
    if isinstance(every.atom, Const):
        known: Any = every.atom.value
        return Asked(trips, Const(max(int(known), 1)))
    return Asked(trips, ctx.builder.emit(LARGER, every.atom, Const(1)))


def _is_ours(ctx: Lowering, function: gast.AST) -> bool:
    """Whether a function is `srcad.checkpointed`, called by a name that is no variable."""
    base = function.value if isinstance(function, gast.Attribute) else function
    if not isinstance(base, gast.Name) or base.id in ctx.state.env:
        return False
    if isinstance(function, gast.Attribute) and function.attr != "checkpointed":
        return False
    found = expressions.evaluate(ctx, function)
    if not isinstance(found, Closure) or found.function is None:
        return False
    made = found.function
    return (made.__module__, made.__name__) == ("srcad.recomputed", "checkpointed")


def nest(ctx: Lowering, loop: Loop, every: Atom, node: gast.AST) -> Loop:
    """A loop as one over its segments, each of them a loop over `every` trips."""
    bounds = loop.range
    assert bounds is not None
    if loop.breaks:
        ctx.refuse(
            "a checkpointed loop is left before its end",
            node,
            "let it run to its end, or run it without srcad.checkpointed",
        )
    if not isinstance(bounds.step, Const):
        ctx.refuse(
            "the step of a checkpointed loop is known at run time only",
            node,
            "go through range(n), and compute the value from the counter",
        )
    if any(isinstance(s, Effect) and s.action == "print" for s in statements(loop.body)):
        raise UnsupportedSyntax(
            "a checkpointed loop prints, and the backward sweep would print it again",
            loop.origin,
            "print after the loop",
        )
    builder = ctx.builder
    step: int = bounds.step.value  # type: ignore[assignment]
    stride: Atom = Const(every.value * step) if isinstance(every, Const) else every  # type: ignore[operator]
    if isinstance(every, Var) and step != 1:
        stride = builder.emit(operator.mul, every, bounds.step)
    first = builder.counter("segment")
    carried = tuple(builder.fresh(p.hint, p.kind, given_shape(p)) for p in loop.carried)
    ends = tuple(builder.fresh(p.hint, p.kind, given_shape(p)) for p in loop.carried)
    with builder.block() as body:
        beyond = builder.emit(operator.add, first, stride)
        last = builder.emit(SMALLER if step > 0 else LARGER, beyond, bounds.stop)
        inner = replace(
            loop,
            range=Range(first, last, bounds.step),
            inits=carried,
            targets=ends,
            trips=builder.counter("trips"),
            segment=True,
        )
        builder.add(inner)
    return replace(
        loop,
        counter=first,
        range=Range(bounds.start, bounds.stop, stride),
        carried=carried,
        body=Block(tuple(body), ends),
    )
