"""Exceptions of statements that nothing needs: srcad leaves those out, Python runs them.

What srcad does instead of raising is right if Python does the same once the statement that raised
is taken away, or the expression that raised is a number. One that matters changes the result then.
"""

import ast
import copy
from collections.abc import Callable
from itertools import islice
from typing import Any

from fuzzing.case import Call, Wrong, loaded

DEEPEST = 6

NOTHING = ast.arguments([], [], None, [], [], None, [])

TRIED = """

def _tried(compute):
    try:
        return compute()
    except Exception:
        return 0.5
"""

Place = tuple[int | None, ...]
"""A line, and where the expression begins and ends that was computed there."""


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
    places = list(dict.fromkeys(_places(expected)))
    changed = [without(source, place[0]) for place in places]
    changed += [with_other(source, place, number) for place in places]
    changed += [with_other(source, place, some) for place in places]
    changed += [with_other(source, place, tried) for place in places]
    return any(
        _explains(smaller, call, found, agree, depth) for smaller in changed if smaller is not None
    )


def _explains(smaller: str, call: Call, found: Any, agree: Any, depth: int) -> bool:
    with loaded(smaller) as function:
        try:
            result = function(*copy.deepcopy(call))
        except Exception as error:
            if type(error) is type(found):
                return True
            return depth > 0 and _explained(smaller, call, found, error, agree, depth - 1)
    if isinstance(found, Exception):
        return False
    try:
        agree(found, result)
    except Wrong:
        return False
    return True


def _places(error: Exception) -> list[Place]:
    """The places of the program that an exception came through, the innermost first."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith("<fuzz"):
            positions = next(islice(code.co_positions(), trace.tb_lasti // 2, None))
            found.append((trace.tb_lineno, *positions))
        trace = trace.tb_next
    return found[::-1]


def without(source: str, line: int) -> str | None:
    """A program without the statement of a line; None if that may leave a loop or the function."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            for place, statement in enumerate(block if isinstance(block, list) else ()):
                if statement.lineno == line:
                    # Without what leaves it, a loop might not end.
                    if any(
                        isinstance(part, ast.Return | ast.Break) for part in ast.walk(statement)
                    ):
                        return None
                    block[place] = ast.copy_location(ast.Pass(), statement)
                    return ast.unparse(tree) + "\n"
    return None


def with_other(source: str, place: Place, other: Callable[[ast.expr], Any]) -> str | None:
    """A program with something else in the place of an expression; None if there is no such."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            for position, part in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(part, ast.expr) or place[1:] != _ends(part):
                    continue
                # A name that is not bound is no value that nothing needs.
                found = None if isinstance(part, ast.Name) else other(part)
                if found is None:
                    return None
                if isinstance(value, list):
                    value[position] = found
                else:
                    setattr(node, field, found)
                text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                return text if "def _tried(" in text else text + TRIED
    return None


def number(part: ast.expr) -> ast.expr | None:
    """A number for a value; for a place that is written to, a name that nothing reads."""
    match _context(part):
        case ast.Load():
            return ast.Constant(0.5)
        case ast.Store() if isinstance(part, ast.Subscript):
            return ast.Name("_", ast.Store())
    return None


def some(part: ast.expr) -> ast.expr | None:
    """An element of an array that has some: only the shape of the result may be needed."""
    if not isinstance(part, ast.Subscript) or not isinstance(part.ctx, ast.Load):
        return None
    array = ast.unparse(part.value)
    text = f"np.resize({array}, [max(n, 1) for n in np.shape({array})])"
    return ast.Subscript(ast.parse(text, mode="eval").body, part.slice, ast.Load())


def tried(part: ast.expr) -> ast.expr | None:
    """A number only in those trips of a loop in which the expression raises."""
    if not isinstance(_context(part), ast.Load):
        return None
    return ast.Call(ast.Name("_tried"), [ast.Lambda(NOTHING, part)], [])


def _context(part: ast.expr) -> ast.expr_context:
    return getattr(part, "ctx", ast.Load())


def _ends(part: ast.expr) -> Place:
    return part.lineno, part.end_lineno, part.col_offset, part.end_col_offset
