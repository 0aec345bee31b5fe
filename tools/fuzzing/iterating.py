"""Iterators and generators that are kept, and deques: what is read when its turn comes."""

from collections.abc import Callable

from fuzzing.expressions import condition, expression
from fuzzing.scope import Scope, Weighted

Body = Callable[..., None]
THROUGH = ("x", "y", "x[1:]", "x * b", "range(n)", "[a, b, 0.3]", "(x[0], a)", "reversed(x)")


def iterating(scope: Scope, body: Body) -> None:
    """Something is gone through item by item, in several places."""
    scope.weighted(KINDS)(scope, body)


def _maybe(scope: Scope, body: Body, probability: float = 0.4) -> None:
    if scope.chance(probability):
        body(scope, 1)


def cursor(scope: Scope, body: Body) -> None:
    """An iterator with a name: `next` takes items, loops go on where it is."""
    name, item = scope.name("it"), scope.name("v")
    scope.line(f"{name} = iter({scope.pick(*THROUGH)})")
    _maybe(scope, body, 0.3)
    if scope.chance(0.6):
        scope.line(f"a = 0.5 * a + 0.1 * next({name}{scope.pick('', ', b', ', 0.5')})")
    if scope.chance(0.7):
        scope.line(f"for {item} in {name}:")
        with scope.block(True):
            _maybe(scope, body)
            scope.line(f"a = 0.7 * a + 0.1 * {item}")
            if scope.chance(0.3):
                scope.line(f"b = 0.6 * b + 0.1 * next({name}, a)")
            if scope.chance(0.4):
                scope.line(f"if {condition(scope)}:\n    {scope.pick('break', 'continue')}")
            _maybe(scope, body, 0.2)
    scope.line(
        scope.pick(
            f"b = 0.4 * b + 0.1 * next({name}, a)",
            f"a = 0.2 * sum({name}) + b",
            f"a = 0.1 * len(list({name})) + a",
            f"for {item} in {name}:\n    b = 0.7 * b + 0.2 * {item}",
            f"b = 0.3 * max({name}, default=a)",
        )
    )


def pairs(scope: Scope, body: Body) -> None:
    """`zip`, `map` or a generator expression that is gone through later, and only once."""
    name = scope.name("z")
    made = scope.pick(
        "zip(x, y)",
        "enumerate(y)",
        "map(lambda p: p * a, x)",
        "(p * b for p in x)",
        "(p * a for p in x if p > b)",
        "(p * q for p in x for q in y)",
    )
    scope.line(f"{name} = {made}")
    _maybe(scope, body, 0.6)
    item = "(p, q)" if made.startswith(("zip", "enum")) else "p"
    value = "p * q" if made.startswith(("zip", "enum")) else "p"
    scope.line(f"for {item} in {name}:")
    with scope.block(True):
        scope.line(f"a = 0.6 * a + 0.1 * {value}")
        _maybe(scope, body)
    if scope.chance(0.4):
        scope.line(f"b = 0.2 * b + 0.1 * len(list({name}))")


