"""Which function of a text a code object was compiled from, proved by compiling the text again."""

import ast
import copy
import inspect
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from types import CodeType

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

# Cells may await at top level. The flag changes nothing inside functions.
_TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

# `warnings.catch_warnings` restores what it found: interleaved in two threads, it would leave the
# warnings of the whole process switched off.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Way:
    """How a text can have become code.

    Args:
        optimize: the level of `python -O`; 1 drops asserts, 2 docstrings too.
        pytest: whether pytest rewrote the asserts.
        pytest_config: what pytest rewrote them with.
        alone: whether each statement was compiled by itself, as notebooks do, and not with its
            module: calls of attributes of a name that the module imports are other instructions.
    """

    optimize: int
    pytest: bool = False
    pytest_config: object = None
    alone: bool = False


def find(code: CodeType, text: str, flags: int, ways: tuple[Way, ...]) -> FunctionNode | None:
    """Find the function of a text that compiles to the given code.

    Decorators, default values and annotations are no part of a function's code: they are not
    compared, and the caller must take default values from the function object.

    Args:
        code: the code of the function that runs.
        text: the whole text of its file.
        flags: the `from __future__` imports in force, as compiler flags.
        ways: how the text may have been compiled, the likeliest first.

    Returns:
        The function's tree, with the positions of the text, less the asserts that were dropped when
        the code was compiled; None if no function of the text is the one that runs.

    >>> text = "double, triple = lambda x: 2 * x, lambda x: 3 * x"
    >>> exec(text)
    >>> ast.unparse(find(triple.__code__, text, 0, (Way(0),)))
    'lambda x: 3 * x'
    >>> find(triple.__code__, "triple = lambda x: 4 * x", 0, (Way(0),)) is None
    True
    """
    with _one_at_a_time, warnings.catch_warnings():
        # The text was compiled before: what there was to warn of has been said.
        warnings.simplefilter("ignore")
        try:
            return _find(code, text, flags | _TOP_LEVEL_AWAIT, ways)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # The text does not compile (null bytes are a ValueError, deep nesting the last two).
            return None


def _find(code: CodeType, text: str, flags: int, ways: tuple[Way, ...]) -> FunctionNode | None:
    module = _parsed(text, code.co_filename, flags)
    imports = list(_imports(module))
    at_its_line = partial(_spans, line=code.co_firstlineno)
    of_its_name = partial(_defines, name=code.co_name)  # an edit above may have moved it
    for keep in (at_its_line, of_its_name):
        statements = _kept(module.body, keep)
        for way in ways:
            before = [] if way.alone else imports
            compiler = _Compiler(before, text, code.co_filename, flags, way)
            matches = [
                (_nearness(candidate, code), node)
                for statement in statements
                for candidate, node in _functions(statement, compiler)
                if _can_be(candidate, code) and code_key(candidate) == code_key(code)
            ]
            if matches:
                _, node = max(matches, key=lambda match: match[0])
                return _as_compiled(node, way)
    return None


