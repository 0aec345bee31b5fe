"""Adjoint of `convergents` (convergents.py:6) with respect to terms_0, terms_1, terms_2 and terms_3.

Written by srcad 0.1.0.  Do not edit: change `convergents` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, nonzero


def convergents_fwd(terms_0, terms_1, terms_2, terms_3):
    """`convergents`, also returning what `convergents_bwd` needs."""
    p = terms_1 * terms_0 + 1.0
    q = terms_1 * 1.0 + 0.0
    p2 = terms_2 * p + terms_0
    q2 = terms_2 * q + 1.0
    p = terms_3 * p2 + p
    q = terms_3 * q2 + q
    return p / nonzero(q), (terms_0, terms_1, terms_2, terms_3)


def convergents_bwd(saved, out_bar):
    """Pull `out_bar` back to terms_0, terms_1, terms_2 and terms_3."""
    terms_0, terms_1, terms_2, terms_3 = saved

    # 11: p, p_before = term * p + p_before, p
    p = terms_1 * terms_0 + 1.0

    # 12: q, q_before = term * q + q_before, q
    q = terms_1 + 0.0

    # 11: p, p_before = term * p + p_before, p
    p2 = terms_2 * p + terms_0

    # 12: q, q_before = term * q + q_before, q
    q2 = terms_2 * q + 1.0

    # 11: p, p_before = term * p + p_before, p
    p3 = terms_3 * p2 + p

    # 12: q, q_before = term * q + q_before, q
    q3 = terms_3 * q2 + q

    # 13: return p / q
    q4 = out_bar / q3
    q_bar = -(q4 * (p3 / q3))

    # 12: q, q_before = term * q + q_before, q
    terms_3_bar = q_bar * q2
    q_bar2 = q_bar * terms_3

    # 11: p, p_before = term * p + p_before, p
    terms_3_bar = terms_3_bar + q4 * p2
    p_bar = q4 * terms_3

    # 12: q, q_before = term * q + q_before, q
    terms_2_bar = q_bar2 * q
    q_bar = q_bar + q_bar2 * terms_2

    # 11: p, p_before = term * p + p_before, p
    terms_2_bar = terms_2_bar + p_bar * p
    p_bar2 = q4 + p_bar * terms_2
    terms_1_bar = q_bar + p_bar2 * terms_0
    terms_0_bar = p_bar + p_bar2 * terms_1
    return terms_0_bar, terms_1_bar, terms_2_bar, terms_3_bar


def convergents_value_and_grad(x0, x1, x2, x3):
    """`convergents` and its gradient."""
    clear_float_errors()
    out, saved = convergents_fwd(x0, x1, x2, x3)
    check_float_errors()
    return out, convergents_bwd(saved, 1.0)
