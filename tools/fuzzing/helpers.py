"""Functions that the programs call: they write to their arguments, return early, return pairs."""

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
    "relax": """
def relax(p, q):
    q[1:-1] = 0.5 * (p[2:] + p[:-2])
    return q
""",
}


def helpers_of(text: str) -> str:
    """The helpers that a text calls."""
    called = set(re.findall(r"(\w+)\(", text))
    return "".join(body.lstrip() + "\n\n" for name, body in HELPERS.items() if name in called)
