"""`dict.items`: a mixture of substances, each with numbers of its own."""

import math


def mixture(amounts, energies, temperature):
    total = sum(amounts.values())
    free = 0.0
    for name, amount in amounts.items():
        share = amount / total
        free += share * (energies[name] + temperature * math.log(share))
    return free


ARGS = ({"water": 1.2, "salt": 0.3}, {"water": -0.8, "salt": 0.5}, 0.9)
