"""Adjoint of `entropy` (entropy.py:6) with respect to weights.

Written by srcad 0.1.0.  Do not edit: change `entropy` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, independent, pass_float_errors
from srcad.runtime.vector_math import log, plus, where


def entropy_fwd(weights):
    """`entropy`, also returning what `entropy_bwd` needs."""
    total = 0.0
    for i in range(weights.shape[0]):
        total = plus(total, weights[i])
    t = total
    p = np.empty(weights.shape[0])
    for i in independent(weights.shape[0]):
        p[i] = weights[i] / t
    pass_float_errors(0)
    t2 = np.empty(p.shape[0])
    terms = np.empty(p.shape[0])
    for i in independent(p.shape[0]):
        t2[i] = log(p[i])
        terms[i] = -p[i] * t2[i]
    pass_float_errors(5)
    t3 = np.empty(p.shape[0], np.bool_)
    for i in independent(p.shape[0]):
        t3[i] = p[i] < 0.1
    for i in range(t3.shape[0]):
        if t3[i]:
            terms[i] = 0.0
    total2 = 0.0
    for i in range(terms.shape[0]):
        total2 = plus(total2, terms[i])
    return total2, (weights, t, t2, t3)


def entropy_bwd(saved, out_bar):
    """Pull `out_bar` back to weights."""
    weights, t, t2, t3 = saved

    # 7: p = weights / np.sum(weights)
    p = np.empty(weights.shape[0])
    terms_bar = np.empty(weights.shape[0])
    for i in independent(weights.shape[0]):
        p[i] = weights[i] / t
        terms_bar[i] = out_bar

    # 10: terms[p < 0.1] = 0.0
    for i in range(t3.shape[0]):
        if t3[i]:
            terms_bar[i] = 0.0

    # 9: terms = -p * np.log(p)
    total = 0.0
    weights_bar = np.empty(terms_bar.shape[0])
    for i in independent(terms_bar.shape[0]):
        t4_i = -(terms_bar[i] * p[i])
        p_bar_i = t4_i / where(t4_i != 0.0, p[i], 1.0) - terms_bar[i] * t2[i]
        q_i = p_bar_i / t
        weights_bar[i] = q_i if p_bar_i != 0.0 else 0.0
        total = plus(total, -(q_i * p[i]) if p_bar_i != 0.0 else 0.0)

    # 7: p = weights / np.sum(weights)
    for i in independent(weights_bar.shape[0]):
        weights_bar[i] += total
    return weights_bar


def entropy_value_and_grad(weights):
    """`entropy` and its gradient."""
    clear_float_errors()
    total = 0.0
    for i in range(weights.shape[0]):
        total = plus(total, weights[i])
    t = total
    p = np.empty(weights.shape[0])
    for i in independent(weights.shape[0]):
        p[i] = weights[i] / t
    pass_float_errors(0)
    t2 = np.empty(p.shape[0])
    terms = np.empty(p.shape[0])
    for i in independent(p.shape[0]):
        t2[i] = log(p[i])
        terms[i] = -p[i] * t2[i]
    pass_float_errors(5)
    t3 = np.empty(p.shape[0], np.bool_)
    for i in independent(p.shape[0]):
        t3[i] = p[i] < 0.1
    for i in range(t3.shape[0]):
        if t3[i]:
            terms[i] = 0.0
    total2 = 0.0
    terms_bar = np.empty(terms.shape[0])
    for i in independent(terms.shape[0]):
        total2 = plus(total2, terms[i])
        terms_bar[i] = 1.0
    t4 = total2
    for i in range(t3.shape[0]):
        if t3[i]:
            terms_bar[i] = 0.0
    total3 = 0.0
    weights_bar = np.empty(terms_bar.shape[0])
    for i in independent(terms_bar.shape[0]):
        t5_i = -(terms_bar[i] * p[i])
        p_bar_i = t5_i / where(t5_i != 0.0, p[i], 1.0) - terms_bar[i] * t2[i]
        q_i = p_bar_i / t
        weights_bar[i] = q_i if p_bar_i != 0.0 else 0.0
        total3 = plus(total3, -(q_i * p[i]) if p_bar_i != 0.0 else 0.0)
    for i in independent(weights_bar.shape[0]):
        weights_bar[i] += total3
    check_float_errors()
    return t4, weights_bar
