"""Matrices that inner loops only run down: laid out column by column, so that elements lie close.

A matrix that is read and written by `for k: ... x[k, j]` at the depth of three loops or more is
worth being turned once.  The text says so where the matrix is made or comes in; what the function
hands to the user is in rows again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from srcad.emit.module import Text

DEEP = 3
"""Loops around an access that make it worth turning a matrix of two axes."""


@dataclass
class _Uses:
    """What a function does with one name."""

    down: int = 0
    along: int = 0
    made: list[ast.Assign] = field(default_factory=list)
    fixed: bool = False
    """Whether anything else is done with it, for which the layout may matter."""


def by_columns(text: Text, saves: bool) -> Text:
    """Let a function keep in columns what its inner loops run down.

    Args:
        text: the function.
        saves: whether the last of its results is what it saves for another function.
    """
    function = ast.parse("\n".join(text.lines)).body[0]
    assert isinstance(function, ast.FunctionDef)
    uses = _uses(function)
    given = _given(function)
    turned = [name for name, use in uses.items() if _is_turned(use, name in given)]
    if not turned:
        return text
    lines = list(text.lines)
    for name in turned:
        for made in uses[name].made:
            lines[made.lineno - 1] = f"    {name} = {_in_columns(made.value)}"
    for stmt in function.body:
        if isinstance(stmt, ast.Return):
            shown = _returned(stmt, set(turned), saves)
            lines[stmt.lineno - 1] = f"    return {shown}"
    comes_in = [
        f"    {name} = np.asfortranarray({name})"
        for name in turned
        if name in given and not uses[name].made  # else a copy of it is
    ]
    place = given.get("", 0)
    lines[place:place] = comes_in
    return replace(text, lines=tuple(lines))


def _is_turned(use: _Uses, comes_in: bool) -> bool:
    if use.fixed or use.along or not use.down:
        return False
    if comes_in:
        return not use.made or all(_is_copy(stmt.value) for stmt in use.made)
    return len(use.made) > 0


def _given(function: ast.FunctionDef) -> dict[str, int]:
    """The arrays that come in, and under "" after how many lines all of them have a name."""
    names = {arg.arg for arg in function.args.args}
    last = function.body[0].end_lineno or 0
    if len(function.body) > 1 and isinstance(first := function.body[1], ast.Assign):
        target = first.targets[0]
        if isinstance(target, ast.Tuple) and ast.unparse(first.value) == "saved":
            names |= {item.id for item in target.elts if isinstance(item, ast.Name)}
            last = first.end_lineno or 0
    return {**dict.fromkeys(names, 0), "": last}


def _uses(function: ast.FunctionDef) -> dict[str, _Uses]:
    found: dict[str, _Uses] = {}

    def use(name: str) -> _Uses:
        return found.setdefault(name, _Uses())

    def visit(node: ast.AST, loops: tuple[ast.For, ...], depth: int) -> None:
        match node:
            case ast.Assign([ast.Name(name)], value) if _is_made(value):
                if loops or depth or node not in function.body:
                    use(name).fixed = True
                use(name).made.append(node)
                for part in _measures(value):
                    visit(part, loops, depth)
                return
            case ast.Subscript(ast.Name(name), ast.Tuple([row, column])):
                _note(use(name), row, column, loops, depth)
                visit(row, loops, depth)
                visit(column, loops, depth)
                return
            case ast.Attribute(ast.Name(), "shape"):
                return
            case ast.Assign([ast.Tuple()], ast.Name("saved")) | ast.arguments():
                return
            case ast.Return(ast.expr() as value):
                for part in _results(value):
                    if not isinstance(part, ast.Name):
                        visit(part, loops, depth)
                return
            case ast.Name(name):
                use(name).fixed = True
            case ast.For(body=body):
                visit(node.iter, loops, depth)
                for stmt in body:
                    visit(stmt, (*loops, node), depth + 1)
                return
            case ast.While():
                depth += 1
        for child in ast.iter_child_nodes(node):
            visit(child, loops, depth)

    visit(function, (), 0)
    return found


def _note(
    use: _Uses, row: ast.expr, column: ast.expr, loops: tuple[ast.For, ...], depth: int
) -> None:
    if depth < DEEP or not loops or not isinstance(loops[-1].target, ast.Name):
        return
    if isinstance(loops[-1].iter, ast.Call) and all(
        isinstance(arg, ast.Constant) for arg in loops[-1].iter.args
    ):
        return
    counter = loops[-1].target.id
    down, along = (counter in set(_names(part)) for part in (row, column))
    use.down += down and not along
    use.along += along


def _names(node: ast.AST) -> Iterator[str]:
    return (n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _is_made(value: ast.expr) -> bool:
    """Whether an expression is a new matrix, of which the layout can be chosen."""
    match value:
        case ast.Call(ast.Attribute(ast.Name("np"), "empty" | "zeros"), [shape, *_], []):
            return len(_lengths(shape)) == 2
    return _is_copy(value)


def _is_copy(value: ast.expr) -> bool:
    match value:
        case ast.Call(ast.Attribute(ast.Name(), "copy"), [], []):
            return True
    return False


def _measures(value: ast.expr) -> list[ast.expr]:
    return [] if _is_copy(value) else list(value.args)  # type: ignore[attr-defined]


def _lengths(shape: ast.expr) -> list[ast.expr]:
    match shape:
        case ast.Tuple(items):
            return items
        case ast.Attribute(ast.Name(), "shape"):
            return [ast.Subscript(shape, ast.Constant(axis), ast.Load()) for axis in (0, 1)]
    return []


def _in_columns(value: ast.expr) -> str:
    """The text of the same new matrix, laid out in columns."""
    if _is_copy(value):
        return f"np.asfortranarray({ast.unparse(value)})"
    assert isinstance(value, ast.Call)
    lengths = ast.Tuple(_lengths(value.args[0])[::-1], ast.Load())
    made = ast.Call(value.func, [lengths, *value.args[1:]], [])
    return f"{ast.unparse(made)}.T"


def _results(value: ast.expr) -> Iterator[ast.expr]:
    """The results of a function, out of their tuples."""
    if isinstance(value, ast.Tuple):
        for item in value.elts:
            yield from _results(item)
    else:
        yield value


def _returned(stmt: ast.Return, turned: set[str], saves: bool) -> str:
    """What a function returns, in rows; what it saves stays in columns."""
    assert stmt.value is not None
    whole = isinstance(stmt.value, ast.Tuple)
    results = stmt.value.elts if isinstance(stmt.value, ast.Tuple) else [stmt.value]
    kept = results[-1:] if saves else []

    def in_rows(node: ast.expr) -> ast.expr:
        match node:
            case ast.Name(name) if name in turned:
                return ast.parse(f"np.ascontiguousarray({name})", mode="eval").body
            case ast.Tuple(items):
                return ast.Tuple([in_rows(item) for item in items], ast.Load())
        return node

    shown = [ast.unparse(node if node in kept else in_rows(node)) for node in results]
    return ", ".join(shown) + ("," if whole and len(shown) == 1 else "")
