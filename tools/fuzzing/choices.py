"""One value or another: ternaries, chained comparisons, names bound on the way, `match`."""

from collections.abc import Callable

from fuzzing.expressions import condition, expression
from fuzzing.scope import Scope, Type, Weighted

Body = Callable[..., None]


def choice(scope: Scope, body: Body) -> None:
    """A choice of one of the kinds of Python."""
    scope.weighted(KINDS)(scope, body)


def ternary(scope: Scope, kind: Type, depth: int) -> str | None:
    """An expression of two."""
    if len(kind) > 1:
        return None
    yes, no = expression(scope, kind, depth), expression(scope, kind, depth)
    return f"({yes} if {condition(scope)} else {no})"


def bound(scope: Scope, kind: Type, depth: int) -> str | None:
    """A number that gets a name where it is computed, and is used there again."""
    if kind != ():
        return None
    name = scope.name("e")
    use = scope.pick(f"{name} * 0.5", f"(1.0 - {name})", name)
    return f"(({name} := {expression(scope, (), depth)}) * {use})"


def chained(scope: Scope, body: Body) -> None:
    """A branch on several comparisons at once."""
    parts = [expression(scope, (), 2) for _ in range(scope.random.randint(2, 3))]
    text = f"{scope.pick('0.1', '0.0', '-0.5')} {scope.pick('<', '<=')} {parts[0]}"
    for part in [*parts[1:], scope.pick("1.0", "2.0")][: len(parts)]:
        text += f" {scope.pick('<', '<=', '!=', '<')} {part}"
    scope.line(f"if {text}:")
    with scope.block():
        body(scope, 1)


def masked(scope: Scope, body: Body) -> None:
    """A mask of two comparisons."""
    low, high = scope.pick("0.1", "0.3", "a"), scope.pick("0.6", "0.9", "b")
    scope.line(f"x[({low} < x) {scope.pick('&', '|', '^')} (x <= {high})] *= 0.5 * a")


def named(scope: Scope, body: Body) -> None:
    """A branch that binds what it tests, for both of its ways and what follows."""
    name = scope.name("e")
    scope.line(f"if ({name} := {expression(scope, (), 1)}) > {scope.pick('0.4', 'b')}:")
    with scope.block():
        scope.line(f"a = 0.5 * {name}")
        body(scope, 1)
    if scope.chance(0.5):
        scope.line("else:")
        with scope.block():
            body(scope, 1)
    scope.line(f"b = 0.3 * {name} + 0.5 * b")


def selected(scope: Scope, body: Body) -> None:
    """A whole variable is one or the other."""
    one, two = expression(scope, (), 1), expression(scope, (), 1)
    scope.line(
        scope.pick(
            f"a = {one} if {condition(scope)} else {two}",
            f"a, b = ({one}, a) if {condition(scope)} else (b, {two})",
            f"x = x * 0.5 if {condition(scope)} else y + {one}",
            f"a = 0.3 * ({one} if k == 0 else {two} if k == 1 else 0.5)",
            f"a = (a and {one}) + (0.0 or b)",
            f"x[{scope.pick('0', '-1', '1 if n > 1 else 0')}] = {one} if n > 2 else {two}",
        )
    )


def matched(scope: Scope, body: Body) -> None:
    """`match` on an integer that is known, or on what a loop runs over."""
    if scope.chance(0.5):
        scope.line(f"for mode in {scope.pick('(0, 1, 2)', '(2, 7, 0)')}:")
        with scope.block(True):
            _cases(scope, body, "mode")
    else:
        _cases(scope, body, scope.pick("2", "0", "len((a, b))", "x.ndim"))


def _cases(scope: Scope, body: Body, subject: str) -> None:
    scope.line(f"match {subject}:")
    for pattern in scope.pick(("0", "1 | 2", "_"), ("0", "2"), ("1", "other if other > 3", "_")):
        with scope.block():
            scope.line(f"case {pattern}:")
            with scope.block():
                body(scope, 1)


def structured(scope: Scope, body: Body) -> None:
    """`match` on the structure of a value."""
    number = expression(scope, (), 1)
    subject = scope.pick(f'("up", {number})', f'("down", {number}, b)')
    scope.line(f"match {subject}:")
    for pattern in ('("up", s)', '("down", s, t)', '("left" | "down", *_)'):
        scope.line(f"    case {pattern}:")
        change = {'("up", s)': "s + 0.1", '("down", s, t)': "s * t"}.get(pattern, "a")
        scope.line(f"        a = {scope.pick('0.5', 'b', '0.3')} * ({change})")


KINDS: Weighted = [
    (4, chained),
    (2, masked),
    (4, named),
    (6, selected),
    (2, matched),
    (1, structured),
]
