"""From a number to a program: a Python function of arrays and numbers, as text."""

import ast
import textwrap
from random import Random

from fuzzing.choices import bound, ternary
from fuzzing.comprehensions import comprehension
from fuzzing.cubes import flattened
from fuzzing.expressions import EXPRESSIONS, expression
from fuzzing.helpers import module_of
from fuzzing.scope import INTEGERS, PARAMETERS, Scope, Weighted
from fuzzing.statements import returned, statements

SINGLE_RESULT = 0.7
LEAST = 10
MAKERS: Weighted = [*EXPRESSIONS, (2, comprehension), (1, ternary), (1, bound), (3, flattened)]
EVERYTHING = "np.sum(u * v) + np.sum(x * y) * a + np.sum(r) - b * np.sum(c) + "


def program(seed: int) -> str:
    """The program of a seed: a module with a function `f` and the helpers that it calls.

    >>> program(1) == program(1)
    True
    """
    random = Random(seed)
    single = random.random() < SINGLE_RESULT
    result = random.choice([(), (), ("n",), ("n", "m")]) if single else None
    scope = Scope(random, result, returns=single, makers=MAKERS)
    statements(scope, random.randint(2, 5))
    while count_of(scope.lines) < LEAST:
        statements(scope, 1)
    last = EVERYTHING + expression(scope, (), 1) if result == () else returned(scope)
    scope.line(f"return {last}")
    body = "\n".join(scope.lines)
    head = f"def f({', '.join((*PARAMETERS, *INTEGERS))}):"
    return module_of(f"{head}\n{body}\n")


def count_of(lines: list[str]) -> int:
    """How many statements there are."""
    tree = ast.parse(textwrap.dedent("\n".join(lines)))
    return sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
