"""The text of an expression: the only file that knows astor."""

from __future__ import annotations

import ast
import sys
import warnings


def expression(node: ast.expr) -> str:
    """The source of an expression on one line.

    >>> expression(ast.parse("(a + b)*c[1:, :]", mode="eval").body)
    '(a + b) * c[1:, :]'
    """
    ast.fix_missing_locations(node)
    if sys.version_info < (3, 14):
        with warnings.catch_warnings():
            # astor 0.8 names node classes that Python 3.12 deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            import astor

            text = astor.to_source(
                node,
                pretty_source="".join,
                pretty_string=lambda value, *_args, **_kwargs: repr(value),
            ).strip()
        return _unwrapped(text)
    return ast.unparse(node)


def _unwrapped(text: str) -> str:
    """astor puts whole expressions into parentheses; take those away that say nothing."""
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for position, char in enumerate(text):
            depth += (char in "([{") - (char in ")]}")
            if depth == 0 and position < len(text) - 1:
                return text
        inner = text[1:-1].strip()
        try:
            if isinstance(ast.parse(inner, mode="eval").body, ast.Tuple):
                return text
            if ast.dump(ast.parse(inner, mode="eval")) != ast.dump(ast.parse(text, mode="eval")):
                return text
        except SyntaxError:
            return text
        text = inner
    return text
