"""Adjoint of `containers` (containers.py:6) with respect to b, layers_0_0, layers_0_1, layers_1_0, layers_1_1, w and x.

Written by srcad 0.1.0.  Do not edit: change `containers` and run it again.
"""

import numpy as np


def containers_fwd(b, layers_0_0, layers_0_1, layers_1_0, layers_1_1, w, x):
    """`containers`, also returning what `containers_bwd` needs."""
    u = w * x + b
    u = np.tanh(layers_0_0 * u + layers_0_1)
    u2 = np.tanh(layers_1_0 * u + layers_1_1)
    return (np.mean(u2), u2[0], u2[-1]), (b, layers_0_0, layers_1_0, w, x, u, u2)


def containers_bwd(saved, out0_bar, out1_bar, out2_bar):
    """Pull `out0_bar` and `out1_bar` and `out2_bar` back to b, layers_0_0, layers_0_1, layers_1_0, layers_1_1, w and x."""
    b, layers_0_0, layers_1_0, w, x, u, u2 = saved

    # 7: u = params["w"] * x + params["b"]
    u3 = w * x + b

    # 10: return {"mean": np.mean(u), "ends": (u[0], u[-1])}
    u_bar = np.zeros(u2.shape)
    u_bar[-1] = out1_bar
    u_bar[0] += out0_bar
    u_bar += out2_bar / u2.shape[0]

    # 9: u = np.tanh(gain * u + shift)
    t = u_bar * (1.0 - u2 * u2)
    layers_1_1_bar = np.sum(t)
    layers_1_0_bar = np.sum(t * u)
    u_bar = t * layers_1_0
    t = u_bar * (1.0 - u * u)
    layers_0_1_bar = np.sum(t)
    layers_0_0_bar = np.sum(t * u3)
    u_bar = t * layers_0_0

    # 7: u = params["w"] * x + params["b"]
    b_bar = np.sum(u_bar)
    w_bar = u_bar * x
    x_bar = u_bar * w

    return b_bar, layers_0_0_bar, layers_0_1_bar, layers_1_0_bar, layers_1_1_bar, w_bar, x_bar
