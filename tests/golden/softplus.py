"""Conditional expressions, `and`, `or` and `not`, on numbers."""

import math


def softplus(x, sharpness, clip):
    z = sharpness * x
    large = z if z > 0.0 else -z
    tail = math.log1p(math.exp(-large)) if not (clip and large > 30.0) else 0.0
    return (max(z, 0.0) + tail) / (sharpness or 1.0)


ARGS = (0.4, 1.7, True)
