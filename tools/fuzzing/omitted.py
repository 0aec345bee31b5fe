"""Exceptions of statements that nothing needs: srcad leaves those out, Python runs them.

What srcad does instead of raising is right if Python does the same once the statement that raised
is taken away. A statement that matters changes the result when it is.
"""

import ast
import copy
from typing import Any

from fuzzing.case import Call, Wrong, loaded

DEEPEST = 6


def explained(source: str, call: Call, found: Any, expected: Exception, agree: Any) -> bool:
    """Whether srcad's outcome is Python's without statements that raise.

    Args:
        source: the program.
        call: its arguments.
        found: what srcad returned, or the exception that it raised.
        expected: what Python raised.
        agree: tells whether two results are the same, by raising `Wrong` if they are not.
    """
    return _explained(source, call, found, expected, agree, DEEPEST)


def _explained(
    source: str, call: Call, found: Any, expected: Exception, agree: Any, depth: int
) -> bool:
    for line in dict.fromkeys(_lines(expected)):
        smaller = without(source, line)
        if smaller is None:
            continue
        with loaded(smaller) as function:
            try:
                result = function(*copy.deepcopy(call))
            except Exception as error:
                if type(error) is type(found):
                    return True
                if depth and _explained(smaller, call, found, error, agree, depth - 1):
                    return True
                continue
        if isinstance(found, Exception):
            continue
        try:
            agree(found, result)
        except Wrong:
            continue
        return True
    return False


def _lines(error: Exception) -> list[int]:
    """The lines of the program that an exception came through, the innermost first."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<fuzz"):
            found.append(trace.tb_lineno)
        trace = trace.tb_next
    return found[::-1]


def without(source: str, line: int) -> str | None:
    """A program without the statement of a line; None if that is a return."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            for place, statement in enumerate(block if isinstance(block, list) else ()):
                if statement.lineno == line:
                    if isinstance(statement, ast.Return):
                        return None
                    block[place] = ast.copy_location(ast.Pass(), statement)
                    return ast.unparse(tree) + "\n"
    return None
