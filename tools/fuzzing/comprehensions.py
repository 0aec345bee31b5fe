"""Expressions that loop: comprehensions, and generators where they are used."""

from collections.abc import Iterator
from contextlib import contextmanager

from fuzzing.expressions import DEEPEST, condition, expression
from fuzzing.scope import Scope, Type, Weighted


def comprehension(scope: Scope, kind: Type, depth: int) -> str | None:
    """A comprehension or a generator, and what makes a value of the type of it."""
    if kind == ():
        maker = scope.weighted(NUMBERS)
    elif kind == ("n",):
        maker = scope.weighted(VECTORS)
    elif kind == ("n", "m"):
        maker = scope.weighted(MATRICES)
    else:
        return None
    return str(maker(scope, depth))


@contextmanager
def running(scope: Scope, *names: str, kind: Type | None = None) -> Iterator[None]:
    """Names that run while an item is written: indices, or values of a type."""
    types, count = dict(scope.types), len(scope.indices)
    if kind is None:
        scope.indices.extend(names)
    else:
        scope.types.update(dict.fromkeys(names, kind))
    yield
    scope.types = types
    del scope.indices[count:]


def summed(scope: Scope, depth: int) -> str:
    """A sum over indices, now and then of some of them."""
    name = scope.name("i")
    with running(scope, name):
        item = expression(scope, (), depth)
        only = f" if {condition(scope)}" if scope.chance(0.3) else ""
        if scope.chance(0.2):
            other = scope.name("j")
            only = f" for {other} in range({name})" + only
    text = f"{item} for {name} in range({scope.pick('n', 'm', 'k', '1, n')}){only}"
    return f"(0.3 * {scope.pick(f'sum({text})', f'sum([{text}])')})"


def paired(scope: Scope, depth: int) -> str:
    """A reduction of items of two arrays."""
    one, two = scope.name("p"), scope.name("p")
    with running(scope, one, two, kind=()):
        item = expression(scope, (), depth)
        text = (
            f"{item} for {one}, {two} in zip(x, {scope.pick('y', 'x[1:]', 'u[:, 0]', 'c[:, 0]')})"
        )
        test = condition(scope)
    many = f"for {one}, {two} in zip(x, y)"
    return str(
        scope.pick(
            f"(0.3 * sum({text}))",
            f"max([0.1] + [{text}])",
            f"min(({text}), default=a)",
            f"(0.1 * len([{one} {many} if {test}]))",
            f"(0.5 if any({test} {many}) else b)",
            f"(a if all({test} {many}) else 0.4)",
        )
    )


def listed(scope: Scope, depth: int) -> str:
    """An array of a list of numbers."""
    name = scope.name("i")
    with running(scope, name):
        text = f"{expression(scope, (), depth)} for {name} in range(n)"
    return f"np.array([{text}])"


def mapped(scope: Scope, depth: int) -> str:
    """An array of a list of what becomes of the items of others."""
    one, two = scope.name("p"), scope.name("p")
    with running(scope, one, two, kind=()):
        item = expression(scope, (), depth)
        if scope.chance(0.4):
            item = f"{item} if {condition(scope)} else {expression(scope, (), DEEPEST)}"
    return f"np.array([{item} for {one}, {two} in zip({scope.pick('x, y', 'y, u[:, 0]')})])"


def of_rows(scope: Scope, depth: int) -> str:
    """An array with a number for each row."""
    row = scope.name("row")
    with running(scope, row, kind=("m",)):
        item = scope.pick(f"np.sum({row})", f"{row} @ r", f"np.max({row})", f"{row}[0] * a")
    return f"np.array([{item} for {row} in {scope.pick('u', 'v', 'u[::-1]')}])"


def nested(scope: Scope, depth: int) -> str:
    """A matrix of lists of lists."""
    row, column = scope.name("i"), scope.name("j")
    with running(scope, row, column):
        item = scope.pick(f"u[{row}, {column}] * x[{row}]", expression(scope, (), depth))
    return f"np.array([[{item} for {column} in range(m)] for {row} in range(n)])"


def stacked(scope: Scope, depth: int) -> str:
    """A matrix of a list of rows."""
    row, number = scope.name("row"), scope.name("p")
    with running(scope, row, kind=("m",)), running(scope, number, kind=()):
        item = expression(scope, ("m",), depth)
    whole = f"[{row} + {item} for {row}, {number} in zip(u, x)]"
    return f"np.{scope.pick('stack', 'array', 'vstack')}({whole})"


NUMBERS: Weighted = [(3, summed), (4, paired)]
VECTORS: Weighted = [(3, listed), (3, mapped), (2, of_rows)]
MATRICES: Weighted = [(1, nested), (2, stacked)]
