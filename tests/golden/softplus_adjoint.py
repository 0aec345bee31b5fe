"""Adjoint of `softplus` (softplus.py:6) with respect to x and sharpness.

Written by srcad 0.1.0.  Do not edit: change `softplus` and run it again.
"""

import math

from srcad.runtime.arrays import masked


def softplus_fwd(x, sharpness, clip):
    """`softplus`, also returning what `softplus_bwd` needs."""
    z = sharpness * x
    t = z > 0.0
    if t:
        large = z
    else:
        large = -z
    t2 = clip and large > 30.0
    if not t2:
        t3 = math.exp(-large)
        tail = math.log1p(t3)
    else:
        tail = 0.0
        t3 = 0.0
    t4 = 0.0 > z
    t5 = (0.0 if t4 else z) + tail
    if sharpness != 0:
        sharpness2 = sharpness
    else:
        sharpness2 = 1.0
    return t5 / sharpness2, (x, sharpness, t, t2, t4, t5, sharpness2, t3)


def softplus_bwd(saved, out_bar):
    """Pull `out_bar` back to x and sharpness."""
    x, sharpness, t, t2, t3, t4, t5, t6 = saved

    # 9: tail = math.log1p(math.exp(-large)) if not (clip and large > 30.0) else 0.0
    t2 = not t2

    # 10: return (max(z, 0.0) + tail) / (sharpness or 1.0)
    q = out_bar / t5
    sharpness_bar = -(q * (t4 / t5))
    if not sharpness != 0:
        sharpness_bar = 0.0
    if t3:
        z_bar = 0.0
    else:
        z_bar = q

    # 9: tail = math.log1p(math.exp(-large)) if not (clip and large > 30.0) else 0.0
    if t2:
        large_bar = -(masked(q, q / (1.0 + t6)) * t6)
    else:
        large_bar = 0.0

    # 8: large = z if z > 0.0 else -z
    if t:
        z_bar = z_bar + large_bar
    else:
        z_bar = z_bar - large_bar

    # 7: z = sharpness * x
    sharpness_bar = sharpness_bar + z_bar * x
    x_bar = z_bar * sharpness

    return x_bar, sharpness_bar
