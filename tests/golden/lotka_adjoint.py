"""Adjoint of `lotka` (lotka.py:19) with respect to y, growth and death.

Written by srcad 0.1.0.  Do not edit: change `lotka` and run it again.
"""

import numpy as np


def lotka_fwd(y, growth, death):
    """`lotka`, also returning what `lotka_bwd` needs."""
    y_tape = np.empty((4,) + y.shape)
    t_tape = np.empty((4, 2))
    y = y.copy()
    for k in range(4):
        y_tape[k] = y
        prey = y[0]
        hunters = y[1]
        t = np.array((growth * prey - prey * hunters, prey * hunters - death * hunters))
        t_tape[k] = t
        t = y + 0.5 * 0.1 * t
        prey = t[0]
        hunters = t[1]
        y += 0.1 * np.array((growth * prey - prey * hunters, prey * hunters - death * hunters))
    return y, (growth, death, y_tape, t_tape)


def lotka_bwd(saved, out_bar):
    """Pull `out_bar` back to y, growth and death."""
    growth, death, y_tape, t_tape = saved

    # 14: for _ in range(steps):
    y_bar = out_bar.copy()
    growth_bar = 0.0
    death_bar = 0.0
    for k in range(3, -1, -1):
        y = y_tape[k]

        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        t = 0.5 * 0.1

        # 9: prey, hunters = y
        prey = y[0]
        hunters = y[1]

        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        t2 = y + t * t_tape[k]

        # 9: prey, hunters = y
        prey2 = t2[0]
        hunters2 = t2[1]

        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        t2 = y_bar * 0.1

        # 10: return np.array([growth * prey - prey * hunters, prey * hunters - death * hunters])
        t3 = t2[0]
        t4 = t2[1]
        t2 = -t4
        death_bar = death_bar + t2 * hunters2
        hunters_bar = t2 * death
        prey_bar = t4 * hunters2
        hunters_bar = hunters_bar + t4 * prey2
        t2 = -t3
        prey_bar = prey_bar + t2 * hunters2
        hunters_bar = hunters_bar + t2 * prey2
        growth_bar = growth_bar + t3 * prey2
        prey_bar = prey_bar + t3 * growth

        # 9: prey, hunters = y
        t2 = np.zeros(y.shape)
        t2[1] = hunters_bar
        t2[0] += prey_bar

        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        y_bar += t2
        t2 = t2 * t

        # 10: return np.array([growth * prey - prey * hunters, prey * hunters - death * hunters])
        t = t2[0]
        t3 = t2[1]
        t2 = -t3
        death_bar = death_bar + t2 * hunters
        hunters_bar = t2 * death
        prey_bar = t3 * hunters
        hunters_bar = hunters_bar + t3 * prey
        t2 = -t
        prey_bar = prey_bar + t2 * hunters
        hunters_bar = hunters_bar + t2 * prey
        growth_bar = growth_bar + t * prey
        prey_bar = prey_bar + t * growth

        # 9: prey, hunters = y
        y_bar[1] += hunters_bar
        y_bar[0] += prey_bar
    return y_bar, growth_bar, death_bar
