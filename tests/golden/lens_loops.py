"""Adjoint of `lens` (lens.py:15) with respect to height, angle, focus and distance.

Written by srcad 0.1.0.  Do not edit: change `lens` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import nonzero


def lens_fwd(height, angle, focus, distance):
    """`lens`, also returning what `lens_bwd` needs."""
    t = height + distance * angle
    t2 = angle - t / nonzero(focus)
    return (t + 2.0 * distance * t2, t2), (height, angle, focus, distance)


def lens_bwd(saved, out0_bar, out1_bar):
    """Pull `out0_bar` and `out1_bar` back to height, angle, focus and distance."""
    height, angle, focus, distance = saved

    # 17: ray = replace(ray, angle=ray.angle - ray.height / focus)
    t = (height + distance * angle) / focus

    # 12: return replace(self, height=self.height + distance * self.angle)
    angle_bar = out1_bar + out0_bar * (2.0 * distance)

    # 18: return ray.travel(2.0 * distance)
    distance_bar = out0_bar * (angle - t) * 2.0

    # 17: ray = replace(ray, angle=ray.angle - ray.height / focus)
    q = -angle_bar / focus
    focus_bar = -(q * t)
    height_bar = out0_bar + q

    # 12: return replace(self, height=self.height + distance * self.angle)
    distance_bar = distance_bar + height_bar * angle
    angle_bar = angle_bar + height_bar * distance
    return height_bar, angle_bar, focus_bar, distance_bar
