"""Which results of a generated function are arrays that nobody else can hold."""

from __future__ import annotations

import ast

# The functions of NumPy that only ever return new memory, under plain Python and under Numba.
_ALLOCATE = frozenset(
    f"np.{name}"
    for name in (
        *("zeros", "empty", "ones", "full"),
        *("zeros_like", "empty_like", "ones_like", "full_like"),
        *("dot", "outer"),
    )
)


def owned_results(text: str, name: str) -> tuple[bool, ...]:
    """Tell for each result of a function whether it surely is new memory of its own.

    A result that need not be an array counts as owned if it would be one as an array.

    Args:
        text: the source of a generated module.
        name: one of its functions, which ends in its only `return`.  What counts of a
            `f_value_and_grad` is the gradient.

    Returns:
        One entry for each item of what it returns. False where it is not plain to see.

    >>> owned_results("def f(x, y):\\n    t = np.zeros(2)\\n    return t, x, 2.0 * y", "f")
    (True, False, True)
    """
    functions = [s for s in ast.parse(text).body if isinstance(s, ast.FunctionDef)]
    function = next(s for s in functions if s.name == name)
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    if len(returns) != 1 or returns[0].value is None:
        return ()
    value = returns[0].value
    if name.endswith("_value_and_grad"):
        assert isinstance(value, ast.Tuple)
        value = value.elts[1]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return owned_results(text, value.func.id)  # two functions, one after the other
    items = value.elts if isinstance(value, ast.Tuple) else [value]
    names = [item.id for item in items if isinstance(item, ast.Name)]
    shared = _bound_otherwise(function) | {name for name in names if names.count(name) > 1}
    return tuple(
        item.id not in shared if isinstance(item, ast.Name) else _allocates(item) for item in items
    )


def _bound_otherwise(function: ast.FunctionDef) -> set[str]:
    """The names that are bound to anything but new memory, or whose memory has a second name."""
    found = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
    plain: set[ast.AST] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        found.update(inner.id for inner in _aliases(node.value))
        if len(node.targets) == 1 and _allocates(node.value):
            plain.add(node.targets[0])
        # `x_bar += t` writes to the array, or makes a new number
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign):
            plain.add(node.target)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in plain:
            found.add(node.id)
    return found


def _aliases(value: ast.expr) -> list[ast.Name]:
    """The names whose whole memory an assigned value may be."""
    match value:
        case ast.Name():
            return [value]
        case ast.IfExp():
            return _aliases(value.body) + _aliases(value.orelse)
        case ast.Tuple() | ast.List():
            return [name for item in value.elts for name in _aliases(item)]
        case _:
            return []


def _allocates(value: ast.expr) -> bool:
    """Whether an expression is a number, or else an array in new memory."""
    match value:
        case ast.BinOp() | ast.UnaryOp() | ast.Compare():
            return True
        case ast.Constant():
            return isinstance(value.value, int | float | complex)
        case ast.Call():
            return ast.unparse(value.func) in _ALLOCATE
        case _:
            return False
