"""Rules of the functions of `math`, where they differ from those of NumPy of the same name.

Bodies that would only differ in the module are written once, in `elementwise`, where they read
no other function than the one they are of; the ones here call `math`, which for Python numbers is
many times faster than NumPy.
"""

from __future__ import annotations

import math

import numpy as np

from srcad.rules.elementwise import some_float
from srcad.rules.operators import power_partial
from srcad.rules.registry import constant, elementwise


# At ones, where inference calls it, the logarithm to base 1 raises.
@elementwise(math.log, singular=True, costly=True, options={"example": some_float})
def log(ans_bar, ans, x, base=None):
    if base is None:
        return ans_bar / x, None
    q = ans_bar / math.log(base)
    return q / x, -q * ans / base


@elementwise(math.pow, singular=True, costly=True)
def power(ans, x, y):
    # np.log: the derivative by y, which may not be asked for, is NaN for a negative base.
    return power_partial(x, y), ans * np.log(x + (x == 0.0))


@elementwise(math.sin, costly=True)
def sin(x):
    return math.cos(x)


@elementwise(math.cos, costly=True)
def cos(x):
    return -math.sin(x)


@elementwise(math.asin, singular=True, costly=True)
def asin(ans_bar, x):
    return np.divide(ans_bar, math.sqrt((1.0 - x) * (1.0 + x)))


@elementwise(math.acos, singular=True, costly=True)
def acos(ans_bar, x):
    return np.divide(-ans_bar, math.sqrt((1.0 - x) * (1.0 + x)))


@elementwise(math.sinh, costly=True)
def sinh(x):
    return math.cosh(x)


@elementwise(math.cosh, costly=True)
def cosh(x):
    return math.sinh(x)


@elementwise(math.asinh, costly=True)
def asinh(ans_bar, x):
    return ans_bar / math.sqrt(x * x + 1.0)


@elementwise(math.acosh, singular=True, costly=True)
def acosh(ans_bar, x):
    return np.divide(ans_bar, math.sqrt((x - 1.0) * (x + 1.0)))


@elementwise(math.fabs)
def fabs(ans_bar, x):
    return np.where(x >= 0.0, ans_bar, -ans_bar)


@elementwise(math.remainder)
def remainder(ans_bar, ans, x, y):
    return ans_bar, -ans_bar * np.rint((x - ans) / y)


@elementwise(math.ldexp)
def ldexp(ans_bar, x, i):
    return math.ldexp(ans_bar, i), None


@elementwise(math.erf, costly=True)
def erf(x):
    return 2.0 / math.sqrt(math.pi) * math.exp(-(x * x))


@elementwise(math.erfc, costly=True)
def erfc(x):
    return -2.0 / math.sqrt(math.pi) * math.exp(-(x * x))


constant(
    math.floor, math.ceil, math.trunc, math.isnan, math.isinf, math.isfinite, math.isclose,
    decides=True,
)  # fmt: skip
constant(math.comb, math.factorial, math.gcd, math.isqrt, math.lcm, math.perm, math.ulp)
