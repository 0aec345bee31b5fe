"""Lists that grow in loops, and what is made of them afterwards."""

from collections.abc import Callable

from fuzzing.expressions import condition, expression
from fuzzing.scope import Scope, Weighted

Body = Callable[..., None]
COUNTS = ("n", "n", "m", "k", "3")


def growing(scope: Scope, body: Body) -> None:
    """A list is begun, grows, and becomes arrays or numbers."""
    scope.weighted(KINDS)(scope, body)


def numbers(scope: Scope, body: Body) -> None:
    """A list of numbers."""
    name, count = scope.name("l"), scope.pick(*COUNTS)
    scope.line(f"{name} = {scope.pick('[]', '[]', '[a]', '[a, b]', 'list(x)', '[0.5] * 2')}")
    counter = scope.name("i")
    scope.line(f"for {counter} in range({count}):")
    with scope.block(True, (counter, f"{counter} - 1")):
        if scope.chance(0.3):
            body(scope, 1)
        _grow(scope, name)
        if scope.chance(0.3):
            scope.line(f"if len({name}) > 2:")
            scope.line(
                "    "
                + scope.pick(
                    f"a = 0.5 * a + 0.1 * {name}[-2]",
                    f"{name}[-1] = {name}[0] * 0.5",
                    f"{name}.pop()",
                    f"b = {name}.pop() * 0.5",
                    f"{name}[1] += 0.2 * {name}[2]",
                )
            )
    scope.line(
        scope.pick(
            f"a = 0.2 * sum({name})",
            f"b = np.sum(np.array({name})) * 0.2",
            f"x = x + np.mean(np.array({name} + [a]))",
            f"a = {name}[-1] if {name} else 0.5",
            f"a = max({name}, default=0.5)",
            f"a, b = b, 0.1 * len({name}) + a",
            f"for value in {name}:\n    a = 0.7 * a + 0.2 * value",
            f"a = {name}[0]",
            f"y[:] = np.concatenate((np.array({name}), y))[:n]",
        )
    )


def _grow(scope: Scope, name: str) -> None:
    item, test = expression(scope, (), 1), condition(scope)
    scope.line(
        scope.pick(
            f"{name}.append({item})",
            f"{name}.append({item})",
            f"if {test}:\n    {name}.append({item})",
            f"{name}.extend([{item}, a])",
            f"{name} += [{item}]",
            f"if {test}:\n    {name}.append({item})\nelse:\n    {name}.append(b)",
        )
    )


def rows(scope: Scope, body: Body) -> None:
    """A list of arrays of one shape: a history, which is stacked."""
    name = scope.name("l")
    scope.line(f"{name} = {scope.pick('[]', '[x]', '[x.copy()]', '[x, y]')}")
    scope.line(f"for {scope.name('i')} in range({scope.pick('k', '2', '3', 'm')}):")
    with scope.block(True):
        body(scope, 1)
        scope.line(f"x = np.tanh({expression(scope, ('n',), 1)} + x)")
        scope.line(f"{name}.append({scope.pick('x', 'x.copy()', 'x * a', 'x + y')})")
    scope.line(
        scope.pick(
            f"y = np.sum(np.array({name} + [x]), axis=0) * 0.2",
            f"y = np.stack({name} + [y])[-1]",
            f"a = 0.1 * np.sum(np.concatenate({name} + [y]))",
            f"y = {name}[-1] if len({name}) > 0 else y * 0.5",
            f"y = y + 0.1 * sum({name})",
            f"if {name}:\n    y = 0.5 * {name}[0] + {name}[-1]",
        )
    )


KINDS: Weighted = [(3, numbers), (2, rows)]
