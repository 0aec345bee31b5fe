"""Rules of Python's operators and of the ufuncs that are the same operations.

`text` is the operator.  A ufunc that is printed as an operator also says how it is spelled as a
call (`options["spelled"]`): between Python numbers `np.divide(x, 0.0)` is inf where `x / 0.0`
raises, so only with an array among its arguments may it be printed as the operator.

Where a derivative is a matter of convention, it is jax's:

| point                  | derivative                                                     |
| ---------------------- | -------------------------------------------------------------- |
| `abs(0.0)`             | 1                                                              |
| `x ** 0` at `x == 0`   | 0                                                              |
| `x ** y` at `x == 0`   | 0 by `y`                                                       |
| `x ** y` with `x < 0`  | `y * x ** (y - 1)` by `x`, NaN by `y`                          |
| `x // y`, comparisons  | 0                                                              |
| `x % y`                | 1 by `x`, `-(x // y)` by `y`, also where it jumps              |
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.rules.registry import constant, elementwise, expand, linear, shape_rule


def _spelled(name: str, **more: Any) -> dict[str, Any]:
    return {"spelled": name, **more}


# Arithmetic


@elementwise(operator.add, text="+")
@elementwise(np.add, text="+", options=_spelled("np.add"))
def add(ans_bar, x, y):
    return ans_bar, ans_bar


@elementwise(operator.sub, text="-")
@elementwise(np.subtract, text="-", options=_spelled("np.subtract"))
def subtract(ans_bar, x, y):
    return ans_bar, -ans_bar


@elementwise(operator.mul, text="*")
@elementwise(np.multiply, text="*", options=_spelled("np.multiply"))
def multiply(x, y):
    return y, x


@elementwise(operator.truediv, text="/", singular=True)
@elementwise(np.divide, text="/", singular=True, options=_spelled("np.divide"))
def divide(ans_bar, ans, x, y):
    q = ans_bar / y
    return q, -q * ans


@elementwise(operator.mod, text="%")
@elementwise(np.remainder, text="%", options=_spelled("np.remainder"))
def remainder(ans_bar, x, y):
    return ans_bar, -ans_bar * (x // y)


@elementwise(operator.neg, text="neg")
@elementwise(np.negative, text="neg", options=_spelled("np.negative"))
def negative(ans_bar, x):
    return -ans_bar


@elementwise(operator.pos, text="pos")
@elementwise(np.positive, text="pos", options=_spelled("np.positive"))
def positive(ans_bar, x):
    return ans_bar


@elementwise(abs, operator.abs, text="abs")
@elementwise(np.abs, text="np.abs")
@elementwise(np.fabs)
def absolute(ans_bar, ans, x):
    if np.iscomplexobj(x):
        return ans_bar * np.conjugate(x) / (ans + (ans == 0.0))
    return np.where(x >= 0.0, ans_bar, -ans_bar)


@expand(divmod, np.divmod)
def divide_with_remainder(x, y):
    return x // y, x % y


# Powers.  np.power, not `**`: the derivative of the Python number `0.0 ** 0.5` is inf, where
# `0.0 ** -0.5` would raise.


def power_partial(x, p):
    """The derivative of `x ** p` by x; `p - (p != 0)` makes it 0 everywhere for p = 0."""
    return p * np.power(x, p - (p != 0))


@elementwise(operator.pow, pow, text="**", singular=True, costly=True)
@elementwise(np.power, text="**", singular=True, costly=True, options=_spelled("np.power"))
@elementwise(np.float_power, singular=True, costly=True)
def power(ans, x, y):
    # x + (x == 0) keeps the logarithm of 0 away: its product with 0 ** y would be NaN.
    return power_partial(x, y), ans * np.log(x + (x == 0))


def power_constant(x, p):
    """The rule of `x ** p` for a constant p that is not in POWERS."""
    return power_partial(x, p)


def power_lower(ans_bar, x, p, lower):
    """The rule of `x ** p` for a constant p, with `lower = p - 1` computed beforehand."""
    return ans_bar * (p * x**lower)


def power_negative(ans_bar, ans, x, p):
    """The rule of `x ** p` for a constant float p below 0: a division is cheaper than a power."""
    return p * ans_bar * ans / x


def power_0(x):
    return None


def power_1(ans_bar, x):
    return ans_bar


def power_2(x):
    return 2.0 * x


def power_3(x):
    return 3.0 * (x * x)


def power_4(x):
    return 4.0 * (x * x * x)


def power_half(ans_bar, ans, x):
    return np.divide(0.5 * ans_bar, ans)


def power_three_halves(x):
    return 1.5 * x**0.5


def power_minus_half(ans_bar, ans, x):
    return -0.5 * ans_bar * ans / x


def power_minus_1(ans, x):
    return -(ans * ans)


def power_minus_2(ans_bar, ans, x):
    return -2.0 * ans_bar * ans / x


POWERS: dict[float, Callable[..., Any]] = {
    0: power_0,
    1: power_1,
    2: power_2,
    3: power_3,
    4: power_4,
    0.5: power_half,
    1.5: power_three_halves,
    -0.5: power_minus_half,
    -1: power_minus_1,
    -2: power_minus_2,
}
"""The rule of `x ** p` for these constants p, as of an elementwise primitive of x alone."""

SINGULAR_POWERS = frozenset({0.5, -0.5, -1, -2})
"""Those whose derivative can be infinite."""


# Conversions of numbers


def _same_dtype(x, result):
    """`np.float64(x)` of an array of that dtype is `x` itself."""
    return x.dtype == result.dtype


@linear(float)
@linear(np.float64, np.float32, view=True, options={"view_if": _same_dtype})
def to_float(ans_bar, x):
    return ans_bar


@shape_rule(np.float64, np.float32)
def float_shape(sizes, x):
    return x.shape


constant(int, bool, decides=True)
constant(
    np.int64, np.int32, np.int16, np.int8, np.uint64, np.uint32, np.uint16, np.uint8, np.bool_,
    decides=True, view=True, options={"broadcasts": True, "view_if": _same_dtype},
)  # fmt: skip
constant(operator.index, text="operator.index", decides=True)


# Decisions and integers: no derivative.

_DISCRETE: dict[str, tuple[Any, np.ufunc]] = {
    "<": (operator.lt, np.less),
    "<=": (operator.le, np.less_equal),
    ">": (operator.gt, np.greater),
    ">=": (operator.ge, np.greater_equal),
    "==": (operator.eq, np.equal),
    "!=": (operator.ne, np.not_equal),
    "//": (operator.floordiv, np.floor_divide),
    "&": (operator.and_, np.bitwise_and),
    "|": (operator.or_, np.bitwise_or),
    "^": (operator.xor, np.bitwise_xor),
    "~": (operator.invert, np.invert),
    "<<": (operator.lshift, np.left_shift),
    ">>": (operator.rshift, np.right_shift),
}
for _text, (_function, _ufunc) in _DISCRETE.items():
    constant(_function, text=_text, decides=True, options={"broadcasts": True})
    constant(
        _ufunc,
        text=_text,
        decides=True,
        options=_spelled(f"np.{_ufunc.__name__}", broadcasts=True),
    )

constant(operator.not_, text="not", decides=True)
constant(round, decides=True)
