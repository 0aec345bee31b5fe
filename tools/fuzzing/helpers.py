"""What the programs call: functions that write to their arguments, that have rules, and classes."""

import re

HELPERS = {
    "bump": """
def bump(p, s):
    p[1:] += s * p[:-1]
    return np.sum(p)
""",
    "both": """
def both(p, q):
    return p * q, p + 0.5 * q
""",
    "fill": """
def fill(p, s):
    for i in range(p.shape[0]):
        p[i] = p[i] * s + 0.1 * i
""",
    "early": """
def early(s):
    if s > 0.4:
        return s * s
    for k in range(3):
        s = s + 0.3
        if s > 0.5:
            return s * 1.5
    return -s
""",
    "rows": """
def rows(p, s):
    for row in p:
        row *= s
        row[:1] += 0.25
    return p
""",
    "checked": """
def checked(s):
    if s < 0.2:
        raise ValueError("too small")
    return s * 0.9
""",
    "twice": """
def twice(g, p):
    return g(g(p))
""",
    "applied": """
def applied(g, p, count):
    for _ in range(count):
        p = g(p)
    return p
""",
    "Body": """
class Body:
    def __init__(self, place, rate):
        self.place = place
        self.rate = rate
        self.first = 0.1

    def step(self, size):
        self.place = self.place + size * np.sin(self.place) * self.rate
        self.first = 0.5 * self.first + size

    def energy(self):
        return np.sum(self.place * self.place) * self.rate
""",
    "Cell": """
@dataclass
class Cell:
    place: np.ndarray
    rate: float
    first: float = 0.2

    def step(self, size):
        self.place[1:] += size * self.place[:-1]
        if self.rate > 0.3:
            self.rate = self.rate - 0.1 * size

    def energy(self):
        return self.rate * np.mean(self.place + self.first)
""",
    "Pair": """
class Pair(NamedTuple):
    field: np.ndarray
    scale: float
""",
    "own_sin": """
@srcad.custom_vjp
def own_sin(p):
    return 0.5 * np.sin(p)


def own_sin_fwd(p):
    return own_sin(p), (p, 0.5)


def own_sin_bwd(kept, bar):
    p, scale = kept
    return (scale * bar * np.cos(p),)


own_sin.defvjp(own_sin_fwd, own_sin_bwd)
""",
    "own_mix": """
@srcad.custom_jvp
def own_mix(p, s):
    for k in range(3):
        p = p * s + 0.1 * k if s > 0.3 else 0.5 * p
    return p


@own_mix.defjvp
def own_mix_jvp(primals, tangents):
    (p, s), (p_dot, s_dot) = primals, tangents
    for k in range(3):
        if s > 0.3:
            p_dot = p_dot * s + p * s_dot
            p = p * s + 0.1 * k
        else:
            p, p_dot = 0.5 * p, 0.5 * p_dot
    return p, p_dot
""",
    "relax": """
def relax(p, q):
    q[1:-1] = 0.5 * (p[2:] + p[:-2])
    return q
""",
}


IMPORTS = {
    "srcad.": "import srcad",
    "deque(": "from collections import deque",
    "math.": "import math",
    "@dataclass": "from dataclasses import dataclass",
    "(NamedTuple)": "from typing import NamedTuple",
}


def module_of(function: str) -> str:
    """A module with a function, what it calls, and what both import."""
    called = set(re.findall(r"(\w+)\(", function))
    helpers = [body.lstrip() + "\n\n" for name, body in HELPERS.items() if name in called]
    text = "".join((*helpers, function))
    imports = [line for sign, line in IMPORTS.items() if sign in text]
    return "\n".join((*imports, "import numpy as np", "", "", text))
