"""Rules of NumPy's elementwise functions.

Derivatives are written through the result wherever that saves reading an argument.  Where a
derivative is a matter of convention, it is jax's:

| point                                     | derivative                                       |
| ----------------------------------------- | ------------------------------------------------ |
| `maximum`, `minimum` of equal numbers     | one half each                                    |
| `fmax`, `fmin` of equal numbers           | 0 and 1                                          |
| `clip` at a bound                         | one half each; a quarter by x where both meet    |
| `abs(0.0)`, `fabs(0.0)`                   | 1                                                |
| `copysign(0.0, y)`                        | the sign of y                                    |
| `hypot(0.0, 0.0)`                         | one half each                                    |
| `arctan2(0.0, 0.0)`                       | NaN                                              |
| `sqrt(0.0)`, `cbrt(0.0)`, `arcsin(1.0)`   | inf                                              |
| `sinc(0.0)`, `nan_to_num(nan)`            | 0                                                |
| `heaviside(x, h)`                         | 0 by x; by h, 1 where `x == 0`                   |
| `floor`, `ceil`, `rint`, `trunc`, `sign`  | 0                                                |

With one exception: a bar that is exactly zero contributes zero, also through an infinite
derivative.  `where(x > 0, sqrt(x), 0.0)` has the derivative 0 at 0, not NaN.

Python numbers raise where NumPy gives inf.  A body that divides by what may be zero, though the
function itself did not raise there, says `np.divide`.
"""

from __future__ import annotations

import math

import numpy as np

from srcad.rules.registry import constant, elementwise, expand

# Exponentials and logarithms


@elementwise(np.exp, math.exp, costly=True)
def exp(ans, x):
    return ans


@elementwise(np.exp2, math.exp2, costly=True)
def exp2(ans, x):
    return ans * math.log(2.0)


@elementwise(np.expm1, math.expm1, costly=True)
def expm1(ans, x):
    return ans + 1.0


@elementwise(np.log, singular=True, costly=True)
def log(ans_bar, x):
    return ans_bar / x


@elementwise(np.log2, math.log2, singular=True, costly=True)
def log2(ans_bar, x):
    return ans_bar / (x * math.log(2.0))


@elementwise(np.log10, math.log10, singular=True, costly=True)
def log10(ans_bar, x):
    return ans_bar / (x * math.log(10.0))


@elementwise(np.log1p, math.log1p, singular=True, costly=True)
def log1p(ans_bar, x):
    return ans_bar / (1.0 + x)


@elementwise(np.logaddexp, costly=True, singular=True)
def logaddexp(ans, x, y):
    return np.exp(x - ans), np.exp(y - ans)


@elementwise(np.logaddexp2, costly=True, singular=True)
def logaddexp2(ans, x, y):
    return np.exp2(x - ans), np.exp2(y - ans)


# Roots and powers


@elementwise(np.sqrt, math.sqrt, singular=True, costly=True)
def sqrt(ans_bar, ans, x):
    return np.divide(0.5 * ans_bar, ans)


@elementwise(np.cbrt, math.cbrt, singular=True, costly=True)
def cbrt(ans_bar, ans, x):
    return np.divide(ans_bar, 3.0 * (ans * ans))


@elementwise(np.square)
def square(x):
    return 2.0 * x


@elementwise(np.reciprocal, singular=True)
def reciprocal(ans, x):
    return -(ans * ans)


@elementwise(np.hypot, math.hypot, singular=True, costly=True)
def hypot(ans_bar, ans, x, y):
    # At the origin, where both quotients are 0 / 0, the derivative is 0.5 / 1.
    origin = ans == 0.0
    q = ans_bar / (ans + origin)
    return q * np.where(origin, 0.5, x), q * np.where(origin, 0.5, y)


# Trigonometric and hyperbolic functions


@elementwise(np.sin, costly=True)
def sin(x):
    return np.cos(x)


@elementwise(np.cos, costly=True)
def cos(x):
    return -np.sin(x)


@elementwise(np.tan, math.tan, costly=True)
def tan(ans, x):
    return 1.0 + ans * ans


@elementwise(np.arcsin, singular=True, costly=True)
def arcsin(ans_bar, x):
    return np.divide(ans_bar, np.sqrt((1.0 - x) * (1.0 + x)))


@elementwise(np.arccos, singular=True, costly=True)
def arccos(ans_bar, x):
    return np.divide(-ans_bar, np.sqrt((1.0 - x) * (1.0 + x)))


@elementwise(np.arctan, math.atan, costly=True)
def arctan(ans_bar, x):
    return ans_bar / (1.0 + x * x)


@elementwise(np.arctan2, math.atan2, singular=True, costly=True)
def arctan2(ans_bar, x, y):
    q = np.divide(ans_bar, x * x + y * y)
    return q * y, -q * x


@elementwise(np.sinh, costly=True)
def sinh(x):
    return np.cosh(x)


@elementwise(np.cosh, costly=True)
def cosh(x):
    return np.sinh(x)


@elementwise(np.tanh, math.tanh, costly=True)
def tanh(ans, x):
    return 1.0 - ans * ans


@elementwise(np.arcsinh, costly=True)
def arcsinh(ans_bar, x):
    return ans_bar / np.sqrt(x * x + 1.0)


