"""Which operations may raise which exceptions, and the tests that tell before."""

from __future__ import annotations

import functools
import math
import operator
import sys
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from srcad.frontend import fitting
from srcad.frontend.builder import operand_kind
from srcad.frontend.fitting import Test
from srcad.ir.nodes import Const, Let, ShapeOf, Var
from srcad.rules.factors import NOT_DEFINITE, SINGULAR

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Possible: TypeAlias = "list[tuple[type[BaseException], Test | None]]"


def catches(kind: type[BaseException], classes: tuple[type[BaseException], ...]) -> bool:
    """Whether handlers catch an exception; `Exception` itself stands for one that is not known."""
    if kind is Exception:
        return any(c.__module__.partition(".")[0] in ("builtins", "numpy") for c in classes)
    return issubclass(kind, classes)


def _first(compare: object, bound: float) -> Test:
    return lambda ctx, let: ctx.builder.emit(compare, let.args[0], Const(bound))


def _first_is(asked: object) -> Test:
    return lambda ctx, let: ctx.builder.emit(asked, let.args[0])


def _beyond_one(ctx: Lowering, let: Let) -> Var:
    return ctx.builder.emit(operator.gt, ctx.builder.emit(abs, let.args[0]), Const(1.0))


def _infinite(ctx: Lowering, let: Let) -> Var:
    return ctx.builder.emit(operator.eq, ctx.builder.emit(abs, let.args[0]), Const(np.inf))


def _overflows(ctx: Lowering, let: Let) -> Var:
    emit = ctx.builder.emit
    large = emit(operator.gt, let.args[0], Const(LARGEST_EXPONENT))
    return emit(operator.and_, large, emit(operator.lt, let.args[0], Const(np.inf)))


def _not_a_number(ctx: Lowering, let: Let) -> Var:
    return ctx.builder.emit(operator.ne, let.args[0], let.args[0])


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
    "np.isinf", "np.all", "np.any", "np.zeros_like",
    "np.ones_like", "math.isfinite", "math.isnan", "math.isinf", "math.atan", "math.atan2",
    "math.fabs", "math.erf", "math.erfc", "math.tanh", "math.asinh", "math.copysign",
    "math.degrees", "math.radians", "math.hypot", "math.cbrt", "last_written", "doubled",
    "np.ascontiguousarray", "max", "min", "is_singular", "is_not_definite",
})  # fmt: skip
FOR_CONSTANTS = frozenset({
    "np.std", "np.var", "np.prod", "np.median", "np.outer", "np.cumprod", "np.diag", "np.trace",
    "np.triu", "np.tril", "np.roll", "np.flip", "np.argsort", "np.sort", "np.count_nonzero",
    "np.flatnonzero", "np.moveaxis", "np.swapaxes", "np.expand_dims", "np.nansum", "np.diff",
    "np.full_like", "np.linspace", "np.nan_to_num", "np.tile",
})  # fmt: skip
"""What never raises for arguments of known kinds if those that are no arrays are constants."""
FACTORED = {
    "np.linalg.solve": SINGULAR,
    "np.linalg.inv": SINGULAR,
    "np.linalg.cholesky": NOT_DEFINITE,
}
"""What raises for some matrices, and the functions that tell."""
EXTREMES = frozenset({"np.max", "np.min", "np.argmax", "np.argmin"})
MADE = frozenset({"np.zeros", "np.ones", "np.empty", "np.full", "np.eye", "np.identity"})
JOINING = frozenset({"np.array", "np.stack", "np.concatenate"})


