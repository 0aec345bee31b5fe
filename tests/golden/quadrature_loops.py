"""Adjoint of `quadrature` (quadrature.py:17) with respect to rate and end.

Written by srcad 0.1.0.  Do not edit: change `quadrature` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite


def quadrature_fwd(rate, end):
    """`quadrature`, also returning what `quadrature_bwd` needs."""
    m = 0.5 * (0.0 + end)
    m2 = 0.5 * (0.0 + m)
    t = finite(math.exp(-rate * 0.0 * 0.0))
    t2 = finite(math.exp(-rate * m2 * m2))
    t3 = finite(math.exp(-rate * m * m))
    m2 = 0.5 * (m + end)
    t4 = finite(math.exp(-rate * m * m))
    t5 = finite(math.exp(-rate * m2 * m2))
    t6 = finite(math.exp(-rate * end * end))
    return (m - 0.0) / 6.0 * (t + 4.0 * t2 + t3) + (end - m) / 6.0 * (t4 + 4.0 * t5 + t6), (rate, end, t, t2, t3, t4, t5, t6)


def quadrature_bwd(saved, out_bar):
    """Pull `out_bar` back to rate and end."""
    rate, end, t, t2, t3, t4, t5, t6 = saved

    # 7: m = 0.5 * (a + b)
    m = 0.5 * (0.0 + end)
    m2 = 0.5 * (0.0 + m)

    # 14: return math.exp(-rate * x * x)
    t7 = -rate
    t8 = t7 * m

    # 7: m = 0.5 * (a + b)
    m3 = 0.5 * (m + end)

    # 9: return (b - a) / 6.0 * (density(rate, a) + 4.0 * density(rate, m) + density(rate, b))
    t9 = out_bar * ((end - m) / 6.0)

    # 14: return math.exp(-rate * x * x)
    t10 = t9 * t6
    t11 = t10 * end
    end_bar = t10 * (t7 * end)
    end_bar = end_bar + t11 * t7
    rate_bar = -(t11 * end)
    t10 = t9 * 4.0 * t5
    t11 = t10 * m3
    m_bar = t10 * (t7 * m3)
    m_bar = m_bar + t11 * t7
    rate_bar = rate_bar - t11 * m3
    t9 = t9 * t4
    t10 = t9 * m
    m_bar2 = t9 * t8
    m_bar2 = m_bar2 + t10 * t7
    rate_bar = rate_bar - t10 * m

    # 9: return (b - a) / 6.0 * (density(rate, a) + 4.0 * density(rate, m) + density(rate, b))
    q = out_bar * (t4 + 4.0 * t5 + t6) / 6.0
    end_bar = end_bar + q
    m_bar2 = m_bar2 - q

    # 7: m = 0.5 * (a + b)
    t4 = m_bar * 0.5
    m_bar = m_bar2 + t4
    end_bar = end_bar + t4

    # 9: return (b - a) / 6.0 * (density(rate, a) + 4.0 * density(rate, m) + density(rate, b))
    t4 = out_bar * ((m - 0.0) / 6.0)

    # 14: return math.exp(-rate * x * x)
    t5 = t4 * t3
    t6 = t5 * m
    m_bar = m_bar + t5 * t8
    m_bar = m_bar + t6 * t7
    rate_bar = rate_bar - t6 * m
    t5 = t4 * 4.0 * t2
    t6 = t5 * m2
    m_bar2 = t5 * (t7 * m2)
    m_bar2 = m_bar2 + t6 * t7
    rate_bar = rate_bar - t6 * m2
    rate_bar = rate_bar - t4 * t * 0.0 * 0.0

    # 9: return (b - a) / 6.0 * (density(rate, a) + 4.0 * density(rate, m) + density(rate, b))
    q = out_bar * (t + 4.0 * t2 + t3) / 6.0
    m_bar = m_bar + q

    # 7: m = 0.5 * (a + b)
    m_bar = m_bar + m_bar2 * 0.5
    end_bar = end_bar + m_bar * 0.5
    return rate_bar, end_bar


def quadrature_value_and_grad(x0, x1):
    """`quadrature` and its gradient."""
    clear_float_errors()
    out, saved = quadrature_fwd(x0, x1)
    check_float_errors()
    return out, quadrature_bwd(saved, 1.0)
