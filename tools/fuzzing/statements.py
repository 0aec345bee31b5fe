"""Statements by weight. Each maker writes its lines, or nothing where it does not fit."""

from collections.abc import Callable

from fuzzing import choices, closures, extremes, growing, iterating, loops, records, trying
from fuzzing.cubes import CUBE, cube
from fuzzing.expressions import condition, expression, mask
from fuzzing.ordering import ordering
from fuzzing.places import element, region
from fuzzing.scope import INTEGERS, Scope, Type, Weighted
from fuzzing.unpacking import unpacking

Body = Callable[..., None]
MOST_BLOCKS = 3
STEMS = {0: "s", 1: "w", 2: "g", 3: "t"}
REGIONS: tuple[Type, ...] = (
    ("n-1",),
    ("n-2",),
    ("n",),
    ("m",),
    ("m-1",),
    ("n-1", "m"),
    ("n-1", "m-1"),
    ("n-2", "m"),
    ("n-2", "m-2"),
    ("n", "m-1"),
)


def statements(scope: Scope, count: int | None = None) -> None:
    """Write a block of statements; there is always one."""
    before = len(scope.lines)
    for _ in range(count or scope.random.randint(1, 4)):
        scope.weighted(STATEMENTS)(scope)
    if len(scope.lines) == before:
        damped(scope)


def operator(scope: Scope) -> str:
    """An assignment, often an augmented one."""
    return scope.pick("=", "=", "+=", "+=", "-=", "*=")


def narrower(scope: Scope, kind: Type) -> str:
    """Something to store into an array of a type: as large, or smaller."""
    return expression(scope, scope.pick(kind, kind, kind, kind[1:], ()), 1)


def assignment(scope: Scope) -> None:
    """A name is bound, or bound again."""
    kind = scope.pick((), ("n",), ("n",), ("m",), ("n", "m"), ("n", "m"), ("n", 1), CUBE)
    have = [name for name in scope.of(kind) if name not in INTEGERS]
    new = not have or (scope.chance(0.3) and not scope.depth)
    name = scope.name(STEMS[len(kind)]) if new else scope.pick(*have)
    damping = "np.tanh" if scope.chance(0.3) else ""
    scope.line(f"{name} = {damping}({expression(scope, kind)})")
    if not scope.depth:
        scope.types.setdefault(name, kind)


def augmented(scope: Scope) -> None:
    """A whole array is changed in place."""
    kind = scope.pick(("n",), ("n", "m"), ("n", "m"), ("n", 1), ("m",), CUBE)
    name = scope.pick(*(scope.of(kind) or ["x"]))
    where = scope.pick("", "[:]", "[...]", "")
    sign = scope.pick("+", "-", "*")
    scope.line(f"{name}{where} {sign}= {narrower(scope, scope.types[name])}")


def store(scope: Scope) -> None:
    """Part of an array is written."""
    kind = scope.pick(*REGIONS)
    target = region(scope, kind)
    if target:
        scope.line(f"{target} {operator(scope)} {narrower(scope, kind)}")


def store_element(scope: Scope) -> None:
    """An element is written."""
    scope.line(f"{element(scope)} {operator(scope)} {expression(scope, (), 1)}")


def view(scope: Scope) -> None:
    """A view gets a name, and is written through."""
    name = scope.name("z")
    kind = scope.pick(("n",), ("m",), ("n", "m"), ("n-1",), ("n-2", "m"))
    place = region(scope, kind)
    if not place:
        return
    scope.line(f"{name} = {place}")
    scope.types[name] = kind
    for _ in range(scope.random.randint(1, 3)):
        scope.line(
            scope.pick(
                f"{name} {scope.pick('*=', '+=')} {expression(scope, kind, 2)}",
                f"{name}[1:] += {expression(scope, (), 2)} * {name}[:-1]",
                f"{name}[-1:] = {expression(scope, (), 2)}",
                f"{name}[:] = {expression(scope, kind, 2)}",
                f"{name}[::-1] -= 0.5 * {name}",
            )
        )
    if scope.depth or scope.chance(0.5):
        del scope.types[name]


def copied(scope: Scope) -> None:
    """A copy is changed and takes the place of its original."""
    kind = scope.pick(("n",), ("n", "m"))
    source, target = scope.pick(*scope.of(kind)), scope.pick(*scope.of(kind))
    name = scope.name("z")
    scope.line(f"{name} = {source}.copy()")
    scope.line(f"{name}[0] {operator(scope)} {expression(scope, (), 2)}")
    scope.line(f"{target} = {name}")


def renamed(scope: Scope) -> None:
    """Names change places, or two names come to mean one array."""
    scope.line(
        scope.pick(
            "x, y = y, x",
            "u, v = v, u",
            "u, v = v, u.copy()",
            "a, b = b, a",
            "x, y = both(x, y)",
            "u, v = both(u, v)",
            "y = x",
            "v = u",
            "y = x.copy()",
            "v = u.copy()",
            "y = x[::-1]",
            "v = u[::-1]",
            "y = u[:, 0]",
            "r = u[0]",
        )
    )


