"""Adjoint of `mixture` (mixture.py:6) with respect to salt, water, energies_salt, energies_water and temperature.

Written by srcad 0.1.0.  Do not edit: change `mixture` and run it again.
"""

import math

import numpy as np

from srcad.runtime.compiled import check_float_errors, clear_float_errors, finite, nonzero


def mixture_fwd(salt, water, energies_salt, energies_water, temperature):
    """`mixture`, also returning what `mixture_bwd` needs."""
    total = 0 + water + salt
    share = water / nonzero(total)
    t = finite(math.log(share))
    free = 0.0 + share * (energies_water + temperature * t)
    share = salt / nonzero(total)
    t2 = finite(math.log(share))
    free = free + share * (energies_salt + temperature * t2)
    return free, (salt, water, energies_salt, energies_water, temperature, t, t2)


def mixture_bwd(saved, out_bar):
    """Pull `out_bar` back to salt, water, energies_salt, energies_water and temperature."""
    salt, water, energies_salt, energies_water, temperature, t, t2 = saved

    # 7: total = sum(amounts.values())
    total = water + salt

    # 10: share = amount / total
    share = water / total
    share2 = salt / total

    # 11: free += share * (energies[name] + temperature * math.log(share))
    share_bar = out_bar * (energies_salt + temperature * t2)
    energies_salt_bar = out_bar * share2
    temperature_bar = energies_salt_bar * t2
    t2 = energies_salt_bar * temperature
    share_bar = share_bar + (t2 / share2 if t2 != 0.0 else 0.0)

    # 10: share = amount / total
    q = share_bar / total
    total_bar = -(q * share2)

    # 11: free += share * (energies[name] + temperature * math.log(share))
    share_bar = out_bar * (energies_water + temperature * t)
    energies_water_bar = out_bar * share
    temperature_bar = temperature_bar + energies_water_bar * t
    t = energies_water_bar * temperature
    share_bar = share_bar + (t / share if t != 0.0 else 0.0)

    # 10: share = amount / total
    q2 = share_bar / total
    total_bar = total_bar - q2 * share

    # 7: total = sum(amounts.values())
    salt_bar = q + total_bar
    water_bar = q2 + total_bar
    return salt_bar, water_bar, energies_salt_bar, energies_water_bar, temperature_bar


def mixture_value_and_grad(x0, x1, x2, x3, x4):
    """`mixture` and its gradient."""
    clear_float_errors()
    out, saved = mixture_fwd(x0, x1, x2, x3, x4)
    check_float_errors()
    return out, mixture_bwd(saved, 1.0)
