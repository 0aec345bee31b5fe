"""Adjoint of `lotka` (lotka.py:19) with respect to y, growth and death.

Written by srcad 0.1.0.  Do not edit: change `lotka` and run it again.
"""

import numpy as np

from srcad.runtime.compiled import independent


def lotka_fwd(y, growth, death):
    """`lotka`, also returning what `lotka_bwd` needs."""
    y_tape = np.empty((4,) + y.shape)
    t_tape = np.empty((4, 2))
    y = y.copy()
    for k in range(4):
        prey = y[0]
        hunters = y[1]
        t = np.array((np.float64(growth * prey - prey * hunters), np.float64(prey * hunters - death * hunters),))
        t2 = np.empty(y.shape[0])
        for i in independent(y.shape[0]):
            y_tape[k, i] = y[i]
            t_tape[k, i] = t[i]
            t2[i] = y[i] + 0.5 * 0.1 * t[i]
        prey = t2[0]
        hunters = t2[1]
        array = np.array((np.float64(growth * prey - prey * hunters), np.float64(prey * hunters - death * hunters),))
        for i in independent(y.shape[0]):
            y[i] += 0.1 * array[i]
    return y, (growth, death, y_tape, t_tape)


def lotka_bwd(saved, out_bar):
    """Pull `out_bar` back to y, growth and death."""
    growth, death, y_tape, t_tape = saved

    # 14: for _ in range(steps):
    y_bar = out_bar.copy()
    growth_bar = 0.0
    death_bar = 0.0
    for k in range(3, -1, -1):
        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        t = 0.5 * 0.1

        # 9: prey, hunters = y
        prey = y_tape[k, 0]
        hunters = y_tape[k, 1]

        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        t2 = np.empty(y_tape.shape[1])
        t3 = np.empty(y_tape.shape[1])
        y = np.empty(y_tape.shape[1])
        for i in independent(y_tape.shape[1]):
            t2[i] = y_tape[k, i] + t * t_tape[k, i]
            t3[i] = y_bar[i] * 0.1
            y[i] = y_tape[k, i]

        # 9: prey, hunters = y
        prey2 = t2[0]
        hunters2 = t2[1]

        # 10: return np.array([growth * prey - prey * hunters, prey * hunters - death * hunters])
        t4 = t3[0]
        t5 = t3[1]
        t6 = -t5
        death_bar = death_bar + t6 * hunters2
        hunters_bar = t6 * death
        prey_bar = t5 * hunters2
        hunters_bar = hunters_bar + t5 * prey2
        t5 = -t4
        prey_bar = prey_bar + t5 * hunters2
        hunters_bar = hunters_bar + t5 * prey2
        growth_bar = growth_bar + t4 * prey2
        prey_bar = prey_bar + t4 * growth

        # 9: prey, hunters = y
        t7 = np.zeros(y.shape)
        t7[1] = hunters_bar
        t7[0] += prey_bar

        # 15: y = y + h * slope(y + 0.5 * h * slope(y))
        t8 = np.empty(y_bar.shape[0])
        for i in independent(y_bar.shape[0]):
            y_bar[i] += t7[i]
            t8[i] = t7[i] * t

        # 10: return np.array([growth * prey - prey * hunters, prey * hunters - death * hunters])
        t = t8[0]
        t4 = t8[1]
        t5 = -t4
        death_bar = death_bar + t5 * hunters
        hunters_bar = t5 * death
        prey_bar = t4 * hunters
        hunters_bar = hunters_bar + t4 * prey
        t4 = -t
        prey_bar = prey_bar + t4 * hunters
        hunters_bar = hunters_bar + t4 * prey
        growth_bar = growth_bar + t * prey
        prey_bar = prey_bar + t * growth

        # 9: prey, hunters = y
        y_bar[1] += hunters_bar
        y_bar[0] += prey_bar
    return y_bar, growth_bar, death_bar
