"""Adjoint of `substitution` (substitution.py:6) with respect to L and b.

Written by srcad 0.1.0.  Do not edit: change `substitution` and run it again.
"""

import numpy as np


def substitution_fwd(L, b):
    """`substitution`, also returning what `substitution_bwd` needs."""
    n = b.shape[0]
    x = np.zeros(n)
    for i in range(n):
        s = b[i]
        for j in range(i):
            s = s - L[i, j] * x[j]
        x[i] = s / L[i, i]
    return x, (L, x)


def substitution_bwd(saved, out_bar):
    """Pull `out_bar` back to L and b."""
    L, x = saved

    # 7: n = len(b)
    n = x.shape[0]

    # 9: for i in range(n):
    b_bar = np.zeros(x.shape)
    L_bar = np.zeros(L.shape)
    x_bar = out_bar.copy()
    for i in range(n - 1, -1, -1):
        # 13: x[i] = s / L[i, i]
        t = L[i, i]
        t2 = x[i]
        t3 = x_bar[i]
        x_bar[i] = 0.0
        q = t3 / t
        s_bar = q if t3 != 0.0 else 0.0
        L_bar[i, i] += -(q * t2) if t3 != 0.0 else 0.0

        # 11: for j in range(i):
        for j in range(i - 1, -1, -1):
            # 12: s -= L[i, j] * x[j]
            t = -s_bar
            t2 = t * x[j]
            x_bar[j] += t * L[i, j]
            L_bar[i, j] += t2

        # 10: s = b[i]
        b_bar[i] += s_bar
    return L_bar, b_bar