def generator(scope: Scope, body: Body) -> None:
    """A function with `yield`, around whose items a loop stands."""
    name, item = scope.name("each"), scope.name("v")
    count = scope.pick("n", "k", "3")
    scope.line(f"def {name}(p):")
    if scope.chance(0.3):
        scope.line("    yield p * 0.5")
    scope.line(f"    for j in range({count}):")
    if scope.chance(0.4):
        scope.line(f"        if p > {scope.pick('0.4', 'b', 'a')}:")
        scope.line(f"            {scope.pick('continue', 'return', 'break', 'p = 0.3 * p')}")
    if scope.chance(0.3):
        scope.line("        x[j % n] += 0.1 * p")
    scope.line(f"        yield {scope.pick('p', 'p * a', 'x[j % n] * p', 'p + b * j')}")
    scope.line(f"        p = 0.8 * p + {scope.pick('0.1', '0.1 * y[j % n]', '0.1 * a')}")
    _maybe(scope, body, 0.3)
    if scope.chance(0.8):
        scope.line(f"for {item} in {name}({scope.pick('b', 'a', 'x[0]')}):")
        with scope.block(True):
            _maybe(scope, body, 0.5)
            scope.line(f"a = 0.7 * a + 0.1 * {item}")
            if scope.chance(0.4):
                scope.line(f"if {condition(scope)}:\n    {scope.pick('break', 'continue')}")
            _maybe(scope, body, 0.2)
        if scope.chance(0.3):
            scope.line("else:\n    b = 0.9 * b")
    scope.line(
        scope.pick(
            f"a = 0.1 * sum({name}(b)) + a",
            f"b = 0.1 * len(list({name}(a))) + b",
            f"a = 0.2 * max({name}(b), default=a)",
            f"b = 0.5 * b if any(p > 0.5 for p in {name}(a)) else b",
        )
    )


def window(scope: Scope, body: Body) -> None:
    """A deque that forgets what is old."""
    name, counter = scope.name("q"), scope.name("i")
    bound = scope.pick("", ", maxlen=2", ", maxlen=2", ", maxlen=3", ", maxlen=4")
    begin = scope.pick("[a]", "[a, b]", "x", "[0.5, a, b]")
    scope.line(f"{name} = deque({begin}{bound})")
    scope.line(f"for {counter} in range({scope.pick('n', 'k', '3')}):")
    with scope.block(True, (counter, f"{counter} - 1")):
        _maybe(scope, body, 0.3)
        item = expression(scope, (), 1)
        if scope.chance(0.3):
            scope.line(f"if {condition(scope)}:")
            scope.line(f"    {name}.{scope.pick('append', 'appendleft')}(b)")
        scope.line(f"{name}.{scope.pick('append', 'append', 'appendleft')}({item})")
        scope.line(f"a = 0.5 * a + 0.1 * {name}[{scope.pick('0', '-1')}]")
        if scope.chance(0.3):
            taken = scope.pick("popleft()", "pop()")
            scope.line(f"if len({name}) > 1:\n    b = 0.5 * b + 0.2 * {name}.{taken}")
        if scope.chance(0.2):
            scope.line(f"{name}.rotate({scope.pick('1', '-1', '2')})")
    scope.line(
        scope.pick(
            f"a = 0.2 * sum({name}) / max(len({name}), 1)",
            f"for value in {name}:\n    a = 0.7 * a + 0.1 * value",
            f"b = 0.2 * np.sum(np.array({name})) + b",
            f"a = {name}[-1] if {name} else 0.5",
        )
    )


def states(scope: Scope, body: Body) -> None:
    """A deque of arrays: the last states of an iteration."""
    name = scope.name("q")
    begin = scope.pick("[x]", "[x.copy(), y]", "[]")
    scope.line(f"{name} = deque({begin}, maxlen={scope.pick('1', '2', '3')})")
    scope.line(f"for {scope.name('i')} in range({scope.pick('k', '2', '3', 'm')}):")
    with scope.block(True):
        _maybe(scope, body)
        scope.line(f"x = np.tanh({expression(scope, ('n',), 1)} + x)")
        scope.line(f"{name}.append({scope.pick('x', 'x.copy()', 'x * a', 'x + y')})")
        if scope.chance(0.5):
            scope.line(f"y = 0.5 * y + 0.2 * {name}[0]")
        if scope.chance(0.2):
            scope.line("x[0] = a")
    scope.line(
        scope.pick(
            f"y = 0.3 * sum({name}) + y",
            f"y = {name}[0] * 0.5 if {name} else y",
            f"a = 0.1 * np.sum(np.array({name})) + a",
        )
    )


KINDS: Weighted = [(3, cursor), (2, pairs), (3, generator), (2, window), (1, states)]
