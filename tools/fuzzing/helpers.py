"""What the programs call: functions that write to their arguments or return early, and classes."""

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
    "relax": """
def relax(p, q):
    q[1:-1] = 0.5 * (p[2:] + p[:-2])
    return q
""",
}


IMPORTS = {
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