def helper(scope: Scope) -> None:
    """A helper is called, often for what it does to its arguments."""
    scope.line(
        scope.pick(
            f"a = bump(x, {expression(scope, (), 2)})",
            "b = bump(u, 0.5)",
            "bump(x[::-1], a)",
            "bump(u.T, 0.3)",
            "fill(x, a)",
            "fill(u, b)",
            "fill(u[:, 0], a)",
            "fill(u[0], a)",
            "fill(x[1:], 0.5)",
            "u = rows(u, a)",
            "rows(v, b)",
            "u = relax(v, u)",
            "y = relax(x, y)",
            "relax(u, u)",
            "y = relax(x, x)",
            "relax(u.T, v.T)",
        )
    )


def scattered(scope: Scope) -> None:
    """Writing where a mask or an array of indices says, which may repeat."""
    row, column, number = ("m",), ("n",), ()
    form, kind = scope.pick(
        ("x[x > 0.5] = {}", number),
        ("u[u < 0.3] = {}", number),
        ("x[x > a] *= 0.5 * {}", number),
        (f"x[{mask(scope, column)}] = {{}}", number),
        (f"u[{mask(scope, ('n', 'm'))}] += 0.1 * {{}}", number),
        ("u[x > 0.5] = {}", row),
        ("x[idx] = {}", column),
        ("x[idx] += {}", column),
        ("y[idx] = {}", number),
        ("u[idx] = {}", row),
        ("u[idx, 0] = {}", column),
        ("np.add.at(x, idx, {})", column),
        ("np.add.at(u, idx, {})", ("n", "m")),
        ("np.add.at(r, 0, {})", number),
    )
    scope.line(form.format(expression(scope, kind, 2)))


def branch(scope: Scope) -> None:
    """A branch, which may leave the loop or the function."""
    if scope.depth >= MOST_BLOCKS:
        return
    scope.line(f"if {condition(scope)}:")
    with scope.block():
        statements(scope)
        if scope.loops and scope.chance(0.25):
            leaving = scope.pick("break", "continue", "return")
            if leaving != "return":
                scope.line(leaving)
            elif scope.returns:
                scope.line(f"return {returned(scope)}")
        elif scope.chance(0.06) and scope.returns:
            scope.line(f"return {returned(scope)}")
    if scope.chance(0.6):
        scope.line("else:")
        with scope.block():
            statements(scope)


def loop(scope: Scope) -> None:
    """A loop of one of the kinds of Python."""
    _around(scope, loops.loop)


def attempt(scope: Scope) -> None:
    """What may raise, and what is done then."""
    _around(scope, trying.trying)


def choice(scope: Scope) -> None:
    """A choice of one of the newer kinds."""
    _around(scope, choices.choice)


def closure(scope: Scope) -> None:
    """A function made here."""
    _around(scope, closures.closure)


def record(scope: Scope) -> None:
    """A dict or an object that changes."""
    _around(scope, records.record)


def history(scope: Scope) -> None:
    """A list that grows."""
    _around(scope, growing.growing)


def gone_through(scope: Scope) -> None:
    """An iterator, a generator or a deque."""
    _around(scope, iterating.iterating)


def extreme(scope: Scope) -> None:
    """Numbers that are not finite, or not small."""
    _around(scope, extremes.extreme)


def _around(scope: Scope, maker: Callable[[Scope, Body], None]) -> None:
    if scope.depth < MOST_BLOCKS - 1:
        maker(scope, statements)


def damped(scope: Scope) -> None:
    """A number changes a little."""
    scope.line(f"a = a * 0.9 + {expression(scope, (), 2)} * 0.1")


def returned(scope: Scope) -> str:
    """What the program returns, of the one type that it returns everywhere."""
    if scope.result is None:
        return str(
            scope.pick(
                "x, u",
                "x, x",
                "x, y, u, v",
                "u, np.sum(v), a",
                "(x, [y, v]), b",
                '{"p": u, "q": x * a}',
                "u.T, x[::-1]",
            )
        )
    if scope.result == ():
        return f"np.sum({expression(scope, ('n', 'm'), 2)}) + {expression(scope, (), 2)}"
    return f"{expression(scope, scope.result, 1)} * 1.0"


STATEMENTS: Weighted = [
    (12, assignment),
    (8, augmented),
    (16, store),
    (6, store_element),
    (6, view),
    (2, copied),
    (5, renamed),
    (7, helper),
    (8, scattered),
    (10, branch),
    (17, loop),
    (4, damped),
    (6, attempt),
    (8, choice),
    (7, closure),
    (8, record),
    (7, history),
    (6, gone_through),
    (4, extreme),
    (5, unpacking),
    (5, ordering),
    (6, cube),
]