@lru_cache(maxsize=8)
def _parsed(text: str, path: str, flags: int) -> ast.Module:
    """Parse a file. The tree is shared by all of its functions: copy before a change."""
    module = compile(text, path, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(module, ast.Module)
    return module


def _imports(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield the imports of a module, those below `if` and `try` too, not those of functions."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not isinstance(child, FunctionNode | ast.ClassDef | ast.expr):
            yield from _imports(child)


def _kept(body: list[ast.stmt], keep: Callable[[ast.stmt], bool]) -> list[ast.stmt]:
    """Return the statements to keep, also of classes: what stands beside a method is not its code.

    Functions are kept whole, since the code of an inner function depends on all of the outer one.
    """
    kept = [item for item in body if keep(item)]
    for index, item in enumerate(kept):
        if isinstance(item, ast.ClassDef):
            less = copy.copy(item)
            # A lambda among the bases may be all that is wanted of a class.
            less.body = _kept(item.body, keep) or [ast.copy_location(ast.Pass(), item)]
            kept[index] = less
    return kept


def _spans(statement: ast.stmt, line: int) -> bool:
    """Whether a statement, its decorators included, lies on a line."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    return first <= line <= (statement.end_lineno or statement.lineno)


def _defines(statement: ast.stmt, name: str) -> bool:
    """Whether a statement holds a `def` of that name."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        for node in ast.walk(statement)
    )


def _can_be(candidate: CodeType, code: CodeType) -> bool:
    """Whether a function of the text stands where the running one stood.

    A `def` may have been moved by an edit above it: its qualified name still tells which it is. A
    lambda has only its place.
    """
    if candidate.co_firstlineno == code.co_firstlineno:
        return True
    return code.co_name != "<lambda>" and candidate.co_qualname == code.co_qualname


def _nearness(candidate: CodeType, code: CodeType) -> tuple[bool, bool]:
    """Order equal functions: the right line first, and on it (lambdas) the right columns."""
    return (
        candidate.co_firstlineno == code.co_firstlineno,
        list(candidate.co_positions()) == list(code.co_positions()),
    )


def _functions(
    statement: ast.stmt, compiler: "_Compiler"
) -> Iterator[tuple[CodeType, FunctionNode]]:
    """Yield every function of a top-level statement: what it compiles to, and its tree.

    A code object does not say which tree it comes from when two lambdas share a line, or when
    columns are not recorded. So the statement is compiled twice, the second time with its functions
    numbered by their first lines, and the two results are walked side by side.
    """
    nodes = list(_function_nodes(statement))
    numbered = copy.deepcopy(statement)
    by_number = dict(zip(_number(numbered), nodes, strict=True))
    compiled = compiler.run(copy.deepcopy(statement))
    pairs = _side_by_side(compiled, compiler.run(numbered))
    for candidate, number in pairs:
        # Comprehensions and classes are code too, but nobody's function.
        node = by_number.get((number.co_firstlineno, number.co_name))
        if node is not None:
            yield candidate, node


def _function_nodes(tree: ast.AST) -> Iterator[FunctionNode]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node


def _number(tree: ast.AST) -> list[tuple[int, str]]:
    """Replace the first line of every function by a number of its own.

    Returns:
        For each function in order, the first line and the name that its code will have.
    """
    nodes = list(_function_nodes(tree))
    # Numbers of more digits than any real line, so that a class or a comprehension has none.
    numbers = range(10**8, 10**8 + len(nodes))
    for node, number in zip(nodes, numbers, strict=True):
        _move(node, number)
    keys = []
    for node, number in zip(nodes, numbers, strict=True):
        if isinstance(node, ast.Lambda):
            keys.append((number, "<lambda>"))
            continue
        first = number
        if node.decorator_list:
            # A decorated function's code begins at its first decorator, which may be a lambda with
            # a number of its own.
            decorator = node.decorator_list[0]
            if isinstance(decorator, ast.Lambda):
                first = decorator.lineno
            else:
                _move(decorator, number)
        keys.append((first, node.name))
    return keys


def _move(node: ast.expr | ast.stmt, line: int) -> None:
    node.lineno = node.end_lineno = line
    node.col_offset = node.end_col_offset = 0


@dataclass(frozen=True)
class _Compiler:
    """Compiles one statement of a module as the module was compiled."""

    imports: list[ast.stmt]
    text: str
    path: str
    flags: int
    way: Way

    def run(self, statement: ast.stmt) -> CodeType:
        """Return the code of a module of one statement. Changes the statement's tree."""
        module = ast.Module([*self.imports, statement], [])
        # Not imported: if the rewriter is not loaded, then it has rewritten nothing.
        rewriter = sys.modules.get("_pytest.assertion.rewrite") if self.way.pytest else None
        if rewriter is not None:
            # This is private to pytest: should it change, the codes differ and srcad refuses.
            with suppress(AttributeError, TypeError):
                source = self.text.encode()
                rewriter.rewrite_asserts(module, source, self.path, self.way.pytest_config)
        level = self.way.optimize
        code = compile(module, self.path, "exec", self.flags, dont_inherit=True, optimize=level)
        assert isinstance(code, CodeType)
        return code


def _side_by_side(left: CodeType, right: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Yield the code objects within two compilations of one program, pair by pair."""
    ones, others = _inner(left), _inner(right)
    pairs = list(zip(ones, others, strict=False))
    if len(ones) != len(others):
        # Without columns (`-X no_debug_ranges`), equal lambdas of one line are one constant, and
        # two once they are numbered.
        pairs = [
            (one, other) for one in ones for other in others if code_key(one) == code_key(other)
        ]
    for one, other in pairs:
        yield one, other
        yield from _side_by_side(one, other)


def _inner(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]


def code_key(code: CodeType) -> tuple[object, ...]:
    """Return what a code object does, without where it stands in its file.

    Args:
        code: the code of a function.

    Returns:
        A hashable value, equal for two code objects that run the same instructions on the same
        constants and names, in every nested function too.

    >>> def one(x): return x + 1
    >>> def other(y): return y + 1
    >>> def moved(x):
    ...     return x + 1  # on another line
    >>> code_key(one.__code__) == code_key(moved.__code__.replace(co_name="one"))
    True
    >>> code_key(one.__code__) == code_key(other.__code__.replace(co_name="one"))
    False
    """
    return (
        code.co_name,
        code.co_code,
        code.co_exceptiontable,
        # `types.coroutine` sets this flag on code that is compiled already.
        code.co_flags & ~inspect.CO_ITERABLE_COROUTINE,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
        tuple(_constant_key(value) for value in code.co_consts),
    )


def _constant_key(value: object) -> object:
    """Return a key that differs for 1, 1.0 and True, and for 0.0 and -0.0."""
    match value:
        case CodeType():
            return code_key(value)
        case tuple():
            return (tuple, *map(_constant_key, value))
        case frozenset():
            return (frozenset, frozenset(map(_constant_key, value)))
        case slice():  # a constant since Python 3.14
            return (slice, *map(_constant_key, (value.start, value.stop, value.step)))
        case float():
            return (float, value.hex())
        case complex():
            return (complex, value.real.hex(), value.imag.hex())
        case _:
            return (type(value), value)


def _as_compiled(node: FunctionNode, way: Way) -> FunctionNode:
    """Return a tree without the asserts that `python -O` dropped, with `__debug__` decided."""

    class Decide(ast.NodeTransformer):
        def visit_Assert(self, statement: ast.Assert) -> ast.stmt:
            if way.pytest or way.optimize == 0:
                self.generic_visit(statement)
                return statement
            return ast.copy_location(ast.Pass(), statement)

        def visit_Name(self, name: ast.Name) -> ast.expr:
            if name.id != "__debug__":
                return name
            return ast.copy_location(ast.Constant(way.optimize == 0), name)

    result = Decide().visit(copy.deepcopy(node))
    assert isinstance(result, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    return result
