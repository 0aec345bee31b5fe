"""Adjoint of `containers` (containers.py:6) with respect to b, layers_0_0, layers_0_1, layers_1_0, layers_1_1, w and x.

Written by srcad 0.1.0.  Do not edit: change `containers` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent
from srcad.runtime.vector_math import plus, tanh


def containers_fwd(b, layers_0_0, layers_0_1, layers_1_0, layers_1_1, w, x):
    """`containers`, also returning what `containers_bwd` needs."""
    total = 0.0
    u2 = np.empty(w.shape[0])
    u3 = np.empty(w.shape[0])
    for i in independent(w.shape[0]):
        u_i = w[i] * x[i] + b
        u2[i] = tanh(layers_0_0 * u_i + layers_0_1)
        u3[i] = tanh(layers_1_0 * u2[i] + layers_1_1)
        total = plus(total, u3[i])
    return (total / u3.shape[0], u3[0], u3[u3.shape[0] - 1]), (b, layers_0_0, layers_1_0, w, x, u2, u3)


def containers_bwd(saved, out0_bar, out1_bar, out2_bar):
    """Pull `out0_bar` and `out1_bar` and `out2_bar` back to b, layers_0_0, layers_0_1, layers_1_0, layers_1_1, w and x."""
    b, layers_0_0, layers_1_0, w, x, u, u2 = saved

    # 10: return {"mean": np.mean(u), "ends": (u[0], u[-1])}
    u_bar = np.zeros(u2.shape)
    u_bar[u_bar.shape[0] - 1] = out1_bar
    u_bar[0] += out0_bar

    # 7: u = params["w"] * x + params["b"]
    total = 0.0
    total2 = 0.0
    total3 = 0.0
    total4 = 0.0
    total5 = 0.0
    w_bar = np.empty(w.shape[0])
    x_bar = np.empty(w.shape[0])
    for i in independent(w.shape[0]):
        u3_i = w[i] * x[i] + b
        u_bar[i] += out2_bar / u2.shape[0]
        t_i = u_bar[i] * (1.0 - u2[i] * u2[i])
        total = plus(total, t_i)
        total2 = plus(total2, t_i * u[i])
        u_bar2_i = t_i * layers_1_0
        t2_i = u_bar2_i * (1.0 - u[i] * u[i])
        total3 = plus(total3, t2_i)
        total4 = plus(total4, t2_i * u3_i)
        u_bar3_i = t2_i * layers_0_0
        total5 = plus(total5, u_bar3_i)
        w_bar[i] = u_bar3_i * x[i]
        x_bar[i] = u_bar3_i * w[i]

    # 9: u = np.tanh(gain * u + shift)
    layers_1_1_bar = total
    layers_1_0_bar = total2
    layers_0_1_bar = total3
    layers_0_0_bar = total4

    # 7: u = params["w"] * x + params["b"]
    b_bar = total5
    return b_bar, layers_0_0_bar, layers_0_1_bar, layers_1_0_bar, layers_1_1_bar, w_bar, x_bar
