"""Which operations may raise which exceptions, and the tests that tell before."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from srcad.ir.kinds import INT, kind_of
from srcad.ir.nodes import Const, Let, Operand, ShapeOf, Slice, Var
from srcad.ir.walk import operand_vars
from srcad.rules.indexing import size

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Test: TypeAlias = "Callable[[Lowering, Let], Var]"
Possible: TypeAlias = "list[tuple[type[BaseException], Test | None]]"


def catches(kind: type[BaseException], classes: tuple[type[BaseException], ...]) -> bool:
    """Whether handlers catch an exception; `Exception` itself stands for one that is not known."""
    if kind is Exception:
        return any(c.__module__.partition(".")[0] in ("builtins", "numpy") for c in classes)
    return issubclass(kind, classes)


def _first(compare: object, bound: float) -> Test:
    return lambda ctx, let: ctx.builder.emit(compare, let.args[0], Const(bound))


def _beyond_one(ctx: Lowering, let: Let) -> Var:
    return ctx.builder.emit(operator.gt, ctx.builder.emit(abs, let.args[0]), Const(1.0))


def _infinite(ctx: Lowering, let: Let) -> Var:
    return ctx.builder.emit(operator.eq, ctx.builder.emit(abs, let.args[0]), Const(np.inf))


def _overflows(ctx: Lowering, let: Let) -> Var:
    emit = ctx.builder.emit
    large = emit(operator.gt, let.args[0], Const(LARGEST_EXPONENT))
    return emit(operator.and_, large, emit(operator.lt, let.args[0], Const(np.inf)))


def _zero_divisor(ctx: Lowering, let: Let) -> Var:
    return ctx.builder.emit(operator.eq, let.args[1], Const(0))


LARGEST_EXPONENT = 709.782712893384
"""The largest x for which `math.exp(x)` is no error."""

MATH: dict[str, tuple[type[BaseException], Test]] = {
    "math.sqrt": (ValueError, _first(operator.lt, 0.0)),
    "math.log": (ValueError, _first(operator.le, 0.0)),
    "math.log2": (ValueError, _first(operator.le, 0.0)),
    "math.log10": (ValueError, _first(operator.le, 0.0)),
    "math.log1p": (ValueError, _first(operator.le, -1.0)),
    "math.acos": (ValueError, _beyond_one),
    "math.asin": (ValueError, _beyond_one),
    "math.acosh": (ValueError, _first(operator.lt, 1.0)),
    "math.sin": (ValueError, _infinite),
    "math.cos": (ValueError, _infinite),
    "math.tan": (ValueError, _infinite),
    "math.exp": (OverflowError, _overflows),
}
NEVER = frozenset({
    "size", "shape", "cast", "float", "bool", "not", "text", "assign", "np.sum", "np.mean",
    "np.copy", "np.transpose", "np.ravel", "np.cumsum", "np.asarray", "np.isfinite", "np.isnan",
    "np.isinf", "np.all", "np.any", "np.zeros", "np.ones", "np.empty", "np.zeros_like",
    "np.ones_like", "math.isfinite", "math.isnan", "math.isinf", "math.atan", "math.atan2",
    "math.fabs", "math.erf", "math.erfc", "math.tanh", "math.asinh", "math.copysign",
    "math.degrees", "math.radians", "math.hypot", "math.cbrt", "last_written", "doubled",
})  # fmt: skip


def possible(ctx: Lowering, let: Let) -> Possible:
    """The exceptions that a call may raise for values of these kinds, with tests that tell."""
    text = let.primitive.text
    if text in NEVER:
        return []
    kinds = [arg.kind for arg in let.args if isinstance(arg, Var)]
    python = all(kind.is_python for kind in kinds)
    if text in ("/", "//", "%") and python:
        divisor = let.args[1]
        sure = isinstance(divisor, Const) and divisor.value != 0
        return [] if sure else [(ZeroDivisionError, _zero_divisor)]
    if text == "**" and python:
        return [(ZeroDivisionError, None), (OverflowError, None)]
    if text in MATH and len(let.args) == 1:
        return [MATH[text]]
    if text.startswith(("math.", "cmath.")):
        return [(ValueError, None), (OverflowError, None)]
    if text.startswith("np.linalg.") and text != "np.linalg.norm":
        return [(np.linalg.LinAlgError, None)]
    if text in ("getitem", "setitem"):
        indexing: Possible = [] if _whole(let.args[1]) else [(IndexError, _outside_test(let))]
        number = text == "getitem" or not getattr(let.args[2], "kind", INT).rank
        return indexing if number else [*indexing, (ValueError, None)]
    elementwise = let.primitive.form == "elementwise" or let.primitive.options.get("broadcasts")
    if elementwise or text in ("==", "!=", "<", "<=", ">", ">=", "&", "|", "^", "~"):
        return [] if _fit(ctx, let) else [(ValueError, None)]
    if text in ("@", "np.dot", "np.matmul"):
        return [(ValueError, None)]
    return [(Exception, None)]


def _outside_test(let: Let) -> Test | None:
    """A test whether an int, or one of several, is no index of an array."""
    array, index = let.args[0], let.args[1]
    places = index if isinstance(index, tuple) else (index,)
    kinds = [
        getattr(place, "kind", None) or kind_of(getattr(place, "value", None)) for place in places
    ]
    plain = all(kind.rank == 0 and kind.is_integral for kind in kinds)
    if not plain or not isinstance(array, Var) or len(places) > array.kind.rank:
        return None

    def test(ctx: Lowering, let: Let) -> Var:
        emit = ctx.builder.emit
        found = None
        for axis, place in enumerate(places):
            length = emit(size, ShapeOf(array), Const(axis))
            below = emit(operator.lt, place, emit(operator.neg, length))
            one = emit(operator.or_, emit(operator.ge, place, length), below)
            found = one if found is None else emit(operator.or_, found, one)
        assert found is not None
        return found

    return test


def _whole(index: Operand) -> bool:
    """Whether an index consists of slices only, which never fail."""
    items = index if isinstance(index, tuple) else (index,)
    return all(isinstance(i, Slice) or i in (Const(Ellipsis), Const(None)) for i in items)


def _fit(ctx: Lowering, let: Let) -> bool:
    """Whether the arrays among the arguments surely fit together."""
    shapes = [v.shape for arg in let.args for v in operand_vars(arg) if v.kind.rank]
    longest = max(map(len, shapes), default=0)
    lengths = [[s[-1 - i] for s in shapes if i < len(s)] for i in range(longest)]
    return all(
        ctx.sizes.equal(axis[0], other) or any(d.is_constant and d.constant == 1 for d in axis)
        for axis in lengths
        for other in axis[1:]
    )


__all__ = ["Possible", "Test", "catches", "possible"]
