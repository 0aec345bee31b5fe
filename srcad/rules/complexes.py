"""Complex numbers: their parts, `cmath`, and what NumPy computes of both parts together.

jax's convention: the bar of z is the derivative by its real part minus 1j times that by its
imaginary part; a real argument takes the real part of its bar.  At 0, where neither exists, the
derivatives of `angle` and `cmath.phase` are NaN unless the bar is zero.
"""

from __future__ import annotations

import cmath
import math

import numpy as np

from srcad.rules.registry import constant, elementwise, expand, shape_rule
from srcad.runtime.arrays import with_imag as with_imag
from srcad.runtime.arrays import with_real as with_real

# Parts


@elementwise(np.real, view=True)
def real(ans_bar, val):
    return ans_bar


@elementwise(np.imag, view=True)
def imag(ans_bar, val):
    return -1.0j * ans_bar


def conjugated(z):
    """`z.conjugate()` of a Python number, which is one too."""
    return z.conjugate()


@elementwise(np.conjugate)
@elementwise(conjugated, text="conjugate")
def conjugate(ans_bar, x):
    return np.conjugate(ans_bar)


@elementwise(np.angle, singular=True, costly=True)
def angle(ans_bar, z, deg=False):
    if not np.iscomplexobj(z):
        return None
    if deg:
        return -1.0j * (180.0 / math.pi) * np.divide(ans_bar, z)
    return -1.0j * np.divide(ans_bar, z)


@elementwise(with_real, text="with_real")
def with_real_bars(ans_bar, z, x):
    return 1.0j * np.imag(ans_bar), np.real(ans_bar)


@elementwise(with_imag, text="with_imag")
def with_imag_bars(ans_bar, z, x):
    return np.real(ans_bar), 1.0j * ans_bar


@elementwise(complex)
def to_complex(real, imag=0.0):
    return 1.0, 1.0j


@shape_rule(with_real, with_imag)
def shape_of_first(sizes, z, x):
    return z.shape


WITH_PART = {"real": with_real, "imag": with_imag}
"""The function that gives an array another real or imaginary part."""


def unit(z):
    """`np.sign` of complex numbers, which is no decision: z over its absolute value."""
    size = np.abs(z)
    return np.divide(z, size + (size == 0.0))


constant(np.isreal, np.iscomplex, decides=True, options={"broadcasts": True})
constant(np.sign, decides=True, options={"broadcasts": True, "of_complex": unit})


# cmath


def some_number(*args):
    """What inference calls for a function of `cmath` that raises at 1."""
    return 1.0j


@elementwise(cmath.exp, costly=True)
def exp(ans, x):
    return ans


@elementwise(cmath.log, singular=True, costly=True, options={"example": some_number})
def log(ans_bar, ans, x, base=None):
    if base is None:
        return ans_bar / x, None
    q = ans_bar / cmath.log(base)
    return q / x, -q * ans / base


@elementwise(cmath.log10, singular=True, costly=True)
def log10(ans_bar, x):
    return ans_bar / (x * math.log(10.0))


@elementwise(cmath.sqrt, singular=True, costly=True)
def sqrt(ans_bar, ans, x):
    return np.divide(0.5 * ans_bar, ans)


@elementwise(cmath.sin, costly=True)
def sin(x):
    return cmath.cos(x)


@elementwise(cmath.cos, costly=True)
def cos(x):
    return -cmath.sin(x)


@elementwise(cmath.tan, costly=True)
def tan(ans, x):
    return 1.0 + ans * ans


@elementwise(cmath.asin, singular=True, costly=True)
def asin(ans_bar, x):
    return np.divide(ans_bar, cmath.sqrt(1.0 - x) * cmath.sqrt(1.0 + x))


@elementwise(cmath.acos, singular=True, costly=True)
def acos(ans_bar, x):
    return np.divide(-ans_bar, cmath.sqrt(1.0 - x) * cmath.sqrt(1.0 + x))


@elementwise(cmath.atan, costly=True)
def atan(ans_bar, x):
    return ans_bar / (1.0 + x * x)


@elementwise(cmath.sinh, costly=True)
def sinh(x):
    return cmath.cosh(x)


@elementwise(cmath.cosh, costly=True)
def cosh(x):
    return cmath.sinh(x)


@elementwise(cmath.tanh, costly=True)
def tanh(ans, x):
    return 1.0 - ans * ans


@elementwise(cmath.asinh, costly=True)
def asinh(ans_bar, x):
    return ans_bar / cmath.sqrt(x * x + 1.0)


@elementwise(cmath.acosh, singular=True, costly=True)
def acosh(ans_bar, x):
    return np.divide(ans_bar, cmath.sqrt(x - 1.0) * cmath.sqrt(x + 1.0))


@elementwise(cmath.atanh, singular=True, costly=True, options={"example": some_number})
def atanh(ans_bar, x):
    return ans_bar / ((1.0 - x) * (1.0 + x))


@elementwise(cmath.phase, singular=True, costly=True)
def phase(ans_bar, x):
    return -1.0j * np.divide(ans_bar, x)


@expand(cmath.polar)
def polar(x):
    return abs(complex(x)), cmath.phase(x)


@expand(cmath.rect)
def rect(r, phi):
    return complex(r * math.cos(phi), r * math.sin(phi))


constant(cmath.isnan, cmath.isinf, cmath.isfinite, cmath.isclose, decides=True)
