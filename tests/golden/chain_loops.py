"""Adjoint of `chain` (chain.py:6) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `chain` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, nonzero


def chain_fwd(x, y):
    """`chain`, also returning what `chain_bwd` needs."""
    t = finite(math.sin(x))
    a = t * y
    b = a ** 2 + x / nonzero(y)
    t2 = finite(math.exp(-b))
    a = t2 * a
    t3 = finite(math.sqrt(a * a + 1.0))
    return t3, (x, y, t, t2, t3)


def chain_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, t2, t3 = saved

    # 7: a = math.sin(x) * y
    a = t * y

    # 9: a = math.exp(-b) * a
    a2 = t2 * a

    # 10: return math.sqrt(a * a + 1.0)
    a_bar = (0.5 * out_bar / t3 if out_bar != 0.0 else 0.0) * (2.0 * a2)

    # 9: a = math.exp(-b) * a
    a_bar2 = a_bar * t2
    b_bar = -(a_bar * a * t2)

    # 8: b = a**2 + x / y
    q = b_bar / y
    y_bar = -(q * (x / y))
    a_bar = a_bar2 + b_bar * (2.0 * a)

    # 7: a = math.sin(x) * y
    y_bar = y_bar + a_bar * t
    x_bar = q + a_bar * y * math.cos(x)
    return x_bar, y_bar


def chain_value_and_grad(x0, x1):
    """`chain` and its gradient."""
    clear_float_errors()
    out, saved = chain_fwd(x0, x1)
    check_float_errors()
    return out, chain_bwd(saved, 1.0)
