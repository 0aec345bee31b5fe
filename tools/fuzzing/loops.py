"""Loops: over ranges in both directions, over rows, with a number beside them, and while loops.

Any of them may leave early, skip what is left of a trip, and have an `else`.
"""

from collections.abc import Callable

from fuzzing.expressions import condition, expression
from fuzzing.scope import Scope, Weighted

Body = Callable[[Scope], None]
RANGES = (
    *("n", "m", "k", "2", "3", "0", "1, n", "1, n - 1", "0, n, 2", "0, 5, 2", "m - 1"),
    *("n, 0, -1", "n - 1, -1, -1", "n - 2, -1, -1", "len(x)", "len(x) - 1", "u.shape[0]"),
)


def loop(scope: Scope, body: Body) -> None:
    """Write a loop, and now and then what is done if nothing leaves it."""
    scope.weighted(LOOPS)(scope, body)
    if scope.chance(0.12):
        scope.line("else:")
        with scope.block():
            body(scope, 1)


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


def endless(scope: Scope, body: Body) -> None:
    """Until it is left."""
    counter = scope.name("q")
    scope.line(f"{counter} = 0")
    scope.line("while True:")
    with scope.block(True, (f"{counter} - 1",)):
        scope.line(f"{counter} += 1")
        scope.line(f"if {counter} > {scope.pick('n', 'k', '3')} or {condition(scope)}:")
        with scope.block():
            if scope.chance(0.4):
                body(scope, 1)
            scope.line("break")
        body(scope)


def skipping(scope: Scope, body: Body) -> None:
    """Trips that are skipped, and a loop that is left, between statements."""
    name = scope.name("i")
    scope.line(f"for {name} in range({scope.pick('n', 'm', 'k', '1, n', '3')}):")
    with scope.block(True, (name, f"{name} - 1")):
        for leaving in scope.pick(("continue",), ("break",), ("continue", "break")):
            scope.line(f"if {condition(scope)}:")
            scope.line(f"    {leaving}")
            body(scope, 1)


LOOPS: Weighted = [(68, counted), (10, over_rows), (10, until), (5, endless), (7, skipping)]
