"""Adjoint of `reductions` (reductions.py:6) with respect to x.

Written by srcad 0.1.0.  Do not edit: change `reductions` and run it again.
"""

import numpy as np
from numba import objmode

from srcad.runtime.arrays import product_of_others

from srcad.runtime.compiled import Bail, check_float_errors, clear_float_errors, independent
from srcad.runtime.vector_math import plus, where


def reductions_fwd(x):
    """`reductions`, also returning what `reductions_bwd` needs."""
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(np.mean(x, axis=0), np.float64)
    t = made
    if x.shape[0] == 0 or x.shape[1] == 0:
        raise Bail
    extreme = x[0, 0]
    centred = np.empty((x.shape[0], x.shape[1]))
    array = np.zeros((1, x.shape[1]))
    for i in range(x.shape[0]):
        for j in independent(x.shape[1]):
            centred[i, j] = x[i, j] - t[j]
            array[0, j] += centred[i, j] ** 2
            extreme_here = x[i, j]
            if extreme_here < extreme or extreme_here != extreme_here:
                extreme = extreme_here
    t3 = extreme
    spread = np.empty((1, centred.shape[1]))
    for i in independent(centred.shape[1]):
        spread[0, i] = np.sqrt(array[0, i])
    if x.shape[1] == 0:
        raise Bail
    top = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        top[i] = x[i, 0]
    total = 0.0
    total_terms = np.empty(x.shape[1])
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            top_here = x[i, j]
            if top_here > top[i] or top_here != top_here:
                top[i] = top_here
            total_terms[j] = centred[i, j] / spread[0, j]
        for j in range(x.shape[1]):
            total = plus(total, total_terms[j])
    t2 = np.prod(top)
    return total + t2 * t3, (x, t, spread, top, t2, t3)


def reductions_bwd(saved, out_bar):
    """Pull `out_bar` back to x."""
    x, t, spread, top, t2, t3 = saved

    # 7: centred = x - np.mean(x, axis=0)
    total = 0
    centred = np.empty((x.shape[0], x.shape[1]))
    hit = np.empty((x.shape[0], x.shape[1]), np.bool_)
    for i in range(x.shape[0]):
        for j in independent(x.shape[1]):
            centred[i, j] = x[i, j] - t[j]
            hit[i, j] = x[i, j] == t3
            total += hit[i, j]

    # 10: return np.sum(centred / spread) + np.prod(top) * x.min()
    share = out_bar * t2 / total
    x_bar = np.empty((hit.shape[0], hit.shape[1]))
    for i in range(hit.shape[0]):
        for j in independent(hit.shape[1]):
            x_bar[i, j] = where(hit[i, j], np.float64(share), 0.0)
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(product_of_others(top, 0), np.float64)
    array = made
    centred_bar = np.empty((centred.shape[0], centred.shape[1]))
    spread_bar = np.zeros((1, centred.shape[1]))
    hit2 = np.empty((centred.shape[0], centred.shape[1]), np.bool_)
    array2 = np.zeros(centred.shape[0], np.int64)
    for i in range(centred.shape[0]):
        array2_sum = 0
        for j in independent(centred.shape[1]):
            q_ij = out_bar / spread[0, j]
            centred_bar[i, j] = q_ij if out_bar != 0.0 else 0.0
            spread_bar[0, j] += -(q_ij * (centred[i, j] / spread[0, j])) if out_bar != 0.0 else 0.0
            hit2[i, j] = x[i, j] == top[i]
            array2_sum += hit2[i, j]
        array2[i] += array2_sum
    share2 = np.empty(top.shape[0])
    for i in independent(top.shape[0]):
        top_bar_i = out_bar * t3 * array[i]
        share2[i] = top_bar_i / array2[i]

    # 9: top = np.max(x, axis=1)
    array3 = np.zeros(x_bar.shape[1])
    for i in range(x_bar.shape[0]):
        for j in independent(x_bar.shape[1]):
            centred_bar[i, j] += 0.5 * spread_bar[0, j] / where(spread_bar[0, j] != 0.0, spread[0, j], 1.0) * (2.0 * centred[i, j])
            x_bar[i, j] += where(hit2[i, j], np.float64(share2[i]), 0.0) + centred_bar[i, j]
            array3[j] -= centred_bar[i, j]

    # 7: centred = x - np.mean(x, axis=0)
    for i in range(x_bar.shape[0]):
        for j in independent(x_bar.shape[1]):
            x_bar[i, j] += array3[j] / x.shape[0]
    return x_bar


