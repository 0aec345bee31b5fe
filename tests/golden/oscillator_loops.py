"""Adjoint of `oscillator` (oscillator.py:21) with respect to position and stiffness.

Written by srcad 0.1.0.  Do not edit: change `oscillator` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, independent
from srcad.runtime.vector_math import cos


def oscillator_fwd(position, stiffness, steps):
    """`oscillator`, also returning what `oscillator_bwd` needs."""
    position_tape = np.empty(steps)
    t_tape = np.empty(steps)
    velocity = 0.0
    for k in range(steps):
        position_tape[k] = position
        t = finite(math.sin(position))
        t_tape[k] = t
        t = velocity - 0.1 * stiffness * t
        position = position + 0.1 * t
        velocity = t
    t = finite(math.cos(position))
    return (0.5 * velocity ** 2 - stiffness * t) * position, (stiffness, steps, position, velocity, t, position_tape, t_tape)


def oscillator_bwd(saved, out_bar):
    """Pull `out_bar` back to position and stiffness."""
    stiffness, steps, position, velocity, t, position_tape, t_tape = saved

    # 25: return pendulum.energy * pendulum.position
    t2 = out_bar * position
    position_bar = out_bar * (0.5 * velocity ** 2 - stiffness * t)

    # 18: return 0.5 * self.velocity**2 - self.stiffness * math.cos(self.position)
    t3 = -t2
    stiffness_bar = t3 * t
    position_bar = position_bar - t3 * stiffness * math.sin(position)
    velocity_bar = t2 * 0.5 * (2.0 * velocity)

    # 13: self.velocity -= dt * self.stiffness * math.sin(self.position)
    cos_ahead = np.empty(position_tape.shape[0])
    for i in independent(position_tape.shape[0]):
        cos_ahead[i] = cos(position_tape[i])

    # 23: for k in range(steps):
    for k in range(steps - 1, -1, -1):
        # 14: self.position += dt * self.velocity
        velocity_bar = velocity_bar + position_bar * 0.1

        # 13: self.velocity -= dt * self.stiffness * math.sin(self.position)
        t = -velocity_bar
        position_bar = position_bar + t * (0.1 * stiffness) * cos_ahead[k]
        stiffness_bar = stiffness_bar + t * t_tape[k] * 0.1
    return position_bar, stiffness_bar


def oscillator_value_and_grad(x0, x1, x2):
    """`oscillator` and its gradient."""
    clear_float_errors()
    out, saved = oscillator_fwd(x0, x1, x2)
    check_float_errors()
    return out, oscillator_bwd(saved, 1.0)