def possible(ctx: Lowering, let: Let) -> Possible:
    """The exceptions that a call may raise for values of these kinds, with tests that tell."""
    text = let.primitive.text
    if text in NEVER or (text in FOR_CONSTANTS and _constants_besides(let)):
        return []
    kinds = [arg.kind for arg in let.args if isinstance(arg, Var)]
    python = all(kind.is_python for kind in kinds)
    if text in ("/", "//", "%") and python:
        divisor = let.args[1]
        sure = isinstance(divisor, Const) and divisor.value != 0
        return [] if sure else [(ZeroDivisionError, _zero_divisor)]
    if text == "**" and python:
        return _of_power(let)
    if text in MATH and len(let.args) == 1:
        return [MATH[text]]
    if text.startswith(("math.", "cmath.")):
        return [(ValueError, None), (OverflowError, None)]
    if text == "np.linalg.norm" and len(let.args) == 1 and not let.kwargs:
        return []
    if text in FACTORED and len(let.args) == 1 + (text == "np.linalg.solve"):
        ranks = [kind.rank for kind in kinds]
        found = _for(np.linalg.LinAlgError, ranks[0] != 2 or _first_is(FACTORED[text]))
        shapes = fitting.solved(let) if len(ranks) == 2 and ranks[1] else iter(())
        return found + _for(ValueError, fitting.doubt(ctx, shapes))
    if text == "np.linalg.det":
        return _for(np.linalg.LinAlgError, fitting.doubt(ctx, fitting.square(let)))
    if text.startswith("np.linalg.") and text != "np.linalg.norm":
        return [(np.linalg.LinAlgError, None)]
    if text in ("getitem", "setitem"):
        found = _for(IndexError, fitting.outside(ctx, let))
        return found + (_for(ValueError, fitting.region(ctx, let)) if text == "setitem" else [])
    elementwise = let.primitive.form == "elementwise" or let.primitive.options.get("broadcasts")
    if elementwise or text in ("==", "!=", "<", "<=", ">", ">=", "&", "|", "^", "~"):
        return _for(ValueError, fitting.doubt(ctx, fitting.broadcast(let)))
    if text in ("@", "np.dot", "np.matmul"):
        stacked = text != "np.dot" and any(kind.rank > 2 for kind in kinds)
        test = True if stacked else fitting.doubt(ctx, fitting.product(let))
        return _for(ValueError, test)
    if text in EXTREMES:
        return _for(ValueError, fitting.emptiness(ctx, let))
    if text in JOINING and (fits := fitting.joined(let)) is not None:
        return _for(ValueError, fitting.doubt(ctx, fits))
    if text in MADE:
        return _for(ValueError, fitting.negative(ctx, let))
    if text == "np.arange" and _counts(let):
        return []
    if text == "np.reshape":
        return _for(ValueError, fitting.resized(ctx, let))
    if text == "np.interp" and len(let.args) == 3 and not let.kwargs:
        return _for(ValueError, fitting.interpolated(ctx, let))
    if text == "np.convolve" and fitting.given(let, 2, "mode", "full") is not ...:
        return _for(ValueError, fitting.nothing(ctx, let))
    if text == "int" and len(kinds) == 1:
        exact = kinds[0].is_integral or kinds[0].is_bool
        return [] if exact else [(ValueError, _not_a_number), (OverflowError, _infinite)]
    return [(Exception, None)]


def _of_power(let: Let) -> Possible:
    """What a power of Python's numbers may raise."""
    base, exponent = let.args
    whole = isinstance(base, Var) and (base.kind.is_integral or base.kind.is_bool)
    if not isinstance(exponent, Const) or not isinstance(exponent.value, int | float):
        return [(ZeroDivisionError, None), (OverflowError, None)]
    if exponent.value < 0 or not isinstance(base, Var) or base.kind.is_complex:
        return [(ZeroDivisionError, None), (OverflowError, None)]
    if exponent.value <= 1 or (whole and isinstance(exponent.value, int)):
        return []
    bound = Const(largest_base(exponent.value))

    def beyond(ctx: Lowering, let: Let) -> Var:
        emit = ctx.builder.emit
        absolute = emit(abs, let.args[0])
        over = emit(operator.gt, absolute, bound)
        return emit(operator.and_, over, emit(operator.lt, absolute, Const(np.inf)))

    return [(OverflowError, beyond)]


@functools.cache
def largest_base(exponent: float) -> float:
    """The largest number whose power is no error."""
    low, high = 1.0, sys.float_info.max
    while math.nextafter(low, high) < high:
        # Half way in the exponents first, then in the digits.
        middle = math.sqrt(low) * math.sqrt(high) if high > 2.0 * low else low + (high - low) / 2.0
        try:
            middle**exponent
            low = middle
        except OverflowError:
            high = middle
    return low


def _counts(let: Let) -> bool:
    """Whether `np.arange` counts by ints, and by a step that is not 0."""
    step = fitting.given(let, 2, "step", 1)
    plain = all(operand_kind(arg).is_integral for arg in let.args)
    return plain and step is not ... and step != 0 and {k for k, _ in let.kwargs} <= {"dtype"}


def _for(kind: type[BaseException], test: Test | bool | None) -> Possible:
    """What may be raised: nothing, where a test tells, or where nothing does."""
    if test is None or test is False:
        return []
    return [(kind, None if test is True else test)]


def _constants_besides(let: Let) -> bool:
    """Whether all arguments of a call but arrays, and numbers that are no ints, are constants."""
    for arg in (*let.args, *(value for _, value in let.kwargs)):
        for part in arg if isinstance(arg, tuple) else (arg,):
            value = isinstance(part, Var) and (part.kind.rank or part.kind.is_inexact)
            if not value and not isinstance(part, ShapeOf | Const):
                return False
    return True


__all__ = ["Possible", "Test", "catches", "possible"]