def reductions_value_and_grad(x):
    """`reductions` and its gradient."""
    clear_float_errors()
    with objmode(made="float64[::1]"):
        made = np.ascontiguousarray(np.mean(x, axis=0), np.float64)
    array = made
    if x.shape[0] == 0 or x.shape[1] == 0:
        raise Bail
    extreme = x[0, 0]
    centred = np.empty((x.shape[0], x.shape[1]))
    array2 = np.zeros((1, x.shape[1]))
    for i in range(x.shape[0]):
        for j in independent(x.shape[1]):
            centred[i, j] = x[i, j] - array[j]
            array2[0, j] += centred[i, j] ** 2
            extreme_here = x[i, j]
            if extreme_here < extreme or extreme_here != extreme_here:
                extreme = extreme_here
    t3 = extreme
    spread = np.empty((1, centred.shape[1]))
    for i in independent(centred.shape[1]):
        spread[0, i] = np.sqrt(array2[0, i])
    if x.shape[1] == 0:
        raise Bail
    top = np.empty(x.shape[0])
    for i in independent(x.shape[0]):
        top[i] = x[i, 0]
    total = 0
    t = np.empty((x.shape[0], x.shape[1]))
    hit = np.empty((x.shape[0], x.shape[1]), np.bool_)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            top_here = x[i, j]
            if top_here > top[i] or top_here != top_here:
                top[i] = top_here
            t[i, j] = centred[i, j] / spread[0, j]
            hit[i, j] = x[i, j] == t3
            total += hit[i, j]
    t2 = np.prod(top)
    share = t2 / total
    x_bar = np.empty((hit.shape[0], hit.shape[1]))
    for i in range(hit.shape[0]):
        for j in independent(hit.shape[1]):
            x_bar[i, j] = where(hit[i, j], np.float64(share), 0.0)
    with objmode(made2="float64[::1]"):
        made2 = np.ascontiguousarray(product_of_others(top, 0), np.float64)
    array3 = made2
    total2 = 0.0
    centred_bar = np.empty((centred.shape[0], centred.shape[1]))
    spread_bar = np.zeros((1, centred.shape[1]))
    hit2 = np.empty((centred.shape[0], centred.shape[1]), np.bool_)
    array4 = np.zeros(centred.shape[0], np.int64)
    for i in range(centred.shape[0]):
        array4_sum = 0
        for j in independent(centred.shape[1]):
            q_ij = 1.0 / spread[0, j]
            centred_bar[i, j] = q_ij
            spread_bar[0, j] -= q_ij * t[i, j]
            hit2[i, j] = x[i, j] == top[i]
            array4_sum += hit2[i, j]
            total2 = plus(total2, t[i, j])
        array4[i] += array4_sum
    share2 = np.empty(top.shape[0])
    for i in independent(top.shape[0]):
        top_bar_i = t3 * array3[i]
        share2[i] = top_bar_i / array4[i]
    array5 = np.zeros(x_bar.shape[1])
    for i in range(x_bar.shape[0]):
        for j in independent(x_bar.shape[1]):
            x_bar[i, j] += where(hit2[i, j], np.float64(share2[i]), 0.0)
            centred_bar[i, j] += 0.5 * spread_bar[0, j] / where(spread_bar[0, j] != 0.0, spread[0, j], 1.0) * (2.0 * centred[i, j])
            x_bar[i, j] += centred_bar[i, j]
            array5[j] -= centred_bar[i, j]
    for i in range(x_bar.shape[0]):
        for j in independent(x_bar.shape[1]):
            x_bar[i, j] += array5[j] / x.shape[0]
    out = total2 + t2 * t3
    check_float_errors()
    return out, x_bar
