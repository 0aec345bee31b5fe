"""Functions of `srcad.runtime` as text, for modules that cannot import them."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from srcad.runtime import arrays, compiled, vector_math

# What stands in for functions that need more of srcad than their text.
_INSTEAD = '''
def as_before(made, dtype, rank, file, line):
    """What a function of a library returned, in memory of its own; rank None is for numbers."""
    axes = made.ndim if isinstance(made, np.ndarray) else None
    if (np.asarray(made).dtype.name, axes) != (dtype, rank):
        raise TypeError(f"the call at {file}:{line} did not return {dtype}, as it did before")
    return made if rank is None else np.array(made)


class UnsupportedType(TypeError):
    """A value of a kind that this derivative was not written for."""


class Bail(ArithmeticError):
    """Something that only Python does right, or an error of the function that it would tell of.

    An integer beyond 64 bits, an index out of range, shapes that do not fit, a division by zero
    between numbers, or an exception that the function itself raises.
    """


def slice_length(start, stop, step, length):
    """The length of `x[start:stop:step]`, where x has the given length."""
    return len(range(*slice(start, stop, step).indices(length)))


def cotangent_of(out, bar):
    """A cotangent as an array or a scalar like the value that it belongs to."""
    bar, dtype = np.asarray(bar), np.asarray(out).dtype
    if bar.shape != np.shape(out) or not np.can_cast(bar.dtype, dtype, "same_kind"):
        raise ValueError("a cotangent must have the shape and the dtype of the value")
    return bar.astype(dtype, order="C")[()]
'''

_EXAMPLES = re.compile(r'\n\n +>>> .*?\n +"""$', re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Helper:
    """The text of a function, a class or a constant.

    Args:
        text: its lines.
        needs: the names of others that it uses.
        compiled: whether compiled code calls it.
    """

    text: str
    needs: frozenset[str]
    compiled: bool


def helpers(names: Iterable[str]) -> dict[str, Helper]:
    """The helpers of these names and those that they call, in the order of their names.

    >>> list(helpers(["matrix_rank", "is_singular"]))
    ['_raises', 'is_singular', 'matrix_rank']
    """
    known = _known()
    found: dict[str, Helper] = {}
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found[name] = known[name]
            left.extend(known[name].needs)
    return {name: found[name] for name in sorted(found)}


@functools.cache
def _known() -> dict[str, Helper]:
    called = {function.__name__ for function in compiled.HELPERS} | {"plus", "where"}
    called |= {"slice_length"}
    texts: dict[str, tuple[str, ast.stmt]] = {}
    for module in (arrays, vector_math, compiled):
        texts.update(_statements(inspect.getsource(module), module))
    texts.update(_statements(_INSTEAD, None))
    known = {}
    for name, (text, stmt) in texts.items():
        used = {node.id for node in ast.walk(stmt) if isinstance(node, ast.Name)}
        needs = frozenset((used & texts.keys()) - {name})
        known[name] = Helper(_without_examples(text), needs, name in called)
    return known


def _without_examples(text: str) -> str:
    found = _EXAMPLES.search(text)
    if found is None:
        return text
    paragraphs = "\n\n" in text[: found.start()]
    return text[: found.start()] + ('\n    """' if paragraphs else '"""') + text[found.end() :]


def _statements(source: str, module: ModuleType | None) -> dict[str, tuple[str, ast.stmt]]:
    """The functions, classes and numbers of a module."""
    found: dict[str, tuple[str, ast.stmt]] = {}
    for stmt in ast.parse(source).body:
        text = ast.get_source_segment(source, stmt) or ""
        match stmt:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = text, stmt
            case ast.Assign(targets=[ast.Name(id=name)]) if isinstance(
                getattr(module, name, None), int
            ):
                found[name] = text, stmt
    return found
