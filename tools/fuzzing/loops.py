"""Loops: over ranges in both directions, over rows, with a number beside them, and while loops."""

from collections.abc import Callable

from fuzzing.expressions import expression
from fuzzing.scope import Scope, Weighted

Body = Callable[[Scope], None]
RANGES = (
    *("n", "m", "k", "2", "3", "0", "1, n", "1, n - 1", "0, n, 2", "0, 5, 2", "m - 1"),
    *("n, 0, -1", "n - 1, -1, -1", "n - 2, -1, -1", "len(x)", "len(x) - 1", "u.shape[0]"),
)


def loop(scope: Scope, body: Body) -> None:
    """Write a loop."""
    scope.weighted(LOOPS)(scope, body)


def counted(scope: Scope, body: Body) -> None:
    """Over a range; the counter is an index in the body, also from the end."""
    name = "ijk"[scope.loops] if scope.loops < 2 else scope.name("i")
    scope.line(f"for {name} in range({scope.pick(*RANGES)}):")
    with scope.block(True, (name, f"{name} - 1", name, f"-{name} - 1")):
        body(scope)


def over_rows(scope: Scope, body: Body) -> None:
    """Over the rows of a matrix, which are views of it."""
    row = scope.name("row")
    matrix = scope.pick("u", "v", "u.T", "u[1:]", "v[::-1]")
    numbered = scope.chance(0.3)
    counter = scope.name("i")
    if numbered:
        scope.line(f"for {counter}, {row} in enumerate({matrix}):")
    else:
        scope.line(f"for {row} in {matrix}:")
    with scope.block(True, (counter, f"-{counter} - 1") if numbered else ()):
        scope.types[row] = ("n",) if matrix == "u.T" else ("m",)
        body(scope)


def until(scope: Scope, body: Body) -> None:
    """While something holds.

    The counter counts in the first line of the body, where the shrinking leaves it alone: every
    program ends.
    """
    counter = scope.name("q")
    scope.line(f"{counter} = 0")
    limit = scope.pick("n", "m", "k")
    scope.line(f"while {counter} < {limit} and {expression(scope, (), 2)} < 3.0:")
    with scope.block(True, (f"{counter} - 1", f"-{counter}")):
        scope.line(f"{counter} += 1")
        body(scope)


LOOPS: Weighted = [(75, counted), (12, over_rows), (13, until)]
