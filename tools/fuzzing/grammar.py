"""From a number to a program: a Python function of arrays and numbers, as text."""

from random import Random

from fuzzing.expressions import expression
from fuzzing.helpers import helpers_of
from fuzzing.scope import INTEGERS, PARAMETERS, Scope
from fuzzing.statements import returned, statements

SINGLE_RESULT = 0.7
EVERYTHING = "np.sum(u * v) + np.sum(x * y) * a + np.sum(r) - b * np.sum(c) + "


def program(seed: int) -> str:
    """The program of a seed: a module with a function `f` and the helpers that it calls.

    >>> program(1) == program(1)
    True
    """
    random = Random(seed)
    single = random.random() < SINGLE_RESULT
    result = random.choice([(), (), ("n",), ("n", "m")]) if single else None
    scope = Scope(random, result, returns=single)
    statements(scope, random.randint(3, 7))
    last = EVERYTHING + expression(scope, (), 1) if result == () else returned(scope)
    scope.line(f"return {last}")
    body = "\n".join(scope.lines)
    head = f"def f({', '.join((*PARAMETERS, *INTEGERS))}):"
    return f"import numpy as np\n\n\n{helpers_of(body)}{head}\n{body}\n"
