"""Programs whose loops are checkpointed: to Python they are the same, to the backward sweep not."""

import ast
from dataclasses import replace
from random import Random

from fuzzing.case import Case

HEAD = "from srcad import checkpointed"
LENGTHS = "1", "2", "3", "k + 1", "n"


def segmented(case: Case) -> Case | None:
    """A case with some of its loops over ranges checkpointed; None if it has no such loop."""
    tree = ast.parse(case.source)
    random = Random(case.seed)
    found = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "f":
            for loop in ast.walk(node):
                if isinstance(loop, ast.For) and _may_be(loop) and random.random() < 0.7:
                    length = ast.parse(random.choice(LENGTHS), mode="eval").body
                    every = ast.keyword("every", length)
                    loop.iter = ast.Call(ast.Name("checkpointed"), [loop.iter], [every])
                    found += 1
    if not found:
        return None
    return replace(case, source=f"{HEAD}\n{ast.unparse(tree)}\n")


def _may_be(loop: ast.For) -> bool:
    """Whether a loop goes through a range to its end."""
    call = loop.iter
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return False
    leaving = ast.Break | ast.Return
    return call.func.id == "range" and not any(isinstance(n, leaving) for n in ast.walk(loop))
