"""From a function object to its text and its tree, which are proved to be the code that runs."""

import __future__

import ast
import inspect
import linecache
import re
import sys
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_
from pathlib import PurePath
from types import CodeType, FunctionType
from typing import Any, Generic, TypeVar

import gast

from srcad.errors import Origin, SourceUnavailable, UnsupportedSyntax
from srcad.frontend.codematch import FunctionNode, Way, find

T = TypeVar("T")

_FUTURE_FLAGS = reduce(
    or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_KEYWORD = re.compile(r"(async\s+)?\w+")


@dataclass(frozen=True)
class Source:
    """A function's source.

    Args:
        name: the function's name, `<lambda>` for a lambda.
        file: a short name of its file, for messages and comments.
        path: the file's full path, or the name that its text has in `linecache`.
        node: the function's gast tree, a FunctionDef or a Lambda. Line numbers and columns are
            those of the file. Decorators are left out; default values are still there, but only the
            function object's `__defaults__` are true. The tree is shared: do not change it.
        lines: the lines of the whole file, without their ends.
    """

    name: str
    file: str
    path: str
    node: Any  # gast has no types
    lines: tuple[str, ...] = field(repr=False)

    def origin(self, node: Any) -> Origin:
        """Return the place of a node of the tree.

        Args:
            node: any gast node of this function. A statement with a body is marked by its keyword;
                a node without a position (`comprehension`, say) by the first that it contains.

        Returns:
            The line with the column and width to mark, both in characters.
        """
        placed = next((part for part in gast.walk(node) if hasattr(part, "lineno")), self.node)
        line = placed.lineno
        text = self.lines[line - 1] if 1 <= line <= len(self.lines) else ""
        start, end = _columns(placed, text)
        return Origin(self.file, line, text, start, end - start, self.name)


def _columns(node: Any, text: str) -> tuple[int, int]:
    """Return where a node begins and ends on its first line, in characters."""
    start = _characters(text, node.col_offset)
    keyword = _KEYWORD.match(text, start)
    if hasattr(node, "body") and not isinstance(node, gast.expr) and keyword is not None:
        return start, keyword.end()
    if node.end_lineno == node.lineno:
        return start, max(start, _characters(text, node.end_col_offset))
    return start, max(start, len(text.rstrip()))


def _characters(text: str, count: int) -> int:
    """Return how many characters the first `count` bytes of a line are."""
    return len(text.encode()[:count].decode(errors="ignore"))


def source_of(function: FunctionType) -> Source:
    """Return the source of a function.

    The text that is found is compiled and compared with the function's code, so that what comes
    back is the program that runs, also after its file was edited.

    Args:
        function: a plain Python function or a lambda. What a decorator made of it does not matter,
            its `__code__` does.

    Returns:
        Its name, file, lines and tree.

    Raises:
        SourceUnavailable: there is no text, or the text is not that of the code.
        UnsupportedSyntax: the function is a coroutine or a generator.

    >>> def area(radius):
    ...     return 3.14 * radius**2
    >>> source = source_of(area)
    >>> print(source.origin(source.node.body[0].value.right).text)
        return 3.14 * radius**2
    """
    if not isinstance(function, FunctionType):
        name = getattr(function, "__name__", type(function).__name__)
        raise SourceUnavailable(
            f"`{name}` is not a Python function: it has no source",
            hint="compute it outside, or write it with functions that have rules",
        )
    rewritten = "@pytest_ar" in function.__globals__
    config = getattr(function.__globals__.get("__loader__"), "config", None)
    lines = _lines(function)
    if not lines:
        name, path = function.__code__.co_name, function.__code__.co_filename
        raise SourceUnavailable(
            f"the source of `{name}` cannot be found",
            Origin(_short(path), function.__code__.co_firstlineno, "", function=name),
            "put it in a file, or compile its text under a name of its own and register that:\n"
            "linecache.cache[name] = (len(text), None, text.splitlines(True), name)",
        )
    return _source(_Same(function.__code__), _Same(lines), rewritten, _Same(config))


def _lines(function: FunctionType) -> list[str]:
    """Return the present text of a function's file, empty if there is none."""
    path = function.__code__.co_filename
    if not path.startswith("<"):
        # Such names are no files; the check would throw away a text that was registered for one.
        linecache.checkcache(path)
    # The module's loader reads files in archives. It would answer for any name, with the module's
    # own text, which is not that of what the module compiled by `exec`.
    namespace = function.__globals__
    own = namespace.get("__file__") == path
    lines = linecache.getlines(path, namespace if own else None)
    # Since Python 3.13, `python -c` and the prompt keep their texts by code object.
    from_code = getattr(linecache, "_getlines_from_code", None)
    if not lines and from_code is not None:
        lines = from_code(function.__code__)
    return lines


@dataclass(frozen=True, eq=False)
class _Same(Generic[T]):
    """A cache key by identity. Code objects of two files can be equal; their sources are not."""

    value: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


# `linecache` makes a new list of lines when a file changes, so no entry can go stale.
@lru_cache(maxsize=512)
def _source(
    same_code: _Same[CodeType], same_lines: _Same[list[str]], rewritten: bool, config: _Same[object]
) -> Source:
    code = same_code.value
    text = "".join(same_lines.value).replace("\r\n", "\n").replace("\r", "\n")
    node = find(code, text, code.co_flags & _FUTURE_FLAGS, _ways(rewritten, config.value))
    file = _short(code.co_filename)
    if node is None:
        raise SourceUnavailable(
            f"the source of `{code.co_name}` is not the code that runs: {file} was edited after it "
            "was imported, or an import hook changed the function",
            Origin(file, code.co_firstlineno, "", function=code.co_name),
            "import it again (importlib.reload) or restart Python"
            + (", or run pytest with --assert=plain" if rewritten else ""),
        )
    tree = _without_decorators(node)
    lines = tuple(text.removesuffix("\n").split("\n"))
    source = Source(code.co_name, file, code.co_filename, gast.ast_to_gast(tree), lines)
    _refuse_coroutines(source, code)
    return source


def _ways(rewritten: bool, config: object) -> tuple[Way, ...]:
    """Return how a module can have become code: most likely, as this process compiles now."""
    level = sys.flags.optimize
    likely = [Way(level), Way(level, alone=True)]
    if rewritten:
        likely.append(Way(level, pytest=True, pytest_config=config))
    unlikely = [Way(other, alone=alone) for other in range(3) for alone in (False, True)]
    return tuple(dict.fromkeys(likely + unlikely))


def _short(path: str) -> str:
    """Return a file's name without its folders; names such as `<stdin>` as they are."""
    return path if path.startswith("<") else PurePath(path).name


def _without_decorators(node: FunctionNode) -> FunctionNode:
    if not isinstance(node, ast.Lambda):
        node.decorator_list = []
    return node


def _refuse_coroutines(source: Source, code: CodeType) -> None:
    if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        raise UnsupportedSyntax(
            "`async def` cannot be differentiated",
            source.origin(source.node),
            f"make `{source.name}` a plain function",
        )
