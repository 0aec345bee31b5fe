"""Generated modules taken apart, and put together again without srcad."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from srcad.errors import UnsupportedType
from srcad.runtime.vector_math import LIBM
from srcad.standalone.helpers import Helper, helpers

DECORATOR = '@njit(cache=True, error_model="numpy")'
UNCACHED = '@njit(error_model="numpy")'
REASSOCIATED = DECORATOR[:-1] + ', fastmath={"reassoc", "contract"})'

# Notes to srcad's own engine, which would let NumPy warn of floating-point errors.
_NOTES = re.compile(r"^ *(clear|check|pass)_float_errors\(\d*\)\n", re.MULTILINE)
_RANGES = re.compile(r"\bindependent\(")
_DOCSTRING_END = re.compile(r'""".*?"""\n', re.DOTALL)


@dataclass(frozen=True)
class Apart:
    """A generated module.

    Args:
        functions: the text of each of its functions.
        nodes: their syntax trees.
        imports: its imports of other libraries.
        own: its imports from srcad.
        called: the names that it imports from srcad.
    """

    functions: dict[str, str]
    nodes: dict[str, ast.FunctionDef]
    imports: tuple[str, ...]
    own: tuple[str, ...]
    called: frozenset[str]


def apart(text: str) -> Apart:
    """Take a generated module apart."""
    functions: dict[str, str] = {}
    nodes: dict[str, ast.FunctionDef] = {}
    imports: list[str] = []
    own: list[str] = []
    called: set[str] = set()
    for stmt in ast.parse(text).body:
        match stmt:
            case ast.FunctionDef(name=name):
                functions[name] = ast.get_source_segment(text, stmt) or ""
                nodes[name] = stmt
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("srcad."):
                own.append(ast.unparse(stmt))
                called.update(alias.name for alias in names)
            case ast.Import() | ast.ImportFrom():
                imports.append(ast.unparse(stmt))
    return Apart(functions, nodes, tuple(imports), tuple(own), frozenset(called))


def checked(function: str, check: str) -> str:
    """A generated function with a call as its first line, behind its docstring.

    >>> print(checked('def f(x):\\n    \"\"\"Do.\"\"\"\\n    return x', "check(x)"))
    def f(x):
        \"\"\"Do.\"\"\"
        check(x)
        return x
    """
    return _DOCSTRING_END.sub(lambda found: f"{found.group()}    {check}\n", function, count=1)


def unwatched(function: str) -> str:
    """A function of the loop level that does not ask for floating-point errors."""
    return _NOTES.sub("", function + "\n").rstrip("\n")


def without_notes(function: str) -> str:
    """A function of the loop level as Numba alone compiles it."""
    lines = unwatched(function).split("\n")
    return "\n".join(
        line if line.lstrip().startswith("#") else _RANGES.sub("range(", line) for line in lines
    )


def constants(named: Mapping[str, Any], name: str) -> list[str]:
    """The names of helpers that stand in for objects which a text names without importing them.

    Raises:
        UnsupportedType: for those that a module of its own does not have.
    """
    found = []
    for key, value in named.items():
        if value is UnsupportedType:
            found.append(key)
        elif getattr(builtins, key, None) is not value:
            raise UnsupportedType(
                f"`{name}` needs `{key}`, which a module of its own cannot import",
                None,
                "raise Python's own exceptions and call functions of NumPy, or use srcad.source",
            )
    return found


def together(
    header: str, functions: Sequence[tuple[str, bool]], imports: Sequence[str], named: Sequence[str]
) -> str:
    """Put functions together to a module with the helpers that they call.

    Args:
        header: its docstring and comments.
        functions: the text of each function, and whether it is compiled.
        imports: imports of libraries.
        named: the names of helpers, and of functions of NumPy that are called by their own names.
    """
    numba = any(compiled for _, compiled in functions)
    vector = sorted(set(named) & LIBM.keys())
    own = helpers(set(named) - LIBM.keys() - {"independent"})
    lines = sorted(line for line in imports if line in ("import cmath", "import math"))
    lines += [""] if lines else []
    lines += ["import numpy as np"]
    lines += sorted(line for line in imports if line.startswith("import scipy"))
    if numba:
        modes = [", objmode" for line in imports if line == "from numba import objmode"]
        lines += [f"from numba import njit{''.join(modes[:1])}"]
    if vector:
        lines += [f"from numpy import {', '.join(vector)}"]
    # Numba keeps no machine code of functions that call Python.
    plain = any("objmode" in text for text, _ in functions)
    decorator = UNCACHED if plain else DECORATOR
    texts = [f"{decorator}\n{text}" if compiled else text for text, compiled in functions]
    texts += [_decorated(name, helper) if numba else helper.text for name, helper in own.items()]
    return "\n".join([header, "", *lines, "", "", "\n\n\n".join(texts), ""])


def _decorated(name: str, helper: Helper) -> str:
    if not helper.compiled:
        return helper.text
    # A sum that may be taken in any order, as sums of arrays may.
    return f"{REASSOCIATED if name == 'plus' else DECORATOR}\n{helper.text}"