@elementwise(np.arccosh, singular=True, costly=True)
def arccosh(ans_bar, x):
    # Of complex numbers, the root of the product is another one left of the imaginary axis.
    if np.iscomplexobj(x):
        return np.divide(ans_bar, np.sqrt(x - 1.0) * np.sqrt(x + 1.0))
    return np.divide(ans_bar, np.sqrt((x - 1.0) * (x + 1.0)))


def some_float(*args):
    """What inference calls for a function of `math` that raises at 1."""
    return 1.0


@elementwise(np.arctanh, singular=True, costly=True)
@elementwise(math.atanh, singular=True, costly=True, options={"example": some_float})
def arctanh(ans_bar, x):
    return ans_bar / ((1.0 - x) * (1.0 + x))


@elementwise(np.degrees, np.rad2deg, math.degrees)
def degrees(ans_bar, x):
    return ans_bar * (180.0 / math.pi)


@elementwise(np.radians, np.deg2rad, math.radians)
def radians(ans_bar, x):
    return ans_bar * (math.pi / 180.0)


@elementwise(np.sinc, costly=True)
def sinc(ans_bar, ans, x):
    # Near 0 the quotient cancels: there it is the series of its numerator.  The fourth term that
    # is left out is below rounding for |x| < 0.02.
    near = np.abs(x) < 0.02
    t = (math.pi * x) * (math.pi * x)
    slope = -1.0 / 3.0 + t * (1.0 / 30.0 - t * (1.0 / 840.0 - t / 45360.0))
    series = math.pi * math.pi * x * slope
    quotient = (np.cos(math.pi * x) - ans) / np.where(near, 1.0, x)
    return ans_bar * np.where(near, series, quotient)


# Choices: every argument gets the bar where it was chosen.


def share(bar, x, y):
    """The part of the bar that x gets for being larger than y: half of it if they are equal."""
    return np.where(x > y, bar, np.where(x == y, 0.5 * bar, 0.0))


@elementwise(np.maximum)
def maximum(ans_bar, x, y):
    return share(ans_bar, x, y), share(ans_bar, y, x)


@elementwise(np.minimum)
def minimum(ans_bar, x, y):
    return share(ans_bar, y, x), share(ans_bar, x, y)


@elementwise(np.fmax)
def fmax(ans_bar, x, y):
    first = (x > y) | np.isnan(y)
    return np.where(first, ans_bar, 0.0), np.where(first, 0.0, ans_bar)


@elementwise(np.fmin)
def fmin(ans_bar, x, y):
    first = (x < y) | np.isnan(y)
    return np.where(first, ans_bar, 0.0), np.where(first, 0.0, ans_bar)


@elementwise(np.clip)
def clip(ans_bar, a, a_min=None, a_max=None):
    # As minimum(maximum(a, a_min), a_max).
    if a_min is None:
        if a_max is None:
            return ans_bar, None, None
        return share(ans_bar, a_max, a), None, share(ans_bar, a, a_max)
    if a_max is None:
        return share(ans_bar, a, a_min), share(ans_bar, a_min, a), None
    raised = np.maximum(a, a_min)
    kept = share(ans_bar, a_max, raised)
    return share(kept, a, a_min), share(kept, a_min, a), share(ans_bar, raised, a_max)


@elementwise(np.where)
def where(ans_bar, condition, x, y):
    return None, np.where(condition, ans_bar, 0.0), np.where(condition, 0.0, ans_bar)


@expand(np.select)
def select(condlist, choicelist, default=0):
    """The first choice whose condition holds."""
    if len(condlist) == 0:
        return default
    return np.where(condlist[0], choicelist[0], select(condlist[1:], choicelist[1:], default))


@elementwise(np.copysign, math.copysign)
def copysign(ans_bar, x, y):
    return np.where((x < 0.0) == np.signbit(y), ans_bar, -ans_bar), None


@elementwise(np.heaviside)
def heaviside(ans_bar, x, h):
    return None, np.where(x == 0.0, ans_bar, 0.0)


@elementwise(np.nan_to_num)
def nan_to_num(ans_bar, x, copy=True, nan=0.0, posinf=None, neginf=None):
    if np.iscomplexobj(x):
        by_real = np.where(np.isfinite(np.real(x)), np.real(ans_bar), 0.0)
        return by_real + 1.0j * np.where(np.isfinite(np.imag(x)), np.imag(ans_bar), 0.0)
    return np.where(np.isfinite(x), ans_bar, 0.0)


# Remainders and scalings


@elementwise(np.fmod, math.fmod)
def fmod(ans_bar, ans, x, y):
    # Rounded to nearest: x / y itself may be rounded up to the next integer.
    return ans_bar, -ans_bar * np.rint((x - ans) / y)


@elementwise(np.ldexp)
def ldexp(ans_bar, x, i):
    return np.ldexp(ans_bar, i), None


@elementwise(np.nextafter, math.nextafter)
def nextafter(x, y):
    return 1.0, None


# Decisions: no derivative.

constant(
    np.floor, np.ceil, np.rint, np.trunc, np.fix, np.round, np.around,
    np.isnan, np.isinf, np.isfinite, np.isneginf, np.isposinf, np.signbit,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    decides=True, options={"broadcasts": True},
)  # fmt: skip
constant(np.isclose, decides=True, options={"broadcasts": True})
constant(np.gcd, np.lcm, np.spacing, options={"broadcasts": True})
